"""Who cannot be placed and why: each set truly is one, each remedy truly places one more."""

import itertools
import json
import random
import time
from collections.abc import Collection
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placement.domain.matching import Problem, solve
from placement.domain.matching.candidates import list_candidates
from placement.domain.matching.why.diagnosis import diagnose
from placement.domain.matching.why.findings import Conflict, Loosened
from placement.domain.matching.why.seating import Seating
from tests.unit.domain.matching import oracle
from tests.unit.domain.matching.cohorts import made_up
from tests.unit.domain.matching.oracle import Result
from tests.unit.domain.matching.strategies import problems
from tests.unit.domain.matching.test_problem import shuffled

Json = dict[str, Any]


def diagnosed(problem: Json, pairs: Result | None = None) -> tuple[Conflict, ...]:
    return diagnose(Problem.from_json(problem), pairs, clock=time.monotonic, time_limit=100.0)


def most_days(problem: Json) -> int:
    return max(len(result) for result in oracle.kept_results(problem))


def days_of(leaders: Collection[str], result: Result) -> int:
    return sum(leader in leaders for leader, _ in result)


def assert_too_few_seats(problem: Json, fact: Conflict) -> None:
    """See that no result gives the leaders more days than are said, nor other slots."""
    days = {leader["id"]: leader.get("days", 1) for leader in problem["leaders"]}
    assert fact.seats is not None
    assert fact.days == sum(days[leader] for leader in fact.leaders)
    assert fact.seats < (fact.days or 0)
    for result in oracle.kept_results(problem):
        if not any(slot in fact.closed for _, slot in result):
            assert days_of(fact.leaders, result) <= fact.seats
        assert all(slot in fact.slots for leader, slot in result if leader in fact.leaders)


def assert_mends(problem: Json, fact: Conflict, remedy: Loosened) -> None:
    """See that with the remedy one more day can be given, to one of these leaders."""
    mended = loosened(problem, remedy)
    before = max(oracle.kept_results(problem), key=len)
    after = [result for result in oracle.kept_results(mended) if len(result) > len(before)]
    assert after
    fewest = min(
        days_of(fact.leaders, one) for one in oracle.kept_results(problem) if len(one) == len(before)
    )
    assert any(days_of(fact.leaders, result) > fewest for result in after)


def loosened(problem: Json, one: Loosened) -> Json:
    """Loosen a rule in the JSON, without the engine."""
    found: Json = json.loads(json.dumps(problem))
    rules = found.setdefault("rules", {})
    slot: Json = next((slot for slot in found["slots"] if slot["id"] == one.where), {})
    leader: Json = next((leader for leader in found["leaders"] if leader["id"] == one.leader), {})
    if one.kind == "seat":
        slot["capacity"] += 1
        assert one.to == slot["capacity"]
    elif one.kind == "minimum":
        slot["minimum"] -= 1
        assert one.to == slot["minimum"]
    elif one.kind == "exclusion":
        leader["excluded"].remove(one.where)
    elif one.kind == "forbidden":
        found["forbidden"] = [pair for pair in found["forbidden"] if pair != [one.leader, one.where]]
    elif one.kind == "partner_capacity":
        rules["partner_capacity"][one.where] += 1
    elif one.kind == "place_unranked":
        rules["place_unranked"] = True
    else:
        assert one.to is None or abs(one.to - rules[one.kind]) == 1 or one.kind == "gap_minutes"
        rules[one.kind] = one.to
    return found


@settings(max_examples=120, deadline=None)
@given(problems())
def test_each_set_truly_is_one_and_each_remedy_truly_places_one_more(problem: Json) -> None:
    found = diagnosed(problem)
    results = oracle.kept_results(problem)
    if not results:
        assert [fact.kind for fact in found] == ["pins"]
        return
    needed = sum(leader.get("days", 1) for leader in problem["leaders"])
    assert bool(found) == (most_days(problem) < needed)
    for fact in found:
        assert fact.sentence.endswith(".")
        if fact.seats is not None:
            assert_too_few_seats(problem, fact)
        for remedy in fact.remedies:
            assert_mends(problem, fact, remedy)
        assert (fact.remedy is None) == (fact.remedies == ())


@settings(max_examples=60, deadline=None)
@given(problems())
def test_after_a_run_everybody_who_misses_a_day_is_spoken_of(problem: Json) -> None:
    base = oracle.best(problem)
    if base is None:
        return
    found = diagnosed(problem, base)
    given = {leader["id"]: days_of([leader["id"]], base) for leader in problem["leaders"]}
    missing = {one["id"] for one in problem["leaders"] if given[one["id"]] < one.get("days", 1)}
    best = most_days(problem)
    if problem["objective"] != "lottery":
        assert missing <= {leader for fact in found for leader in fact.leaders}
    elif len(base) < best:
        assert found[-1].kind == "lottery"
        assert set(found[-1].leaders) == missing
        assert found[-1].seats == best - len(base)
    else:
        assert "lottery" not in [fact.kind for fact in found]


@settings(max_examples=60, deadline=None)
@given(problems())
def test_seats_are_counted_as_any_other_way_of_counting_does(problem: Json) -> None:
    """The most pairs that keep capacities alone, by trying every choice."""
    read = Problem.from_json(problem)
    plain: Json = {"partner_capacity": oracle.rule(problem, "partner_capacity") or {}}
    plain |= {"place_unranked": oracle.rule(problem, "place_unranked") is not False}
    slots = [slot | {"starts_at": None, "ends_at": None, "minimum": 0} for slot in problem["slots"]]
    candidates = list_candidates(read)
    usable = Seating(read, candidates)
    given = usable.fill()
    assert len(usable.pairs()) == given
    most = max(
        (len(one) for one in oracle.all_results(problem | {"rules": plain, "slots": slots})), default=0
    )
    # A slot that can never run has no seats, so there may be fewer.
    assert given <= most
    if all(slot["minimum"] <= 1 for slot in problem["slots"]):
        assert given == most


@settings(max_examples=20, deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_rows_decides_no_diagnosis(problem: Json, order: random.Random) -> None:
    assert diagnosed(shuffled(problem, order)) == diagnosed(problem)


@given(problems())
@settings(max_examples=40, deadline=None)
def test_a_conflict_reads_back_from_its_json(problem: Json) -> None:
    for fact in diagnosed(problem):
        assert Conflict.from_json(json.loads(json.dumps(fact.to_json()))) == fact


def crowd(**changes: Any) -> Json:
    """Four leaders; three can only go to slot a, which takes two."""
    leaders: list[Json] = [{"id": name, "preferences": [["a"]]} for name in ("ada", "ben", "cyd")]
    leaders.append({"id": "dee", "preferences": [["b"]], "excluded": ["a"]})
    slots = [{"id": "a", "capacity": 2, "partner": "food"}, {"id": "b", "capacity": 1}]
    rules = {"place_unranked": False}
    return {"version": 1, "leaders": leaders, "slots": slots, "rules": rules} | changes


def test_the_smallest_set_with_too_few_seats_is_named_with_what_mends_it() -> None:
    (fact,) = diagnosed(crowd())
    assert (fact.kind, fact.leaders, fact.slots, fact.seats) == ("seats", ("ada", "ben", "cyd"), ("a",), 2)
    assert fact.sentence == "These three leaders can only be given one slot, which has two seats for them."
    assert fact.remedy == "With one more seat at a, one leader more would be placed."
    assert [one.kind for one in fact.remedies] == ["seat"]


def test_what_a_partner_takes_in_all_is_named_where_it_binds() -> None:
    rules = {"place_unranked": False, "partner_capacity": {"food": 1}}
    slots = [{"id": "a", "capacity": 3, "partner": "food"}, {"id": "b", "capacity": 1}]
    (fact,) = diagnosed(crowd(rules=rules, slots=slots))
    assert (fact.kind, fact.seats) == ("partner", 1)
    assert fact.sentence == (
        "These three leaders can only be given one slot, which has one seat for them because of what the "
        "partner takes in all."
    )
    assert fact.remedy == "With one more day in all at food, one leader more would be placed."


def test_a_leader_who_may_be_given_nothing_is_spoken_of_alone() -> None:
    problem = crowd(slots=[{"id": "a", "capacity": 3}, {"id": "b", "capacity": 0}])
    (fact,) = diagnosed(problem)
    assert (fact.kind, fact.leaders, fact.seats) == ("no slot", ("dee",), 0)
    assert fact.sentence == (
        "Nothing can be given to this leader: a is excluded for this leader by a date, a requirement, the "
        "distance or a wish; b has no seats."
    )
    assert fact.remedy == "With one more seat at b, one leader more would be placed."


def test_an_exclusion_that_a_pin_has_lifted_already_mends_nothing() -> None:
    leaders: list[Json] = [{"id": "ada", "preferences": [], "days": 2, "excluded": ["a"]}]
    slots = [{"id": "a", "capacity": 2}]
    problem: Json = {"version": 1, "leaders": leaders, "slots": slots, "pins": [["ada", "a"]]}
    (fact,) = diagnosed(problem)
    assert (fact.leaders, fact.seats, fact.days) == (("ada",), 1, 2)
    assert (fact.remedy, fact.remedies) == (None, ())


def test_a_slot_closed_by_its_minimum_number_is_named() -> None:
    leaders: list[Json] = [{"id": "ada", "preferences": [["a"]]}, {"id": "cyd", "preferences": [["b"]]}]
    leaders.append({"id": "ben", "preferences": [["a"], ["b"]]})
    slots = [{"id": name, "capacity": 2, "minimum": 2} for name in ("a", "b")]
    (fact,) = diagnosed(crowd(leaders=leaders, slots=slots), frozenset({("ada", "a"), ("ben", "a")}))
    assert (fact.kind, fact.leaders, fact.closed, fact.seats) == ("minimum", ("cyd",), ("b",), 0)
    assert fact.sentence == "While b is closed, nothing can be given to this leader."
    assert fact.remedy == "With a minimum number of 1 instead of 2 at b, one leader more would be placed."
    assert [one.kind for one in fact.remedies] == ["minimum"]


def test_rules_that_only_together_leave_no_place_are_called_by_what_mends_them() -> None:
    leaders = [{"id": name, "preferences": [["a"]], "sector": "care"} for name in ("ada", "ben")]
    rules = {"place_unranked": False, "min_sectors": 2}
    problem = crowd(leaders=leaders, slots=[{"id": "a", "capacity": 2}], rules=rules)
    (fact,) = diagnosed(problem)
    assert (fact.kind, len(fact.leaders)) == ("sectors", 1)
    assert fact.remedy == "With no rule about sectors, one leader more would be placed."


def test_days_that_clash_for_one_leader_are_told() -> None:
    hours = {"starts_at": "2027-03-02T09:00:00Z", "ends_at": "2027-03-02T12:00:00Z"}
    slots = [{"id": name, "capacity": 1, **hours} for name in ("a", "b", "c")]
    leaders = [{"id": "ada", "preferences": [["a"]], "days": 2}]
    (fact,) = diagnosed({"version": 1, "leaders": leaders, "slots": slots})
    assert (fact.kind, fact.leaders, fact.seats, fact.days) == ("clash", ("ada",), 1, 2)
    assert fact.sentence.startswith("This leader needs two days and can be given one:")


def test_a_draw_that_gives_fewer_days_than_possible_says_so() -> None:
    leaders: list[Json] = [{"id": "ben", "preferences": [["a"]]}]
    leaders.append({"id": "ada", "preferences": [["a"], ["b"]]})
    problem: Json = {
        "version": 1,
        "leaders": leaders,
        "slots": [{"id": "a", "capacity": 1}, {"id": "b", "capacity": 1}],
        "rules": {"place_unranked": False},
        "objective": "lottery",
    }
    seed = next(str(one) for one in itertools.count() if oracle.drawn(str(one), ["ada", "ben"])[0] == "ada")
    (fact,) = diagnosed(problem | {"seed": seed}, frozenset({("ada", "a")}))
    assert (fact.kind, fact.leaders) == ("lottery", ("ben",))
    assert fact.sentence == (
        "The draw leaves one day missing. One of them could be given if giving the most days came before the "
        "drawn order."
    )


def test_without_time_the_sets_are_still_told() -> None:
    problem = Problem.from_json(crowd(rules={"place_unranked": False, "min_sectors": 2}))
    ticks = itertools.count()
    found = diagnose(problem, clock=lambda: next(ticks) * 1.0, time_limit=0.5)
    assert [(fact.kind, fact.seats, fact.remedies) for fact in found] == [("seats", 2, ())]


@pytest.mark.parametrize("seats", [60, 95])
def test_a_crowded_cohort_is_told_how_many_cannot_be_placed(seats: int) -> None:
    problem = made_up(100, 40, 6)
    problem["slots"] = [
        slot | {"capacity": int(place < seats % 40) + seats // 40}
        for place, slot in enumerate(problem["slots"])
    ]
    found = diagnosed(problem)
    solution = solve(Problem.from_json(problem), clock=time.monotonic)
    missing = sum((fact.days or 0) - (fact.seats or 0) for fact in found)
    assert missing >= sum(days for _, days in solution.unplaced) > 0
    assert all(fact.remedies[0].kind == "seat" for fact in found)
