"""Small problems in which rules meet so that a search once lost its best result, or broke a rule."""

import time
from typing import Any

import pytest

from placement.domain.matching import Problem, solve
from placement.domain.matching.why.telling import with_explanations
from tests.unit.domain.matching import oracle

Json = dict[str, Any]


def problem(leaders: list[Json], slots: list[Json], objective: str = "generous", **rules: Any) -> Json:
    people = [{"preferences": [], **leader, "id": f"leader-{place}"} for place, leader in enumerate(leaders)]
    return {"version": 1, "leaders": people, "slots": slots, "rules": rules, "objective": objective}


HEALTH: Json = {"sector": "health"}
TRAPS = {
    "a slot held to its minimum, with too few sectors for that": problem(
        [HEALTH, {}, HEALTH | {"preferences": [["a"]]}],
        [{"id": "a", "capacity": 4, "minimum": 2}, {"id": "b", "capacity": 5}],
        min_sectors=2,
    ),
    "two slots with minimums and three sectors asked for": problem(
        [{}, HEALTH, HEALTH],
        [{"id": "a", "capacity": 2}, {"id": "b", "capacity": 2, "minimum": 2}],
        min_sectors=3,
    ),
    "several days, a partner's capacity and two sectors": problem(
        [{"days": 2}, HEALTH | {"days": 3}, HEALTH],
        [{"id": slot, "partner": "food", "capacity": 3, "minimum": 2} for slot in "ab"],
        min_sectors=2,
        partner_capacity={"food": 4},
    ),
    "ranks summed up": problem(
        [{}, {}, {"preferences": [["b"]], "sector": "police"}],
        [{"id": "a", "capacity": 5, "minimum": 2}, {"id": "b", "capacity": 5}],
        "total-rank",
        min_sectors=3,
    ),
    "a partner that takes two": problem(
        [HEALTH | {"preferences": [["b"]]}, {}, HEALTH],
        [
            {"id": "a", "partner": "cafe", "capacity": 4, "minimum": 2},
            {"id": "b", "partner": "cafe", "capacity": 1},
        ],
        "rank-maximal",
        min_sectors=2,
        partner_capacity={"cafe": 2},
    ),
    "one organisation over two sectors, with a team within one of them": problem(
        [
            {"organisation": "trust", "sector": "police", "team": "blue"},
            {"sector": "police", "team": "blue"},
            {"organisation": "trust"},
        ],
        [{"id": "a", "capacity": 4}],
        max_same_organisation=1,
        min_sectors=3,
        teams="spread",
    ),
    "a team of two, of whom one was barred on the way": problem(
        [{"team": "red", "preferences": [["a"]]}, {"team": "red", "preferences": [["b"]]}],
        [{"id": "a", "capacity": 2}, {"id": "b", "capacity": 3}],
        teams="together",
    ),
}


@pytest.mark.parametrize("name", TRAPS)
@pytest.mark.parametrize("seed", ["", "a", "b", "c"])
def test_what_once_went_wrong_goes_right(name: str, seed: str) -> None:
    asked = TRAPS[name] | {"seed": seed}
    solution = solve(Problem.from_json(asked), clock=time.monotonic)
    assert solution.status == "optimal"
    assert frozenset((one.leader, one.slot) for one in solution.assignments) == oracle.best(asked)


@pytest.mark.parametrize("name", TRAPS)
def test_what_once_went_wrong_is_explained_by_exact_prices(name: str) -> None:
    asked = TRAPS[name]
    read = Problem.from_json(asked)
    solution = with_explanations(read, solve(read, clock=lambda: 0.0), clock=lambda: 0.0, time_limit=1.0)
    assert solution.explanations is not None
    kept = oracle.kept_results(asked)
    for one in solution.explanations.leaders:
        tiers = next(leader["preferences"] for leader in asked["leaders"] if leader["id"] == one.leader)
        if one.tier is not None:
            price = oracle.price(asked, kept, oracle.gives_one_of(one.leader, tiers[one.tier - 1]))
            assert one.cost == price
