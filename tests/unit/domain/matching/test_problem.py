"""A problem is the same whatever the order in which it is written."""

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from placement.domain.matching import Problem
from tests.unit.domain.matching.strategies import problems

Json = dict[str, Any]


def shuffled(problem: Json, order: random.Random) -> Json:
    """Write a problem in another order of rows, keys, members of tiers and of lists that are sets."""

    def mixed(rows: list[Any]) -> list[Any]:
        return order.sample(rows, len(rows))

    def keys(data: Json) -> Json:
        return dict(mixed(list(data.items())))

    def leader(row: Json) -> Json:
        sets = {key: mixed(row[key]) for key in ("excluded", "if_need_be") if key in row}
        distances = {key: keys(row[key]) for key in ("distance_km",) if key in row}
        return keys(row | sets | distances | {"preferences": [mixed(tier) for tier in row["preferences"]]})

    lists = {key: mixed(problem[key]) for key in ("pins", "forbidden", "confirmed") if key in problem}
    rules = {key: keys(problem[key]) for key in ("rules",) if key in problem}
    leaders = [leader(row) for row in mixed(problem["leaders"])]
    slots = [keys(row) for row in mixed(problem["slots"])]
    return keys(problem | lists | rules | {"leaders": leaders, "slots": slots})


@settings(deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_the_digest_does_not_change_with_the_order_of_rows_and_keys(
    problem: Json, order: random.Random
) -> None:
    assert Problem.from_json(shuffled(problem, order)).digest() == Problem.from_json(problem).digest()


@given(problems())
def test_a_problem_reads_back_from_its_own_json(problem: Json) -> None:
    read = Problem.from_json(problem)
    assert Problem.from_json(read.to_json()) == read
    assert Problem.from_json(read.to_json()).digest() == read.digest()


def test_the_digest_does_not_change_when_defaults_are_written_out() -> None:
    short = {
        "version": 1,
        "leaders": [{"id": "ada", "preferences": [["a"]]}],
        "slots": [{"id": "a", "capacity": 1}],
    }
    long = {
        "version": 1.0,
        "leaders": [
            {
                "id": "ada",
                "preferences": [["a"]],
                "days": 1,
                "excluded": [],
                "if_need_be": [],
                "distance_km": {"a": 0.0001},
                "organisation": None,
                "sector": None,
                "team": None,
            }
        ],
        "slots": [
            {"id": "a", "capacity": 1, "minimum": 1, "partner": None, "starts_at": None, "ends_at": None}
        ],
        "rules": {"place_unranked": True, "gap_minutes": 0, "partner_capacity": {}, "teams": None},
        "pins": [],
        "forbidden": [],
        "confirmed": [],
        "objective": "generous",
        "seed": "",
    }
    assert Problem.from_json(long).digest() == Problem.from_json(short).digest()


def test_the_digest_changes_with_what_is_asked() -> None:
    data: Json = {
        "version": 1,
        "leaders": [{"id": "ada", "preferences": [["a"], ["b"]]}],
        "slots": [{"id": "a", "capacity": 1}, {"id": "b", "capacity": 1}],
    }
    others = [
        data | {"seed": "x"},
        data | {"objective": "lottery"},
        data | {"rules": {"gap_minutes": 5}},
        data | {"pins": [["ada", "a"]]},
        data | {"leaders": [{"id": "ada", "preferences": [["b"], ["a"]]}]},
        data | {"leaders": [{"id": "ada", "preferences": [["a", "b"]]}]},
    ]
    digests = {Problem.from_json(one).digest() for one in [data, *others]}
    assert len(digests) == len(others) + 1


def test_the_same_moment_with_another_offset_is_the_same_problem() -> None:
    def at(starts_at: str, ends_at: str) -> Json:
        slot = {"id": "a", "capacity": 1, "starts_at": starts_at, "ends_at": ends_at}
        return {"version": 1, "leaders": [], "slots": [slot]}

    summer = at("2027-06-02T09:30:00+01:00", "2027-06-02T12:30:00+01:00")
    utc = at("2027-06-02T08:30:00Z", "2027-06-02T11:30:00Z")
    assert Problem.from_json(summer).digest() == Problem.from_json(utc).digest()
