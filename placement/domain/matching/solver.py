"""Solve a matching problem: stage by stage, each fixed before the next, and checked before it is let out."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from placement.domain.errors import ResultRefused
from placement.domain.matching.candidates import Candidate, list_candidates
from placement.domain.matching.check import breaches, report_breaches
from placement.domain.matching.drawing.draw import draw
from placement.domain.matching.flow.exact import Exact, Found, prepare
from placement.domain.matching.outcome import (
    Reached,
    keeps_rules,
    pairs_of,
    pins_kept,
    proven_outcome,
    reached_outcome,
)
from placement.domain.matching.problem import Problem
from placement.domain.matching.solution import (
    Outcome,
    Solution,
    StageResult,
    Status,
    assignments_of,
    closed_of,
    profile_of,
    unplaced_of,
)
from placement.domain.matching.stages import list_stages
from placement.domain.matching.why.findings import Conflict

OnStage = Callable[[str, int, int], None]

MOST_UNGUIDED = 8_000
"""Candidates up to which rows begin with what the flow found; beyond, prices guide to a better beginning."""
MOST_IN_ROWS = 30_000
"""Candidates up to which there are rows: beyond, one relaxation alone takes longer than a run may."""


def solve(
    problem: Problem,
    *,
    clock: Callable[[], float],
    time_limit: float = 60.0,
    on_stage: OnStage | None = None,
) -> Solution:
    """Find the best result by the problem's objective, and prove it as far as time allows.

    Parameters
    ----------
    problem
        What is to be matched.
    clock
        Seconds that only go forward, such as `time.monotonic`; they decide nothing but when to stop.
    time_limit
        Seconds. When they are over, the best result found is given, with what is proven and the gap.
    on_stage
        Is told the name of the stage in work, the steps done and the steps in all.

    Raises
    ------
    ResultRefused
        The independent check found a broken rule: a fault of this program, never of the input.

    """
    started = clock()

    def seconds_left() -> float:
        return started + time_limit - clock()

    candidates = list_candidates(problem)
    outcome = _solve(problem, candidates, seconds_left, on_stage or (lambda *_: None))
    if outcome is None:
        return _infeasible(problem, seconds_left, lambda: clock() - started)
    solution = _solution(problem, outcome, clock() - started)
    found = [*breaches(problem, solution.assignments), *report_breaches(problem, solution)]
    if found:
        raise ResultRefused(breach=str(found[0]))
    return solution


def _solve(
    problem: Problem, candidates: Sequence[Candidate], seconds_left: Callable[[], float], tell: OnStage
) -> Outcome | None:
    """Give the outcome, or None when no result keeps every rule."""
    if problem.objective == "lottery":
        return _draw(problem, candidates, seconds_left, tell)
    exact = prepare(problem, candidates)
    found = exact.solve(seconds_left)
    if found.best is None or not found.proven:
        return _approach(exact, found, seconds_left, tell)
    if not pins_kept(candidates, found.best):
        return None
    if found.drawn:
        outcome = proven_outcome(problem, candidates, found.best, drawn=True)
        _tell_all(problem, candidates, tell)
        return outcome
    if len(candidates) > MOST_IN_ROWS:
        return proven_outcome(problem, candidates, found.best, drawn=False)
    return _search(problem, candidates, replace(found, bound=found.best), (), seconds_left, tell)


def _approach(exact: Exact, found: Found, seconds_left: Callable[[], float], tell: OnStage) -> Outcome | None:
    """Let rows settle what the flow could not; where there are many, prices go before, or stand instead."""
    problem, candidates = exact.problem, exact.candidates
    flow = found.flow if len(candidates) > MOST_UNGUIDED else None
    if flow is None or not keeps_rules(problem, candidates, exact.columns(flow)):
        return _search(problem, candidates, found, (), seconds_left, tell)
    # Loading numpy takes a while: who does not need it should not wait for it.
    from placement.domain.matching.flow.large import Guide

    guide = Guide(exact, found, flow, seconds_left)
    reached = guide.settle(tell)
    if len(candidates) > MOST_IN_ROWS:
        stages = list_stages(problem, candidates)
        return reached_outcome(problem, candidates, guide.chosen, stages, reached, drawn=False)
    return _search(problem, candidates, replace(found, best=guide.chosen), reached, seconds_left, tell)


def _search(
    problem: Problem,
    candidates: Sequence[Candidate],
    found: Found,
    reached: Sequence[Reached],
    seconds_left: Callable[[], float],
    tell: OnStage,
) -> Outcome | None:
    """Let whole-number searches settle what the flow could not: other rules, or too many slots to try."""
    # Loading scipy takes half a second: who does not need it should not wait for it.
    from placement.domain.matching.rows.optimum import any_result, optimise

    first: frozenset[int] | None = found.best or draw(problem, candidates)
    if first is None or not keeps_rules(problem, candidates, first):
        first = any_result(problem, candidates)
    if first is None:
        return None
    bound = found.bound if pins_kept(candidates, found.bound) else None
    bounds = [goal.bound for goal in reached]
    return optimise(
        problem, candidates, first, bound=bound, bounds=bounds, seconds_left=seconds_left, tell=tell
    )


def _tell_all(problem: Problem, candidates: Sequence[Candidate], tell: OnStage) -> None:
    """Tell each stage, which one flow settled all at once."""
    names = [stage.name for stage in list_stages(problem, candidates) for _ in stage.goals]
    names += ["lottery"] * 3
    for done, name in enumerate(names):
        tell(name, done, len(names) - 1)


def _draw(
    problem: Problem, candidates: Sequence[Candidate], seconds_left: Callable[[], float], tell: OnStage
) -> Outcome | None:
    """Draw by the lottery objective; with foresight where pins need it."""
    tell("lottery", 0, 1)
    drawn: frozenset[int] | None = draw(problem, candidates)
    first = drawn
    if drawn is not None and not keeps_rules(problem, candidates, drawn):
        from placement.domain.matching.drawing.guided import draw_guided
        from placement.domain.matching.rows.optimum import any_result

        first = any_result(problem, candidates)
        drawn = None if first is None else draw_guided(problem, candidates, seconds_left)
    if first is None:
        return None
    tell("lottery", 1, 1)
    stage = StageResult("lottery", None, None, drawn is not None)
    return Outcome(pairs_of(problem, candidates, first if drawn is None else drawn), (stage,), 0.0)


def _infeasible(
    problem: Problem, seconds_left: Callable[[], float], seconds: Callable[[], float]
) -> Solution:
    from placement.domain.matching.why.diagnosis import pins_conflict

    conflict = pins_conflict(problem, seconds_left)
    nothing = Outcome(pairs=frozenset(), stages=(), gap=None)
    return _describe(problem, nothing, "infeasible", seconds(), (conflict,))


def _solution(problem: Problem, outcome: Outcome, seconds: float) -> Solution:
    proven = all(stage.proven for stage in outcome.stages if stage.name != "lottery")
    return _describe(problem, outcome, "optimal" if proven else "feasible", seconds)


def _describe(
    problem: Problem, outcome: Outcome, status: Status, seconds: float, conflicts: tuple[Conflict, ...] = ()
) -> Solution:
    assignments = assignments_of(problem, outcome.pairs)
    return Solution(
        status=status,
        assignments=assignments,
        unplaced=unplaced_of(problem, outcome.pairs),
        closed_slots=closed_of(problem, outcome.pairs),
        profile=profile_of(one.rank for one in assignments),
        stages=outcome.stages,
        gap=outcome.gap,
        seed=problem.seed,
        input_digest=problem.digest(),
        seconds=round(seconds, 3),
        conflicts=conflicts,
    )
