"""The results that are still possible: all that keep the rules and reach the values of earlier stages.

Each stage asks for the least value of a goal over the face, then narrows the face to the results that reach
it. The solver's floats only propose. What they propose is rounded and checked again, and a bound from the
linear relaxation is worked out in whole numbers from its rounded prices, which are a proof whatever their
rounding (Neumaier and Shcherbina, Math. Program. 99, 2004). The same reduced costs rule columns out.
"""

from collections.abc import Callable, Sequence
from copy import copy
from math import ceil, inf

import numpy as np

from placement.domain.matching.outcome import Reached
from placement.domain.matching.rows.highs import Floats, Ints, relax, search
from placement.domain.matching.rows.region import SCALE, Goal, Proof, Region
from placement.domain.matching.rows.rows import Rows

_ROUNDING = 1e-6
"""How far HiGHS may be from a whole number, by its own tolerance."""
_NEAR = 2
"""How far above the relaxation's bound a good result for a start may be."""
_LARGEST = 1 << 50
"""Goals beyond this cannot be told apart by a solver in floats; they are measured and never called proven."""
_SHARE = 0.25
"""How much of the time left may go into a first look where the answer most likely is."""


class Face:
    """The region still possible, and the best result so far.

    `accepts` re-checks a proposed set of chosen candidates against every rule, in whole numbers.
    """

    def __init__(
        self,
        rows: Rows,
        candidates: int,
        best: frozenset[int],
        *,
        accepts: Callable[[frozenset[int]], bool],
        seconds_left: Callable[[], float],
    ) -> None:
        self.best = best
        self.ran_out = False
        self._candidates = candidates
        self._accepts = accepts
        self._seconds_left = seconds_left
        self._values: list[tuple[Goal, int]] = []
        self._region = _sure(Region.of(rows).propagated())

    def settle(self, goal: Goal, least: int, parts: Sequence[Goal] = ()) -> Reached:
        """Find the least value of `goal` and, when it is proven, narrow the face to the results that have it.

        No result has less than `least`. A goal that weighs several `parts` one above the other fixes the
        value of each part.
        """
        if sum(map(abs, goal.values())) > _LARGEST:
            return Reached(self.value(goal), least, proven=self.value(goal) == least)
        costs, constant = self._region.costs(goal)
        bound = max(least, constant + int(np.minimum(costs, 0).sum()))
        proof = None
        if self.value(goal) > bound:
            proof = self._relax(costs, goal)
            bound = max(bound, constant - (-proof.bound // SCALE)) if proof else bound
        if self.value(goal) > bound:
            bound = self._search(costs, constant, goal, bound, proof)
        if self.value(goal) > bound:
            return Reached(self.value(goal), bound, proven=False)
        if proof is not None:
            self._region = _sure(self._region.below(proof, goal, self.value(goal)))
        self.accept(parts or (goal,))
        return Reached(self.value(goal), self.value(goal), proven=True)

    def improve(self, goal: Goal) -> None:
        """Look for a better result by `goal`, in a part of the time left; nothing is proven or narrowed."""
        costs, constant = self._region.costs(goal)
        proof = self._relax(costs, goal)
        bound = constant - (-proof.bound // SCALE) if proof else self.value(goal)
        if proof is not None and self.value(goal) > bound:
            self._can_be(goal, bound + _NEAR, proof)

    def accept(self, goals: Sequence[Goal]) -> None:
        """Narrow the face to the values of `goals` now; the caller knows that no better are possible."""
        values = [(goal, self.value(goal)) for goal in goals]
        self._values = [*self._values, *values]
        self._region = _sure(self._region.with_values(values))

    def value(self, goal: Goal) -> int:
        """Give the value of `goal` for the best result so far."""
        return sum(goal.get(column, 0) for column in self.best)

    def within(self, limits: Sequence[tuple[Goal, int]], near: Goal) -> "Face | None":
        """Give a face of its own for the results that also keep each goal of `limits` at most at its number.

        It starts with the result of least `near`. None when there is no such result, or when none was found
        in time; `ran_out` tells the two apart.
        """
        self.ran_out = False
        region = _limited(self._region, limits)
        if region is None:
            return None
        columns: Floats = np.zeros(0)
        if region.free.size:
            searched = search(region.costs(near)[0], region.polytope, self._seconds_left())
            if searched.columns is None:
                self.ran_out = not searched.infeasible
                return None
            columns = np.rint(searched.columns)
        found = self.snapshot()
        self.ran_out = not found.start(region, columns)
        return None if self.ran_out else found

    def start(self, region: Region, columns: Floats) -> bool:
        """Take a smaller region and a result in it as the best; False when that is none after all."""
        self._region = region
        self.best = frozenset(column for column in region.chosen(columns) if column < self._candidates)
        return self._keeps_values(self.best) and self._accepts(self.best)

    def snapshot(self) -> "Face":
        """Give a copy, which later narrowing of this face leaves as it is."""
        return copy(self)

    def open_candidates(self) -> list[int]:
        """Give the candidates that may still be chosen or not, in order."""
        return [int(column) for column in self._region.free if column < self._candidates]

    def _relax(self, costs: Ints, goal: Goal) -> Proof | None:
        relaxed = relax(costs, self._region.polytope, self._seconds_left()) if costs.size else None
        if relaxed is None:
            return None
        self._propose(self._region, relaxed.columns, goal)
        return self._region.prove(costs, relaxed)

    def _search(self, costs: Ints, constant: int, goal: Goal, bound: int, proof: Proof | None) -> int:
        """Search whole points; give the lower bound then known.

        First only where the relaxation's bound may be met: mostly it can be, and the region is much smaller.
        """
        if proof is not None and not self._can_be(goal, bound, proof):
            bound += 1
        seconds = self._seconds_left()
        if self.value(goal) <= bound or seconds <= 0:
            return bound
        searched = search(costs, self._region.polytope, seconds)
        if searched.columns is not None:
            self._propose(self._region, searched.columns, goal)
        if not np.isfinite(searched.bound):
            return bound
        slack = min(0.25, _ROUNDING * max(1.0, abs(searched.bound)))
        return max(bound, constant + ceil(searched.bound - slack))

    def _can_be(self, goal: Goal, bound: int, proof: Proof) -> bool:
        """Look for a result at the bound, in a part of the time left; False when there surely is none."""
        region = self._region.below(proof, goal, bound)
        region = region and region.with_limit(goal, bound)
        seconds = self._seconds_left() * _SHARE
        if region is None or seconds <= 0:
            return region is not None
        columns: Floats = np.zeros(0)
        if region.free.size:
            searched = search(region.costs(goal)[0], region.polytope, seconds)
            if searched.columns is None:
                return not searched.infeasible
            columns = searched.columns
        self._propose(region, columns, goal)
        return True

    def _propose(self, region: Region, columns: Floats, goal: Goal) -> None:
        """Take a proposed result as the best if it is whole, keeps all rules and values, and is better."""
        whole = np.rint(columns)
        if np.abs(columns - whole).max(initial=0.0) > _ROUNDING:
            return
        chosen = frozenset(column for column in region.chosen(whole) if column < self._candidates)
        better = sum(goal.get(column, 0) for column in chosen) < self.value(goal)
        if better and self._keeps_values(chosen) and self._accepts(chosen):
            self.best = chosen

    def _keeps_values(self, chosen: frozenset[int]) -> bool:
        return all(sum(goal.get(column, 0) for column in chosen) == value for goal, value in self._values)


def _limited(region: Region | None, limits: Sequence[tuple[Goal, int]]) -> Region | None:
    """Keep each goal of `limits` at most at its number; None if that is plainly impossible."""
    for goal, most in limits:
        if region is None:
            return None
        costs, constant = region.costs(goal)
        reachable = constant + int(np.minimum(costs, 0).sum()) <= most
        region = region.with_limit(goal, most) if reachable else None
    return region


def find_any(rows: Rows, candidates: int) -> frozenset[int] | None:
    """Find any choice of candidates that keeps all rows; None when there is none.

    No time limit holds here: without an answer there would be neither a result nor a proof that none exists.
    """
    region = Region.of(rows).propagated()
    if region is None:
        return None
    chosen = region.given
    if region.free.size:
        searched = search(np.zeros(region.free.size, dtype=np.int64), region.polytope, inf)
        if searched.columns is None:
            return None
        chosen = region.chosen(np.rint(searched.columns))
    return frozenset(column for column in chosen if column < candidates)


def _sure(region: Region | None) -> Region:
    """Unwrap a region that holds the best result so far, so cannot be empty."""
    if region is None:
        raise AssertionError("a face always holds its best result")
    return region
