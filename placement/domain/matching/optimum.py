"""Reach the best result stage by stage; this is where numpy and scipy come in."""

from collections.abc import Callable, Sequence

from placement.domain.matching.candidates import Candidate
from placement.domain.matching.face import Face, Reached, find_any
from placement.domain.matching.lottery import Lottery
from placement.domain.matching.outcome import keeps_rules, pairs_of
from placement.domain.matching.problem import Problem
from placement.domain.matching.rows import build_rows
from placement.domain.matching.solution import Outcome, StageResult
from placement.domain.matching.stages import Stage, good_start, least_possible, list_stages, value_of

Tell = Callable[[str, int, int], None]
"""Is told the name of the stage in work, the steps done and the steps in all."""


def any_result(problem: Problem, candidates: Sequence[Candidate]) -> frozenset[int] | None:
    """Find some result that keeps every rule; None when there is none."""
    return find_any(build_rows(problem, list(candidates)), len(candidates))


def open_face(
    problem: Problem,
    candidates: Sequence[Candidate],
    first: frozenset[int],
    seconds_left: Callable[[], float],
) -> Face:
    """Open the face of all results that keep the rules; `first` is one of them."""

    def accepts(columns: frozenset[int]) -> bool:
        return keeps_rules(problem, candidates, columns)

    rows = build_rows(problem, list(candidates))
    return Face(rows, len(candidates), first, accepts=accepts, seconds_left=seconds_left)


def optimise(
    problem: Problem,
    candidates: Sequence[Candidate],
    first: frozenset[int],
    *,
    bound: frozenset[int] | None = None,
    seconds_left: Callable[[], float],
    tell: Tell,
) -> Outcome:
    """Settle every stage and the lottery, from a `first` result that keeps the rules.

    No result is better by the stages than `bound`, which may itself break rules; where `first` is as good,
    the stages need no search. When a stage is not proven in time, the stages after it are only measured.
    """
    face = open_face(problem, candidates, first, seconds_left)
    stages = list_stages(problem, candidates)
    if first != bound:
        face.improve(good_start(problem, candidates))
    steps = sum(len(stage.goals) for stage in stages) + 2
    reached: list[list[Reached]] = []
    done = 0
    for stage in stages:
        reached.append([])
        for goal in stage.goals:
            tell(stage.name, done, steps)
            least = least_possible(goal, problem, candidates) if bound is None else value_of(goal, bound)
            reached[-1].append(face.settle(goal, least))
            done += 1
            if reached[-1][-1].value != least:
                bound = None  # It speaks of later goals only beside results as good by the earlier ones.
            if not reached[-1][-1].proven:
                return _outcome(problem, candidates, face, stages, reached, drawn=False)
    lottery = Lottery(problem, candidates, face)
    tell("lottery", done, steps)
    drawn = lottery.settle_ranks()
    tell("lottery", done + 1, steps)
    drawn = drawn and lottery.settle_slots()
    tell("lottery", steps, steps)
    return _outcome(problem, candidates, face, stages, reached, drawn=drawn)


def _outcome(
    problem: Problem,
    candidates: Sequence[Candidate],
    face: Face,
    stages: Sequence[Stage],
    reached: Sequence[Sequence[Reached]],
    *,
    drawn: bool,
) -> Outcome:
    results = []
    for position, stage in enumerate(stages):
        value = stage.show([face.value(goal) for goal in stage.goals])
        goals = reached[position] if position < len(reached) else []
        proven = len(goals) == len(stage.goals) and all(goal.proven for goal in goals)
        bound = stage.show([goal.bound for goal in goals]) if goals else None
        results.append(StageResult(stage.name, value, value if proven else bound, proven))
    last = reached[-1][-1] if reached else None
    gap = 0.0 if last is None else (last.value - last.bound) / max(1, abs(last.value))
    lottery = StageResult("lottery", None, None, drawn)
    return Outcome(pairs_of(problem, candidates, face.best), (*results, lottery), gap)
