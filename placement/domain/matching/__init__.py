"""Match leaders with slots: values in, values out; no database, no clock, no randomness.

`docs/matching.md` tells how it decides. Public names: what is listed in `__all__`.
"""

from placement.domain.matching.check import Breach, breaches, report_breaches
from placement.domain.matching.order import drawn
from placement.domain.matching.parts import LeaderNeeds, Objective, Pair, Rules, SlotOffer
from placement.domain.matching.problem import Problem
from placement.domain.matching.reading import parse
from placement.domain.matching.solution import Assignment, Solution, StageResult
from placement.domain.matching.solver import OnStage, solve
from placement.domain.matching.why.telling import told

__all__ = [
    "Assignment",
    "Breach",
    "LeaderNeeds",
    "Objective",
    "OnStage",
    "Pair",
    "Problem",
    "Rules",
    "SlotOffer",
    "Solution",
    "StageResult",
    "breaches",
    "drawn",
    "parse",
    "report_breaches",
    "solve",
    "told",
]
