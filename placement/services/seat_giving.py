"""Giving a free seat to one leader at once: whether every rule allows it, and doing it.

Nobody else moves. Where that is too strict, a repair with the seat as its pin is the way (`seats`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from placement.domain.errors import NothingToMatch
from placement.domain.matching import Problem
from placement.domain.repair import Broken, what_breaks
from placement.domain.sender import Sender
from placement.models import Cohort, Leader, Placement, Slot
from placement.services import invites, partner_news
from placement.services.match_problem import problem_of
from placement.services.match_rows import CohortRows, read_rows
from placement.services.placements import named
from placement.services.seats import HAD, why_no_seat, why_not

BREAKS: Mapping[str, str] = {
    "days": "They have all the days that they need.",
    "clash": "It is too close to another day of theirs.",
    "max_per_partner": "They would have more days with this partner than the rule allows.",
    "capacity": "The day has no free seat.",
    "minimum": "The day needs more people than would come then. A repair can fill it.",
    "max_same_organisation": "The day would have more people of one organisation than the rule allows.",
    "min_sectors": "The day would have people of fewer sectors than the rule asks for.",
    "teams": "It would not keep the rule about teams.",
}
UNFIT = "A rule of the cohort stands against it."


@dataclass(frozen=True)
class Seating:
    """What stands in a cohort, to ask of many seats whether somebody can have them."""

    rows: CohortRows
    problem: Problem | None

    @cached_property
    def broken(self) -> frozenset[Broken]:
        """The rules that do not hold as it is."""
        return frozenset(what_breaks(self.problem, self.rows.standing)) if self.problem else frozenset()

    def why_not(self, leader: Leader, slot: Slot) -> str:
        """Why a leader cannot be given a seat besides what they have, as a sentence; empty where they can."""
        closed = why_no_seat(slot, over=slot.id in self.rows.over)
        if closed or self.problem is None:
            return closed or HAD
        refused = why_not(self.problem, self.rows, leader, slot)
        if refused:
            return refused
        pairs = [*self.rows.standing, (leader.match_id, slot.reference)]
        against = [one for one in what_breaks(self.problem, pairs) if self._counts(one, slot)]
        return BREAKS.get(against[0].rule, UNFIT) if against else ""

    def _counts(self, broken: Broken, slot: Slot) -> bool:
        """Whether a rule that would not hold stands against a seat on `slot`: it is new, or gets worse."""
        worse = slot.reference in broken.slots and broken.rule not in ("minimum", "min_sectors")
        return worse or broken not in self.broken

    def rank(self, leader: Leader, slot: Slot) -> int | None:
        """The number of the leader's choice that a slot is."""
        choices = self.rows.rankings.get(leader.id, ()) if leader.submitted_at else ()
        return next(
            (number for number, one in enumerate(choices, start=1) if one == slot.opportunity_id), None
        )


def seating_of(session: Session, cohort: Cohort, *, now: datetime) -> Seating:
    """What stands in `cohort`, in a fixed number of queries."""
    rows = read_rows(session, cohort, now=now)
    try:
        return Seating(rows, problem_of(rows, objective="generous", seed="", kind="repair"))
    except NothingToMatch:
        return Seating(rows, None)


@dataclass(frozen=True)
class Seat:
    """A seat for somebody, with the number of their choice that it is, and why they get it now.

    `asked_for`: they said that they would take it.
    """

    leader: Leader
    slot: Slot
    rank: int | None
    reason: str = ""
    asked_for: bool = False


def give_seat(
    session: Session, leader: Leader, slot: Slot, *, rank: int | None, sender: Sender, now: datetime
) -> Placement:
    """Make the placement, its invite, and the mails about it; whoever calls has asked whether it is allowed.

    Raises `SlotFull` or `PlacementOverlaps` where the database refuses.
    """
    (placement,) = give_seats(session, [Seat(leader, slot, rank)], sender=sender, now=now)
    partner_news.owe(session, leader.cohort_id, sender=sender, now=now)
    return placement


def give_seats(session: Session, seats: Sequence[Seat], *, sender: Sender, now: datetime) -> list[Placement]:
    """The same for several at once, in their order; partners are told by whoever calls.

    Raises `SlotFull` or `PlacementOverlaps` where the database refuses.
    """
    made = [
        Placement(
            cohort_id=seat.leader.cohort_id,
            leader_id=seat.leader.id,
            slot_id=seat.slot.id,
            rank=seat.rank,
            starts_at=seat.slot.starts_at,
            ends_at=seat.slot.ends_at,
            status="confirmed",
            confirmed_at=now,
        )
        for seat in seats
    ]
    session.add_all(made)
    try:
        session.flush()
    except IntegrityError as refused:
        raise named(refused) from refused
    invites.issue(
        session,
        made,
        sender=sender,
        now=now,
        reasons={row.id: seat.reason for row, seat in zip(made, seats, strict=True)},
        asked_for=[row.id for row, seat in zip(made, seats, strict=True) if seat.asked_for],
    )
    return made
