"""Every rule of the contract, kept and broken, as the independent check sees it."""

from dataclasses import replace
from typing import Any

import pytest

from placement.domain.matching import Assignment, Problem, Solution, breaches, report_breaches, solve

Json = dict[str, Any]
MORNING = {"starts_at": "2027-03-02T09:00:00Z", "ends_at": "2027-03-02T12:00:00Z"}
NOON = {"starts_at": "2027-03-02T12:30:00Z", "ends_at": "2027-03-02T15:00:00Z"}
LATE_MORNING = {"starts_at": "2027-03-02T11:00:00Z", "ends_at": "2027-03-02T12:30:00Z"}
LEADERS = [
    {
        "id": "ada",
        "preferences": [["a"]],
        "days": 3,
        "organisation": "trust",
        "sector": "health",
        "team": "red",
    },
    {"id": "ben", "preferences": [["a"]], "organisation": "trust", "sector": "health", "team": "red"},
    {"id": "cyd", "preferences": [["b"]], "organisation": "council", "sector": "care", "team": "red"},
    {"id": "dee", "preferences": [], "organisation": None, "sector": None, "team": "red", "excluded": ["a"]},
]
SLOTS = [
    {"id": "a", "capacity": 3, "minimum": 2, "partner": "food", **MORNING},
    {"id": "b", "capacity": 3, "minimum": 1, "partner": "food", **NOON},
    {"id": "c", "capacity": 1, "partner": "cafe", **LATE_MORNING},
    {"id": "d", "capacity": 4, "minimum": 0},
]


def problem(**changes: Any) -> Problem:
    return Problem.from_json({"version": 1, "leaders": LEADERS, "slots": SLOTS} | changes)


def given(*pairs: str) -> list[Assignment]:
    """Give assignments such as "ada a", with the rank that each leader said."""
    ranks = {"ada a": 1, "ben a": 1, "cyd b": 1}
    return [Assignment(pair.split()[0], pair.split()[1], ranks.get(pair)) for pair in pairs]


RULES: list[tuple[str, Json, list[str], list[str]]] = [
    ("capacity", {}, ["ben c"], ["ben c", "cyd c"]),
    ("minimum", {}, ["ada a", "ben a"], ["ada a"]),
    ("days", {}, ["ben b"], ["ben b", "ben d"]),
    ("clash", {}, ["ada a", "ben a", "ada b"], ["ada a", "ben a", "ada c"]),
    ("clash", {"rules": {"gap_minutes": 30}}, ["ada a", "ben a", "ada b"], ["ada a", "ben a", "ada c"]),
    ("clash", {"rules": {"gap_minutes": 31}}, ["ada a", "ben a", "ada d"], ["ada a", "ben a", "ada b"]),
    ("excluded", {}, ["dee d"], ["dee a", "ben a"]),
    ("forbidden", {"forbidden": [["ben", "b"]]}, ["cyd b"], ["ben b"]),
    ("pins", {"pins": [["ben", "b"]]}, ["ben b"], ["cyd b"]),
    ("place_unranked", {"rules": {"place_unranked": False}}, ["cyd b"], ["ben b"]),
    (
        "max_same_organisation",
        {"rules": {"max_same_organisation": 1}},
        ["ada d", "cyd d"],
        ["ada d", "ben d"],
    ),
    ("min_sectors", {"rules": {"min_sectors": 2}}, ["ada d", "ben d", "cyd d"], ["ada d", "ben d"]),
    ("min_sectors", {"rules": {"min_sectors": 3}}, ["ada d", "cyd d", "dee d"], ["ada d", "ben d", "cyd d"]),
    ("max_per_partner", {"rules": {"max_per_partner": 1}}, ["ada b", "ada d"], ["ada a", "ben a", "ada b"]),
    (
        "partner_capacity",
        {"rules": {"partner_capacity": {"food": 2}}},
        ["ada a", "ben a"],
        ["ada a", "ben a", "cyd b"],
    ),
    ("teams spread", {"rules": {"teams": "spread"}}, ["ben b", "cyd d"], ["ben b", "cyd b"]),
    ("teams together", {"rules": {"teams": "together"}}, ["ben b", "cyd b", "ada d"], ["ben b", "cyd d"]),
    ("given twice", {}, ["cyd b"], ["cyd b", "cyd b"]),
    ("unknown", {}, ["cyd b"], ["eve b"]),
    ("unknown", {}, ["cyd b"], ["cyd x"]),
]


@pytest.mark.parametrize(("rule", "changes", "kept", "broken"), RULES)
def test_each_rule_is_seen_kept_and_broken(
    rule: str, changes: Json, kept: list[str], broken: list[str]
) -> None:
    assert breaches(problem(**changes), given(*kept)) == []
    assert rule in [breach.rule for breach in breaches(problem(**changes), given(*broken))]


@pytest.mark.parametrize("rank", [None, 2])
def test_a_wrong_rank_is_seen(rank: int | None) -> None:
    assert [str(one) for one in breaches(problem(), [Assignment("cyd", "b", rank)])] == ["rank (cyd at b)"]


def test_a_pin_beats_excluded_and_place_unranked() -> None:
    pinned = problem(pins=[["dee", "a"], ["ben", "a"]], rules={"place_unranked": False})
    assert breaches(pinned, given("dee a", "ben a")) == []


def test_leaders_without_a_sector_count_as_one_more_sector() -> None:
    assert breaches(problem(rules={"min_sectors": 2}), given("ada d", "dee d")) == []


def test_leaders_without_an_organisation_are_not_counted() -> None:
    leaders: list[Json] = [{"id": name, "preferences": []} for name in ("ada", "ben")]
    assert (
        breaches(problem(leaders=leaders, rules={"max_same_organisation": 1}), given("ada d", "ben d")) == []
    )


def solved() -> tuple[Problem, Solution]:
    asked = problem(confirmed=[["cyd", "b"]])
    return asked, solve(asked, clock=lambda: 0.0)


def test_a_solution_says_what_is_so() -> None:
    assert report_breaches(*solved()) == []


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("unplaced", {"unplaced": (("eve", 1),)}),
        ("closed_slots", {"closed_slots": ("a", "b", "c", "d")}),
        ("profile", {"profile": {"1": 77}}),
    ],
)
def test_a_wrong_report_is_seen(name: str, changes: Json) -> None:
    asked, solution = solved()
    assert [one.rule for one in report_breaches(asked, replace(solution, **changes))] == [name]


@pytest.mark.parametrize("position", range(5))
def test_a_wrong_value_of_a_stage_is_seen(position: int) -> None:
    asked, solution = solved()
    stages = list(solution.stages)
    stages[position] = replace(stages[position], value=-7)
    found = [one.rule for one in report_breaches(asked, replace(solution, stages=tuple(stages)))]
    assert found == [f"stage {stages[position].name}"]
