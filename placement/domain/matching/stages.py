"""The stages of each objective, as goals over the candidates: the least value is the best."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest

from placement.domain.matching.candidates import Candidate
from placement.domain.matching.parts import kilometres
from placement.domain.matching.problem import Problem
from placement.domain.matching.solution import UNRANKED, Value

Goal = Mapping[int, int]
"""A candidate's column to its cost; columns left out cost nothing."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its name in the contract and its goals, each settled before the next.

    The profile has a goal for each rank; every other stage has one.
    """

    name: str
    goals: tuple[Goal, ...]
    show: Callable[[Sequence[int]], Value]
    """Turn the goals' values, as many as are known, into the stage's value in the contract."""


def list_stages(problem: Problem, candidates: Sequence[Candidate]) -> list[Stage]:
    """List the stages before the lottery in their order; the lottery objective has none.

    `kept` stands only where the problem has confirmed pairs.
    """
    if problem.objective == "lottery":
        return []
    kept = [_simple("kept", _goal(candidates, lambda one: -int(one.confirmed)), lambda value: -value)]
    return [
        _simple("placed", dict.fromkeys(range(len(candidates)), -1), lambda value: -value),
        *(kept if problem.confirmed else []),
        _rank_stage(problem, candidates),
        _simple("if-need-be", _goal(candidates, lambda one: int(one.if_need_be)), int),
        _simple("distance", _goal(candidates, lambda one: one.metres), kilometres),
    ]


def value_of(goal: Goal, columns: Iterable[int]) -> int:
    """Add up what the chosen columns cost."""
    return sum(goal.get(column, 0) for column in columns)


def good_start(problem: Problem, candidates: Sequence[Candidate]) -> Goal:
    """Weigh ranks with small numbers that come near to what the objective prefers, and placing above all."""
    worst = problem.unranked
    weights: dict[str, Callable[[int], int]] = {
        "generous": lambda rank: rank * rank,
        "rank-maximal": lambda rank: -((worst + 1 - rank) ** 2),
    }
    weight = weights.get(problem.objective, int)
    placed = 2 * max(abs(weight(1)), abs(weight(worst)))
    return {column: weight(one.rank) - placed for column, one in enumerate(candidates)}


def least_possible(goal: Goal, problem: Problem, candidates: Sequence[Candidate]) -> int:
    """Give a bound that needs no search: each leader alone, with as many days as are to be given."""
    gains: dict[int, list[int]] = defaultdict(list)
    for column, cost in goal.items():
        if cost < 0:
            gains[candidates[column].leader].append(cost)
    return sum(sum(nsmallest(problem.leaders[leader].days, costs)) for leader, costs in gains.items())


def _rank_stage(problem: Problem, candidates: Sequence[Candidate]) -> Stage:
    """Give the profile's goals, or the sum of ranks."""
    if problem.objective == "total-rank":
        return _simple("total-rank", _goal(candidates, lambda one: one.rank), int)
    worst = problem.unranked
    generous = problem.objective == "generous"
    ranks = range(worst, 0, -1) if generous else range(1, worst + 1)
    sign = 1 if generous else -1

    def show(values: Sequence[int]) -> dict[str, int]:
        counts = {rank: sign * value for rank, value in zip(ranks, values, strict=False) if value}
        return {str(rank) if rank < worst else UNRANKED: counts[rank] for rank in sorted(counts)}

    goals: dict[int, dict[int, int]] = {rank: {} for rank in ranks}
    for column, one in enumerate(candidates):
        goals[one.rank][column] = sign
    return Stage("profile", tuple(goals.values()), show)


def _simple(name: str, goal: Goal, show: Callable[[int], Value]) -> Stage:
    return Stage(name, (goal,), lambda values: show(values[0]))


def _goal(candidates: Sequence[Candidate], cost: Callable[[Candidate], int]) -> Goal:
    return {column: number for column, one in enumerate(candidates) if (number := cost(one))}
