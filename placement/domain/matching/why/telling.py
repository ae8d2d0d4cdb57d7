"""A solution with what can be told about it: explanations, a diagnosis, what-ifs."""

from collections.abc import Callable
from dataclasses import replace

from placement.domain.matching.parts import Pair
from placement.domain.matching.problem import Problem
from placement.domain.matching.solution import Solution
from placement.domain.matching.why.alternatives import Alternatives
from placement.domain.matching.why.diagnosis import diagnose
from placement.domain.matching.why.explain import explain
from placement.domain.matching.why.what_if import what_if

_SHARE_OF_DIAGNOSIS = 0.5
_SHARE_OF_EXPLANATIONS = 0.6


def with_explanations(
    problem: Problem, solution: Solution, *, clock: Callable[[], float], time_limit: float
) -> Solution:
    """Add why each leader, slot and partner got what the solution gives; as much as time allows."""
    alternatives = Alternatives(problem, _pairs(solution), clock=clock, time_limit=time_limit)
    return replace(solution, explanations=explain(problem, solution, alternatives))


def with_diagnosis(
    problem: Problem, solution: Solution, *, clock: Callable[[], float], time_limit: float
) -> Solution:
    """Add who cannot be placed and why, and what one more seat or a looser rule would bring.

    Where no result keeps every rule, the solution says already why.
    """
    if solution.status == "infeasible":
        return replace(solution, what_if=())
    until = clock() + time_limit
    pairs = _pairs(solution)
    known = pairs if _gives_most_days(solution) else None
    conflicts = diagnose(problem, known, clock=clock, time_limit=_SHARE_OF_DIAGNOSIS * time_limit)
    alternatives = Alternatives(problem, pairs, clock=clock, time_limit=until - clock())
    return replace(solution, conflicts=conflicts, what_if=what_if(alternatives))


def told(problem: Problem, solution: Solution, *, clock: Callable[[], float], until: float) -> Solution:
    """Add everything that can be told, as much as time allows until the clock shows `until`."""
    explained = with_explanations(
        problem, solution, clock=clock, time_limit=_SHARE_OF_EXPLANATIONS * (until - clock())
    )
    return with_diagnosis(problem, explained, clock=clock, time_limit=until - clock())


def _pairs(solution: Solution) -> frozenset[Pair]:
    return frozenset((one.leader, one.slot) for one in solution.assignments)


def _gives_most_days(solution: Solution) -> bool:
    """Tell whether the most days placed are proven; the lottery objective does not seek them."""
    return all(stage.proven for stage in solution.stages if stage.name == "placed")
