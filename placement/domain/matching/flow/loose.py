"""Rules that have not the form of a network, as choices: what a flow breaks, and the ways to mend it.

The flow keeps all other rules. Where it breaks one of these, every result that keeps the rule lies in one of
a few ways: a slot takes nobody or its minimum, somebody is kept away, another sector comes. Each way is a
small change of the flow, so the search stays exact.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from placement.domain.matching.flow.flow import Flow

Seat = tuple[int, int]
"""A leader and a leaf."""


class LooseRule(Protocol):
    """A rule that the network does not hold by itself."""

    def missing(self, flow: "Flow") -> int:
        """Count by how much a flow breaks the rule; 0 where it keeps it."""

    def ways(self, flow: "Flow", below: int | None) -> Iterator["Flow"]:
        """Give flows that between them leave room for every result of `flow`'s that keeps the rule.

        Those that cannot be are left out, and so are those that cost `below` or more.
        """


@dataclass(frozen=True, slots=True)
class Minimum:
    """A slot takes nobody, or its minimum number."""

    node: int
    least: int

    def missing(self, flow: "Flow") -> int:
        """Count who is missing at the slot, if it takes anybody."""
        load = flow.load[self.node]
        return self.least - load if 0 < load < self.least else 0

    def ways(self, flow: "Flow", below: int | None) -> Iterator["Flow"]:
        """Close the slot; hold it to its minimum."""
        closed = flow.copy()
        if closed.limit(self.node, 0, below):
            yield closed
        held = flow.copy()
        if held.hold(self.node, self.least, below):
            yield held


@dataclass(frozen=True, slots=True)
class SeatLimit:
    """Of some seats only so many may be taken."""

    seats: tuple[Seat, ...]
    most: int

    def missing(self, flow: "Flow") -> int:
        """Count the seats taken beyond the most."""
        return max(0, len(self._taken(flow)) - self.most)

    def ways(self, flow: "Flow", below: int | None) -> Iterator["Flow"]:
        """Keep one of those who are too many away; if one is all, also all others than the first."""
        taken = self._taken(flow)
        if self.most == 1:
            others = [seat for seat in self.seats if seat != taken[0]]
            yield from _without(flow, [taken[:1], others], below)
        else:
            yield from _without(flow, [[seat] for seat in taken[: self.most + 1]], below)

    def _taken(self, flow: "Flow") -> list[Seat]:
        return [(leader, leaf) for leader, leaf in self.seats if leader in flow.members[leaf]]


@dataclass(frozen=True, slots=True)
class Together:
    """Those of a team who are placed are all in one slot; `seats` by slot."""

    seats: Mapping[int, tuple[Seat, ...]]

    def missing(self, flow: "Flow") -> int:
        """Count the slots beyond one at which somebody of the team is."""
        return max(0, len(self._slots(flow)) - 1)

    def ways(self, flow: "Flow", below: int | None) -> Iterator["Flow"]:
        """Let the slot that has most of the team be the team's; or keep the team away from it."""
        slot = min(self._slots(flow), key=lambda one: (-self._count(flow, one), one))
        others = [seat for other, seats in self.seats.items() if other != slot for seat in seats]
        yield from _without(flow, [others, list(self.seats[slot])], below)

    def _count(self, flow: "Flow", slot: int) -> int:
        return sum(leader in flow.members[leaf] for leader, leaf in self.seats[slot])

    def _slots(self, flow: "Flow") -> list[int]:
        return [slot for slot in self.seats if self._count(flow, slot)]


@dataclass(frozen=True, slots=True)
class Mixed:
    """A slot that takes n leaders has at least min(n, `least`) sectors; `gates` are the sectors' nodes."""

    node: int
    gates: tuple[int, ...]
    least: int

    def missing(self, flow: "Flow") -> int:
        """Count the sectors that are missing."""
        return max(0, min(flow.load[self.node], self.least) - len(self._present(flow)))

    def ways(self, flow: "Flow", below: int | None) -> Iterator["Flow"]:
        """Let the slot take no more leaders than there are sectors; or let one more sector come."""
        present = self._present(flow)
        fewer = flow.copy()
        if fewer.limit(self.node, len(present), below):
            yield fewer
        for gate in self.gates:
            if gate not in present:
                more = flow.copy()
                if more.hold(gate, 1, below):
                    yield more

    def _present(self, flow: "Flow") -> list[int]:
        return [gate for gate in self.gates if flow.load[gate]]


def _without(flow: "Flow", ways: list[list[Seat]], below: int | None) -> Iterator["Flow"]:
    """Give a flow for each way: without these seats."""
    for seats in ways:
        changed = flow.copy()
        if all(changed.forbid(leader, leaf, below) for leader, leaf in seats):
            yield changed
