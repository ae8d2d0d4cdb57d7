"""Why a slot is impossible for a leader, or for anybody, as far as it shows without a search."""

from collections import Counter
from collections.abc import Iterable

from placement.domain.matching.candidates import Candidate
from placement.domain.matching.clashes import clash
from placement.domain.matching.parts import LeaderNeeds, SlotOffer
from placement.domain.matching.problem import Problem
from placement.domain.matching.why.findings import Reason

FORBIDDEN = "forbidden"
EXCLUDED = "excluded"
NOT_RANKED = "not ranked"
NO_SEATS = "no seats"
MINIMUM_ABOVE_CAPACITY = "minimum above capacity"
PARTNER_LIMIT = "partner limit"
NOBODY = "nobody"
TOO_FEW = "too few"
DAYS_PINNED = "days pinned"
CLASHES_WITH_PIN = "clashes with pin"
PARTNER_PINNED = "partner pinned"
SEATS_PINNED = "seats pinned"
ALL_THERE = "all there"
RULES = "rules"
"""Only a search shows it: the rules together allow no result."""

ORDER = (
    *(FORBIDDEN, EXCLUDED, NOT_RANKED, NO_SEATS, MINIMUM_ABOVE_CAPACITY, PARTNER_LIMIT, NOBODY, TOO_FEW),
    *(DAYS_PINNED, CLASHES_WITH_PIN, PARTNER_PINNED, SEATS_PINNED, RULES),
)


class Reasons:
    """Looks up reasons in one problem."""

    def __init__(self, problem: Problem, candidates: Iterable[Candidate]) -> None:
        self._problem = problem
        self._leaders = {leader.id: leader for leader in problem.leaders}
        self._slots = {slot.id: slot for slot in problem.slots}
        may = Counter(one.slot for one in candidates)
        self._may = Counter({slot.id: may[position] for position, slot in enumerate(problem.slots)})
        self._pinned = Counter(slot for _, slot in problem.pins)

    def may_be_given(self, slot: str) -> int:
        """Count the leaders who by themselves may be given the slot."""
        return self._may[slot]

    def of_slot(self, slot_id: str) -> str | None:
        """Tell why nobody at all can be given the slot; None where that does not show."""
        slot = self._slots[slot_id]
        needed = max(1, slot.minimum)
        if slot.capacity == 0:
            return NO_SEATS
        if slot.minimum > slot.capacity:
            return MINIMUM_ABOVE_CAPACITY
        if (
            slot.partner is not None
            and self._problem.rules.partner_capacity.get(slot.partner, needed) < needed
        ):
            return PARTNER_LIMIT
        if self._may[slot_id] == 0:
            return NOBODY
        return TOO_FEW if self._may[slot_id] < needed else None

    def of_pair(self, leader_id: str, slot_id: str) -> str:
        """Tell why this leader cannot be given the slot, where a search found no result with the pair."""
        pair = (leader_id, slot_id)
        leader, slot = self._leaders[leader_id], self._slots[slot_id]
        if pair in self._problem.pins:
            return RULES
        if pair in self._problem.forbidden:
            return FORBIDDEN
        if slot_id in leader.excluded:
            return EXCLUDED
        ranked = any(slot_id in tier for tier in leader.preferences)
        if not ranked and not self._problem.rules.place_unranked:
            return NOT_RANKED
        return self.of_slot(slot_id) or self._of_pins(leader, slot) or RULES

    def of_slots(self, leader: str, slots: Iterable[str]) -> tuple[Reason, ...]:
        """Sort impossible slots of one leader by reason."""
        found: dict[str, list[str]] = {}
        for slot in sorted(slots):
            found.setdefault(self.of_pair(leader, slot), []).append(slot)
        return tuple((word, tuple(found[word])) for word in ORDER if word in found)

    def _of_pins(self, leader: LeaderNeeds, slot: SlotOffer) -> str | None:
        """Tell which pins stand in the way by themselves."""
        rules = self._problem.rules
        theirs = [self._slots[other] for one, other in sorted(self._problem.pins) if one == leader.id]
        if len(theirs) >= leader.days:
            return DAYS_PINNED
        if any(clash(slot, other, rules.gap_minutes) for other in theirs):
            return CLASHES_WITH_PIN
        there = sum(other.partner == slot.partner for other in theirs)
        if slot.partner is not None and rules.max_per_partner is not None and there >= rules.max_per_partner:
            return PARTNER_PINNED
        return SEATS_PINNED if self._pinned[slot.id] >= slot.capacity else None
