"""Exhaustive search answers what-ifs; a pin asks the same question in the contract's own words."""

import time
from itertools import product

from hypothesis import given, settings

from placement.domain.errors import InvalidProblem
from placement.domain.matching import Problem, breaches, solve
from placement.domain.matching.solution import assignments_of
from tests.unit.domain.matching import oracle
from tests.unit.domain.matching.strategies import Json, problems


@settings(max_examples=60, deadline=None)
@given(problems(3, 3))
def test_the_rules_are_read_in_the_same_way_by_the_search_and_by_the_check(problem: Json) -> None:
    read = Problem.from_json(problem)
    pairs = [(leader["id"], slot["id"]) for leader, slot in product(problem["leaders"], problem["slots"])]
    kept = set(oracle.kept_results(problem))
    for places in product([False, True], repeat=len(pairs)):
        chosen = frozenset(pair for pair, taken in zip(pairs, places, strict=True) if taken)
        assert (chosen in kept) == (breaches(read, assignments_of(read, chosen)) == [])


@settings(max_examples=60, deadline=None)
@given(problems(4, 3))
def test_a_pair_wished_for_gives_what_the_same_pair_pinned_gives(problem: Json) -> None:
    problem |= {"objective": "generous"}
    kept = oracle.kept_results(problem)
    for leader, slot in product(problem["leaders"][:2], problem["slots"][:2]):
        pair = (leader["id"], slot["id"])
        if not oracle.may_have(problem, leader, slot["id"]):
            assert not any(oracle.gives(pair)(result) for result in kept)
            continue
        wished = oracle.best_of(problem, kept, oracle.gives(pair))
        try:
            pinned = Problem.from_json(problem | {"pins": [*problem.get("pins", []), list(pair)]})
        except InvalidProblem:
            assert wished is None
            continue
        solution = solve(pinned, clock=time.monotonic)
        assert (wished or frozenset()) == {(one.leader, one.slot) for one in solution.assignments}
        assert (wished is None) == (solution.status == "infeasible")


def test_a_wish_is_priced_by_the_first_stage_that_changes() -> None:
    problem: Json = {
        "version": 1,
        "leaders": [
            {"id": "ada", "preferences": [["a"], ["b"]]},
            {"id": "ben", "preferences": [["a"], ["b"]]},
            {"id": "cyd", "preferences": [["b"]], "excluded": ["a"]},
        ],
        "slots": [{"id": "a", "capacity": 1}, {"id": "b", "capacity": 2}],
    }
    kept = oracle.kept_results(problem)
    given = oracle.best_of(problem, kept)
    assert given is not None
    second = next(leader for leader in ("ada", "ben") if (leader, "b") in given)
    assert oracle.price(problem, kept, oracle.gives((second, "a"))) == {}
    assert oracle.price(problem, kept, oracle.gives_one_of("cyd", ["a"])) == {"possible": False}
    assert oracle.price(problem, kept, oracle.takes_at_least("a", 2)) == {"possible": False}
    assert oracle.price(problem, kept, lambda result: len(result) == 2) == {"placed": -1}
    both_second = oracle.gives(("ada", "b"), ("ben", "b"))
    assert oracle.price(problem, kept, both_second) == {"placed": -1}
    two = problem | {"leaders": problem["leaders"][:2]}
    price = oracle.price(two, oracle.kept_results(two), both_second)
    assert price == {"profile": {"1": -1, "2": 1}}
