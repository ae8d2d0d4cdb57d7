"""What is best and nearest to a given result, by exhaustive search: the measure of alternatives."""

from collections.abc import Sequence
from typing import Any

from placement.domain.matching import Problem, breaches
from placement.domain.matching.alternatives import Alternative
from placement.domain.matching.solution import assignments_of
from tests.unit.domain.matching import oracle
from tests.unit.domain.matching.oracle import Result, Wish

Json = dict[str, Any]


def nearness(problem: Json, base: Result, result: Result) -> tuple[Any, ...]:
    """Give what alternatives compare: the stages, the pairs kept and, for the lottery, the pairs added."""
    kept = -len(result & base)
    if problem.get("objective") == "lottery":
        return (kept, len(result - base))
    return (oracle.stage_values(problem, result), kept)


def nearest(problem: Json, base: Result, results: Sequence[Result], *wishes: Wish) -> tuple[Any, ...] | None:
    wished = (result for result in results if all(wish(result) for wish in wishes))
    return min((nearness(problem, base, result) for result in wished), default=None)


def assert_is_best(
    problem: Json, base: Result, results: Sequence[Result], found: Alternative | None, *wishes: Wish
) -> None:
    """See that the alternative keeps the rules and the wishes, and that nothing is better or nearer."""
    expected = nearest(problem, base, results, *wishes)
    if found is None:
        assert expected is None
        return
    read = Problem.from_json(problem)
    assert breaches(read, assignments_of(read, found.pairs)) == []
    assert all(wish(found.pairs) for wish in wishes)
    assert nearness(problem, base, found.pairs) == expected
    assert moved(base, found) == found.pairs
    if problem["objective"] != "lottery":
        assert found.change == change(problem, base, found.pairs)


def change(problem: Json, base: Result, result: Result) -> Json:
    """Give the first stage that differs, with the difference as the contract writes it."""
    before, after = oracle.named_values(problem, base), oracle.named_values(problem, result)
    for name, old in before.items():
        new = after[name]
        if name == "profile" and old != new:
            return {name: {rank: new[rank] - old[rank] for rank in old if new[rank] != old[rank]}}
        if old != new:
            return {name: new - old if name != "distance" else float(new - old)}
    return {}


def moved(base: Result, found: Alternative) -> Result:
    """Apply the moves to the base result."""
    left = {(leader, slot) for leader, slot, _ in found.moves if slot is not None}
    taken = {(leader, slot) for leader, _, slot in found.moves if slot is not None}
    assert left <= base
    return (base - left) | taken
