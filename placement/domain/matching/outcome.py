"""From chosen candidates to what is said of a result."""

from collections.abc import Iterable, Sequence

from placement.domain.matching.candidates import Candidate
from placement.domain.matching.check import breaches
from placement.domain.matching.parts import Pair
from placement.domain.matching.problem import Problem
from placement.domain.matching.solution import Outcome, StageResult, assignments_of
from placement.domain.matching.stages import list_stages, value_of


def pairs_of(problem: Problem, candidates: Sequence[Candidate], columns: Iterable[int]) -> frozenset[Pair]:
    """Name the chosen candidates by their ids."""
    chosen = (candidates[column] for column in columns)
    return frozenset((problem.leaders[one.leader].id, problem.slots[one.slot].id) for one in chosen)


def keeps_rules(problem: Problem, candidates: Sequence[Candidate], columns: Iterable[int]) -> bool:
    """Tell whether the chosen candidates are a result that keeps every rule."""
    return not breaches(problem, assignments_of(problem, pairs_of(problem, candidates, columns)))


def pins_kept(candidates: Sequence[Candidate], columns: frozenset[int]) -> bool:
    """Tell whether every pin is among the chosen candidates."""
    return all(column in columns for column, one in enumerate(candidates) if one.pinned)


def proven_outcome(
    problem: Problem, candidates: Sequence[Candidate], best: frozenset[int], *, drawn: bool
) -> Outcome:
    """Report a result that is the best by every stage; `drawn` where the lottery is settled too."""
    values = [
        (stage.name, stage.show([value_of(goal, best) for goal in stage.goals]))
        for stage in list_stages(problem, candidates)
    ]
    stages = (StageResult(name, value, value, proven=True) for name, value in values)
    lottery = StageResult("lottery", None, None, drawn)
    return Outcome(pairs_of(problem, candidates, best), (*stages, lottery), 0.0)
