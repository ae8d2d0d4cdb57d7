"""Branch and bound over what the flow leaves open: slots that run, and rules without the form of a network.

The flow without these rules costs no more than any result that keeps them. Where it breaks one, a few ways
lead on, each a flow found from the one that is there by a few chains of moves. What costs no less than the
best result known is given up.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from placement.domain.matching.flow.flow import Flow
from placement.domain.matching.flow.loose import LooseRule

PROBED = 8
"""Broken rules tried before one is chosen, of those that looked hardest where last tried."""

Scores = dict[int, int]
"""What mending a rule (by its place) cost at least where it was last tried."""


@dataclass(frozen=True, slots=True)
class Branched:
    """The best flow found that keeps every rule, and what no flow can cost less than."""

    best: Flow | None
    bound: int
    proven: bool


class Search:
    """One search for the best flow that keeps `rules`."""

    def __init__(
        self, rules: Sequence[LooseRule], *, seconds_left: Callable[[], float], most_nodes: int
    ) -> None:
        self.best: Flow | None = None
        self.regions: list[Flow] | None = None
        """A list here is given the best flow of each part into which the search splits all results."""
        self.nodes = 0
        self._rules = rules
        self._seconds_left = seconds_left
        self._most_nodes = most_nodes
        self._stack: list[tuple[Flow, Scores]] = []
        self._below: int | None = None

    def run(self, root: Flow, *, below: int | None = None) -> Branched:
        """Search from `root`; only flows that cost less than `below` count."""
        self._below = below
        dived = self._dive(root)
        if dived is not None and self._hopeful(dived):
            self.best, self._below = dived, dived.value
        self._stack = [(root, {})]
        while self._stack and not self._is_over():
            self._look(*self._stack.pop())
        open_ = [flow.value for flow, _ in self._stack]
        known = [self.best.value] if self.best else []
        return Branched(self.best, min([*open_, *known], default=root.value), proven=not open_)

    def _dive(self, flow: Flow) -> Flow | None:
        """Take the cheapest way to mend each broken rule, nearest to kept first; None where none is left.

        Mostly within one part in a hundred of the best, and quick: it gives the search something to beat.
        """
        while broken := self._broken(flow):
            place = min(broken, key=lambda one: (self._rules[one].missing(flow), one))
            ways = list(self._ways(flow, place))
            if not ways:
                return None
            flow = min(ways, key=lambda way: way.value)
        return flow

    def _look(self, flow: Flow, scores: Scores) -> None:
        """Follow what is forced from `flow`, then leave the ways of the hardest choice on the stack."""
        while self._hopeful(flow):
            if self._is_over():
                self._stack.append((flow, scores))
                return
            if not self._broken(flow):
                self.best, self._below = flow, flow.value
                break
            ways, scores = self._probe(flow, scores)
            if len(ways) > 1:
                ways.sort(key=lambda way: -way.value)
                self._stack += [(way, scores) for way in ways]
            if len(ways) != 1:
                return
            flow = ways[0]
        self._leave_out(flow)

    def _probe(self, flow: Flow, scores: Scores) -> tuple[list[Flow], Scores]:
        """Try to mend broken rules and give the ways of the hardest, or of one that leaves one way or none.

        The hardest is the one whose cheapest way costs most.
        """
        known = scores.copy()
        hardest: list[Flow] = []
        hopeless: list[Flow] = []
        most = -1
        for place in self._to_try(flow, scores):
            possible = list(self._ways(flow, place))
            ways = [way for way in possible if self._hopeful(way)]
            if len(ways) < 2:
                self._leave_out(*(way for way in possible if way not in ways))
                return ways, known
            known[place] = min(way.value for way in ways) - flow.value
            if known[place] > most:
                hardest, most, hopeless = ways, known[place], [way for way in possible if way not in ways]
        self._leave_out(*hopeless)
        return hardest, known

    def _to_try(self, flow: Flow, scores: Scores) -> list[int]:
        """List broken rules that were never tried, then those that looked hardest."""
        broken = self._broken(flow)
        tried = sorted((one for one in broken if one in scores), key=lambda one: (-scores[one], one))
        return [*(one for one in broken if one not in scores), *tried[:PROBED]]

    def _broken(self, flow: Flow) -> list[int]:
        return [place for place, rule in enumerate(self._rules) if rule.missing(flow)]

    def _leave_out(self, *flows: Flow) -> None:
        """Look no further into these parts."""
        if self.regions is not None:
            self.regions += flows

    def _ways(self, flow: Flow, place: int) -> Iterator[Flow]:
        """Give the flows in which a rule is mended.

        What costs too much already is given only where parts are kept.
        """
        below = self._below if self.regions is None else None
        self.nodes += 2
        for way in self._rules[place].ways(flow, below):
            if self.regions is not None or self._hopeful(way):
                yield way

    def _is_over(self) -> bool:
        """Tell whether to give up; never before there is a result."""
        return self.best is not None and (self.nodes >= self._most_nodes or self._seconds_left() <= 0)

    def _hopeful(self, flow: Flow) -> bool:
        return self._below is None or flow.value < self._below
