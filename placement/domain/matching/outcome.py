"""From chosen candidates to what is said of a result."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from placement.domain.matching.candidates import Candidate
from placement.domain.matching.check import breaches
from placement.domain.matching.parts import Pair
from placement.domain.matching.problem import Problem
from placement.domain.matching.solution import Outcome, StageResult, assignments_of
from placement.domain.matching.stages import Stage, list_stages, value_of


@dataclass(frozen=True, slots=True)
class Reached:
    """The least value found for a goal, the greatest lower bound known, and whether no less is possible."""

    value: int
    bound: int
    proven: bool


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


def reached_outcome(
    problem: Problem,
    candidates: Sequence[Candidate],
    best: frozenset[int],
    stages: Sequence[Stage],
    reached: Sequence[Reached],
    *,
    drawn: bool,
) -> Outcome:
    """Report a result and how far its goals are settled: those `reached`, in order; later ones are measured.

    The gap is that of the last goal reached.
    """
    results = []
    done = 0
    for stage in stages:
        value = stage.show([value_of(goal, best) for goal in stage.goals])
        goals = reached[done : done + len(stage.goals)]
        done += len(stage.goals)
        proven = len(goals) == len(stage.goals) and all(goal.proven for goal in goals)
        bound = stage.show([goal.bound for goal in goals]) if goals else None
        results.append(StageResult(stage.name, value, value if proven else bound, proven))
    gap = (reached[-1].value - reached[-1].bound) / max(1, abs(reached[-1].value)) if reached else 0.0
    lottery = StageResult("lottery", None, None, drawn)
    return Outcome(pairs_of(problem, candidates, best), (*results, lottery), gap)
