"""What it would cost to give a leader something else, read off the prices of one best flow.

Minimum numbers apart, giving a leader another leaf costs the difference for that leader and the cheapest
chain of moves from that leaf back to the leader's own: a shortest path (Dijkstra) at reduced costs. One
search for a leaf serves everybody who might want it.
"""

from heapq import heappop, heappush

from placement.domain.matching.flow.flow import Flow


class Prices:
    """The prices of one flow, which must not change meanwhile. For leaders with one day each."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._at = {leader: leaf for leaf, there in enumerate(flow.members) for leader in there}
        self._ways = [self._ways_from(node) for node in range(len(flow.members))]
        self._beyond = 1 + sum(max((cost for cost, _ in ways), default=0) for ways in self._ways)
        """More than any chain of moves costs."""
        self._searches: dict[int, _Search] = {}

    def of(self, leader: int, leaf: int) -> int | None:
        """Give what it costs more than the flow that `leader` has `leaf`; None where that cannot be."""
        if leader in self._flow.barred.get(leaf, ()):
            return None
        here = self._at[leader]
        if leaf not in self._searches:
            self._searches[leaf] = _Search(leaf, self._ways, self._beyond)
        back = self._searches[leaf].distance_to(here)
        return None if back is None else back + self._own_step(leader, here, leaf)

    def _own_step(self, leader: int, here: int, leaf: int) -> int:
        """Give the reduced cost of the leader's own move."""
        flow = self._flow
        cost = next(cost for other, cost in flow.arcs[leader] if other == leaf)
        return cost - flow.members[here][leader] + flow.price[here] - flow.price[leaf]

    def _ways_from(self, node: int) -> list[tuple[int, int]]:
        """List where one step leads to from `node`, each with the least reduced cost."""
        flow, price = self._flow, self._flow.price
        least = {other: price[node] - price[other] for other in flow.steps(node)}
        settled = flow.settled.get(node, ())
        for leader, here in flow.members[node].items():
            if leader not in settled:
                start = price[node] - here
                for leaf, cost in flow.arcs[leader]:
                    reduced = start + cost - price[leaf]
                    if leaf not in least or reduced < least[leaf]:
                        least[leaf] = reduced
        return sorted((cost, other) for other, cost in least.items() if other != node)


class _Search:
    """The least reduced cost from one node to others; it goes no further than it was asked."""

    def __init__(self, start: int, ways: list[list[tuple[int, int]]], beyond: int) -> None:
        self._ways = ways
        self._beyond = beyond
        self._far = [beyond] * len(ways)
        self._far[start] = 0
        self._done = [False] * len(ways)
        self._heap = [(0, start)]

    def distance_to(self, wanted: int) -> int | None:
        """Give the distance to a node; None where it cannot be reached."""
        far, done, heap, ways = self._far, self._done, self._heap, self._ways
        while heap and not done[wanted]:
            distance, node = heappop(heap)
            if not done[node]:
                done[node] = True
                for cost, other in ways[node]:
                    reached = distance + cost
                    if reached < far[other]:
                        far[other] = reached
                        heappush(heap, (reached, other))
        return far[wanted] if far[wanted] < self._beyond else None
