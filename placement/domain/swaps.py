"""Which swaps are possible: a leader leaves a day for a free seat, or two who both asked change places.

Nobody else moves, and every rule holds of the days, the leaders, the partners and the teams that a swap
touches, whatever did not hold of them before. What it does not touch stays as it was.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from placement.domain.matching.parts import LeaderNeeds, Pair, SlotOffer
from placement.domain.matching.problem import Problem
from placement.domain.repair import Broken, what_breaks

Key = TypeVar("Key", str, str | None)


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
        kept = [self._slots[slot] for _, slot in self._of_leader.get(leader, ()) if slot != leaves]
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
        part = replace(
            self.problem,
            leaders=tuple(self._leaders[one] for one in {leader for leader, _ in near | new}),
            slots=tuple(self._slots[one] for one in {slot for _, slot in near | new}),
            rules=replace(self.problem.rules, partner_capacity=self._room_beside(swap, near)),
        )
        return [one for one in what_breaks(part, (near - gone) | new) if self._touches(swap, one)]

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

    def _near(self, swap: Swap) -> set[Pair]:
        """What stands and a rule may look at that the swap touches, but for what partners take in all.

        Of other days than the two, only those who move are there, and their teams where these stay together.
        """
        near = {*self._at_slot.get(swap.wish.leaves, ()), *self._at_slot.get(swap.slot, ())}
        for mover, _, _ in swap.moves:
            near.update(self._of_leader.get(mover, ()))
            team = self._leaders[mover].team
            if team is not None and self.problem.rules.teams == "together":
                near.update(self._of_team.get(team, ()))
        for partner in self._limited(swap):  # somebody must be left there for its limit to be looked at
            near.update(self._of_partner.get(partner, ())[:2])
        return near

    def _limited(self, swap: Swap) -> set[str]:
        """The partners of the two days that take only so many in all."""
        partners = {self._slots[one].partner for one in (swap.wish.leaves, swap.slot)}
        return {one for one in self.problem.rules.partner_capacity if one in partners}

    def _room_beside(self, swap: Swap, near: Collection[Pair]) -> dict[str, int]:
        """How many the partners take of those who are `near`, once all others are there."""
        here = Counter(self._slots[slot].partner for _, slot in near)
        most = self.problem.rules.partner_capacity
        return {
            one: most[one] - len(self._of_partner.get(one, ())) + here[one] for one in self._limited(swap)
        }

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
        return _by(lambda pair: pair[1], self.pairs)

    @cached_property
    def _of_leader(self) -> Mapping[str, Sequence[Pair]]:
        return _by(lambda pair: pair[0], self.pairs)

    @cached_property
    def _of_team(self) -> Mapping[str | None, Sequence[Pair]]:
        """The days of all members of each team."""
        return _by(lambda pair: self._leaders[pair[0]].team, self.pairs)

    @cached_property
    def _of_partner(self) -> Mapping[str | None, Sequence[Pair]]:
        """Who is there over all days of each partner."""
        return _by(lambda pair: self._slots[pair[1]].partner, self.pairs)


def _by(key: Callable[[Pair], Key], pairs: Iterable[Pair]) -> Mapping[Key, Sequence[Pair]]:
    found: defaultdict[Key, list[Pair]] = defaultdict(list)
    for pair in pairs:
        found[key(pair)].append(pair)
    return found


def _meets(wish: Wish, other: Wish) -> bool:
    """Whether each of two would take the day that the other leaves."""
    meets = other.leaves in wish.takes and wish.leaves in other.takes
    return meets and other.leader != wish.leader and other.leaves != wish.leaves
