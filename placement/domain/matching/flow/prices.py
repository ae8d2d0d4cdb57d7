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
        self._far: dict[int, dict[int, int]] = {}

    def of(self, leader: int, leaf: int) -> int | None:
        """Give what it costs more than the flow that `leader` has `leaf`; None where that cannot be."""
        if leader in self._flow.barred.get(leaf, ()):
            return None
        here = self._at[leader]
        if leaf not in self._far:
            self._far[leaf] = self._distances(leaf)
        back = self._far[leaf].get(here)
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
        return [(cost, other) for other, cost in least.items() if other != node]

    def _distances(self, start: int) -> dict[int, int]:
        """Give the least reduced cost from `start` to every node that can be reached."""
        far, ways = {start: 0}, self._ways
        done: dict[int, int] = {}
        heap = [(0, start)]
        while heap:
            distance, node = heappop(heap)
            if node not in done:
                done[node] = distance
                for cost, other in ways[node]:
                    reached = distance + cost
                    if other not in far or reached < far[other]:
                        far[other] = reached
                        heappush(heap, (reached, other))
        return done
