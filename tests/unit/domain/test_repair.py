"""What changes between two lists, what that is worth, and which rules a list does not keep."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement.domain.matching import Problem
from placement.domain.matching.check import _stage_values, breaches
from placement.domain.matching.parts import Pair, Rules
from placement.domain.matching.solution import assignments_of, profile_of
from placement.domain.repair import Broken, Move, difference, measure, moves, what_breaks
from tests.unit.domain.matching.strategies import problems

IN_CONTRACT = {"impossible": {"excluded", "forbidden"}, "unchosen": {"place_unranked"}}
ASKED_ELSEWHERE = {"pins", "rank", "partner_capacity"}


@st.composite
def lists(draw: st.DrawFn) -> tuple[Problem, frozenset[Pair]]:
    """A problem without pins, and any pairs of its leaders and slots."""
    problem = replace(Problem.from_json(draw(problems())), pins=frozenset())
    pairs = [(leader.id, slot.id) for leader in problem.leaders for slot in problem.slots]
    return problem, frozenset(draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else [])


@given(lists())
def test_the_same_rules_are_found_broken_as_by_the_independent_check(
    drawn: tuple[Problem, frozenset[Pair]],
) -> None:
    problem, pairs = drawn
    found = {broken.rule for broken in what_breaks(problem, pairs)}
    checked = {one.rule.partition(" ")[0] for one in breaches(problem, assignments_of(problem, pairs))}
    assert {rule for rule in found if not IN_CONTRACT.get(rule, {rule}) & checked} == set()
    known = {rule for one in found for rule in IN_CONTRACT.get(one, {one})}
    assert checked - known - ASKED_ELSEWHERE <= set().union(*IN_CONTRACT.values())
    assert bool(found) == bool(checked - ASKED_ELSEWHERE)


@given(lists())
def test_stages_are_measured_as_the_independent_check_measures_them(
    drawn: tuple[Problem, frozenset[Pair]],
) -> None:
    problem, pairs = drawn
    given_ranks = assignments_of(problem, pairs)
    wanted = _stage_values(problem, given_ranks, profile_of(one.rank for one in given_ranks))
    del wanted["lottery"]
    assert measure(problem, pairs) == wanted


@given(lists(), st.data())
def test_the_moves_lead_from_one_list_to_the_other(
    drawn: tuple[Problem, frozenset[Pair]], data: st.DataObject
) -> None:
    problem, after = drawn
    every = [(leader.id, slot.id) for leader in problem.leaders for slot in problem.slots]
    before = frozenset(data.draw(st.lists(st.sampled_from(every), unique=True)) if every else [])
    found = moves(before, after)
    left = {(move.leader, move.before) for move in found if move.before}
    taken = {(move.leader, move.after) for move in found if move.after}
    assert (before - left) | taken == after
    assert left.isdisjoint(after)
    assert all(move.before or move.after for move in found)
    assert found == moves(sorted(before), sorted(after, reverse=True))


def test_days_of_one_leader_are_paired_so_that_each_counts_once() -> None:
    before = [("ada", "s1"), ("ada", "s2"), ("ben", "s1")]
    after = [("ada", "s3"), ("ada", "s2"), ("cyd", "s1")]
    assert moves(before, after) == [
        Move("ada", "s1", "s3"),
        Move("ben", "s1", None),
        Move("cyd", None, "s1"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (4, 3, -1),
        (1.5, 1.25, -0.25),
        ({"1": 2}, {"1": 2}, {}),
        ({"2": 1, "10": 1, "unranked": 1}, {"2": 2, "unranked": 2}, {"2": 1, "10": -1, "unranked": 1}),
        (None, None, None),
    ],
)
def test_a_difference_says_what_is_gained_and_lost(before: Any, after: Any, change: Any) -> None:
    found = difference(before, after)
    assert found == change
    if isinstance(found, dict):
        assert list(found) == list(change)


def test_each_broken_rule_names_where_it_is_broken() -> None:
    problem = Problem.from_json(
        {
            "version": 1,
            "leaders": [
                {"id": "ada", "preferences": [["s1"]], "team": "red", "organisation": "trust"},
                {"id": "ben", "preferences": [], "team": "red", "organisation": "trust"},
                {"id": "cyd", "preferences": [], "excluded": ["s2"], "days": 2},
            ],
            "slots": [
                {"id": "s1", "capacity": 1, "minimum": 1},
                {"id": "s2", "capacity": 3, "minimum": 2},
            ],
        }
    )
    problem = replace(
        problem, rules=Rules(max_same_organisation=1, min_sectors=2, teams="spread", place_unranked=False)
    )
    assert what_breaks(problem, {("ada", "s1"), ("ben", "s1"), ("cyd", "s2")}) == [
        Broken("capacity", slots=("s1",)),
        Broken("max_same_organisation", slots=("s1",)),
        Broken("min_sectors", slots=("s1",)),
        Broken("teams", slots=("s1",)),
        Broken("minimum", slots=("s2",)),
        Broken("unchosen", "ben", ("s1",)),
        Broken("impossible", "cyd", ("s2",)),
    ]


def test_a_team_that_is_apart_is_named() -> None:
    leaders: list[dict[str, object]] = [
        {"id": name, "preferences": [], "team": "red"} for name in ("ada", "ben")
    ]
    slots = [{"id": name, "capacity": 2} for name in ("s1", "s2")]
    rules = {"teams": "together"}
    problem = Problem.from_json({"version": 1, "leaders": leaders, "slots": slots, "rules": rules})
    assert what_breaks(problem, {("ada", "s1"), ("ben", "s2")}) == [
        Broken("teams", slots=("s1", "s2"), team="red")
    ]
    assert what_breaks(problem, {("ada", "s1"), ("ben", "s1")}) == []
