"""Reach the best result stage by stage; this is where numpy and scipy come in."""

from collections.abc import Callable, Sequence

from placement.domain.matching.candidates import Candidate
from placement.domain.matching.outcome import Reached, keeps_rules, reached_outcome
from placement.domain.matching.problem import Problem
from placement.domain.matching.rows.face import Face, find_any
from placement.domain.matching.rows.joint import joined
from placement.domain.matching.rows.lottery import Lottery
from placement.domain.matching.rows.rows import build_rows
from placement.domain.matching.solution import Outcome
from placement.domain.matching.stages import good_start, least_possible, list_stages, value_of

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
    bounds: Sequence[int] = (),
    seconds_left: Callable[[], float],
    tell: Tell,
) -> Outcome:
    """Settle every stage and the lottery, from a `first` result that keeps the rules.

    No result is better by the stages than `bound`, which may itself break rules; where `first` is as good,
    the stages need no search. `bounds` are known of the first goals, each beside the best values of those
    before. When a stage is not proven in time, the stages after it are only measured.
    """
    face = open_face(problem, candidates, first, seconds_left)
    stages = list_stages(problem, candidates)
    joints = joined((goal for stage in stages for goal in stage.goals), problem, candidates)
    if first != bound and not bounds and joints and len(joints[0].goals) == 1:
        face.improve(good_start(problem, candidates))  # Two goals at once need no such start.
    names = [stage.name for stage in stages for _ in stage.goals]
    steps = len(names) + 2
    reached: list[Reached] = []
    for joint in joints:
        for done in range(len(reached), len(reached) + len(joint.goals)):
            tell(names[done], done, steps)
        leasts = [
            least_possible(goal, problem, candidates) if bound is None else value_of(goal, bound)
            for goal in joint.goals
        ]
        known = bounds[len(reached) : len(reached) + len(leasts)]
        least = joint.weigh(map(max, leasts, [*known, *leasts[len(known) :]]))
        found = face.settle(joint.goal(), least, joint.goals)
        reached += joint.split([face.value(goal) for goal in joint.goals], found)
        if not found.proven:
            return reached_outcome(problem, candidates, face.best, stages, reached, drawn=False)
        if found.value != least:
            bound = None  # It speaks of later goals only beside results as good by the earlier ones.
    lottery = Lottery(problem, candidates, face)
    tell("lottery", steps - 2, steps)
    drawn = lottery.settle_ranks()
    tell("lottery", steps - 1, steps)
    drawn = drawn and lottery.settle_slots()
    tell("lottery", steps, steps)
    return reached_outcome(problem, candidates, face.best, stages, reached, drawn=drawn)
