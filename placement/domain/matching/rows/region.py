"""The columns that are not decided yet, and the rows that they keep."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from placement.domain.matching.rows.highs import Ints, Polytope, Relaxed
from placement.domain.matching.rows.rows import Rows

Goal = Mapping[int, int]
"""Column to cost, in whole numbers; columns left out cost nothing."""

SCALE = 1 << 20
_SAFE = float(1 << 60)


@dataclass(frozen=True)
class Proof:
    """A lower bound of a goal's cost, and what each free column would add to it; both times `SCALE`."""

    bound: int
    reduced: Ints


@dataclass(frozen=True)
class Region:
    """Some results: the columns `given` are chosen, those `free` may be, all others are not."""

    free: Ints
    given: frozenset[int]
    polytope: Polytope

    @classmethod
    def of(cls, rows: Rows) -> "Region":
        """Give the region of all results that keep `rows`."""
        polytope = Polytope(
            at_most=_matrix([row for row, _ in rows.at_most], rows.columns),
            most=np.array([limit for _, limit in rows.at_most], dtype=np.int64),
            exactly=_matrix([row for row, _ in rows.exactly], rows.columns),
            exact=np.array([limit for _, limit in rows.exactly], dtype=np.int64),
        )
        return cls(np.arange(rows.columns, dtype=np.int64), frozenset(), polytope)

    def costs(self, goal: Goal) -> tuple[Ints, int]:
        """Give the goal's cost of each free column, and the cost of all that is given."""
        costs = np.array([goal.get(int(column), 0) for column in self.free], dtype=np.int64)
        return costs, sum(goal.get(column, 0) for column in self.given)

    def chosen(self, whole: NDArray[np.float64]) -> frozenset[int]:
        """Give the columns that are chosen when the free columns are as in `whole`."""
        return self.given | {int(column) for column in self.free[whole > 0]}

    def prove(self, costs: Ints, relaxed: Relaxed) -> Proof | None:
        """Work out a bound and reduced costs from prices, in whole numbers; None if they could overflow.

        For any prices, no point of the region costs less than the priced limits plus each column's reduced
        cost where that is negative: so the bound holds whatever the rounding of the prices.
        """
        polytope = self.polytope
        magnitude = (
            float(np.abs(costs).sum())
            + _size(polytope.at_most, polytope.most, relaxed.most_prices)
            + _size(polytope.exactly, polytope.exact, relaxed.exact_prices)
        ) * SCALE
        if not magnitude < _SAFE:
            return None
        most_prices = np.rint(np.maximum(relaxed.most_prices, 0) * SCALE).astype(np.int64)
        exact_prices = np.rint(relaxed.exact_prices * SCALE).astype(np.int64)
        reduced = costs * SCALE + polytope.at_most.T @ most_prices + polytope.exactly.T @ exact_prices
        bound = np.minimum(reduced, 0).sum() - polytope.most @ most_prices - polytope.exact @ exact_prices
        return Proof(int(bound), reduced)

    def below(self, proof: Proof, goal: Goal, value: int) -> "Region | None":
        """Leave out the columns that no point at which `goal` is at most `value` can have."""
        room = (value - self.costs(goal)[1]) * SCALE - proof.bound
        return self.fixed(out=proof.reduced > room, given=-proof.reduced > room)

    def with_limit(self, goal: Goal, value: int) -> "Region | None":
        """Keep only the points at which `goal` is at most `value`."""
        costs, constant = self.costs(goal)
        at_most = sparse.vstack([self.polytope.at_most, sparse.csr_array(costs.reshape(1, -1))], format="csr")
        most = np.append(self.polytope.most, value - constant)
        polytope = Polytope(at_most, most, self.polytope.exactly, self.polytope.exact)
        return Region(self.free, self.given, polytope).propagated()

    def with_values(self, goals: Sequence[tuple[Goal, int]]) -> "Region | None":
        """Keep only the points at which each goal has its value."""
        rows, limits = [], []
        for goal, value in goals:
            costs, constant = self.costs(goal)
            rows.append(costs)
            limits.append(value - constant)
        exactly = sparse.vstack(
            [self.polytope.exactly, sparse.csr_array(np.array(rows).reshape(len(rows), -1))], format="csr"
        )
        polytope = Polytope(
            self.polytope.at_most, self.polytope.most, exactly, np.append(self.polytope.exact, limits)
        )
        return Region(self.free, self.given, polytope).propagated()

    def propagated(self) -> "Region | None":
        """Decide all columns whose other value would break a row; None if a row must break."""
        region: Region | None = self
        while region is not None and region.free.size:
            polytope = region.polytope
            stacked = sparse.vstack([polytope.at_most, polytope.exactly, -polytope.exactly], format="csr")
            matrix = stacked.tocoo()
            limits = np.concatenate([polytope.most, polytope.exact, -polytope.exact])
            least = np.zeros(limits.size, dtype=np.int64)
            rows, columns = matrix.coords
            np.add.at(least, rows, np.minimum(matrix.data, 0))
            if (least > limits).any():
                return None
            breaks = np.abs(matrix.data) > (limits - least)[rows]
            out = np.zeros(region.free.size, dtype=bool)
            given = out.copy()
            out[columns[breaks & (matrix.data > 0)]] = True
            given[columns[breaks & (matrix.data < 0)]] = True
            if not (out | given).any():
                return region
            region = region.fixed(out=out, given=given)
        return region

    def fixed(self, *, out: NDArray[np.bool_], given: NDArray[np.bool_]) -> "Region | None":
        """Decide columns: those `out` are never chosen, those `given` always; None if a row must break."""
        if (out & given).any():
            return None
        stays = ~(out | given)
        if stays.all():
            return self
        polytope = self.polytope
        most = polytope.most - polytope.at_most[:, given].sum(axis=1)
        exact = polytope.exact - polytope.exactly[:, given].sum(axis=1)
        at_most, exactly = polytope.at_most[:, stays], polytope.exactly[:, stays]
        # A row without columns left is never looked at again: it must hold now.
        if (at_most.minimum(0).sum(axis=1) > most).any() or (exact[np.diff(exactly.indptr) == 0] != 0).any():
            return None
        binding = at_most.maximum(0).sum(axis=1) > most
        used = np.diff(exactly.indptr) > 0
        return Region(
            self.free[stays],
            self.given | {int(column) for column in self.free[given]},
            Polytope(at_most[binding], most[binding], exactly[used], exact[used]),
        )


def _size(matrix: "sparse.csr_array", limits: Ints, prices: NDArray[np.float64]) -> float:
    return float(abs(matrix).sum(axis=1) @ np.abs(prices) + np.abs(limits) @ np.abs(prices))


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
