"""The engine against exhaustive search."""

import time
from typing import Any

from hypothesis import given, settings

from placement.domain.matching import Problem, Solution, solve
from tests.unit.domain.matching import oracle
from tests.unit.domain.matching.strategies import problems

Json = dict[str, Any]


def solved(problem: Json) -> Solution:
    return solve(Problem.from_json(problem), clock=time.monotonic)


@settings(max_examples=600, deadline=None)
@given(problems())
def test_the_result_is_the_one_that_exhaustive_search_finds(problem: Json) -> None:
    solution = solved(problem)
    expected = oracle.best(problem)
    if expected is None:
        assert (solution.status, solution.assignments) == ("infeasible", ())
    else:
        assert {(one.leader, one.slot) for one in solution.assignments} == expected
        assert solution.status == "optimal"
        assert all(stage.proven for stage in solution.stages)
        assert solution.gap == 0
