"""What is best and nearest to a given result, by exhaustive search: the measure of alternatives."""

from collections.abc import Sequence
from typing import Any

from placement.domain.matching import Problem, breaches
from placement.domain.matching.solution import assignments_of
from placement.domain.matching.why.alternatives import Alternative
from tests.unit.domain.matching import oracle
from tests.unit.domain.matching.oracle import Result, Wish

Json = dict[str, Any]


def stages_before(problem: Json, base: Result, result: Result) -> int:
    """Count the stages that come before keeping pairs: up to the first that differs; all when none does."""
    before, after = oracle.stage_values(problem, base), oracle.stage_values(problem, result)
    differing = [place for place, old in enumerate(before) if old != after[place]]
    return differing[0] + 1 if differing else len(before)


def nearness(
    problem: Json, base: Result, result: Result, *, all_stages_first: bool = False
) -> tuple[Any, ...]:
    """Give what alternatives compare: stages, then the pairs kept, then the other stages.

    For the lottery, which has no stages, the pairs kept and the pairs added. Results of one price, and those
    of another, compare as they should: one of the first stages tells them apart.
    """
    kept = -len(result & base)
    if problem.get("objective") == "lottery":
        return (kept, len(result - base))
    values = oracle.stage_values(problem, result)
    first = len(values) if all_stages_first else stages_before(problem, base, result)
    return (values[:first], kept, values[first:])


def nearest(problem: Json, base: Result, results: Sequence[Result], *wishes: Wish) -> tuple[Any, ...] | None:
    """Find the best of all, which has the price, and then what is nearest among all of that price."""
    wished = [result for result in results if all(wish(result) for wish in wishes)]
    if not wished:
        return None
    if problem.get("objective") == "lottery":
        return min(nearness(problem, base, result) for result in wished)
    best = min(oracle.stage_values(problem, result) for result in wished)
    first = next(
        stages_before(problem, base, result)
        for result in wished
        if oracle.stage_values(problem, result) == best
    )
    priced = [result for result in wished if oracle.stage_values(problem, result)[:first] == best[:first]]
    return min(nearness(problem, base, result) for result in priced)


def best_of_all(problem: Json, base: Result, results: Sequence[Result]) -> tuple[Any, ...] | None:
    """Find the best by all stages and only then the nearest, as for a changed problem."""
    return min((nearness(problem, base, one, all_stages_first=True) for one in results), default=None)


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
