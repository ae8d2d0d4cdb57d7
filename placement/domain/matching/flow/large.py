"""The way through problems with minimum numbers that are too large to be searched to the end.

Prices (`ascent`) bound one goal after the other, and tell which slots run in a good result. The flow with
these slots held to their minimum numbers, and the others closed, gives such a result; the search settles the
few slots of which the prices are not sure. So each goal ends with a value and a bound that are near to each
other and often equal.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from placement.domain.matching.flow.ascent import Ascended, Seats, ascend
from placement.domain.matching.flow.branch import Search
from placement.domain.matching.flow.exact import Exact, Found
from placement.domain.matching.flow.flow import Flow
from placement.domain.matching.flow.loose import Minimum
from placement.domain.matching.outcome import Reached, keeps_rules
from placement.domain.matching.stages import Goal, least_possible, list_stages, value_of

Tell = Callable[[str, int, int], None]
"""Is told the name of the stage in work, the steps done and the steps in all."""

_FACTORS = (32, 10, 5)
"""How much more a goal weighs than the next where prices are sought for several; and what else is tried."""
_HEAVIEST = 1 << 31
"""No candidate may weigh more: prices would become too coarse."""
_SURE = (0.8, 0.6, 0.95)
"""A slot that ran in so great a share of the rounds is to run; one that stood as long is closed."""
_FLOWS = 200
"""Flows by which the slots are settled of which the prices are not sure, beside a dive through them."""


class Guide:
    """The best result known of one problem, bettered and bounded goal by goal."""

    def __init__(self, exact: Exact, found: Found, best: Flow, seconds_left: Callable[[], float]) -> None:
        self.chosen = exact.columns(best)
        """The best result known, as positions in the candidates."""
        self._best = best
        self._exact = exact
        self._found = found
        self._seconds_left = seconds_left
        self._least = {rule.node: rule.least for rule in exact.network.loose if isinstance(rule, Minimum)}
        self._slowest = 0.0
        """Seconds that the slowest look for a better result took."""

    def settle(self, tell: Tell) -> list[Reached]:
        """Bound one goal after the other, and look for a better result, until one is not proven.

        As in every stage, a bound speaks of results that have the best values of all goals before.
        """
        problem, candidates = self._exact.problem, self._exact.candidates
        named = [(stage.name, goal) for stage in list_stages(problem, candidates) for goal in stage.goals]
        self._look_ahead([goal for _, goal in named])
        flow: frozenset[int] | None = self._found.bound
        settled = Settled(self._exact)
        reached: list[Reached] = []
        for name, goal in named:
            tell(name, len(reached), len(named) + 2)
            least = least_possible(goal, problem, candidates) if flow is None else value_of(goal, flow)
            bound = max(least, self._bound(settled, goal, least))
            value = value_of(goal, self.chosen)
            if value != least:
                flow = None  # It speaks of later goals only beside results as good by the earlier ones.
            reached.append(Reached(value, bound, proven=value == bound))
            if value != bound:
                break
            settled.add(goal, value)
        return reached

    def _look_ahead(self, goals: Sequence[Goal]) -> None:
        """Look for a better result by several goals at once, from the first that the flow leaves open."""
        settled = Settled(self._exact)
        left = [goal for goal in goals if goal]
        while left and value_of(left[0], self.chosen) == value_of(left[0], self._found.bound):
            settled.add(left[0], value_of(left[0], self.chosen))
            del left[0]
        while left and not settled.has_room_for(left):
            del left[-1]
        if len(left) > 1 and self._least:
            self._follow(settled.ascend(left, self.chosen, self._seconds_left)[0], _SURE[0])

    def _bound(self, settled: "Settled", goal: Goal, least: int) -> int:
        """Give a number that no result has less of `goal` than; and look for a better result."""
        if not self._least or not settled.has_room_for([goal]):
            return least
        bound = least
        for factor in _FACTORS if settled.are_weighed else _FACTORS[:1]:
            if value_of(goal, self.chosen) <= bound:
                break
            ascended, known = settled.ascend([goal], self.chosen, self._seconds_left, factor)
            if known > bound:
                bound, settled.factor = known, factor
            for sure in _SURE:
                if value_of(goal, self.chosen) > bound:
                    self._follow(ascended, sure)
        return bound

    def _follow(self, ascended: Ascended, sure: float) -> None:
        """Let those slots run that the prices say, and take what comes of it where that is the best."""
        before = self._seconds_left()
        if before <= self._slowest:
            return
        flow, rules = self._steered(ascended.runs, sure), self._exact.network.loose
        broken = sum(rule.missing(flow) > 0 for rule in rules)
        search = Search(rules, seconds_left=self._seconds_left, most_nodes=2 * broken + _FLOWS)
        search.best = self._best
        found = search.run(flow, below=self._best.value).best
        self._slowest = max(self._slowest, before - self._seconds_left())
        if found is not None and found is not self._best:
            chosen = self._exact.columns(found)
            if keeps_rules(self._exact.problem, self._exact.candidates, chosen):
                self.chosen, self._best = chosen, found

    def _steered(self, runs: Mapping[int, float], sure: float) -> Flow:
        """Close the slots that hardly ever ran, and hold those that ran nearly always to their minimum."""
        nodes = self._exact.network.slot_node
        shares = sorted((share, nodes[slot]) for slot, share in runs.items() if nodes[slot] in self._least)
        flow = self._found.root.copy()
        for share, node in shares:
            if share <= 1 - sure and self._seconds_left() > 0:
                closed = flow.copy()
                flow = closed if closed.limit(node, 0) else flow
        for share, node in reversed(shares):
            if share >= sure and self._seconds_left() > 0:
                held = flow.copy()
                flow = held if held.hold(node, self._least[node]) else flow
        return flow


class Settled:
    """Goals whose best values are known, and the candidates that are left beside them.

    A bound on one more goal adds them to it, each times some number. Any number gives a bound. More is
    better, but for what the bound on a settled goal lacks before it is rounded: that counts as many times.
    """

    def __init__(self, exact: Exact) -> None:
        self._exact = exact
        self._columns = list(range(len(exact.candidates)))
        self._goals: list[tuple[Goal, int]] = []
        self._factors: list[int] = []
        """How far above each settled goal the one before stands."""
        self.factor = _FACTORS[0]
        """How far the last settled goal stood above another where that had its best bound."""
        self._all_days = False
        self._latest: tuple[Ascended, int] | None = None
        """The latest prices, and how many goals were settled then."""

    def add(self, goal: Goal, value: int) -> None:
        """Take note that no result that counts has another value of `goal`."""
        if not goal:
            return
        if value == -sum(self._exact.network.days) and all(goal.get(one) == -1 for one in self._columns):
            self._all_days = True
        elif value == 0 and min(goal.values()) >= 0:
            self._columns = [column for column in self._columns if column not in goal]
            self._latest = None
        else:
            self._goals.append((goal, value))
            self._factors.append(self.factor)
        self.factor = _FACTORS[0]

    @property
    def are_weighed(self) -> bool:
        """Whether there are settled goals to weigh beside another."""
        return bool(self._goals)

    def has_room_for(self, goals: Sequence[Goal]) -> bool:
        """Tell whether `goals` can be weighed behind the settled ones."""
        every = [*(goal for goal, _ in self._goals), *goals]
        heights = self._heights(every, _FACTORS[0])
        largest = sum(height * _largest(goal) for height, goal in zip(heights, every, strict=True))
        return largest <= _HEAVIEST

    def ascend(
        self,
        goals: Sequence[Goal],
        chosen: frozenset[int],
        seconds_left: Callable[[], float],
        factor: int = _FACTORS[0],
    ) -> tuple[Ascended, int]:
        """Find prices for the settled goals, the last of which weighs `factor` times as much, and `goals`.

        `chosen` is a result. Gives the prices, and the bound beside what the settled goals weigh.
        """
        every = [*(goal for goal, _ in self._goals), *goals]
        heights = self._heights(every, factor)
        weights = _weights(every, heights)
        seats = Seats(self._exact.problem, self._exact.candidates, self._columns, all_days=self._all_days)
        costs = np.array([weights.get(column, 0) for column in seats.columns.tolist()], dtype=np.int64)
        start, higher = None, 1.0
        if self._latest is not None and factor == _FACTORS[0]:
            start, higher = self._latest[0], float(heights[self._latest[1]])
        found = ascend(seats, costs, value_of(weights, chosen), seconds_left, start=start, factor=higher)
        if factor == _FACTORS[0] and len(goals) == 1:
            self._latest = found, len(self._goals)
        settled = zip(heights[: len(self._goals)], self._goals, strict=True)
        return found, found.bound - sum(height * value for height, (_, value) in settled)

    def _heights(self, goals: Sequence[Goal], factor: int) -> list[int]:
        """Give what each of `goals`, the settled ones first, is multiplied by: the last by one.

        The last settled goal stands `factor` times above the greatest that the next adds anywhere.
        """
        factors = [*self._factors, factor, *[_FACTORS[0]] * len(goals)]
        found = [1] * len(goals)
        for place in range(len(goals) - 1, 0, -1):
            found[place - 1] = found[place] * factors[place] * max(1, _largest(goals[place]))
        return found


def _largest(goal: Goal) -> int:
    return max(map(abs, goal.values()), default=0)


def _weights(goals: Sequence[Goal], heights: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for goal, height in zip(goals, heights, strict=True):
        for column, cost in goal.items():
            found[column] = found.get(column, 0) + cost * height
    return found
