"""Who waits for a day, where a seat is free, and how the offers of seats stand."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from placement.domain.matching import Problem
from placement.domain.matching.parts import LeaderNeeds
from placement.domain.matching.solution import unplaced_of
from placement.models import Cohort, Leader, SeatOffer, Slot
from placement.services.kept import kept
from placement.services.mail_links import MailLinks
from placement.services.match_rows import kilometres
from placement.services.scope import Scope
from placement.services.seat_giving import Seating, seating_of
from placement.services.seat_offers import HOURS, held_seats, is_open, latest_end, linked_offer, own_offer
from placement.services.seats import why_no_seat, why_unfit


@dataclass(frozen=True)
class OfferedSeat:
    """One offer of a seat, with its day."""

    id: int
    cohort_id: int
    cohort: str
    leader_id: int
    leader: str
    slot_id: int
    title: str
    partner: str
    place: str
    kilometres: float | None
    starts_at: datetime
    ends_at: datetime
    offered_at: datetime
    expires_at: datetime
    settled_at: datetime | None
    state: str

    @property
    def open(self) -> bool:
        """Whether it can still be answered."""
        return self.state == "open"


@dataclass(frozen=True)
class FreeDay:
    """A day with seats that are free, of which `held` are offered to somebody."""

    slot_id: int
    title: str
    partner: str
    starts_at: datetime
    ends_at: datetime
    free: int
    held: int


@dataclass(frozen=True)
class WaitingLeader:
    """A leader without a day, or without `days` more.

    `possible` are the days with a free seat that they could be given, and `choices` the numbers of those of
    their choices that are among them. `offered`: they have an open offer.
    """

    leader_id: int
    name: str
    organisation: str
    days: int
    possible: int
    choices: tuple[int, ...]
    offered: bool


@dataclass(frozen=True)
class WaitingList:
    """The waiting list of a cohort; `ended` are offers without a yes of seats that can be offered again."""

    cohort_id: int
    cohort: str
    offers: tuple[OfferedSeat, ...]
    ended: tuple[OfferedSeat, ...]
    days: tuple[FreeDay, ...]
    leaders: tuple[WaitingLeader, ...]


@dataclass(frozen=True)
class OfferDraft:
    """What is to be offered to whom; `refused` says why that cannot be."""

    leader_id: int
    leader: str
    title: str
    partner: str
    starts_at: datetime
    ends_at: datetime
    choice: int | None
    refused: str
    until: datetime


def waiting_list(scope: Scope, cohort_id: int, *, now: datetime) -> WaitingList:
    """The waiting list of a cohort that the actor coordinates, who could have least first."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    held = held_seats(session, cohort.id, now=now)
    rows = session.scalars(
        select(SeatOffer).where(SeatOffer.cohort_id == cohort.id, is_open(now)).order_by(SeatOffer.expires_at)
    )
    offers = tuple(_offered(row, now=now) for row in rows)
    offered = frozenset(one.leader_id for one in offers)
    days, leaders = kept(
        session,
        cohort.id,
        *("waiting", tuple(sorted(held.items())), offered),
        work=lambda: _free_and_waiting(session, cohort, held, offered, now=now),
        now=now,
    )
    return WaitingList(
        cohort.id, cohort.name, offers, tuple(_ended(session, cohort, held, now=now)), days, leaders
    )


def _free_and_waiting(
    session: Session, cohort: Cohort, held: Mapping[int, int], offered: Collection[int], *, now: datetime
) -> tuple[tuple[FreeDay, ...], tuple[WaitingLeader, ...]]:
    seating = seating_of(session, cohort, now=now)
    days = [
        FreeDay(
            slot.id,
            slot.opportunity.title,
            slot.opportunity.partner.name,
            slot.starts_at,
            slot.ends_at,
            slot.offered_capacity - slot.taken,
            held.get(slot.id, 0),
        )
        for slot in seating.rows.slots
        if not why_no_seat(slot, over=slot.id in seating.rows.over)
    ]
    in_order = sorted(days, key=lambda day: (day.starts_at, day.slot_id))
    return tuple(in_order), _waiting(seating, days, offered)


def seats_to_offer(scope: Scope, cohort_id: int, *, now: datetime) -> int:
    """How many offers ended without a yes, of seats that can be offered to the next."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    return len(_ended(session, cohort, held_seats(session, cohort.id, now=now), now=now))


def offer_draft(
    scope: Scope, cohort_id: int, slot_id: int, leader_id: int, *, hours: int = HOURS, now: datetime
) -> OfferDraft:
    """What offering a seat to a leader would say, and whether it can be."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    slot, leader = scope.slot_in(cohort, slot_id), scope.leader_of(cohort, leader_id)

    def asked() -> tuple[int | None, str]:
        seating = seating_of(session, cohort, now=now)
        return seating.rank(leader, slot), seating.why_not(leader, slot)

    rank, refused = kept(session, cohort.id, "seat to offer", slot.id, leader.id, work=asked, now=now)
    return OfferDraft(
        leader.id,
        leader.name,
        slot.opportunity.title,
        slot.opportunity.partner.name,
        slot.starts_at,
        slot.ends_at,
        rank,
        refused,
        latest_end(slot, hours=hours, now=now),
    )


def linked_seat(scope: Scope, token: str, *, links: MailLinks, now: datetime) -> OfferedSeat:
    """The offer that a mail's link is about. Raises `MailLinkWrong`."""
    return _offered(linked_offer(scope, token, links=links), now=now)


def own_seat(scope: Scope, leader_id: int, offer_id: int, *, now: datetime) -> OfferedSeat:
    """An offer to the actor."""
    return _offered(own_offer(scope, leader_id, offer_id), now=now)


def own_open_seats(scope: Scope, leader_id: int, *, now: datetime) -> tuple[OfferedSeat, ...]:
    """The offers that the actor can answer."""
    leader = scope.leader(leader_id)
    rows = select(SeatOffer).where(SeatOffer.leader_id == leader.id, is_open(now)).order_by(SeatOffer.id)
    return tuple(_offered(row, now=now) for row in scope.session.scalars(rows))


def _ended(session: Session, cohort: Cohort, held: Mapping[int, int], *, now: datetime) -> list[OfferedSeat]:
    over = or_(SeatOffer.state.in_(("declined", "expired")), (SeatOffer.state == "open") & ~is_open(now))
    query = (
        select(SeatOffer, Slot)
        .join(Slot, Slot.id == SeatOffer.slot_id)
        .where(SeatOffer.cohort_id == cohort.id, SeatOffer.noted_at.is_(None), over)
        .where(Slot.starts_at > now, Slot.status == "open")
        .order_by(Slot.starts_at, SeatOffer.id)
    )
    return [
        _offered(row, now=now)
        for row, slot in session.execute(query)
        if not why_no_seat(slot, over=False) and slot.offered_capacity - slot.taken > held[slot.id]
    ]


def _waiting(
    seating: Seating, days: Sequence[FreeDay], offered: Collection[int]
) -> tuple[WaitingLeader, ...]:
    problem = seating.problem
    if problem is None:
        return ()
    missing = dict(unplaced_of(problem, seating.rows.standing))
    needs = {one.id: one for one in problem.leaders if one.id in missing}
    free = {day.slot_id for day in days if day.free > day.held}
    # One person more must be enough for the day to run: an offer brings nobody else.
    open_days = [
        slot.reference for slot in seating.rows.slots if slot.id in free and slot.taken + 1 >= slot.minimum
    ]
    found = [
        _waiting_leader(problem, leader, needs[leader.match_id], missing[leader.match_id], open_days, offered)
        for leader in seating.rows.leaders
        if leader.match_id in needs
    ]
    return tuple(sorted(found, key=lambda one: (one.possible, one.name.casefold(), one.leader_id)))


def _waiting_leader(
    problem: Problem,
    leader: Leader,
    needs: LeaderNeeds,
    days: int,
    open_days: Sequence[str],
    offered: Collection[int],
) -> WaitingLeader:
    possible = {one for one in open_days if not why_unfit(problem, needs, one)}
    return WaitingLeader(
        leader.id,
        leader.name,
        leader.organisation.name if leader.organisation else "",
        days,
        len(possible),
        tuple(rank for rank, tier in enumerate(needs.preferences, start=1) if possible & set(tier)),
        leader.id in offered,
    )


def _offered(row: SeatOffer, *, now: datetime) -> OfferedSeat:
    opportunity, slot = row.slot.opportunity, row.slot
    site, past = opportunity.site, row.expires_at <= now
    address = [site.address, site.postcode if site.postcode not in site.address else ""]
    return OfferedSeat(
        id=row.id,
        cohort_id=row.cohort_id,
        cohort=row.leader.cohort.name,
        leader_id=row.leader_id,
        leader=row.leader.name,
        slot_id=row.slot_id,
        title=opportunity.title,
        partner=opportunity.partner.name,
        place="Online" if slot.virtual else ", ".join(filter(None, address)),
        kilometres=None if slot.virtual else kilometres(row.leader, site),
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        offered_at=row.offered_at,
        expires_at=row.expires_at,
        settled_at=row.settled_at,
        state="expired" if row.state == "open" and past else row.state,
    )
