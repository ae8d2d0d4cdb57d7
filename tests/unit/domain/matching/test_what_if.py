"""What one more seat or one looser rule would bring is exactly what solving again would bring."""

import itertools
import json
import random
import time
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from placement.domain.matching import Problem
from placement.domain.matching.why.alternatives import Alternatives
from placement.domain.matching.why.findings import Loosened, WhatIf
from placement.domain.matching.why.loosening import LIMITS, looser_limits, lower_minimums, more_seats
from placement.domain.matching.why.what_if import what_if
from tests.unit.domain.matching import oracle
from tests.unit.domain.matching.nearness import change
from tests.unit.domain.matching.oracle import Result
from tests.unit.domain.matching.strategies import problems
from tests.unit.domain.matching.test_diagnosis import loosened
from tests.unit.domain.matching.test_problem import shuffled

Json = dict[str, Any]


def asked(problem: Json, base: Result | None = None) -> tuple[WhatIf, ...]:
    pairs = oracle.best(problem) if base is None else base
    read = Problem.from_json(problem)
    return what_if(Alternatives(read, pairs or (), clock=time.monotonic, time_limit=100.0))


def every_way(problem: Json) -> list[Loosened]:
    read = Problem.from_json(problem)
    limits = [one for kind in LIMITS for one in looser_limits(read, kind)]
    return [*more_seats(read.slots), *lower_minimums(read.slots), *limits]


def value(problem: Json, result: Result) -> tuple[Any, ...]:
    """Give what counts: less is better."""
    return (-len(result),) if problem["objective"] == "lottery" else oracle.stage_values(problem, result)


@settings(max_examples=60, deadline=None)
@given(problems(most_leaders=4, most_slots=3))
def test_all_that_helps_is_listed_with_the_change_that_solving_again_brings(problem: Json) -> None:
    base = oracle.best(problem)
    found = {fact.loosened: fact for fact in asked(problem)}
    if base is None:
        assert found == {}
        return
    for way in every_way(problem):
        again = oracle.best(loosened(problem, way))
        assert again is not None
        if value(problem, again) >= value(problem, base):
            assert way not in found
        elif problem["objective"] == "lottery":
            assert found.pop(way).change == {"placed": len(again) - len(base)}
        else:
            assert dict(found.pop(way).change) == change(problem, base, again)
    assert found == {}


@settings(max_examples=40, deadline=None)
@given(problems(most_leaders=4, most_slots=3))
def test_the_most_helpful_stands_first(problem: Json) -> None:
    values = []
    for fact in asked(problem):
        again = oracle.best(loosened(problem, fact.loosened))
        assert again is not None
        values.append(value(problem, again))
    assert values == sorted(values)


@settings(max_examples=15, deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_rows_decides_no_what_if(problem: Json, order: random.Random) -> None:
    assert asked(shuffled(problem, order)) == asked(problem)


def crowd(**changes: Any) -> Json:
    leaders = [{"id": name, "preferences": [["a"], ["b"]]} for name in ("ada", "ben", "cyd")]
    slots = [{"id": "a", "capacity": 1}, {"id": "b", "capacity": 1}, {"id": "c", "capacity": 3, "minimum": 2}]
    rules = {"place_unranked": False, "max_same_organisation": 2}
    problem: Json = {"version": 1, "leaders": leaders, "slots": slots, "rules": rules}
    return problem | {"objective": "generous"} | changes


def test_seats_and_rules_stand_in_one_list_in_plain_words() -> None:
    assert [fact.sentence for fact in asked(crowd())] == [
        "With one more seat at a, one leader more would be placed.",
        "With one more seat at b, one leader more would be placed.",
        "With slots given also to leaders who did not rank them, one leader more would be placed.",
    ]


def test_a_looser_minimum_number_says_from_what_to_what() -> None:
    problem = crowd()
    problem["leaders"][2]["preferences"] = [["c"]]
    (fact,) = [one for one in asked(problem) if one.loosened.kind == "minimum"]
    assert fact.sentence == ("With a minimum number of 1 instead of 2 at c, one leader more would be placed.")
    assert WhatIf.from_json(json.loads(json.dumps(fact.to_json()))) == fact


def test_a_seat_that_lets_a_slot_reach_its_minimum_number_is_listed() -> None:
    leaders = [{"id": name, "preferences": [["a"]]} for name in ("ada", "ben", "cyd")]
    problem = crowd(leaders=leaders, slots=[{"id": "a", "capacity": 1, "minimum": 2}])
    fact = asked(problem)[0]
    assert fact.loosened == Loosened("seat", "a", 2)
    assert fact.change == {"placed": 2}


def test_of_a_result_that_is_not_the_best_nothing_is_said() -> None:
    assert asked(crowd(), frozenset({("ada", "a")})) == ()


def test_without_time_nothing_is_said() -> None:
    ticks = itertools.count()
    pairs = oracle.best(crowd()) or frozenset()
    alternatives = Alternatives(
        Problem.from_json(crowd()), pairs, clock=lambda: next(ticks) * 1.0, time_limit=0.5
    )
    assert what_if(alternatives) == ()
