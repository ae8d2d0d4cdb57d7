"""The lottery among results that keep what pins ask for.

A pin opens its slot, so its slot cannot be closed when the draw leaves it below its minimum or with too few
sectors. Then each leader in turn takes the best slot that still leaves it possible to keep every rule.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from placement.domain.matching.candidates import Candidate
from placement.domain.matching.drawing.draw import smallest_below
from placement.domain.matching.problem import Problem
from placement.domain.matching.rows.lottery import Lottery
from placement.domain.matching.rows.optimum import any_result, open_face


def draw_guided(
    problem: Problem, candidates: Sequence[Candidate], seconds_left: Callable[[], float]
) -> frozenset[int] | None:
    """Draw with foresight: positions in `candidates`; None if that was not possible in time."""
    pinned = {one.slot for one in candidates if one.pinned}
    eased = replace(
        problem,
        slots=tuple(
            slot if position in pinned else replace(slot, minimum=0)
            for position, slot in enumerate(problem.slots)
        ),
    )
    columns = list(range(len(candidates)))
    while True:
        there = [candidates[column] for column in columns]
        first = any_result(eased, there)
        if first is None:
            return None
        face = open_face(eased, there, first, seconds_left)
        if not Lottery(eased, there, face).settle_draw():
            return None
        load = Counter(there[position].slot for position in face.best)
        slot = smallest_below(problem, load, pinned)
        if slot is None:
            return frozenset(columns[position] for position in face.best)
        columns = [column for column in columns if candidates[column].slot != slot]
