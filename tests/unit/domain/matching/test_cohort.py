"""Cohorts of real size: small ones miss what a solver's tolerance does."""

import time
from typing import Any

import pytest

from placement.domain.matching import Problem, Solution, solve
from tests.unit.domain.matching.cohorts import made_up
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
