"""Leaders who leave their cohort and days that are called off: placements end, and those concerned are told.

Each has a preview, which does everything in memory and forgets it again.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from placement.domain.errors import SlotOver
from placement.domain.sender import Sender
from placement.domain.text import day_in_words, hours_in_words
from placement.models import Leader, Placement, Slot
from placement.services import audit, event_guests, news, partner_news
from placement.services.cohorts import hold_cohort
from placement.services.match_rows import slots_over_in
from placement.services.news import Told
from placement.services.placements import end_placements, live_placements
from placement.services.reports.effects import Effect
from placement.services.reports.standing import broken_without, confirmed, standing_now
from placement.services.scope import Scope


def preview_leader(scope: Scope, cohort_id: int, leader_id: int, *, sender: Sender, now: datetime) -> Effect:
    """What `withdraw_leader` would do; nothing is written."""
    cohort = scope.cohort(cohort_id)
    leader = scope.leader_of(cohort, leader_id)
    if leader.withdrawn_at is not None:
        return _left_before(leader)
    session = scope.session
    before = confirmed(session, cohort, now=now)
    broken = broken_without(session, cohort, before, ended=(), leader=leader.match_id)
    with news.forgotten(session):
        ended = _days_of(session, leader, now=now)
        effect, _ = _leave(session, leader, ended, sender=sender, now=now)
        partners = partner_news.preview(session, cohort.id, sender=sender, now=now)
        return replace(effect, partners=partners, broken=broken)


def withdraw_leader(scope: Scope, cohort_id: int, leader_id: int, *, sender: Sender, now: datetime) -> Effect:
    """Let a leader leave the cohort; they are kept for the record, and days that are over stay theirs.

    Their other placements end and their seats are free; invites that they have had are cancelled. Doing so
    twice changes nothing.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    leader = scope.leader_of(cohort, leader_id)
    session.refresh(leader)
    if leader.withdrawn_at is not None:
        return _left_before(leader)
    ended = _days_of(session, leader, now=now)
    news.take_back(session, ended, for_good=True)
    event_guests.take_back(session, leader, now=now, for_good=True)
    effect, told = _leave(session, leader, ended, sender=sender, now=now)
    broken = standing_now(session, cohort, now=now).broken
    end_placements(session, ended, now=now)
    event_guests.strike_off(session, leader, now=now)
    news.owe(session, told, now=now)
    partners = partner_news.owe(session, cohort.id, sender=sender, now=now)
    audit.record(
        scope,
        "withdraw_leader",
        f"leader:{leader.id}",
        at=now,
        cohort_id=cohort.id,
        placements=len(ended),
        mails=len(told.mails),
    )
    return replace(effect, partners=partners, broken=broken)


def preview_slot(scope: Scope, cohort_id: int, slot_id: int, *, sender: Sender, now: datetime) -> Effect:
    """What `withdraw_slot` would do; nothing is written."""
    cohort = scope.cohort(cohort_id)
    slot = scope.slot_in(cohort, slot_id)
    if slot.status == "withdrawn":
        return withdrawn_before(slot)
    refuse_over(scope.session, slot, now=now)
    return preview_calling_off(scope.session, slot, sender=sender, now=now)


def withdraw_slot(scope: Scope, cohort_id: int, slot_id: int, *, sender: Sender, now: datetime) -> Effect:
    """Call a day off, whoever is confirmed on it; it takes nobody any more. Twice changes nothing.

    Raises `SlotOver` for a day that has begun.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    slot = scope.slot_in(cohort, slot_id)
    session.refresh(slot)
    if slot.status == "withdrawn":
        return withdrawn_before(slot)
    refuse_over(session, slot, now=now)
    return call_off(scope, slot, placements_on(session, slot), sender=sender, now=now)


def preview_calling_off(session: Session, slot: Slot, *, sender: Sender, now: datetime) -> Effect:
    """What `call_off` would do to a day; nothing is written."""
    cohort = slot.opportunity.partner.cohort
    before = confirmed(session, cohort, now=now)
    there = {pair for pair in before.pairs if pair[1] == slot.reference}
    broken = broken_without(session, cohort, before, ended=there, slot=slot.reference)
    with news.forgotten(session):
        effect, _ = _call_off(session, slot, placements_on(session, slot), sender=sender, now=now)
        partners = partner_news.preview(session, slot.cohort_id, sender=sender, now=now)
        return replace(effect, partners=partners, broken=broken)


def call_off(
    scope: Scope,
    slot: Slot,
    ended: Sequence[Placement],
    *,
    sender: Sender,
    now: datetime,
    **facts: object,
) -> Effect:
    """End a day and the placements `ended` on it, owe the mails and record it with further `facts`.

    Whoever calls holds the cohort, and has found that the day may be called off.
    """
    session = scope.session
    news.take_back(session, ended, for_good=True)
    effect, told = _call_off(session, slot, ended, sender=sender, now=now)
    broken = standing_now(session, slot.opportunity.partner.cohort, now=now).broken
    end_placements(session, ended, now=now)
    news.owe(session, told, now=now)
    partners = partner_news.owe(session, slot.cohort_id, sender=sender, now=now)
    audit.record(
        scope,
        "withdraw_slot",
        f"slot:{slot.id}",
        at=now,
        cohort_id=slot.cohort_id,
        status=slot.status,
        placements=len(ended),
        mails=len(told.mails),
        **facts,
    )
    return replace(effect, partners=partners, broken=broken)


def placements_on(session: Session, slot: Slot) -> list[Placement]:
    """The placements that stand on a day."""
    return [row for row in live_placements(session, slot.cohort_id) if row.slot_id == slot.id]


def refuse_over(session: Session, slot: Slot, *, now: datetime) -> None:
    """Raise `SlotOver` for a day that has begun: what has happened stays."""
    if slot.id in slots_over_in(session, slot.cohort_id, now=now):
        raise SlotOver(state="has begun or is over")


def withdrawn_before(slot: Slot) -> Effect:
    """That nothing is to be done for a day that was withdrawn before."""
    return Effect(slot_words(slot), False, ("The day has been withdrawn already; nothing is changed.",))


def slot_words(slot: Slot) -> str:
    """A day in one line: "SLOT012, Food parcels on Tuesday 2 March 2027, 9:30am to 3pm"."""
    hours = hours_in_words(slot.starts_at, slot.ends_at)
    return f"{slot.reference}, {slot.opportunity.title} on {day_in_words(slot.starts_at)}, {hours}"


def counted(number: int, one: str, several: str) -> str:
    """A number with the words that go with it: "1 placement ends", "3 placements end"."""
    return f"{number} {one if number == 1 else several}"


def _days_of(session: Session, leader: Leader, *, now: datetime) -> list[Placement]:
    """The placements of a leader that are still to come."""
    over = slots_over_in(session, leader.cohort_id, now=now)
    live = session.scalars(
        select(Placement)
        .options(joinedload(Placement.slot))
        .where(Placement.leader_id == leader.id, Placement.status == "confirmed")
        .order_by(Placement.id)
    )
    return [row for row in live if row.slot_id not in over]


def _leave(
    session: Session, leader: Leader, ended: Sequence[Placement], *, sender: Sender, now: datetime
) -> tuple[Effect, Told]:
    leader.withdrawn_at = now
    reason = f"You are no longer on the list of {leader.cohort.name}, so this day is not yours any more."
    told = _end(session, ended, reason=reason, sender=sender, now=now)
    events = event_guests.events_to_come(session, leader, now=now)
    gone = f"You are no longer on the list of {leader.cohort.name}."
    told += event_guests.leave_events(session, leader, reason=gone, sender=sender, now=now)
    days = [slot_words(row.slot) for row in ended]
    return Effect(
        about=leader.name,
        changed=True,
        sentences=(
            f"{leader.name} leaves the cohort {leader.cohort.name} and is kept for the record.",
            *(f"Their placement ends, and its seat is free: {day}." for day in days),
            *(
                f"They are not invited any more: {row.title} on {day_in_words(row.starts_at)}."
                for row in events
            ),
            *(() if days else ("No placement of theirs was still to come.",)),
        ),
        mails=told.mails,
        quiet=told.quiet,
    ), told


def _call_off(
    session: Session,
    slot: Slot,
    ended: Sequence[Placement],
    *,
    sender: Sender,
    now: datetime,
) -> tuple[Effect, Told]:
    slot.status = "withdrawn"
    reason = (
        f"{slot.opportunity.partner.name} cannot host anybody on this day. It has nothing to do with you. "
        "If there is another day for you, an invite for it comes in an e-mail of its own."
    )
    told = _end(session, ended, reason=reason, sender=sender, now=now)
    end = counted(len(ended), "placement ends", "placements end") if ended else "No placement stood on it"
    return Effect(
        about=slot_words(slot),
        changed=True,
        sentences=("The day takes nobody any more.", f"{end}."),
        mails=told.mails,
        quiet=told.quiet,
    ), told


def _end(session: Session, ended: Sequence[Placement], *, reason: str, sender: Sender, now: datetime) -> Told:
    for row in ended:
        row.status, row.cancelled_at = "cancelled", now
    return news.tell_ended(session, ended, reason_of=lambda _: reason, sender=sender, now=now)


def _left_before(leader: Leader) -> Effect:
    when = day_in_words(leader.withdrawn_at) if leader.withdrawn_at else ""
    return Effect(leader.name, False, (f"{leader.name} left the cohort on {when}; nothing is changed.",))
