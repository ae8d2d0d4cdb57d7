"""Offering a free seat to one leader who waits: until when, yes or no, and what becomes of the seat.

An open offer holds its seat: no other offer of it is made. It ends when the leader answers, when it runs out
(also while no worker has looked), or when a coordinator takes it back.
"""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from placement.domain.change_errors import SeatRefused
from placement.domain.errors import NotFound, PlacementOverlaps, SlotFull
from placement.domain.mail_errors import MailLinkWrong
from placement.domain.sender import Sender
from placement.domain.states import SeatOfferState
from placement.domain.text import day_in_words
from placement.domain.waiting_errors import OfferTimeUnusable, SeatGone, SeatHeld, SeatOfferOver
from placement.models import Cohort, Leader, SeatOffer, Slot
from placement.services import audit, outbox
from placement.services.cohorts import hold_cohort
from placement.services.mail_links import MailLinks
from placement.services.reminders import season_of
from placement.services.scope import Scope
from placement.services.seat_giving import give_seat, seating_of
from placement.services.seat_letters import seat_offer

HOURS, MOST_HOURS = 48, 14 * 24
STATES = {
    "open": "has run out",
    "accepted": "has been accepted",
    "declined": "has been declined",
    "expired": "has run out",
    "withdrawn": "has been taken back",
}


def is_open(now: datetime) -> ColumnElement[bool]:
    """What holds of an offer that can still be answered, whether a worker has looked or not."""
    return and_(SeatOffer.state == "open", SeatOffer.expires_at > now)


def held_seats(session: Session, cohort_id: int, *, now: datetime) -> Counter[int]:
    """How many seats of each slot are held for somebody, by the slot's id."""
    rows = select(SeatOffer.slot_id).where(SeatOffer.cohort_id == cohort_id, is_open(now))
    return Counter(session.scalars(rows))


def latest_end(slot: Slot, *, hours: int, now: datetime) -> datetime:
    """When an offer of so many hours ends: never after the day begins."""
    return min(now + timedelta(hours=hours), slot.starts_at)


def offer_seat(
    scope: Scope, cohort_id: int, slot_id: int, leader_id: int, *, hours: int, links: MailLinks, now: datetime
) -> SeatOffer:
    """Hold a free seat for a leader who waits for a day, and ask them by mail whether they take it.

    Raises
    ------
    SeatRefused
        The day has no free seat, or a rule stands against giving it to them.
    SeatHeld
        All free seats are held for others, or the leader has an open offer.
    OfferTimeUnusable
        The hours are too few or too many.

    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    slot, leader = scope.slot_in(cohort, slot_id), scope.leader_of(cohort, leader_id)
    session.refresh(slot)
    session.refresh(leader)
    if not 1 <= hours <= MOST_HOURS:
        raise OfferTimeUnusable(most=MOST_HOURS)
    reason = seating_of(session, cohort, now=now).why_not(leader, slot)
    if reason:
        raise SeatRefused(name=leader.name, day=day_in_words(slot.starts_at), reason=reason)
    _refuse_held(session, leader, slot, now=now)
    _expire(session, and_(SeatOffer.leader_id == leader.id, ~is_open(now)), now=now)
    _note(session, slot.id, now=now)
    row = SeatOffer(
        cohort_id=cohort.id,
        leader_id=leader.id,
        slot_id=slot.id,
        offered_by=scope.actor.label,
        offered_at=now,
        expires_at=latest_end(slot, hours=hours, now=now),
        state="open",
    )
    session.add(row)
    session.flush()
    letter = seat_offer(
        season_of(session, cohort, links),
        leader,
        slot,
        offer_id=row.id,
        expires_at=row.expires_at,
        url=links.seat_offer(row.id),
    )
    outbox.owe(session, letter, now=now)
    audit.record(
        scope,
        "offer_seat",
        f"slot:{slot.id}",
        at=now,
        cohort_id=cohort.id,
        leader=leader.id,
        offer=row.id,
        hours=hours,
    )
    return row


def withdraw_offer(scope: Scope, cohort_id: int, offer_id: int, *, now: datetime) -> SeatOffer:
    """Take an open offer back; its seat is free. Raises `SeatOfferOver`."""
    cohort = scope.cohort(cohort_id)
    hold_cohort(scope.session, cohort.id)
    row = offer_in(scope, cohort, offer_id)
    _refuse_over(scope.session, row, now=now)
    row.noted_at = now
    _settle(scope, row, "withdrawn", "withdraw_seat_offer", now=now)
    return row


def note_offer(scope: Scope, cohort_id: int, offer_id: int, *, now: datetime) -> None:
    """Note that a coordinator has seen how an offer ended; again is harmless."""
    row = offer_in(scope, scope.cohort(cohort_id), offer_id)
    if row.state in ("declined", "expired") and row.noted_at is None:
        row.noted_at = now
        audit.record(scope, "note_seat_offer", f"seat_offer:{row.id}", at=now, cohort_id=row.cohort_id)


def accept(scope: Scope, row: SeatOffer, *, sender: Sender, now: datetime) -> None:
    """Make the seat the leader's own, with its invite and mails; `row` was reached by link or as one's own.

    Raises `SeatOfferOver`, and `SeatGone` where a rule stands against it by now.
    """
    session = scope.session
    hold_cohort(session, row.cohort_id)
    _refuse_over(session, row, now=now)
    leader, slot = session.get_one(Leader, row.leader_id), session.get_one(Slot, row.slot_id)
    session.refresh(slot)
    session.refresh(leader)
    seating = seating_of(session, session.get_one(Cohort, row.cohort_id), now=now)
    if seating.why_not(leader, slot):
        raise SeatGone
    try:
        placement = give_seat(session, leader, slot, rank=seating.rank(leader, slot), sender=sender, now=now)
    except (SlotFull, PlacementOverlaps) as refused:
        raise SeatGone from refused
    _settle(scope, row, "accepted", "accept_seat", now=now, placement=placement.id)


def decline(scope: Scope, row: SeatOffer, *, now: datetime) -> None:
    """Say no to a seat: it is free for the next. Raises `SeatOfferOver`."""
    hold_cohort(scope.session, row.cohort_id)
    _refuse_over(scope.session, row, now=now)
    _settle(scope, row, "declined", "decline_seat", now=now)


def end_impossible(scope: Scope, row: SeatOffer, *, now: datetime) -> None:
    """End an open offer of a seat that can no longer be given, so that a coordinator sees it."""
    scope.session.refresh(row)
    if row.state == "open":
        _settle(scope, row, "expired", "end_seat_offer", now=now)


def expire_offers(scope: Scope, *, now: datetime) -> int:
    """End all offers whose time is up; how many there were. Whoever is first does it."""
    ended = _expire(scope.session, SeatOffer.expires_at <= now, now=now)
    if ended:
        audit.record(scope, "expire_seat_offers", "service", at=now, offers=ended)
    return ended


def offer_in(scope: Scope, cohort: Cohort, offer_id: int) -> SeatOffer:
    """One offer of `cohort`, which the actor was found to coordinate."""
    return _found(scope.session, SeatOffer.id == offer_id, SeatOffer.cohort_id == cohort.id)


def own_offer(scope: Scope, leader_id: int, offer_id: int) -> SeatOffer:
    """An offer to the actor."""
    leader = scope.leader(leader_id)
    return _found(scope.session, SeatOffer.id == offer_id, SeatOffer.leader_id == leader.id)


def linked_offer(scope: Scope, token: str, *, links: MailLinks) -> SeatOffer:
    """The offer that the link of a mail is about. Raises `MailLinkWrong`."""
    row = scope.session.get(SeatOffer, links.read_seat_offer(token))
    if row is None:
        raise MailLinkWrong
    return row


def _found(session: Session, *which: ColumnElement[bool]) -> SeatOffer:
    row = session.scalars(select(SeatOffer).where(*which)).one_or_none()
    if row is None:
        raise NotFound(thing="offer")
    return row


def _refuse_held(session: Session, leader: Leader, slot: Slot, *, now: datetime) -> None:
    mine = select(SeatOffer.id).where(SeatOffer.leader_id == leader.id, is_open(now))
    if session.scalars(mine).first() is not None:
        raise SeatHeld(reason=f"{leader.name} has an offer that is open already.")
    if held_seats(session, slot.cohort_id, now=now)[slot.id] >= slot.offered_capacity - slot.taken:
        raise SeatHeld(reason="Each free seat of this day is held for somebody who was offered it.")


def _refuse_over(session: Session, row: SeatOffer, *, now: datetime) -> None:
    session.refresh(row)
    if row.state != "open" or row.expires_at <= now:
        raise SeatOfferOver(state=STATES[row.state])


def _settle(
    scope: Scope, row: SeatOffer, state: SeatOfferState, verb: str, *, now: datetime, **facts: int
) -> None:
    row.state, row.settled_at = state, now
    scope.session.flush()
    about = {"leader": row.leader_id, "slot": row.slot_id, **facts}
    audit.record(scope, verb, f"seat_offer:{row.id}", at=now, cohort_id=row.cohort_id, **about)


def _expire(session: Session, which: ColumnElement[bool], *, now: datetime) -> int:
    ended = session.execute(
        update(SeatOffer)
        .where(SeatOffer.state == "open", which)
        .values(state="expired", settled_at=now)
        .returning(SeatOffer.id)
    )
    return len(ended.all())


def _note(session: Session, slot_id: int, *, now: datetime) -> None:
    """The seat goes to the next: nobody need look at how earlier offers of it ended."""
    ended = SeatOffer.state.in_(("declined", "expired"))
    session.execute(
        update(SeatOffer)
        .where(SeatOffer.slot_id == slot_id, ended, SeatOffer.noted_at.is_(None))
        .values(noted_at=now)
    )
