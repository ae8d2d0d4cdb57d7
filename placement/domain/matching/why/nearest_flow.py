"""The best result that meets requirements, by flows: the quick engine.

One search over slots that run splits all results into parts, each with its best flow. To require a pair or a
number in a part takes one chain of moves, and only parts that could still hold something better are looked
into. Keeping the pairs of a given result is one more goal in every cost. Behind which stages it comes is
known only once an answer is there, so up to three orders of goals are tried, each with parts of its own.
"""

from collections.abc import Callable, Iterator
from itertools import product
from typing import TYPE_CHECKING

from placement.domain.matching.flow.branch import Search
from placement.domain.matching.flow.costs import (
    Costs,
    Digit,
    followed_by,
    pinned_first,
    stage_costs,
)
from placement.domain.matching.flow.exact import Exact
from placement.domain.matching.flow.flow import Flow
from placement.domain.matching.flow.network import NOTHING, build_network
from placement.domain.matching.flow.prices import Prices
from placement.domain.matching.outcome import pairs_of, pins_kept
from placement.domain.matching.parts import Pair
from placement.domain.matching.why.near import Near
from placement.domain.matching.why.requirements import NotProven, Requirements, TooHard

if TYPE_CHECKING:
    from placement.domain.matching.why.nearest import Nearest

MOST_FLOWS = 2_000
"""Flows tried before a search is given up."""
_AFTER_RANKS = 2
"""Stages behind the profile or the sum of ranks: if-need-be and distance."""

Asked = tuple[list[tuple[int, int]], list[tuple[int, int]]]
"""Candidates to require, as (leader, leaf), and nodes with their fewest leaders."""


class NearestFlow:
    """Finds the best results of one problem that stay near to a given one.

    The same promises as `nearest.Nearest`, but that it may give up.
    """

    def __init__(self, near: Near, *, seconds_left: Callable[[], float]) -> None:
        self._near = near
        self._problem = near.problem
        self._candidates = near.candidates
        self._seconds_left = seconds_left
        network = build_network(near.problem, near.candidates)
        self._exact = Exact(near.problem, near.candidates, network)
        self._column_at = {
            (one.leader, leaf): column
            for column, (one, leaf) in enumerate(zip(near.candidates, network.leaf, strict=True))
        }
        self._slots = {slot.id: position for position, slot in enumerate(near.problem.slots)}
        self._regions: dict[int, list[Flow]] = {}
        """The parts of all results, by the number of stages before the keeping of pairs."""
        self._given_up: set[int] = set()
        self._prices: dict[int, Prices] = {}

    def find(self, requirements: Requirements) -> frozenset[Pair] | None:
        """Find the best result that meets `requirements`; None when no result that keeps the rules does.

        What is best is said at `nearest.Nearest.find`.

        Raises
        ------
        NotProven
            The time was over before this was certain.
        TooHard
            It was not certain after as many flows as are tried.

        """
        stages = len(self._near.stages)
        # Most prices lie in the ranks, so that order is tried first; the answer tells which is the right one.
        after = stages if self._near.after_all_stages else max(0, stages - _AFTER_RANKS)
        while (columns := self._find(requirements, after)) is not None:
            wanted = self._near.stages_before(self._near.measure(columns))
            if wanted == after:
                return pairs_of(self._problem, self._candidates, columns)
            # A difference behind the stages settled here proves nothing: then all are to be settled.
            after = wanted if wanted < after else stages
        return None

    def _find(self, requirements: Requirements, after: int) -> frozenset[int] | None:
        """Find the best result by the first `after` stages, then the pairs kept, then the other stages."""
        best: Flow | None = None
        for asked in self._ways_to_meet(requirements):
            best = self._best(asked, best, after)
        columns = None if best is None else self._columns(best)
        return columns if columns is not None and pins_kept(self._candidates, columns) else None

    def _columns(self, flow: Flow) -> frozenset[int]:
        return frozenset(
            self._column_at[leader, leaf]
            for leaf, there in enumerate(flow.members)
            if leaf != NOTHING
            for leader in there
        )

    def _ways_to_meet(self, requirements: Requirements) -> Iterator[Asked]:
        """Write requirements for the network; one way for each choice among slots of which one will do."""
        numbers: list[tuple[int, int]] = []
        for slot, fewest in requirements.at_least:
            node = self._exact.network.slot_node.get(self._slots[slot])
            if node is None and fewest > 0:
                return
            if node is not None:
                least = self._problem.slots[self._slots[slot]].minimum if fewest > 0 else 0
                numbers.append((node, max(fewest, least)))
        known = self._near.column
        choices = [
            [column for slot in slots if (column := known.get((leader, slot))) is not None]
            for leader, slots in requirements.one_of
        ]
        if not all(pair in known for pair in requirements.pairs):
            return
        always = [known[pair] for pair in sorted(requirements.pairs)]
        leaf = self._exact.network.leaf
        for chosen in product(*choices):
            yield [(self._candidates[column].leader, leaf[column]) for column in [*always, *chosen]], numbers

    def _best(self, asked: Asked, best: Flow | None, after: int) -> Flow | None:
        """Look for a flow that meets what is asked and costs less than `best`."""
        for region in self._parts(after):
            least = self._least(region, asked) if best is None or region.value < best.value else None
            if least is None or (best is not None and least >= best.value):
                continue
            flow = _meeting(region, asked)
            if flow is None or (best is not None and flow.value >= best.value):
                continue
            best = self._searched(self._search(), flow, None if best is None else best.value) or best
        return best

    def _least(self, region: Flow, asked: Asked) -> int | None:
        """Give what no flow of a part can cost less than that meets what is asked; None where none meets it.

        For a single pair that is exactly what it costs, minimum numbers apart.
        """
        pairs, numbers = asked
        if len(pairs) != 1 or numbers or region.taken:
            return region.value
        if id(region) not in self._prices:
            self._prices[id(region)] = Prices(region)
        more = self._prices[id(region)].of(*pairs[0])
        return None if more is None else region.value + more

    def _parts(self, after: int) -> list[Flow]:
        """Split all results into parts, once for each order of goals; those that may hold the best first."""
        if after in self._given_up:
            raise TooHard
        if after not in self._regions:
            search = self._search()
            search.regions = []
            try:
                self._searched(search, self._exact.flow(self._costs(after)), None)
            except TooHard:
                self._given_up.add(after)
                raise
            self._regions[after] = sorted(search.regions, key=lambda flow: flow.value)
        if self._seconds_left() <= 0:
            raise NotProven
        return self._regions[after]

    def _searched(self, search: Search, flow: Flow, below: int | None) -> Flow | None:
        """Find the best flow that keeps every rule and costs less than `below`; None where there is none."""
        found = search.run(flow, below=below)
        if not found.proven:
            raise NotProven if self._seconds_left() <= 0 else TooHard
        return found.best

    def _search(self) -> Search:
        rules = self._exact.network.loose
        return Search(rules, seconds_left=self._seconds_left, most_nodes=MOST_FLOWS)

    def _costs(self, after: int) -> Costs:
        keeping = Digit(dict.fromkeys(self._near.columns, -1), len(self._near.columns))
        if self._near.stages:
            costs = stage_costs(self._problem, self._candidates, keeping, after)
            return pinned_first(costs, self._candidates)
        others = {column: 1 for column in range(len(self._candidates)) if column not in keeping.adds}
        nothing = [0] * len(self._candidates)
        return pinned_first(followed_by(nothing, [keeping, Digit(others, len(others))]), self._candidates)


def _meeting(region: Flow, asked: Asked) -> Flow | None:
    """Give the best flow of a part that meets what is asked, but for minimum numbers; None for none."""
    pairs, numbers = asked
    flow: Flow | None = region
    for node, fewest in numbers:
        if flow is not None and fewest > flow.lower[node]:
            flow = flow.copy()
            flow = flow if flow.hold(node, fewest) else None
    for leader, leaf in pairs:
        flow = None if flow is None else flow.with_pair(leader, leaf)
    return flow


class NearestOfAll:
    """Asks the quick engine first and the one that searches rows where that gives up.

    Which one answers follows from the problem and the question alone; both give the best.
    """

    def __init__(self, near: Near, *, seconds_left: Callable[[], float]) -> None:
        self._near = near
        self._seconds_left = seconds_left
        self._quick = NearestFlow(near, seconds_left=seconds_left)
        self._other: Nearest | None = None

    def find(self, requirements: Requirements) -> frozenset[Pair] | None:
        """Find the best result that meets `requirements`; None when no result that keeps the rules does.

        Raises
        ------
        NotProven
            The time was over before this was certain.

        """
        try:
            return self._quick.find(requirements)
        except TooHard:
            self._other = self._other or _open_rows(self._near, self._seconds_left)
            return self._other.find(requirements)


def _open_rows(near: Near, seconds_left: Callable[[], float]) -> "Nearest":
    from placement.domain.matching.why.nearest import Nearest  # imported late: it brings in numpy and scipy

    return Nearest(near, seconds_left=seconds_left)
