"""Which swaps are possible: a leader leaves a day for a free seat, or two who both asked change places.

Nobody else moves, and every rule holds of the days, the leaders, the partners and the teams that a swap
touches, whatever did not hold of them before. What it does not touch stays as it was.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from placement.domain.matching.parts import LeaderNeeds, Pair, SlotOffer
from placement.domain.matching.problem import Problem
from placement.domain.repair import Broken, what_breaks


@dataclass(frozen=True, slots=True)
class Wish:
    """A request for a swap: the day that a leader would leave, and those that they would take instead."""

    leader: str
    leaves: str
    takes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Swap:
    """A way to grant a wish: its leader goes to `slot`, and `other`, if anybody, to the day that is left."""

    wish: Wish
    slot: str
    other: Wish | None = None

    @property
    def moves(self) -> tuple[tuple[str, str, str], ...]:
        """Who moves, from where, to where."""
        own = (self.wish.leader, self.wish.leaves, self.slot)
        back = self.other and (self.other.leader, self.other.leaves, self.wish.leaves)
        return (own, back) if back else (own,)


@dataclass(frozen=True)
class Swapping:
    """What stands, to ask of many wishes how they can be granted; `free` are slots with a seat to give."""

    problem: Problem
    pairs: frozenset[Pair]
    free: frozenset[str]

    def possible(self, wish: Wish, others: Iterable[Wish] = ()) -> list[Swap]:
        """All swaps that grant a wish, the best first; `others` are the wishes that wait beside it.

        Best is the better choice of whoever asked; then what grants a second wish as well; then a date that
        they can do rather than one if need be; then what is nearer.
        """
        seats = [Swap(wish, slot) for slot in sorted(wish.takes & self.free)]
        both = [Swap(wish, other.leaves, other) for other in others if _meets(wish, other)]
        found = [one for one in (*seats, *both) if not self.against(one)]
        return sorted(found, key=self._order)

    def imaginable(self, leader: str, leaves: str) -> list[str]:
        """The slots that a leader could be given instead of one of theirs, if there were room and company."""
        needs = self._leaders[leader]
        kept = [self._slots[one] for one in self._of_leader.get(leader, ()) if one != leaves]
        left_out = {leaves, *(slot.id for slot in kept)}
        return [
            slot.id
            for slot in self.problem.slots
            if slot.id not in left_out and slot.capacity and self._may_have(needs, [*kept, slot])
        ]

    def fixed(self, wish: Wish) -> bool:
        """Whether a coordinator has fixed the day that would be left, so that it must be kept."""
        return (wish.leader, wish.leaves) in self.problem.pins

    def against(self, swap: Swap) -> list[Broken]:
        """The rules that would not hold of what a swap touches; empty for one that is possible."""
        gone = {(leader, before) for leader, before, _ in swap.moves}
        new = {(leader, after) for leader, _, after in swap.moves}
        if not gone <= self.pairs or new & self.pairs or gone & self.problem.pins:
            return [Broken("impossible", swap.wish.leader, (swap.slot,))]
        near = self._near(swap)
        after = (self.pairs - gone) | new
        there = [pair for slot in near for pair in self._at_slot.get(slot.id, ())]
        pairs = [pair for pair in {*there, *new} if pair in after]
        part = replace(
            self.problem,
            leaders=tuple(self._leaders[one] for one in {leader for leader, _ in pairs}),
            slots=tuple(near),
        )
        return [one for one in what_breaks(part, pairs) if self._touches(swap, one)]

    def rank(self, leader: str, slot: str) -> int | None:
        """The number of the leader's choice that a slot is."""
        tiers = enumerate(self._leaders[leader].preferences, start=1)
        return next((number for number, tier in tiers if slot in tier), None)

    def _may_have(self, leader: LeaderNeeds, days: Sequence[SlotOffer]) -> bool:
        """Whether the rules about leaders let one have these days, whoever else is there."""
        part = replace(self.problem, leaders=(leader,), slots=tuple(days))
        found = what_breaks(part, [(leader.id, slot.id) for slot in days])
        return not any(one.leader for one in found)

    def _order(self, swap: Swap) -> tuple[int, bool, bool, int, str, str]:
        leader = self._leaders[swap.wish.leader]
        return (
            self.rank(leader.id, swap.slot) or self.problem.unranked,
            swap.other is None,
            swap.slot in leader.if_need_be,
            leader.distance_m.get(swap.slot, 0),
            swap.slot,
            swap.other.leader if swap.other else "",
        )

    def _near(self, swap: Swap) -> list[SlotOffer]:
        """The slots that a rule may look at which the swap touches."""
        movers = [leader for leader, _, _ in swap.moves]
        places = {swap.wish.leaves, swap.slot}
        partners = {self._slots[one].partner for one in places} - {None}
        teams = {self._leaders[one].team for one in movers} - {None}
        theirs = {slot for leader in movers for slot in self._of_leader.get(leader, ())}
        mates = {slot for team in teams for slot in self._of_team.get(team, ())}
        return [
            slot
            for slot in self.problem.slots
            if slot.id in places | theirs | mates or slot.partner in partners
        ]

    def _touches(self, swap: Swap, broken: Broken) -> bool:
        movers, places = {leader for leader, _, _ in swap.moves}, {swap.wish.leaves, swap.slot}
        if broken.leader is not None:
            return broken.leader in movers
        if broken.team is not None:
            return broken.team in {self._leaders[one].team for one in movers}
        if broken.rule == "partner_capacity":
            partner = self._slots[broken.slots[0]].partner
            return partner in {self._slots[one].partner for one in places}
        return bool(places.intersection(broken.slots))

    @cached_property
    def _leaders(self) -> Mapping[str, LeaderNeeds]:
        return {leader.id: leader for leader in self.problem.leaders}

    @cached_property
    def _slots(self) -> Mapping[str, SlotOffer]:
        return {slot.id: slot for slot in self.problem.slots}

    @cached_property
    def _at_slot(self) -> Mapping[str, Sequence[Pair]]:
        found: defaultdict[str, list[Pair]] = defaultdict(list)
        for pair in self.pairs:
            found[pair[1]].append(pair)
        return found

    @cached_property
    def _of_leader(self) -> Mapping[str, Sequence[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for leader, slot in self.pairs:
            found[leader].append(slot)
        return found

    @cached_property
    def _of_team(self) -> Mapping[str | None, Collection[str]]:
        """Where the members of each team are."""
        found: defaultdict[str | None, set[str]] = defaultdict(set)
        for leader, slot in self.pairs:
            found[self._leaders[leader].team].add(slot)
        return found


def _meets(wish: Wish, other: Wish) -> bool:
    """Whether each of two would take the day that the other leaves."""
    meets = other.leaves in wish.takes and wish.leaves in other.takes
    return meets and other.leader != wish.leader and other.leaves != wish.leaves
