"""Which swaps are possible, against trying every move and asking the independent check of every rule."""

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from placement.domain.matching import Problem, solve
from placement.domain.matching.check import Breach, breaches
from placement.domain.matching.parts import Pair
from placement.domain.matching.solution import assignments_of
from placement.domain.swaps import Swap, Swapping, Wish
from tests.unit.domain.matching.strategies import problems


@st.composite
def asked(draw: st.DrawFn, problem: Problem, pairs: frozenset[Pair]) -> tuple[Swapping, list[Wish]]:
    """Some of those who stand ask for a swap, some places are fixed, and some slots have a seat to give."""
    standing, names = sorted(pairs), [slot.id for slot in problem.slots]
    pins = draw(st.lists(st.sampled_from(standing), max_size=1)) if standing else []
    slots = st.frozensets(st.sampled_from(names)) if names else st.just(frozenset[str]())
    takes = st.one_of(st.just(frozenset(names)), slots)
    asking = draw(st.lists(st.sampled_from(standing), unique=True, min_size=1)) if standing else []
    wishes = [Wish(leader, slot, draw(takes) - {slot}) for leader, slot in asking]
    return Swapping(replace(problem, pins=frozenset(pins)), pairs, draw(takes)), wishes


@st.composite
def cohorts(draw: st.DrawFn) -> tuple[Swapping, list[Wish]]:
    """What stands by chance: the rules need not hold."""
    problem = Problem.from_json(draw(problems(most_leaders=5, most_slots=5)))
    every = [(leader.id, slot.id) for leader in problem.leaders for slot in problem.slots]
    pairs = draw(st.lists(st.sampled_from(every), unique=True, max_size=6)) if every else []
    return draw(asked(problem, frozenset(pairs)))


@st.composite
def matched(draw: st.DrawFn) -> tuple[Swapping, list[Wish]]:
    """What stands after a match, so that every rule holds."""
    problem = Problem.from_json(draw(problems(most_leaders=5, most_slots=5)))
    problem = replace(problem, pins=frozenset(), confirmed=frozenset())
    if draw(st.integers(0, 3)):  # room enough that much is possible
        problem = replace(problem, slots=tuple(replace(one, minimum=1, capacity=3) for one in problem.slots))
    solution = solve(problem, clock=time.monotonic)
    pairs = frozenset((one.leader, one.slot) for one in solution.assignments)
    return draw(asked(problem, pairs))


def after(stands: Swapping, swap: Swap) -> list[Pair]:
    """Who is where once a swap is made."""
    left = [(leader, before) for leader, before, _ in swap.moves]
    return [pair for pair in sorted(stands.pairs) if pair not in left] + [
        (leader, slot) for leader, _, slot in swap.moves
    ]


def broken(problem: Problem, pairs: list[Pair]) -> set[Breach]:
    """What the independent check finds; a pair that stands twice counts as broken."""
    found = set(breaches(problem, assignments_of(problem, pairs)))
    excluded = {leader.id: leader.excluded for leader in problem.leaders}
    # A fixed place may be one that its leader could not be given: those who stay there keep it.
    return found | {Breach("excluded", f"{one} at {slot}") for one, slot in pairs if slot in excluded[one]}


def tried(stands: Swapping, wishes: list[Wish], wish: Wish) -> list[Swap]:
    """Every move to a free seat and every exchange that anybody could think of, possible or not."""
    seats = [Swap(wish, slot.id) for slot in stands.problem.slots if slot.id != wish.leaves]
    both = [Swap(wish, other.leaves, other) for other in wishes if other.leader != wish.leader]
    wanted = [one for one in seats if one.slot in stands.free and one.slot in wish.takes]
    return wanted + [
        one
        for one in both
        if one.other and one.slot in wish.takes and wish.leaves in one.other.takes and one.slot != wish.leaves
    ]


@settings(max_examples=300, deadline=None)
@given(matched())
def test_where_every_rule_holds_the_possible_swaps_are_those_after_which_every_rule_holds(
    drawn: tuple[Swapping, list[Wish]],
) -> None:
    stands, wishes = drawn
    assert not broken(stands.problem, sorted(stands.pairs))
    for wish in wishes:
        found = stands.possible(wish, wishes)
        every = tried(stands, wishes, wish)
        wanted = [one for one in every if not broken(stands.problem, after(stands, one))]
        event(f"{len(wanted)} possible of {len(every)}")
        assert set(found) == set(wanted)
        assert len(found) == len(wanted)


@settings(deadline=None)
@given(st.one_of(cohorts(), matched()))
def test_no_swap_breaks_a_rule_that_held_before(drawn: tuple[Swapping, list[Wish]]) -> None:
    stands, wishes = drawn
    before = broken(stands.problem, sorted(stands.pairs))
    for wish in wishes:
        for swap in stands.possible(wish, wishes):
            assert broken(stands.problem, after(stands, swap)) <= before


@settings(deadline=None)
@given(st.one_of(cohorts(), matched()))
def test_a_swap_leaves_no_rule_broken_of_the_days_and_leaders_that_it_touches(
    drawn: tuple[Swapping, list[Wish]],
) -> None:
    stands, wishes = drawn
    for wish in wishes:
        for swap in stands.possible(wish, wishes):
            places = {wish.leaves, swap.slot}
            movers = {leader for leader, _, _ in swap.moves}
            for breach in broken(stands.problem, after(stands, swap)):
                assert breach.where not in places
                assert breach.where.partition(" at ")[0] not in movers


@settings(deadline=None)
@given(st.one_of(cohorts(), matched()))
def test_the_better_choice_of_who_asks_stands_first(drawn: tuple[Swapping, list[Wish]]) -> None:
    stands, wishes = drawn
    for wish in wishes:
        found = stands.possible(wish, wishes)
        ranks = [stands.rank(wish.leader, one.slot) or stands.problem.unranked for one in found]
        assert ranks == sorted(ranks)
        assert found == stands.possible(wish, reversed(wishes))


def stands(
    leaders: list[dict[str, Any]],
    slots: list[dict[str, Any]],
    pairs: list[Pair],
    free: str = "",
    **facts: Any,
) -> Swapping:
    """A small cohort by hand."""
    problem = Problem.from_json({"version": 1, "leaders": leaders, "slots": slots, **facts})
    return Swapping(problem, frozenset(pairs), frozenset(free.split()))


def leader(name: str, *tiers: str, **facts: Any) -> dict[str, Any]:
    return {"id": name, "preferences": [tier.split() for tier in tiers], **facts}


def slot(name: str, **facts: Any) -> dict[str, Any]:
    return {"id": name, "capacity": 2, **facts}


ADA, BEN = Wish("ada", "s1", frozenset({"s2", "s3"})), Wish("ben", "s2", frozenset({"s1"}))


def test_a_free_seat_is_possible_and_the_better_choice_comes_first() -> None:
    small = stands(
        [leader("ada", "s3", "s2")], [slot("s1"), slot("s2"), slot("s3")], [("ada", "s1")], "s2 s3"
    )
    assert small.possible(ADA) == [Swap(ADA, "s3"), Swap(ADA, "s2")]


def test_two_who_want_each_others_place_change_places_though_no_seat_is_free() -> None:
    small = stands(
        [leader("ada"), leader("ben")],
        [slot("s1", capacity=1), slot("s2", capacity=1), slot("s3")],
        [("ada", "s1"), ("ben", "s2")],
    )
    assert small.possible(ADA, [ADA, BEN]) == [Swap(ADA, "s2", BEN)]
    assert small.possible(BEN, [ADA, BEN]) == [Swap(BEN, "s1", ADA)]
    assert Swap(ADA, "s2", BEN).moves == (("ada", "s1", "s2"), ("ben", "s2", "s1"))


def test_what_grants_two_wishes_comes_before_what_grants_one_at_the_same_choice() -> None:
    small = stands(
        [leader("ada", "s2"), leader("ben")],
        [slot("s1"), slot("s2"), slot("s3")],
        [("ada", "s1"), ("ben", "s2")],
        "s2 s3",
    )
    assert small.possible(ADA, [BEN]) == [Swap(ADA, "s2", BEN), Swap(ADA, "s2"), Swap(ADA, "s3")]


def test_nobody_leaves_a_day_that_needs_them_but_for_an_exchange() -> None:
    small = stands(
        [leader("ada"), leader("ben"), leader("cyd")],
        [slot("s1", minimum=2), slot("s2"), slot("s3")],
        [("ada", "s1"), ("cyd", "s1"), ("ben", "s2")],
        "s2 s3",
    )
    assert small.possible(ADA, [BEN]) == [Swap(ADA, "s2", BEN)]
    (broken,) = small.against(Swap(ADA, "s3"))
    assert (broken.rule, broken.slots) == ("minimum", ("s1",))


def test_the_last_one_leaves_a_day_empty_and_nobody_joins_a_day_that_still_does_not_run() -> None:
    small = stands(
        [leader("ada")],
        [slot("s1", minimum=1), slot("s2", minimum=2), slot("s3", minimum=1)],
        [("ada", "s1")],
        "s2 s3",
    )
    assert small.possible(ADA) == [Swap(ADA, "s3")]


def test_a_place_that_is_fixed_is_not_left() -> None:
    small = stands([leader("ada")], [slot("s1"), slot("s2")], [("ada", "s1")], "s2", pins=[["ada", "s1"]])
    assert small.fixed(ADA)
    assert small.possible(ADA) == []


@pytest.mark.parametrize(
    ("rules", "facts"),
    [
        ({"max_same_organisation": 1}, {"organisation": "trust"}),
        ({"teams": "spread"}, {"team": "red"}),
        ({"min_sectors": 2}, {"sector": "health"}),
    ],
)
def test_who_is_there_already_may_stand_against_it(rules: dict[str, Any], facts: dict[str, Any]) -> None:
    small = stands(
        [leader("ada", **facts), leader("ben", **facts)],
        [slot("s1"), slot("s2"), slot("s3")],
        [("ada", "s1"), ("ben", "s2")],
        "s2 s3",
        rules=rules,
    )
    assert small.possible(ADA) == [Swap(ADA, "s3")]


def test_a_partner_that_has_no_room_over_all_its_days_takes_only_an_exchange() -> None:
    days = [slot("s1"), slot("s2", partner="food"), slot("s3", partner="food")]
    small = stands(
        [leader("ada"), leader("ben")],
        days,
        [("ada", "s1"), ("ben", "s2")],
        "s3",
        rules={"partner_capacity": {"food": 1}},
    )
    assert small.possible(ADA, [BEN]) == [Swap(ADA, "s2", BEN)]


def test_what_does_not_hold_elsewhere_stands_against_no_swap() -> None:
    small = stands(
        [leader("ada"), leader("ben")],
        [slot("s1"), slot("s2", minimum=2), slot("s3")],
        [("ada", "s1"), ("ben", "s2")],
        "s3",
    )
    assert small.possible(ADA) == [Swap(ADA, "s3")]
