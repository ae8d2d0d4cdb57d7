"""The results that are still possible: all that keep the rules and reach the values of earlier stages.

Each stage asks for the least value of a goal over the face, then narrows the face to the results that reach
it. The solver's floats only propose. What they propose is rounded and checked again, and a bound from the
linear relaxation is worked out in whole numbers from its rounded prices, which are a proof whatever their
rounding (Neumaier and Shcherbina, Math. Program. 99, 2004): for any prices, no result costs less than the
priced limits plus each column's reduced cost where that is negative. The same reduced costs rule columns out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, inf

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from placement.domain.matching.highs import Floats, Ints, Polytope, Relaxed, relax, search
from placement.domain.matching.rows import Rows

Goal = Mapping[int, int]
"""Column to cost, in whole numbers; columns left out cost nothing."""

_SCALE = 1 << 20
_SAFE = float(1 << 60)
_ROUNDING = 1e-6
"""How far HiGHS may be from a whole number, by its own tolerance."""


@dataclass(frozen=True, slots=True)
class Reached:
    """The least value found for a goal, the greatest lower bound known, and whether no less is possible."""

    value: int
    bound: int
    proven: bool


@dataclass(frozen=True)
class _Proof:
    """A lower bound, and what each free column would add to it; both times `_SCALE`."""

    bound: int
    reduced: Ints


class Face:
    """The columns still free, the rows they keep, and the best result so far.

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
        self.free: Ints = np.arange(rows.columns, dtype=np.int64)
        self.given: set[int] = set()
        self._candidates = candidates
        self._accepts = accepts
        self._seconds_left = seconds_left
        self._goals: list[tuple[Goal, int]] = []
        self._polytope = _polytope(rows)
        self._propagate()

    def settle(self, goal: Goal, least: int, parts: Sequence[Goal] = ()) -> Reached:
        """Find the least value of `goal` and, when it is proven, narrow the face to the results that have it.

        No result has less than `least`. A goal that weighs several `parts` one above the other fixes the
        value of each part.
        """
        costs, constant = self._costs(goal)
        least = max(least, constant + int(np.minimum(costs, 0).sum()))
        proof = None
        bound: int = least
        if self.value(goal) > least:
            proof = self._relax(costs, goal)
            bound = max(least, constant - (-proof.bound // _SCALE)) if proof else least
        if self.value(goal) > bound:
            searched = self._search(costs, constant, goal)
            bound = bound if searched is None else max(bound, searched)
        if self.value(goal) > bound:
            return Reached(self.value(goal), bound, proven=False)
        self._narrow(parts or (goal,), self.value(goal) - constant, proof)
        return Reached(self.value(goal), self.value(goal), proven=True)

    def accept(self, goals: Sequence[Goal]) -> None:
        """Narrow the face to the values of `goals` now; the caller knows that no better are possible."""
        self._narrow(goals, 0, None)

    def value(self, goal: Goal) -> int:
        """Give the value of `goal` for the best result so far."""
        return sum(goal.get(column, 0) for column in self.best)

    def open_candidates(self) -> list[int]:
        """Give the candidates that may still be chosen or not, in order."""
        return [int(column) for column in self.free if column < self._candidates]

    def _costs(self, goal: Goal) -> tuple[Ints, int]:
        costs = np.array([goal.get(int(column), 0) for column in self.free], dtype=np.int64)
        return costs, sum(goal.get(column, 0) for column in self.given)

    def _relax(self, costs: Ints, goal: Goal) -> _Proof | None:
        relaxed = relax(costs, self._polytope, self._seconds_left())
        if relaxed is None:
            return None
        self._propose(relaxed.columns, goal)
        return _prove(costs, self._polytope, relaxed)

    def _search(self, costs: Ints, constant: int, goal: Goal) -> int | None:
        """Search whole points; give the lower bound that came out of it, if one did."""
        seconds = self._seconds_left()
        if seconds <= 0:
            return None
        searched = search(costs, self._polytope, seconds)
        if searched.columns is not None:
            self._propose(searched.columns, goal)
        if not np.isfinite(searched.bound):
            return None
        return constant + ceil(searched.bound - min(0.25, _ROUNDING * max(1.0, abs(searched.bound))))

    def _propose(self, columns: Floats, goal: Goal) -> None:
        """Take a proposed result as the best if it is whole, keeps all rules and values, and is better."""
        whole = np.rint(columns)
        if np.abs(columns - whole).max(initial=0.0) > _ROUNDING:
            return
        chosen = frozenset(
            column
            for column in [*self.given, *(int(one) for one in self.free[whole > 0])]
            if column < self._candidates
        )
        better = sum(goal.get(column, 0) for column in chosen) < self.value(goal)
        if better and self._keeps_values(chosen) and self._accepts(chosen):
            self.best = chosen

    def _keeps_values(self, chosen: frozenset[int]) -> bool:
        return all(sum(goal.get(column, 0) for column in chosen) == value for goal, value in self._goals)

    def _narrow(self, goals: Sequence[Goal], value: int, proof: _Proof | None) -> None:
        """Keep only results with the values that `goals` have now; drop what no such result can have."""
        rows = []
        for goal in goals:
            costs, constant = self._costs(goal)
            self._goals.append((goal, self.value(goal)))
            rows.append((costs, self.value(goal) - constant))
        exactly = [self._polytope.exactly, sparse.csr_array(np.array([costs for costs, _ in rows]))]
        self._polytope = Polytope(
            self._polytope.at_most,
            self._polytope.most,
            sparse.vstack(exactly, format="csr"),
            np.append(self._polytope.exact, [limit for _, limit in rows]),
        )
        if proof is not None:
            room = value * _SCALE - proof.bound
            self._fix(out=proof.reduced > room, given=-proof.reduced > room)
        self._propagate()

    def _propagate(self) -> None:
        """Fix the columns whose other value would break a row whatever the rest, until there are none."""
        while self.free.size:
            polytope = self._polytope
            exactly = polytope.exactly
            matrix = sparse.vstack([polytope.at_most, exactly, -exactly], format="coo")
            limits = np.concatenate([polytope.most, polytope.exact, -polytope.exact])
            least = np.zeros(limits.size, dtype=np.int64)
            np.add.at(least, matrix.coords[0], np.minimum(matrix.data, 0))
            breaks = np.abs(matrix.data) > (limits - least)[matrix.coords[0]]
            out = np.zeros(self.free.size, dtype=bool)
            given = out.copy()
            out[matrix.coords[1][breaks & (matrix.data > 0)]] = True
            given[matrix.coords[1][breaks & (matrix.data < 0)]] = True
            if not (out | given).any():
                return
            self._fix(out=out, given=given)

    def _fix(
        self,
        *,
        out: NDArray[np.bool_],
        given: NDArray[np.bool_],
    ) -> None:
        """Take columns out of the face: some are never chosen, some always."""
        stays = ~(out | given)
        if stays.all():
            return
        self.given.update(int(column) for column in self.free[given])
        polytope = self._polytope
        most = polytope.most - polytope.at_most[:, given].sum(axis=1)
        exact = polytope.exact - polytope.exactly[:, given].sum(axis=1)
        at_most, exactly = polytope.at_most[:, stays], polytope.exactly[:, stays]
        binding = at_most.maximum(0).sum(axis=1) > most
        used = np.diff(exactly.indptr) > 0
        self._polytope = Polytope(at_most[binding], most[binding], exactly[used], exact[used])
        self.free = self.free[stays]


def _prove(costs: Ints, polytope: Polytope, relaxed: Relaxed) -> _Proof | None:
    """Work out a bound and reduced costs from prices in whole numbers; None if they could overflow."""
    magnitude = (
        np.abs(costs).sum() * _SCALE
        + _size(polytope.at_most, relaxed.most_prices)
        + _size(polytope.exactly, relaxed.exact_prices)
        + (np.abs(relaxed.most_prices) @ np.abs(polytope.most)) * _SCALE
        + (np.abs(relaxed.exact_prices) @ np.abs(polytope.exact)) * _SCALE
    )
    if not magnitude < _SAFE:
        return None
    most_prices = np.rint(np.maximum(relaxed.most_prices, 0) * _SCALE).astype(np.int64)
    exact_prices = np.rint(relaxed.exact_prices * _SCALE).astype(np.int64)
    reduced = costs * _SCALE + polytope.at_most.T @ most_prices + polytope.exactly.T @ exact_prices
    bound = np.minimum(reduced, 0).sum() - polytope.most @ most_prices - polytope.exact @ exact_prices
    return _Proof(int(bound), reduced)


def _size(matrix: "sparse.csr_array", prices: Floats) -> float:
    return float((abs(matrix).T @ np.abs(prices)).sum()) * _SCALE


def _polytope(rows: Rows) -> Polytope:
    return Polytope(
        at_most=_matrix([row for row, _ in rows.at_most], rows.columns),
        most=np.array([limit for _, limit in rows.at_most], dtype=np.int64),
        exactly=_matrix([row for row, _ in rows.exactly], rows.columns),
        exact=np.array([limit for _, limit in rows.exactly], dtype=np.int64),
    )


def _matrix(rows: Sequence[Mapping[int, int]], columns: int) -> "sparse.csr_array":
    data: list[int] = []
    indices: list[int] = []
    starts = [0]
    for row in rows:
        indices.extend(row)
        data.extend(row.values())
        starts.append(len(indices))
    return sparse.csr_array(
        (np.array(data, dtype=np.int64), np.array(indices, dtype=np.int64), np.array(starts, dtype=np.int64)),
        shape=(len(rows), columns),
    )


def find_any(rows: Rows, candidates: int) -> frozenset[int] | None:
    """Find any choice of candidates that keeps all rows; None when there is none.

    No time limit holds here: without an answer there would be neither a result nor a proof that none exists.
    """
    if not candidates:
        return frozenset()
    searched = search(np.zeros(rows.columns, dtype=np.int64), _polytope(rows), inf)
    if searched.columns is None:
        return None
    return frozenset(int(column) for column in np.flatnonzero(searched.columns[:candidates] > 0.5))
