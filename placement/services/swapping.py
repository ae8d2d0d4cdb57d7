"""What stands in a cohort, as swaps look at it: who asked, where seats are free, what is possible."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy.orm import Session

from placement.domain.repair import Broken
from placement.domain.swaps import Swap, Swapping, Wish
from placement.models import Cohort, Leader, Placement, Slot, SwapRequest
from placement.services.seat_giving import Seating, seating_of
from placement.services.seat_offers import held_seats
from placement.services.seats import why_no_seat
from placement.services.slots import version_of
from placement.services.swap_rows import requests_with_days, waits


@dataclass(frozen=True)
class Way:
    """One way to grant a request: its leader goes to `slot`, and who asked in `other` to the day they leave.

    `rank` is the number of the choice that each of them gets.
    """

    request: SwapRequest
    slot: Slot
    rank: int | None
    other: SwapRequest | None = None
    other_rank: int | None = None

    @property
    def version(self) -> str:
        """What a page shows of it; a form sends it back, so that an old page is noticed."""
        requests = [self.request, *([self.other] if self.other else [])]
        days = [self.request.placement.slot, self.slot]
        return ",".join([*(f"{one.id}.{one.version}" for one in requests), *map(version_of, days)])


@dataclass(frozen=True)
class CohortSwaps:
    """A cohort with the requests of it that wait; `swapping` is None where nobody needs a day."""

    seating: Seating
    swapping: Swapping | None
    requests: Sequence[SwapRequest]

    def ways(self, row: SwapRequest) -> list[Way]:
        """All ways to grant a request that waits, the best first."""
        if self.swapping is None:
            return []
        found = self.swapping.possible(self._wish(row), self._waiting)
        return [self._way(row, one) for one in found]

    def against(self, row: SwapRequest, slot: Slot) -> list[Broken]:
        """The rules that stand against giving a seat on `slot` for the day that is to be left."""
        return self.swapping.against(Swap(self._wish(row), slot.reference)) if self.swapping else []

    def fixed(self, row: SwapRequest) -> bool:
        """Whether a coordinator has fixed the day that would be left."""
        return self.swapping is not None and self.swapping.fixed(self._wish(row))

    def is_free(self, slot: Slot) -> bool:
        """Whether a day has a seat that can be given, and that is not held for somebody else."""
        return self.swapping is not None and slot.reference in self.swapping.free

    def wished(self, row: SwapRequest) -> list[Slot]:
        """The days that whoever asked would take and could be given in principle."""
        takes = self._wish(row).takes
        return [slot for slot in self.imaginable(row.placement) if slot.reference in takes]

    def imaginable(self, day: Placement) -> list[Slot]:
        """The days that a leader could be given instead of one of theirs if there were room, as they come."""
        if self.swapping is None:
            return []
        leader = day.leader.match_id
        if all(one.id != leader for one in self.swapping.problem.leaders):
            return []
        found = (self._slots[one] for one in self.swapping.imaginable(leader, day.slot.reference))
        return sorted(found, key=lambda slot: (slot.starts_at, slot.id))

    def rank(self, leader: Leader, slot: Slot) -> int | None:
        """The number of the leader's choice that a slot is."""
        return self.seating.rank(leader, slot)

    def _way(self, row: SwapRequest, swap: Swap) -> Way:
        slot, other = self._slots[swap.slot], self._waiting[swap.other] if swap.other else None
        back = self.rank(other.leader, row.placement.slot) if other else None
        return Way(row, slot, self.rank(row.leader, slot), other, back)

    def _wish(self, row: SwapRequest) -> Wish:
        leader, leaves = row.leader, row.placement.slot.reference
        takes = self._any_of(leader) if row.wish is None else row.wish
        return Wish(leader.match_id, leaves, frozenset(takes) & self._slots.keys() - {leaves})

    def _any_of(self, leader: Leader) -> Iterable[str]:
        """All days of what a leader chose; all days there are for one who sent no choices."""
        if leader.submitted_at is None:
            return self._slots
        chosen = self.seating.rows.rankings.get(leader.id, ())
        return [reference for one in chosen for reference in self._offered.get(one, ())]

    @cached_property
    def _waiting(self) -> Mapping[Wish, SwapRequest]:
        """The requests that wait, by what they ask for."""
        return {self._wish(one): one for one in self.requests}

    @cached_property
    def _offered(self) -> Mapping[int, Sequence[str]]:
        """The references of the slots of each opportunity."""
        found: defaultdict[int, list[str]] = defaultdict(list)
        for slot in self.seating.rows.slots:
            found[slot.opportunity_id].append(slot.reference)
        return found

    @cached_property
    def _slots(self) -> Mapping[str, Slot]:
        return {slot.reference: slot for slot in self.seating.rows.slots}


def swaps_of(session: Session, cohort: Cohort, *, now: datetime) -> CohortSwaps:
    """What stands in `cohort`, and who waits for a swap, in a fixed number of queries."""
    seating, held = seating_of(session, cohort, now=now), held_seats(session, cohort.id, now=now)
    query = requests_with_days().where(SwapRequest.cohort_id == cohort.id, waits(now))
    requests = session.scalars(query.order_by(SwapRequest.asked_at, SwapRequest.id)).all()
    if seating.problem is None:
        return CohortSwaps(seating, None, requests)
    free = frozenset(
        slot.reference
        for slot in seating.rows.slots
        if not why_no_seat(slot, over=slot.id in seating.rows.over)
        and slot.offered_capacity - slot.taken > held[slot.id]
    )
    swapping = Swapping(seating.problem, frozenset(seating.rows.standing), free)
    return CohortSwaps(seating, swapping, requests)
