"""All ways to the best result lead to the same one, and costs compare results as the stages do."""

import time
from itertools import combinations
from typing import Any

import pytest
from hypothesis import assume, given, settings

from placement.domain.matching import Problem, Solution, solve
from placement.domain.matching.candidates import list_candidates
from placement.domain.matching.flow import exact
from placement.domain.matching.flow.costs import followed_by, lottery_digits, pinned_first, stage_costs
from placement.domain.matching.flow.network import build_network
from tests.unit.domain.matching import oracle
from tests.unit.domain.matching.cohorts import made_up
from tests.unit.domain.matching.networks import searched_problems
from tests.unit.domain.matching.strategies import problems

Json = dict[str, Any]


def solved(problem: Json) -> Solution:
    return solve(Problem.from_json(problem), clock=time.monotonic)


def assert_best(problem: Json, solution: Solution) -> None:
    best = oracle.best(problem)
    expected = ("infeasible", set()) if best is None else ("optimal", set(best))
    assert (solution.status, {(one.leader, one.slot) for one in solution.assignments}) == expected
    assert all(stage.proven for stage in solution.stages)


@settings(max_examples=150, deadline=None)
@given(searched_problems(5, 4))
def test_the_flow_alone_finds_what_exhaustive_search_finds(problem: Json) -> None:
    assert_best(problem, solved(problem))


@settings(max_examples=100, deadline=None)
@given(searched_problems())
def test_a_lottery_settled_after_the_flow_gives_the_same(problem: Json) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(exact, "LARGEST_LOTTERY", 0)
        assert_best(problem, solved(problem))


@settings(max_examples=60, deadline=None)
@given(searched_problems())
def test_a_search_given_up_early_gives_the_same(problem: Json) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(exact, "WORK", 0)
        patched.setattr(exact, "WORK_ON_MIXES", 0)
        assert_best(problem, solved(problem))


@pytest.mark.parametrize("objective", ["generous", "rank-maximal", "total-rank"])
@pytest.mark.parametrize("rules", [{}, {"max_same_organisation": 2}])
def test_a_cohort_gets_the_same_result_by_every_way(
    objective: str, rules: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = made_up(60, 20, 5, minimum=3) | {"objective": objective, "rules": rules}
    expected = solved(problem)
    monkeypatch.setattr(exact, "LARGEST_LOTTERY", 0)
    assert solved(problem).assignments == expected.assignments
    monkeypatch.setattr(exact, "WORK", 0)
    assert solved(problem).assignments == expected.assignments


@settings(max_examples=80, deadline=None)
@given(problems(3, 3))
def test_the_sum_of_costs_compares_any_two_results_as_the_stages_and_the_lottery_do(problem: Json) -> None:
    assume(problem["objective"] != "lottery")
    read = Problem.from_json(problem)
    candidates = list_candidates(read)
    costs = followed_by(stage_costs(read, candidates), lottery_digits(read, candidates))
    column = {
        (read.leaders[one.leader].id, read.slots[one.slot].id): place for place, one in enumerate(candidates)
    }
    results = [
        (sum(costs[column[pair]] for pair in result), *judged(problem, result))
        for result in oracle.kept_results(problem)[:60]
    ]
    for (cost, stages, lots), (other_cost, other_stages, other_lots) in combinations(results, 2):
        assert (cost < other_cost) == ((stages, lots) < (other_stages, other_lots))


def judged(problem: Json, result: oracle.Result) -> tuple[Any, Any]:
    return oracle.stage_values(problem, result), oracle.lottery_values(problem, result)


@settings(max_examples=60, deadline=None)
@given(problems(3, 3))
def test_a_pin_is_worth_more_than_everything_else_together(problem: Json) -> None:
    read = Problem.from_json(problem)
    candidates = list_candidates(read)
    costs = pinned_first(stage_costs(read, candidates), candidates)
    pins = [cost for cost, one in zip(costs, candidates, strict=True) if one.pinned]
    others = [cost for cost, one in zip(costs, candidates, strict=True) if not one.pinned]
    assert all(abs(pin) > sum(map(abs, others)) for pin in pins)


def test_a_slot_held_to_its_minimum_is_not_let_fall_below_it_for_want_of_sectors() -> None:
    leaders: list[Json] = [
        {"id": "leader-0", "preferences": [], "sector": "health"},
        {"id": "leader-3", "preferences": []},
        {"id": "leader-4", "preferences": [["slot-1"]], "sector": "health"},
    ]
    problem: Json = {
        "version": 1,
        "leaders": leaders,
        "slots": [{"id": "slot-1", "capacity": 4, "minimum": 2}, {"id": "slot-2", "capacity": 5}],
        "rules": {"min_sectors": 2},
        "objective": "generous",
        "seed": "0.12173958526283246",  # The order that it draws makes the first flow break both rules.
    }
    assert_best(problem, solved(problem))


def test_an_organisation_that_crosses_sectors_and_teams_is_limited_all_the_same() -> None:
    leaders = [
        {"id": name, "preferences": [["food"]], "organisation": "trust", "sector": sector, "team": team}
        for name, sector, team in (
            ("ada", "health", "red"),
            ("ben", "health", "red"),
            ("cyd", "care", "blue"),
        )
    ]
    slots = [{"id": "food", "capacity": 3}, {"id": "night", "capacity": 1}]
    rules = {"max_same_organisation": 1, "min_sectors": 2, "teams": "spread"}
    problem: Json = {"version": 1, "leaders": leaders, "slots": slots, "rules": rules, "seed": ""}
    assert_best(problem | {"objective": "generous"}, solved(problem))


ROWS: list[tuple[Json, list[str]]] = [
    ({"max_same_organisation": 2}, []),
    ({"teams": "spread"}, []),
    ({"partner_capacity": {"food": 1}}, []),
    ({"gap_minutes": 60}, []),
    ({"min_sectors": 2}, ["Mixed", "Mixed"]),
    ({"teams": "spread", "max_same_organisation": 1}, ["SeatLimit", "SeatLimit"]),
    ({"teams": "together"}, ["Together"]),
]


@pytest.mark.parametrize(("rules", "loose"), ROWS)
def test_only_what_has_not_the_form_of_a_network_is_left_to_the_search(rules: Json, loose: list[str]) -> None:
    people = [
        {"id": name, "preferences": [], "organisation": organisation, "sector": "care", "team": team}
        for name, organisation, team in (("a", "x", "red"), ("b", "y", "red"), ("c", "x", "blue"))
    ]
    slots = [{"id": "s", "capacity": 3, "partner": "food"}, {"id": "t", "capacity": 3, "partner": "food"}]
    read = Problem.from_json({"version": 1, "leaders": people, "slots": slots, "rules": rules})
    found = build_network(read, list_candidates(read)).loose
    assert [type(rule).__name__ for rule in found] == loose
