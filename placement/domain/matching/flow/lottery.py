"""The lottery among flows of equal cost: leader by leader, in the drawn order, where each has one day.

Prices of a best flow tell which moves cost nothing: exactly those lie in some best flow (complementary
slackness). A leader can come to another leaf at no cost if a chain of such moves leads from that leaf back
to the leader's own. Once settled, a leader keeps to leaves that are liked equally; so nobody later in the
order takes anything from somebody earlier.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence

from placement.domain.matching.flow.flow import Flow
from placement.domain.matching.flow.network import ROOT


class FlowLottery:
    """Settles who gains among all flows that cost as much as `flow`, which it changes."""

    def __init__(self, flow: Flow, seconds_left: Callable[[], float]) -> None:
        self._flow = flow
        self._seconds_left = seconds_left
        self._at = {leader: leaf for leaf, there in enumerate(flow.members) for leader in there}
        self._ways = {leader: self._free_moves(leader) for leader in self._at}
        self._part = [0] * len(flow.price)
        self._parts = 1

    def settle(self, order: Sequence[int], liking: Sequence[Mapping[int, int]]) -> bool:
        """Give each leader of `order` in turn the leaf they like best (the least of `liking[leader]`).

        False when time ran out. Leaves of equal liking are left open.
        """
        for leader in order:
            if self._seconds_left() <= 0:
                return False
            likes = liking[leader]
            classes: dict[int, list[int]] = {}
            for leaf in self._ways.get(leader, ()):
                classes.setdefault(likes[leaf], []).append(leaf)
            for like in sorted(classes):
                if self._comes_to(leader, classes[like]):
                    self._ways[leader] = classes[like]
                    break
        return True

    def _free_moves(self, leader: int) -> list[int]:
        """List the leaves that cost the leader no more than the present one, at the prices of now."""
        flow, here = self._flow, self._at[leader]
        least = flow.members[here][leader] - flow.price[here]
        return [leaf for leaf, cost in flow.arcs[leader] if cost - flow.price[leaf] == least]

    def _comes_to(self, leader: int, leaves: Sequence[int]) -> bool:
        """Bring the leader to one of `leaves`, unless already there, if a chain of free moves allows it."""
        here = self._at[leader]
        if here in leaves:
            return True
        part = self._part[here]
        starts = [leaf for leaf in leaves if self._part[leaf] == part]
        if not starts:
            return False
        came_from = self._chain(starts, here)
        if here in came_from:
            self._shift(leader, here, came_from)
            return True
        # Nothing leads out of what was reached: no chain will ever join it with the rest again.
        for node in came_from:
            self._part[node] = self._parts
        self._parts += 1
        return False

    def _chain(self, starts: Sequence[int], target: int) -> dict[int, tuple[int, int]]:
        """Walk free moves from `starts` until `target`; give for each node reached whence and who moved."""
        came_from = dict.fromkeys(starts, (-1, -1))
        queue = deque(starts)
        part = self._part
        while queue and target not in came_from:
            node = queue.popleft()
            for other, who in self._next(node):
                if other not in came_from and part[other] == part[node]:
                    came_from[other] = (node, who)
                    queue.append(other)
        return came_from

    def _next(self, node: int) -> list[tuple[int, int]]:
        flow, ways = self._flow, self._ways
        found = [(leaf, leader) for leader in flow.members[node] for leaf in ways[leader]]
        found += [(other, -1) for other in flow.steps(node) if flow.price[other] == flow.price[node]]
        return found

    def _shift(self, leader: int, here: int, came_from: Mapping[int, tuple[int, int]]) -> None:
        """Let everybody on the chain move on, and the leader come to where it begins."""
        moves = []
        node = here
        while came_from[node][0] >= 0:
            start, who = came_from[node]
            moves.append((who, start, node))
            node = start
        self._flow.carry_out([(leader, here, node), *moves])
        for who, _, end in [(leader, here, node), *moves]:
            if who >= 0:
                self._at[who] = end


def slot_leaves(flow: Flow) -> list[int]:
    """Give each leaf its slot's node: itself, or the node that its gates lead to."""
    parent = flow.network.parent
    slots = set(flow.network.slot_node.values())
    found = list(range(len(parent)))
    for node in found:
        place = node
        while place not in slots and place != ROOT:
            place = parent[place]
        found[node] = place
    return found
