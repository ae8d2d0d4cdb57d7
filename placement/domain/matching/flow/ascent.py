"""A bound for problems with minimum numbers that is nearer than the flow's: a price for each leader's day.

Each day of a leader is given a price, and each slot by itself then takes whom it likes best: nobody, or from
its minimum number to its capacity. What all slots together cost so, and the prices, is less than any result
costs, whatever the prices are (Lagrange). The best prices give the same bound as the linear relaxation in
which a slot runs at least as far as anybody is there (Geoffrion, Math. Program. Study 2, 1974), and are
found here without a solver, by the volume algorithm (Barahona and Anbil, Math. Program. 87, 2000). What
slots did on the average on the way there tells which are to run.

A float only says how far prices move. The bound itself is reckoned in whole numbers and holds whatever they
are.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from placement.domain.matching.candidates import Candidate
from placement.domain.matching.problem import Problem

Ints = NDArray[np.int64]

ROUNDS = 1_500
"""Times that prices are changed before the best of them are taken: a number, not a time."""
_ONE = 20
"""Averages are counted in parts of two to this power."""
_COARSE = 6
"""Bits of an average that a step leaves out of account."""
_FARTHEST = 64 << _ONE
"""An average further from a leader's days counts as this far: its square must not overflow."""
_WIDEST = 39
"""Bits of a price: above them stands a slot's number when all are sorted."""
_PATIENCE = 20
"""Rounds without a better bound before steps become shorter."""
_SHORTEST = 1e-4
_SLOWER = (150, 400, 800)
"""Rounds from which the average forgets half as fast: what is near the best prices then counts for long."""


@dataclass(frozen=True, slots=True)
class Ascended:
    """The best prices found, in parts of 1 / `scale`, and what they say."""

    bound: int
    """No result costs less."""
    runs: dict[int, float]
    """Each slot's position in the problem, and the share of the latest rounds in which it ran."""
    prices: Ints
    scale: int


class Seats:
    """The slots by themselves: what each takes when every leader's day has a price.

    `columns` are the candidates that may be chosen. Where `all_days` holds, every leader is known to have all
    days; else leaders may have fewer, and no day is worth more than nothing.
    """

    def __init__(
        self, problem: Problem, candidates: Sequence[Candidate], columns: Sequence[int], *, all_days: bool
    ) -> None:
        slots = np.array([candidates[column].slot for column in columns], dtype=np.int64)
        order = np.argsort(slots, kind="stable")
        self.columns = np.array(columns, dtype=np.int64)[order]
        self.leaders = np.array([candidates[column].leader for column in columns], dtype=np.int64)[order]
        self.slots, self._starts, counts = np.unique(slots[order], return_index=True, return_counts=True)
        self._part = np.repeat(np.arange(self.slots.size), counts)
        place = np.arange(slots.size) - self._starts[self._part]
        offers = [problem.slots[slot] for slot in self.slots.tolist()]
        possible = [min(slot.capacity, count) for slot, count in zip(offers, counts.tolist(), strict=True)]
        usable = [most if slot.minimum <= most else 0 for slot, most in zip(offers, possible, strict=True)]
        fewest = [min(slot.minimum, most) for slot, most in zip(offers, usable, strict=True)]
        self._must = place < np.array(fewest, dtype=np.int64)[self._part]
        self._may = place < np.array(usable, dtype=np.int64)[self._part]
        days = np.bincount(self.leaders, minlength=len(problem.leaders)).tolist()
        self.days = np.array(
            [min(leader.days, most) for leader, most in zip(problem.leaders, days, strict=True)],
            dtype=np.int64,
        )
        self.all_days = all_days
        self._order = np.arange(slots.size)

    def take(self, costs: Ints, prices: Ints) -> tuple[int, Ints, NDArray[np.bool_]]:
        """Let each slot take whom it likes best.

        Gives the bound, the days that each leader then has, and the slots that run.
        """
        reduced = costs - prices[self.leaders]
        keys = (self._part << (_WIDEST + 2)) + reduced
        # Little changes from one time to the next, and what is nearly sorted is sorted quickly.
        self._order = self._order[np.argsort(keys[self._order], kind="stable")]
        cheapest = reduced[self._order]
        taken = self._must | (self._may & (cheapest < 0))
        values = np.add.reduceat(np.where(taken, cheapest, 0), self._starts)
        runs = values < 0
        chosen = self._order[taken & runs[self._part]]
        bound = int(self.days @ prices) + int(values[runs].sum())
        return bound, np.bincount(self.leaders[chosen], minlength=self.days.size), runs


def ascend(
    seats: Seats,
    costs: Ints,
    target: int,
    seconds_left: Callable[[], float],
    *,
    start: Ascended | None = None,
    factor: float = 1.0,
) -> Ascended:
    """Raise the bound on what results cost until it meets `target`, what one costs, or rounds are over.

    `costs` are those of `seats.columns`, below 2^30. Prices start at those of `start`, each times `factor`.
    """
    climb = _Climb(seats, costs, target, start, factor)
    for turn in range(ROUNDS):
        if climb.is_over() or seconds_left() <= 0:
            break
        climb.step()
        climb.slowness += turn in _SLOWER
    return climb.found()


class _Climb:
    """Prices on their way up, and the average of what slots did."""

    def __init__(self, seats: Seats, costs: Ints, target: int, start: Ascended | None, factor: float) -> None:
        self.slowness = 6
        """The average takes on one part in two to this power of each round."""
        self._seats = seats
        self._scale = 1 << (_WIDEST - 2 - int(np.abs(costs).max(initial=1)).bit_length())
        self._costs = costs * self._scale
        self._target = target * self._scale
        self._length, self._failed = 0.5, 0
        prices = np.zeros(seats.days.size, dtype=np.float64)
        if start is not None:
            prices += start.prices * (factor * self._scale / start.scale)
        self._prices = self._possible(prices)
        self._bound, days, runs = seats.take(self._costs, self._prices)
        self._days, self._runs = days << _ONE, runs.astype(np.int64) << _ONE

    def is_over(self) -> bool:
        """Tell whether the target is met, or steps are too short to lead on."""
        return self._bound > self._target - self._scale or self._length < _SHORTEST

    def step(self) -> None:
        """Move from the best prices towards what the average lacks, and keep what is better."""
        lacking = np.clip((self._seats.days << _ONE) - self._days, -_FARTHEST, _FARTHEST) >> _COARSE
        square = max(1, int((lacking**2).sum()))
        step = self._length * (self._target - self._bound) / square * (1 << (_ONE - _COARSE))
        prices = self._possible(self._prices + step * lacking)
        bound, days, runs = self._seats.take(self._costs, prices)
        self._days += ((days << _ONE) - self._days) >> self.slowness
        self._runs += ((runs.astype(np.int64) << _ONE) - self._runs) >> self.slowness
        if bound > self._bound:
            onward = int(((self._seats.days - days) * lacking).sum()) > 0
            self._bound, self._prices, self._failed = bound, prices, 0
            self._length = min(2.0, self._length * 1.1) if onward else self._length
            return
        self._failed += 1
        if self._failed % _PATIENCE == 0:
            self._length *= 0.66

    def found(self) -> Ascended:
        """Give the best prices."""
        shares = (self._runs / (1 << _ONE)).tolist()
        runs = dict(zip(self._seats.slots.tolist(), shares, strict=True))
        return Ascended(-(-self._bound // self._scale), runs, self._prices, self._scale)

    def _possible(self, prices: NDArray[np.float64]) -> Ints:
        """Round prices, and keep them where every sum of them has room and a bound comes of them."""
        limit = 1 << _WIDEST
        whole: Ints = np.rint(np.clip(prices, -limit, limit if self._seats.all_days else 0)).astype(np.int64)
        return whole
