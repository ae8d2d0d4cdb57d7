"""Large problems with minimum numbers: bounds by prices, results that prices guide to, and the time limit."""

import random
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings

from bench.instances import scale
from placement.domain.matching import Problem, Solution, breaches, report_breaches, solve, solver
from placement.domain.matching.flow import exact
from placement.domain.matching.flow.ascent import Seats, ascend
from placement.domain.matching.flow.large import Guide
from placement.domain.matching.outcome import keeps_rules
from placement.domain.matching.stages import list_stages, value_of
from tests.unit.domain.matching import oracle
from tests.unit.domain.matching.cohorts import made_up
from tests.unit.domain.matching.networks import network_of, searched_problems
from tests.unit.domain.matching.test_problem import shuffled
from tests.unit.domain.matching.test_solver import ticking

Json = dict[str, Any]
RANKED = ["generous", "rank-maximal", "total-rank"]
EVERYTHING = 10**9


def guided(problem: Json, *, rows: bool = False, clock: Callable[[], float] = time.monotonic) -> Solution:
    """Solve as if the problem were large; without rows as if it were too large for them."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(solver, "MOST_UNGUIDED", -1)
        patched.setattr(solver, "MOST_IN_ROWS", EVERYTHING if rows else -1)
        patched.setattr(exact, "WORK", 0)
        patched.setattr(exact, "WORK_ON_MIXES", 0)
        return solve(Problem.from_json(problem), clock=clock)


def solved(problem: Json) -> Solution:
    return solve(Problem.from_json(problem), clock=time.monotonic)


def with_minima(objective: str, leaders: int = 120, slots: int = 36) -> Json:
    """Twice the seats that are needed, so that about half of the slots cannot run."""
    problem = made_up(leaders, slots, 5, minimum=4)
    people = [leader | {"days": 1} for leader in problem["leaders"]]
    offers = [slot | {"capacity": 6} for slot in problem["slots"]]
    return problem | {"leaders": people, "slots": offers, "objective": objective}


@settings(max_examples=150, deadline=None)
@given(searched_problems())
def test_no_bound_is_better_than_what_exhaustive_search_finds(problem: Json) -> None:
    best = oracle.best(problem)
    network = network_of(problem)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(exact, "WORK", 0)
        patched.setattr(exact, "WORK_ON_MIXES", 0)
        found = network.solve(lambda: 60.0)
    assume(best is not None)
    assert best is not None
    assert found.flow is not None
    read = network.problem
    assume(keeps_rules(read, network.candidates, network.columns(found.flow)))
    reached = Guide(network, found, found.flow, lambda: 60.0).settle(lambda *_: None)
    columns = {
        column
        for column, one in enumerate(network.candidates)
        if (read.leaders[one.leader].id, read.slots[one.slot].id) in best
    }
    goals = [goal for stage in list_stages(read, network.candidates) for goal in stage.goals]
    for goal, known in zip(goals, reached, strict=False):
        assert known.bound <= value_of(goal, columns) <= known.value
        assert known.proven == (known.bound == known.value)


@settings(max_examples=60, deadline=None)
@given(searched_problems())
def test_rows_after_prices_end_with_the_same_result(problem: Json) -> None:
    best = oracle.best(problem)
    solution = guided(problem, rows=True)
    expected = ("infeasible", set()) if best is None else ("optimal", set(best))
    assert (solution.status, {(one.leader, one.slot) for one in solution.assignments}) == expected


@pytest.mark.parametrize("objective", RANKED)
def test_prices_alone_come_within_two_parts_in_a_hundred_of_the_best(objective: str) -> None:
    problem = scale(1_000, 120, 1, minima=True, objective=objective)
    solution = guided(problem)
    assert solution.gap is not None
    assert solution.gap <= 0.02
    best = solved(problem)
    for stage, known in zip(solution.stages, best.stages, strict=True):
        assert stage.value == known.value or not stage.proven
        if not stage.proven:
            break


def test_the_bound_by_prices_is_nearer_than_that_of_the_flow() -> None:
    network = network_of(with_minima("total-rank"))
    best = sum(one.rank or network.problem.unranked for one in solved(with_minima("total-rank")).assignments)
    flow = sum(network.candidates[column].rank for column in network.columns(network.flow(network.costs(()))))
    bound = ascended(network.problem, network.candidates, best, lambda: 60.0)[0]
    assert flow < bound <= best
    assert best - bound < (best - flow) / 2


def ascended(problem: Problem, candidates: Any, target: int, left: Callable[[], float]) -> tuple[int, int]:
    """Give the bound on the sum of ranks where all have a day, and how often the slots were looked at."""
    looked = 0

    class Counted(Seats):
        def take(self, costs: Any, prices: Any) -> Any:
            nonlocal looked
            looked += 1
            return super().take(costs, prices)

    seats = Counted(problem, candidates, range(len(candidates)), all_days=True)
    costs = np.array([candidates[column].rank for column in seats.columns.tolist()], dtype=np.int64)
    return ascend(seats, costs, target, left).bound, looked


def test_prices_stay_as_they_are_when_time_is_over() -> None:
    network = network_of(with_minima("total-rank"))
    seconds: Iterator[int] = count(3, -1)
    bound, looked = ascended(network.problem, network.candidates, 10**6, lambda: next(seconds))
    assert looked == 4  # The first look, and one for each second.
    assert bound <= 10**6


@pytest.mark.parametrize("objective", RANKED)
def test_when_time_is_over_the_best_known_is_given_with_its_gap(objective: str) -> None:
    problem = with_minima(objective, 60, 20)
    best = solved(problem)
    for looks in (0, 1, 3, 8, 20, 60, 200, 700):
        solution = guided(problem, clock=ticking(60.0 / (looks + 0.5)))
        assert breaches(Problem.from_json(problem), solution.assignments) == []
        assert report_breaches(Problem.from_json(problem), solution) == []
        assert solution.gap is not None
        assert (solution.gap == 0) == (solution.status == "optimal")
        for stage, known in zip(solution.stages, best.stages, strict=True):
            assert stage.value == known.value or not stage.proven
            if not stage.proven:
                break


@pytest.mark.parametrize("objective", RANKED)
def test_the_order_of_rows_decides_nothing_where_prices_guide(objective: str) -> None:
    problem = with_minima(objective, 80, 24)
    expected = guided(problem)
    again = guided(shuffled(problem, random.Random(3)))
    assert (again.assignments, again.stages) == (expected.assignments, expected.stages)


def test_numbers_too_large_for_prices_are_measured_and_not_called_proven() -> None:
    problem = with_minima("total-rank", 60, 20)
    far = {slot["id"]: 10**30 for slot in problem["slots"]}
    people = [leader | {"distance_km": far} for leader in problem["leaders"]]
    solution = guided(problem | {"leaders": people})
    distance = next(stage for stage in solution.stages if stage.name == "distance")
    assert (distance.value, distance.proven) == (6 * 10**31, False)


def test_a_large_problem_whose_flow_keeps_every_rule_is_proven_without_rows() -> None:
    problem = made_up(40, 12, 4) | {"objective": "total-rank"}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(solver, "MOST_IN_ROWS", -1)
        patched.setattr(exact, "LARGEST_LOTTERY", 0)
        solution = solve(Problem.from_json(problem), clock=time.monotonic)
    assert solution.status == "optimal"
    assert [stage.value for stage in solution.stages] == [stage.value for stage in solved(problem).stages]
