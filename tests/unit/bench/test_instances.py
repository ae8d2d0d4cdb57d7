"""Problems to measure with are the same on every machine, and keep what they promise."""

import hashlib
import json

import pytest

from bench.instances import VARIANTS, after_dropout, cohort, scale
from bench.public_data import SOURCES, missing_data, public_problems
from placement.domain.matching import Problem


@pytest.mark.parametrize(
    ("problem", "digest"),
    [
        (cohort(1), "f03421c5df14b1e3"),
        (cohort(2, variant="together"), "9165ea27485b51b4"),
        (scale(1_000, 120, 1), "853ae7758af06a9d"),
        (scale(1_000, 120, 1, minima=True), "32a52959f01f31d3"),
    ],
    ids=["cohort", "cohort with teams", "large", "large with minimum numbers"],
)
def test_a_seed_always_makes_the_same_problem(problem: dict[str, object], digest: str) -> None:
    text = json.dumps(problem, sort_keys=True)
    assert hashlib.sha256(text.encode()).hexdigest().startswith(digest)


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_a_cohort_has_the_shape_that_is_promised(seed: int) -> None:
    problem = Problem.from_json(cohort(seed))
    assert (len(problem.leaders), len(problem.slots)) == (100, 40)
    assert 115 <= sum(slot.capacity for slot in problem.slots) <= 150
    assert {slot.capacity for slot in problem.slots} <= {2, 3, 4, 5}
    assert all(1 <= slot.minimum <= min(3, slot.capacity) for slot in problem.slots)
    assert problem.rules.max_same_organisation in {2, 3}
    silent = sum(not leader.preferences for leader in problem.leaders)
    assert 2 <= silent <= 20


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variant_changes_the_rules_and_teams_alone(variant: str) -> None:
    plain, other = cohort(3), cohort(3, variant=variant)
    assert plain["slots"] == other["slots"]
    assert other["rules"] == plain["rules"] | VARIANTS[variant]
    without = [[{**leader, "team": None} for leader in one["leaders"]] for one in (plain, other)]
    assert without[0] == without[1]


def test_teams_that_stay_together_fit_in_a_slot() -> None:
    problem = cohort(1, variant="together")
    teams = [leader["team"] for leader in problem["leaders"] if leader["team"]]
    assert {teams.count(team) for team in teams} == {2, 3}


@pytest.mark.parametrize("minima", [False, True])
def test_a_large_problem_has_the_seats_and_minimum_numbers_that_are_promised(minima: bool) -> None:
    slots = Problem.from_json(scale(1_000, 120, 2, minima=minima)).slots
    assert sum(slot.capacity for slot in slots) == (1_500 if minima else 1_050)
    assert all(slot.minimum == (slot.capacity * 6 // 10 if minima else 0) for slot in slots)


def test_after_a_dropout_everybody_else_is_confirmed() -> None:
    problem = cohort(1)
    pairs = [(f"leader-{place:03}", "slot-000") for place in range(50)]
    left = Problem.from_json(after_dropout(problem, pairs))
    ids = {leader.id for leader in left.leaders}
    gone = {leader["id"] for leader in problem["leaders"]} - ids
    assert len(gone) == 1
    assert left.confirmed == {pair for pair in pairs if pair[0] in ids}
    assert gone <= {leader for leader, _ in pairs}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("minima", [False, True])
def test_public_data_makes_problems_that_keep_the_contract(source: str, minima: bool) -> None:
    if source in missing_data():
        pytest.skip(f"the public data {source} is absent")
    problems = [Problem.from_json(problem) for _, problem in public_problems(source, minima=minima)]
    assert problems
    for problem in problems:
        assert any(slot.minimum for slot in problem.slots) == minima
        assert all(leader.preferences for leader in problem.leaders)
