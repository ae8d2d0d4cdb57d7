"""Why no result keeps every rule. Only pins can make that so: without them nobody placed is a result."""

from collections.abc import Callable
from dataclasses import replace

from placement.domain.matching.candidates import list_candidates
from placement.domain.matching.optimum import any_result
from placement.domain.matching.problem import Problem
from placement.domain.matching.solution import Conflict


def pins_conflict(problem: Problem, seconds_left: Callable[[], float]) -> Conflict:
    """Find pins that cannot be kept together, each of which is needed for that.

    Pins are left out one after the other, in order, as long as the rest is still impossible; when time runs
    out the set may be larger than need be.
    """
    pins = sorted(problem.pins)
    for pin in list(pins):
        if seconds_left() <= 0:
            break
        fewer = [other for other in pins if other != pin]
        if not possible(replace(problem, pins=frozenset(fewer))):
            pins = fewer
    slots = tuple(sorted({slot for _, slot in pins}))
    return Conflict(
        leaders=tuple(sorted({leader for leader, _ in pins})),
        slots=slots,
        sentence="No result keeps these pins and every rule: their slots cannot all run with the leaders "
        "who may still be given them.",
        remedy="Take one of these pins away, or loosen the minimum or the mix rules of "
        + ", ".join(slots)
        + ".",
    )


def possible(problem: Problem) -> bool:
    """Tell whether any result keeps every rule."""
    return any_result(problem, list_candidates(problem)) is not None
