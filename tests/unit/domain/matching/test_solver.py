"""The engine against exhaustive search, and what it promises whatever the problem."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from placement.domain.errors import ResultRefused
from placement.domain.matching import Problem, Solution, breaches, report_breaches, solve, solver
from placement.domain.matching.solution import Outcome
from tests.unit.domain.matching import oracle
from tests.unit.domain.matching.cohorts import made_up
from tests.unit.domain.matching.strategies import OBJECTIVES, problems
from tests.unit.domain.matching.test_problem import shuffled

Json = dict[str, Any]
CONTRACTS = Path(__file__).parents[3] / "contracts"
SOLUTION_SCHEMA = Draft202012Validator(json.loads((CONTRACTS / "match-solution.schema.json").read_text()))
PROBLEM_SCHEMA = Draft202012Validator(json.loads((CONTRACTS / "match-problem.schema.json").read_text()))


def solved(problem: Json) -> Solution:
    return solve(Problem.from_json(problem), clock=time.monotonic)


@settings(max_examples=150, deadline=None)
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


@settings(max_examples=30, deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_rows_decides_nothing(problem: Json, order: random.Random) -> None:
    assert solved(shuffled(problem, order)).assignments == solved(problem).assignments


@settings(max_examples=30, deadline=None)
@given(problems())
def test_problems_and_solutions_keep_their_published_schemas(problem: Json) -> None:
    PROBLEM_SCHEMA.validate(problem)
    PROBLEM_SCHEMA.validate(Problem.from_json(problem).to_json())
    SOLUTION_SCHEMA.validate(json.loads(json.dumps(solved(problem).to_json())))


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_cohort_in_another_order_and_another_process_gets_the_same_result(objective: str) -> None:
    problem = made_up(60, 15, 5, minimum=3) | {"objective": objective}
    problem |= {"rules": {"max_same_organisation": 2, "min_sectors": 2}}
    expected = json.dumps(solved(problem).to_json()["assignments"])
    program = (
        "import json, sys, time\n"
        "from placement.domain.matching import Problem, solve\n"
        "solution = solve(Problem.from_json(json.load(sys.stdin)), clock=time.monotonic)\n"
        "print(json.dumps(solution.to_json()['assignments']), end='')"
    )
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", program],
            input=json.dumps(shuffled(problem, random.Random(seed))),
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[4])},
            capture_output=True,
            text=True,
        )
        assert (done.stdout, done.stderr) == (expected, "")


def ticking(step: float) -> Callable[[], float]:
    """Give a clock that moves on by `step` seconds whenever it is looked at."""
    ticks: Iterator[int] = count()
    return lambda: next(ticks) * step


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("looks", [0, 1, 2, 3, 4, 6, 9, 14, 20])
def test_when_time_is_over_the_result_keeps_the_rules_and_claims_nothing_unproven(
    looks: int, objective: str
) -> None:
    rules = {"max_same_organisation": 2, "min_sectors": 2}
    best = solved(made_up(40, 12, 4, minimum=3) | {"objective": objective, "rules": rules})
    problem = Problem.from_json(made_up(40, 12, 4, minimum=3) | {"objective": objective, "rules": rules})
    # The last look finds a sliver of time, in which a search may or may not end.
    solution = solve(problem, clock=ticking(1.0), time_limit=looks + 0.005)
    assert breaches(problem, solution.assignments) == []
    assert report_breaches(problem, solution) == []
    assert solution.gap is not None
    proven = [stage.proven for stage in solution.stages]
    assert proven == sorted(proven, reverse=True)
    assert (solution.status == "optimal") == all(proven[:-1])
    assert (solution.gap == 0) == (solution.status == "optimal")
    for stage, known in zip(solution.stages, best.stages, strict=True):
        assert stage.value == known.value or not stage.proven
        if not stage.proven:
            break


def test_progress_is_told_stage_by_stage_to_the_end() -> None:
    told: list[tuple[str, int, int]] = []
    problem = Problem.from_json(made_up(10, 4, 3))
    solve(problem, clock=time.monotonic, on_stage=lambda name, done, total: told.append((name, done, total)))
    assert [name for name, _, _ in told[:2]] == ["placed", "profile"]
    assert [done for _, done, _ in told] == list(range(len(told)))
    assert told[-1] == ("lottery", told[-1][2], told[-1][2])


def test_a_result_that_breaks_a_rule_never_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Outcome(frozenset({("ada", "a"), ("ben", "a")}), (), 0.0)
    monkeypatch.setattr(solver, "_solve", lambda *_: wrong)
    leaders = [{"id": name, "preferences": [["a"]]} for name in ("ada", "ben")]
    with pytest.raises(ResultRefused, match=r"breaks a rule .*: capacity \(a\)"):
        solved({"version": 1, "leaders": leaders, "slots": [{"id": "a", "capacity": 1}]})


def test_pins_that_cannot_run_make_the_problem_infeasible_and_are_named() -> None:
    leaders = [{"id": name, "preferences": [["a"], ["b"]]} for name in ("ada", "ben", "cyd")]
    slots = [{"id": "a", "capacity": 3, "minimum": 2}, {"id": "b", "capacity": 3, "minimum": 2}]
    pins = [["ada", "a"], ["ben", "b"]]
    solution = solved({"version": 1, "leaders": leaders, "slots": slots, "pins": pins})
    said: Any = solution.to_json()
    assert (said["status"], said["assignments"], said["stages"], said["gap"]) == ("infeasible", [], [], None)
    assert said["unplaced"] == [{"leader": name, "days": 1} for name in ("ada", "ben", "cyd")]
    assert said["closed_slots"] == ["a", "b"]
    assert [(one["leaders"], one["slots"]) for one in said["diagnosis"]] == [(["ada", "ben"], ["a", "b"])]
    SOLUTION_SCHEMA.validate(said)


def test_only_the_pins_at_fault_are_named() -> None:
    leaders = [{"id": name, "preferences": [["a"], ["b"]]} for name in ("ada", "ben", "cyd")]
    slots = [{"id": "a", "capacity": 3}, {"id": "b", "capacity": 3, "minimum": 4}]
    pins = [["ada", "a"], ["ben", "b"], ["cyd", "a"]]
    solution = solved({"version": 1, "leaders": leaders, "slots": slots, "pins": pins})
    assert [(one.leaders, one.slots) for one in solution.conflicts] == [(("ben",), ("b",))]


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_numbers_of_any_size_are_taken(objective: str) -> None:
    huge = 10**30
    leaders = [
        {"id": name, "preferences": [["a"], ["b"]], "days": huge, "distance_km": {"a": huge, "b": 1e300}}
        for name in ("ada", "ben")
    ]
    slots = [{"id": "a", "capacity": huge, "minimum": 2}, {"id": "b", "capacity": huge, "minimum": huge}]
    rules = {"gap_minutes": huge, "max_per_partner": huge, "max_same_organisation": huge}
    solution = solved(
        {"version": 1, "leaders": leaders, "slots": slots, "rules": rules, "objective": objective}
    )
    assert [(one.leader, one.slot) for one in solution.assignments] == [("ada", "a"), ("ben", "a")]
    assert solution.unplaced == (("ada", huge - 1), ("ben", huge - 1))
    assert json.dumps(solution.to_json())


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize(("leaders", "slots"), [(0, 0), (3, 0), (0, 3)])
def test_nobody_or_nothing_to_match_is_a_result(leaders: int, slots: int, objective: str) -> None:
    solution = solved(
        {
            "version": 1,
            "leaders": [{"id": f"leader-{place}", "preferences": []} for place in range(leaders)],
            "slots": [{"id": f"slot-{place}", "capacity": 2} for place in range(slots)],
            "objective": objective,
        }
    )
    assert (solution.status, solution.assignments, solution.profile) == ("optimal", (), {})
    assert len(solution.unplaced) == leaders
    assert len(solution.closed_slots) == slots
