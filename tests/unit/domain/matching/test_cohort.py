"""Cohorts of real size: small ones miss what a solver's tolerance does."""

import time
from typing import Any

import pytest

from placement.domain.matching import Problem, Solution, solve
from tests.unit.domain.matching.cohorts import SHARED, fylde_coast, made_up
from tests.unit.domain.matching.hungarian import best_of_one_day

Json = dict[str, Any]


def solved(problem: Json) -> Solution:
    return solve(Problem.from_json(problem), clock=time.monotonic)


@pytest.mark.parametrize("objective", ["generous", "rank-maximal", "total-rank"])
@pytest.mark.parametrize(("leaders", "slots", "choices"), [(100, 20, 10), (150, 25, 5)])
def test_a_cohort_gets_what_exact_whole_numbers_say(
    leaders: int, slots: int, choices: int, objective: str
) -> None:
    problem = made_up(leaders, slots, choices) | {"objective": objective}
    solution = solved(problem)
    assert {(one.leader, one.slot) for one in solution.assignments} == best_of_one_day(problem)
    assert solution.status == "optimal"
    assert all(stage.proven for stage in solution.stages)


# Best values found by an independent, plainly written sequence of searches without any narrowing.
MIXED = {"max_same_organisation": 2, "min_sectors": 2}
BEST = [
    ("generous", {}, {"1": 19, "2": 29, "3": 16, "4": 13, "5": 8, "unranked": 15}, 6, 675.885),
    ("generous", MIXED, {"1": 19, "2": 28, "3": 17, "4": 13, "5": 8, "unranked": 15}, 6, 668.52),
    ("rank-maximal", {}, {"1": 41, "2": 9, "3": 9, "4": 8, "5": 5, "unranked": 28}, 6, 667.929),
    ("rank-maximal", MIXED, {"1": 41, "2": 9, "3": 9, "4": 7, "5": 6, "unranked": 28}, 5, 684.408),
    ("total-rank", {}, 296, 5, 649.52),
    ("total-rank", MIXED, 297, 4, 678.931),
]


@pytest.mark.skipif(
    not SHARED.is_dir(), reason="the shared spreadsheets of the Fylde Coast cohort are absent"
)
@pytest.mark.parametrize(("objective", "rules", "ranks", "need", "kilometres"), BEST)
def test_the_fylde_coast_cohort_gets_its_known_best_values(
    objective: str, rules: Json, ranks: object, need: int, kilometres: float
) -> None:
    solution = solved(fylde_coast() | {"objective": objective, "rules": rules})
    values = [stage.value for stage in solution.stages]
    assert values == [100, ranks, need, kilometres, None]
    assert all(stage.proven for stage in solution.stages)
    assert solution.status == "optimal"


@pytest.mark.parametrize("objective", ["generous", "rank-maximal"])
def test_a_made_up_cohort_with_minimum_numbers_and_mix_rules_is_proven_best(objective: str) -> None:
    rules = {"max_same_organisation": 2, "min_sectors": 2}
    problem = made_up(100, 30, 5, minimum=3) | {"objective": objective, "rules": rules}
    solution = solved(problem)
    assert [(stage.name, stage.proven) for stage in solution.stages] == [
        ("placed", True),
        ("profile", True),
        ("if-need-be", True),
        ("distance", True),
        ("lottery", True),
    ]
    assert solution.gap == 0
