"""Refuse pins that contradict each other or a rule by themselves, whatever the rest of the result."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from placement.domain.matching.clashes import clash
from placement.domain.matching.parts import LeaderNeeds, Pair, Rules, SlotOffer
from placement.domain.matching.reading import quoted, refuse


def refuse_impossible_pins(
    pins: Mapping[Pair, str],
    forbidden: Mapping[Pair, str],
    leaders: Sequence[LeaderNeeds],
    slots: Sequence[SlotOffer],
    rules: Rules,
) -> None:
    """Add the pins one by one, in the order of the file, and refuse the first that cannot stand.

    Raises
    ------
    InvalidProblem
        Names the pin, and the rule that it passes together with the pins before it.

    """
    leader_by_id = {leader.id: leader for leader in leaders}
    slot_by_id = {slot.id: slot for slot in slots}
    kept = _Kept()
    for (leader, slot), place in pins.items():
        if (leader, slot) in forbidden:
            refuse(place, f"leader {quoted(leader)} at slot {quoted(slot)} is also forbidden")
        kept.add(leader_by_id[leader], slot_by_id[slot])
        fault = next(_faults(kept, leader_by_id[leader], slot_by_id[slot], rules), None)
        if fault:
            refuse(place, fault)
    places = {slot: place for (_, slot), place in pins.items()}
    for slot_id, place in places.items():
        if _stays_unmixed(kept.at_slot[slot_id], slot_by_id[slot_id].capacity, rules.min_sectors or 0):
            refuse(
                place, f"the pins of slot {quoted(slot_id)} leave no seats for {rules.min_sectors} sectors"
            )


class _Kept:
    """The pins so far: who is at each slot, the slots of each leader and partner, the pairs of each team."""

    def __init__(self) -> None:
        self.at_slot: defaultdict[str, list[LeaderNeeds]] = defaultdict(list)
        self.of_leader: defaultdict[str, list[SlotOffer]] = defaultdict(list)
        self.at_partner: Counter[str] = Counter()
        self.of_team: defaultdict[str, list[tuple[LeaderNeeds, SlotOffer]]] = defaultdict(list)

    def add(self, leader: LeaderNeeds, slot: SlotOffer) -> None:
        """Keep one pin more."""
        self.at_slot[slot.id].append(leader)
        self.of_leader[leader.id].append(slot)
        if slot.partner is not None:
            self.at_partner[slot.partner] += 1
        if leader.team is not None:
            self.of_team[leader.team].append((leader, slot))


def _faults(kept: _Kept, leader: LeaderNeeds, slot: SlotOffer, rules: Rules) -> Iterator[str]:
    """Yield the rules that the last pin passes, given those before it."""
    there, theirs = kept.at_slot[slot.id], kept.of_leader[leader.id]
    if len(there) > slot.capacity:
        yield f"slot {quoted(slot.id)} has more pins than its capacity of {slot.capacity}"
    if len(theirs) > leader.days:
        yield f"leader {quoted(leader.id)} has more pins than days ({leader.days})"
    yield from (
        f"slots {quoted(one.id)} and {quoted(other.id)} clash for leader {quoted(leader.id)}"
        for one, other in combinations(theirs, 2)
        if clash(one, other, rules.gap_minutes)
    )
    yield from _partner_faults(kept, leader, slot, rules)
    yield from _mix_faults(kept, leader, slot, rules)


def _partner_faults(kept: _Kept, leader: LeaderNeeds, slot: SlotOffer, rules: Rules) -> Iterator[str]:
    if slot.partner is None:
        return
    most, theirs = rules.max_per_partner, kept.of_leader[leader.id]
    if most is not None and sum(where.partner == slot.partner for where in theirs) > most:
        yield f"leader {quoted(leader.id)} has more pins than {most} at partner {quoted(slot.partner)}"
    limit = rules.partner_capacity.get(slot.partner)
    if limit is not None and kept.at_partner[slot.partner] > limit:
        yield f"partner {quoted(slot.partner)} has more pins than its partner_capacity of {limit}"


def _mix_faults(kept: _Kept, leader: LeaderNeeds, slot: SlotOffer, rules: Rules) -> Iterator[str]:
    most = rules.max_same_organisation
    same = sum(other.organisation == leader.organisation for other in kept.at_slot[slot.id])
    if most is not None and leader.organisation is not None and same > most:
        yield f"slot {quoted(slot.id)} has more pins than {most} of one organisation"
    if leader.team is None:
        return
    team = kept.of_team[leader.team]
    if rules.teams == "spread" and sum(where.id == slot.id for _, where in team) > 1:
        yield f"slot {quoted(slot.id)} has two pins of team {quoted(leader.team)}, which is to be spread"
    one_day = {where.id for other, where in team if other.days == 1}
    if rules.teams == "together" and leader.days == 1 and len(one_day) > 1:
        yield f"team {quoted(leader.team)} is to be together but has pins in two slots"


def _stays_unmixed(there: Sequence[LeaderNeeds], capacity: int, min_sectors: int) -> bool:
    """Tell whether too few seats are left to bring the sectors that are missing."""
    sectors = len({leader.sector for leader in there})
    unmixed = sectors < min(len(there), min_sectors)
    # Each leader added brings one new sector at best, and is needed until there are `min_sectors`.
    return unmixed and len(there) + min_sectors - sectors > capacity
