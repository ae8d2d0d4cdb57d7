"""What else could be, held against exhaustive search: the best result with a wish, near to the one given."""

import itertools
import json
import random
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placement.domain.matching import Problem
from placement.domain.matching.why import nearest_flow
from placement.domain.matching.why.alternatives import Alternatives, NotProven, Requirements
from placement.domain.matching.why.near import Near
from placement.domain.matching.why.nearest import Nearest
from placement.domain.matching.why.nearest_flow import NearestFlow
from tests.unit.domain.matching import oracle
from tests.unit.domain.matching.cohorts import made_up
from tests.unit.domain.matching.nearness import assert_is_best, best_of_all, nearest, nearness
from tests.unit.domain.matching.oracle import Result
from tests.unit.domain.matching.strategies import problems
from tests.unit.domain.matching.test_problem import shuffled

Json = dict[str, Any]


def asked_about(problem: Json, base: Result) -> Alternatives:
    return Alternatives(Problem.from_json(problem), base, clock=time.monotonic, time_limit=100.0)


@settings(max_examples=100, deadline=None)
@given(problems())
def test_each_pair_is_priced_as_exhaustive_search_prices_it(problem: Json) -> None:
    base = oracle.best(problem)
    results = oracle.kept_results(problem)
    alternatives = asked_about(problem, base or frozenset())
    for leader, slot in itertools.product(problem["leaders"], problem["slots"]):
        found = alternatives.with_pair(leader["id"], slot["id"])
        wish = oracle.gives((leader["id"], slot["id"]))
        assert_is_best(problem, base or frozenset(), results, found, wish)
        if found is not None and found.moves:
            assert found.moves[0][0] == leader["id"] or (leader["id"], slot["id"]) in (base or ())


@settings(max_examples=40, deadline=None)
@given(problems(3, 4))
def test_a_search_given_up_early_gives_the_same_prices(problem: Json) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(nearest_flow, "MOST_FLOWS", 0)
        base = oracle.best(problem) or frozenset()
        results = oracle.kept_results(problem)
        alternatives = asked_about(problem, base)
        for leader, slot in itertools.product(problem["leaders"], problem["slots"]):
            found = alternatives.with_pair(leader["id"], slot["id"])
            assert_is_best(problem, base, results, found, oracle.gives((leader["id"], slot["id"])))


@settings(max_examples=60, deadline=None)
@given(problems())
def test_the_cheapest_slot_of_a_tier_is_the_cheapest_of_its_pairs(problem: Json) -> None:
    base = oracle.best(problem) or frozenset()
    alternatives = asked_about(problem, base)
    results = oracle.kept_results(problem)
    for leader in problem["leaders"]:
        for tier in leader["preferences"]:
            found = alternatives.with_one_of(leader["id"], tier)
            prices = [
                (price, slot)
                for slot in tier
                if (price := nearest(problem, base, results, oracle.gives((leader["id"], slot))))
            ]
            if found is None:
                assert prices == []
                continue
            assert found[0] == min(prices)[1]
            assert_is_best(problem, base, results, found[1], oracle.gives((leader["id"], found[0])))


@settings(max_examples=60, deadline=None)
@given(problems())
def test_more_leaders_in_a_slot_are_priced_as_exhaustive_search_prices_them(problem: Json) -> None:
    base = oracle.best(problem) or frozenset()
    alternatives = asked_about(problem, base)
    results = oracle.kept_results(problem)
    for slot, leaders in itertools.product(problem["slots"], range(4)):
        found = alternatives.with_at_least(slot["id"], leaders)
        assert_is_best(problem, base, results, found, oracle.takes_at_least(slot["id"], leaders))


@settings(max_examples=60, deadline=None)
@given(problems(), st.data())
def test_a_changed_problem_is_solved_anew_and_near_to_the_base(problem: Json, data: st.DataObject) -> None:
    base = oracle.best(problem) or frozenset()
    changed = problem | {"rules": {}}
    changed["slots"] = [slot | {"capacity": data.draw(st.integers(0, 4))} for slot in problem["slots"]]
    changed |= {"pins": []}
    found = asked_about(problem, base).of(Problem.from_json(changed))
    assert found is not None
    if problem["objective"] == "lottery":
        assert found.pairs == oracle.best(changed)
    else:
        expected = best_of_all(changed, base, oracle.kept_results(changed))
        assert nearness(changed, base, found.pairs, all_stages_first=True) == expected


@settings(max_examples=40, deadline=None)
@given(problems(), st.data())
def test_any_result_can_be_the_base_not_only_the_best(problem: Json, data: st.DataObject) -> None:
    results = oracle.kept_results(problem)
    if not results or not problem["slots"] or not problem["leaders"]:
        return
    base = data.draw(st.sampled_from(results))
    alternatives = asked_about(problem, base)
    leader = data.draw(st.sampled_from(problem["leaders"]))["id"]
    for slot in problem["slots"]:
        found = alternatives.with_pair(leader, slot["id"])
        assert_is_best(problem, base, results, found, oracle.gives((leader, slot["id"])))


@settings(max_examples=20, deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_rows_decides_no_alternative(problem: Json, order: random.Random) -> None:
    base = oracle.best(problem) or frozenset()
    one, other = asked_about(problem, base), asked_about(shuffled(problem, order), base)
    for leader, slot in itertools.product(problem["leaders"], problem["slots"]):
        assert one.with_pair(leader["id"], slot["id"]) == other.with_pair(leader["id"], slot["id"])


@settings(max_examples=60, deadline=None)
@given(problems(3, 3), st.data())
def test_both_engines_find_what_exhaustive_search_finds(problem: Json, data: st.DataObject) -> None:
    results = oracle.kept_results(problem)
    base = data.draw(st.sampled_from(results)) if results else frozenset()
    slots = tuple(slot["id"] for slot in problem["slots"])
    rows, flows = engines(problem, base)
    for leader in problem["leaders"]:
        priced = nearest(problem, base, results, oracle.gives_one_of(leader["id"], slots))
        wanted = Requirements(one_of=((leader["id"], slots),))
        for found in (rows.find(wanted), flows.find(wanted)):
            assert (None if found is None else nearness(problem, base, found)) == priced
    for slot in slots:
        priced = nearest(problem, base, results, oracle.takes_at_least(slot, 2))
        wanted = Requirements(at_least=((slot, 2),))
        for found in (rows.find(wanted), flows.find(wanted)):
            assert (None if found is None else nearness(problem, base, found)) == priced


def engines(problem: Json, base: Result) -> tuple[Nearest, NearestFlow]:
    """Open both engines; each is asked for itself."""
    near = Near(Problem.from_json(problem), base, after_all_stages=False)
    return Nearest(near, seconds_left=lambda: 100.0), NearestFlow(near, seconds_left=lambda: 100.0)


def test_several_requirements_hold_at_once() -> None:
    engine, _ = engines(three(), frozenset())
    wanted = Requirements(
        pairs=frozenset({("ada", "b")}), at_least=(("a", 1), ("b", 2)), one_of=(("ben", ("b", "c")),)
    )
    assert engine.find(wanted) == frozenset({("ada", "b"), ("ben", "b"), ("cyd", "a")})


def three() -> Json:
    """Three leaders who all like slot a best, which takes one of them."""
    leaders = [{"id": name, "preferences": [["a"], ["b"]]} for name in ("ada", "ben", "cyd")]
    slots = [{"id": "a", "capacity": 1}, {"id": "b", "capacity": 2}, {"id": "c", "capacity": 0}]
    return {"version": 1, "leaders": leaders, "slots": slots, "objective": "generous"}


BASE = frozenset({("ada", "a"), ("ben", "b"), ("cyd", "b")})


def test_a_swap_that_changes_no_stage_costs_nothing_and_says_who_moves() -> None:
    found = asked_about(three(), BASE).with_pair("ben", "a")
    assert found is not None
    assert found.change == {}
    assert found.moves == (("ben", "b", "a"), ("ada", "a", "b"))
    assert found.values == (3, {"1": 1, "2": 2}, 0, 0)


def test_the_change_is_that_of_the_first_stage_that_differs() -> None:
    problem = three()
    problem["leaders"][0]["preferences"] = [["a"]]
    found = asked_about(problem | {"rules": {"place_unranked": False}}, BASE).with_pair("cyd", "a")
    assert found is not None
    assert found.change == {"placed": -1}
    assert found.moves == (("cyd", "b", "a"), ("ada", "a", None))


def test_nobody_moves_for_some_metres_where_the_price_is_a_choice() -> None:
    leaders = [
        {"id": "ada", "preferences": [["a"], ["d"], ["c"]]},
        {"id": "ben", "preferences": [["a"], ["b"]]},
        {"id": "eve", "preferences": [["b", "e"]], "distance_km": {"b": 1, "e": 2}},
    ]
    slots = [{"id": name, "capacity": int(name != "d")} for name in "abcde"]
    problem = three() | {"leaders": leaders, "slots": slots}
    base = frozenset({("ada", "a"), ("ben", "b"), ("eve", "e")})
    alternatives = asked_about(problem, base)
    found = alternatives.with_pair("ben", "a")
    assert found is not None
    assert found.change == {"profile": {"2": -1, "3": 1}}
    assert found.moves == (("ben", "b", "a"), ("ada", "a", "c"))
    again = alternatives.of(Problem.from_json(problem | {"pins": [["ben", "a"]]}))
    assert again is not None
    assert again.change == found.change
    assert ("eve", "e", "b") in again.moves


def test_some_metres_are_saved_where_they_are_the_price() -> None:
    leaders = [
        {"id": "ada", "preferences": [["a", "b"]], "distance_km": {"a": 1, "b": 9}},
        {"id": "ben", "preferences": [["a", "b", "c"]], "distance_km": {"a": 2, "b": 3, "c": 4}},
    ]
    slots = [{"id": name, "capacity": 1} for name in "abc"]
    base = frozenset({("ada", "a"), ("ben", "b")})
    found = asked_about(three() | {"leaders": leaders, "slots": slots}, base).with_pair("ada", "b")
    assert found is not None
    assert found.change == {"distance": 7.0}
    assert found.moves == (("ada", "a", "b"), ("ben", "b", "a"))


def test_what_no_result_can_hold_is_none() -> None:
    alternatives = asked_about(three(), BASE)
    assert alternatives.with_pair("ada", "c") is None
    assert alternatives.with_one_of("ada", ["c"]) is None
    assert alternatives.with_at_least("b", 3) is None


def test_distance_is_told_in_kilometres_without_a_float_error() -> None:
    problem = three()
    problem["leaders"][1]["distance_km"] = {"b": 0.1}
    problem["leaders"][0]["distance_km"] = {"b": 0.3}
    found = asked_about(problem, BASE).with_pair("ben", "a")
    assert found is not None
    assert found.change == {"distance": 0.2}


def test_of_several_days_the_slot_asked_about_stands_first() -> None:
    leaders = [{"id": "ada", "days": 2, "preferences": [["a"], ["b"], ["c"], ["d"]]}]
    slots = [{"id": name, "capacity": 1} for name in "abcd"]
    problem = {"version": 1, "leaders": leaders, "slots": slots, "objective": "total-rank"}
    found = asked_about(problem, frozenset({("ada", "a"), ("ada", "b")})).with_pair("ada", "d")
    assert found is not None
    assert found.moves == (("ada", "b", "d"),)


def test_when_time_is_over_nothing_is_said() -> None:
    problem = Problem.from_json(made_up(40, 12, 4, minimum=3))
    ticks = itertools.count()
    alternatives = Alternatives(problem, (), clock=lambda: float(next(ticks)), time_limit=3.0)
    leader = problem.leaders[0]
    with pytest.raises(NotProven):
        alternatives.with_pair(leader.id, leader.preferences[0][0])


def test_an_answer_once_given_is_given_again_without_time() -> None:
    ticks = [0.0]
    alternatives = Alternatives(Problem.from_json(three()), BASE, clock=lambda: ticks[0], time_limit=10.0)
    found = alternatives.with_pair("ben", "a")
    ticks[0] = 11.0
    assert alternatives.with_pair("ben", "a") == found
    assert alternatives.time_is_over()
    with pytest.raises(NotProven):
        alternatives.with_pair("cyd", "a")


def test_a_confirmed_pair_is_kept_before_the_profile() -> None:
    problem = Problem.from_json(three() | {"confirmed": [["ada", "a"]]})
    alternatives = Alternatives(problem, BASE, clock=time.monotonic, time_limit=10.0)
    found = alternatives.with_pair("ben", "a")
    assert found is not None
    assert found.change == {"kept": -1}
    freed = alternatives.of(replace(problem, confirmed=frozenset()))
    assert freed is not None
    assert freed.change == {}
    assert json.dumps(found.change) == '{"kept": -1}'
