"""The best result that meets requirements, by flows: the quick engine.

One search over slots that run splits all results into parts, each with its best flow. To require a pair or a
number in a part takes one chain of moves, and only parts that could still hold something better are looked
into. Keeping the pairs of a given result is the last goal in every cost.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

from placement.domain.matching.branch import Search
from placement.domain.matching.candidates import Candidate, list_candidates
from placement.domain.matching.costs import (
    Costs,
    Digit,
    followed_by,
    keeping_digit,
    pinned_first,
    stage_costs,
)
from placement.domain.matching.exact import Exact
from placement.domain.matching.flow import Flow
from placement.domain.matching.network import NOTHING, Network, build_network
from placement.domain.matching.outcome import pairs_of, pins_kept
from placement.domain.matching.parts import Pair
from placement.domain.matching.prices import Prices
from placement.domain.matching.problem import Problem
from placement.domain.matching.requirements import NotProven, Requirements, TooHard

if TYPE_CHECKING:
    from placement.domain.matching.nearest import Nearest

MOST_FLOWS = 2_000
"""Flows tried before a search is given up."""

Asked = tuple[list[tuple[int, int]], list[tuple[int, int]]]
"""Candidates to require, as (leader, leaf), and nodes with their fewest leaders."""


class NearestFlow:
    """Finds the best results of one problem; of the equally good ones, those nearest to `near`.

    The same promises as `nearest.Nearest`, but that it may give up.
    """

    def __init__(
        self,
        problem: Problem,
        candidates: Sequence[Candidate],
        network: Network,
        near: frozenset[Pair],
        *,
        seconds_left: Callable[[], float],
    ) -> None:
        self._problem = problem
        self._candidates = candidates
        self._exact = Exact(problem, candidates, network)
        self._near = near
        self._seconds_left = seconds_left
        self._column = {
            (problem.leaders[one.leader].id, problem.slots[one.slot].id): column
            for column, one in enumerate(candidates)
        }
        self._column_at = {
            (one.leader, leaf): column
            for column, (one, leaf) in enumerate(zip(candidates, network.leaf, strict=True))
        }
        self._slots = {slot.id: position for position, slot in enumerate(problem.slots)}
        self._regions: list[Flow] | None = None
        self._prices: dict[int, Prices] = {}

    def find(self, requirements: Requirements) -> frozenset[Pair] | None:
        """Find the best result that meets `requirements`; None when no result that keeps the rules does.

        Raises
        ------
        NotProven
            The time was over before this was certain.
        TooHard
            It was not certain after as many flows as are tried.

        """
        best: Flow | None = None
        for asked in self._ways_to_meet(requirements):
            best = self._best(asked, best)
        columns = None if best is None else self._columns(best)
        if columns is None or not pins_kept(self._candidates, columns):
            return None
        return pairs_of(self._problem, self._candidates, columns)

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
        choices = [
            [column for slot in slots if (column := self._column.get((leader, slot))) is not None]
            for leader, slots in requirements.one_of
        ]
        if not all(pair in self._column for pair in requirements.pairs):
            return
        always = [self._column[pair] for pair in sorted(requirements.pairs)]
        leaf = self._exact.network.leaf
        for chosen in product(*choices):
            yield [(self._candidates[column].leader, leaf[column]) for column in [*always, *chosen]], numbers

    def _best(self, asked: Asked, best: Flow | None) -> Flow | None:
        """Look for a flow that meets what is asked and costs less than `best`."""
        for region in self._parts():
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

    def _parts(self) -> list[Flow]:
        """Split all results into parts, once; those that may hold the best first."""
        if self._regions is None:
            search = self._search()
            search.regions = []
            self._searched(search, self._exact.flow(self._costs()), None)
            self._regions = sorted(search.regions, key=lambda flow: flow.value)
        if self._seconds_left() <= 0:
            raise NotProven
        return self._regions

    def _searched(self, search: Search, flow: Flow, below: int | None) -> Flow | None:
        """Find the best flow that keeps every rule and costs less than `below`; None where there is none."""
        found = search.run(flow, below=below)
        if not found.proven:
            raise NotProven if self._seconds_left() <= 0 else TooHard
        return found.best

    def _search(self) -> Search:
        rules = self._exact.network.loose
        return Search(rules, seconds_left=self._seconds_left, most_nodes=MOST_FLOWS)

    def _costs(self) -> Costs:
        keeping = keeping_digit(self._problem, self._candidates, self._near)
        if self._problem.objective != "lottery":
            stages = stage_costs(self._problem, self._candidates)
            return pinned_first(followed_by(stages, [keeping]), self._candidates)
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

    def __init__(self, problem: Problem, near: frozenset[Pair], *, seconds_left: Callable[[], float]) -> None:
        candidates = list_candidates(problem)
        network = build_network(problem, candidates)
        self._quick = NearestFlow(problem, candidates, network, near, seconds_left=seconds_left)
        self._open_other = partial(_open_rows, problem, near, seconds_left)
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
            self._other = self._other or self._open_other()
            return self._other.find(requirements)


def _open_rows(problem: Problem, near: frozenset[Pair], seconds_left: Callable[[], float]) -> "Nearest":
    from placement.domain.matching.nearest import Nearest  # imported late: it brings in numpy and scipy

    return Nearest(problem, near, seconds_left=seconds_left)
