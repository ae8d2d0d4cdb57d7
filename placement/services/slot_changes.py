"""Changing a day on which people may be confirmed: hours, capacity and minimum number, in person or online.

Who is confirmed stays confirmed. Calendar entries follow a new time or place at once; a capacity below the
number there, or a minimum above it, is kept, and the next repair mends what does not hold.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from placement.domain.change_errors import SlotChangeClashes, SlotStartTaken
from placement.domain.errors import SlotChangedMeanwhile, SlotOver
from placement.domain.joining import link_or_none
from placement.domain.sender import Sender
from placement.domain.text import day_in_words, hours_in_words, london_to_utc, time_in_words, to_london
from placement.models import Cohort, Leader, Placement, Slot
from placement.services import audit, news, partner_news
from placement.services.cohorts import hold_cohort
from placement.services.event_hours import has_event, hours_of_events
from placement.services.news import Told
from placement.services.placements import live_placements, named
from placement.services.reports.effects import Effect
from placement.services.reports.standing import standing_now
from placement.services.scope import Scope
from placement.services.slots import SlotFacts, refuse_hours, refuse_places, version_of
from placement.services.withdrawals import counted, placements_on, refuse_over, slot_words


@dataclass(frozen=True)
class SlotChange:
    """What is to change of a day, in the time of the United Kingdom; None leaves it as it is.

    A `joining_link` makes the day virtual, and an empty one takes it back to its site.
    """

    date: dt.date | None = None
    start: dt.time | None = None
    end: dt.time | None = None
    capacity: int | None = None
    minimum: int | None = None
    joining_link: str | None = None


@dataclass(frozen=True)
class _Facts(SlotFacts):
    """A day as it is or is to be."""

    joining_link: str | None


@dataclass(frozen=True)
class _TakenOn:
    """A day with its new facts, whose placements move with it or only read differently, and what is said."""

    slot: Slot
    moved: Sequence[Placement]
    updated: Sequence[Placement]
    said: tuple[str, ...]


def preview_change(
    scope: Scope, cohort_id: int, slot_id: int, *, change: SlotChange, sender: Sender, now: dt.datetime
) -> Effect:
    """What `change_slot` would do; nothing is written, and it raises as that does."""
    cohort = scope.cohort(cohort_id)
    slot = scope.slot_in(cohort, slot_id)
    there = placements_on(scope.session, slot)
    wanted = _checked(scope.session, slot, there, change, now=now)
    if wanted == _facts(slot):
        return _nothing(slot)
    with news.forgotten(scope.session):
        taken_on = _take_on(slot, wanted, there)
        effect, _ = _effect(scope.session, cohort, taken_on, sender=sender, now=now)
        return replace(
            effect, partners=partner_news.preview(scope.session, cohort.id, sender=sender, now=now)
        )


def change_slot(
    scope: Scope,
    cohort_id: int,
    slot_id: int,
    *,
    change: SlotChange,
    sender: Sender,
    now: dt.datetime,
    seen: str | None = None,
) -> Effect:
    """Change a day, whoever is confirmed on it; the same again changes nothing.

    `seen` is the `version_of` the day that the person looked at, where they looked.

    Raises
    ------
    SlotRefused
        One of its subclasses: the day is over, withdrawn or changed meanwhile, or the facts are impossible.
    LocalTimeMissing, LocalTimeTwice
        The clocks change over the new hours.

    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    slot = scope.slot_in(cohort, slot_id)
    session.refresh(slot)
    there = placements_on(session, slot)
    wanted = _checked(session, slot, there, change, now=now)
    if wanted == _facts(slot):
        return _nothing(slot)
    if seen is not None and seen != version_of(slot):
        raise SlotChangedMeanwhile
    taken_on = _take_on(slot, wanted, there)
    _write(session, there)
    news.take_back(session, [*taken_on.moved, *taken_on.updated], for_good=False)
    effect, told = _effect(session, cohort, taken_on, sender=sender, now=now)
    news.owe(session, told, now=now)
    partners = partner_news.owe(session, cohort.id, sender=sender, now=now)
    audit.record(
        scope,
        "change_slot",
        f"slot:{slot.id}",
        at=now,
        cohort_id=cohort.id,
        capacity=slot.offered_capacity,
        minimum=slot.minimum,
        starts_at=slot.starts_at.isoformat(),
        ends_at=slot.ends_at.isoformat(),
        mails=len(told.mails),
    )
    return replace(effect, partners=partners)


def _facts(slot: Slot) -> _Facts:
    return _Facts(slot.starts_at, slot.ends_at, slot.offered_capacity, slot.minimum, slot.joining_link)


def _checked(
    session: Session, slot: Slot, there: Sequence[Placement], change: SlotChange, *, now: dt.datetime
) -> _Facts:
    """The facts of the day after `change`; refuses what cannot be."""
    if slot.status == "withdrawn":
        raise SlotOver(state="has been withdrawn")
    refuse_over(session, slot, now=now)
    starts_at, ends_at = _hours(slot, change)
    wanted = _Facts(
        starts_at,
        ends_at,
        slot.offered_capacity if change.capacity is None else change.capacity,
        slot.minimum if change.minimum is None else change.minimum,
        slot.joining_link if change.joining_link is None else link_or_none(change.joining_link),
    )
    refuse_places(wanted.capacity, wanted.minimum)
    if (starts_at, ends_at) != (slot.starts_at, slot.ends_at):
        refuse_hours(starts_at, ends_at, now=now)
        _refuse_taken_start(session, slot, starts_at)
        _refuse_clashes(session, there, starts_at, ends_at)
    return wanted


def _hours(slot: Slot, change: SlotChange) -> tuple[dt.datetime, dt.datetime]:
    """The start and end after `change`; an end on a later day than the start stays so many days later."""
    start, end = to_london(slot.starts_at), to_london(slot.ends_at)
    date = change.date or start.date()
    nights = dt.timedelta(0) if change.end else end.date() - start.date()
    if (change.date, change.start, change.end) == (None, None, None):
        return slot.starts_at, slot.ends_at
    return (
        london_to_utc(date, change.start or start.time()),
        london_to_utc(date + nights, change.end or end.time()),
    )


def _refuse_taken_start(session: Session, slot: Slot, starts_at: dt.datetime) -> None:
    other = session.scalars(
        select(Slot).where(
            Slot.opportunity_id == slot.opportunity_id, Slot.starts_at == starts_at, Slot.id != slot.id
        )
    ).first()
    if other is not None:
        raise SlotStartTaken(
            title=slot.opportunity.title,
            day=day_in_words(starts_at),
            time=time_in_words(starts_at),
            reference=other.reference,
        )


def _refuse_clashes(
    session: Session, there: Sequence[Placement], starts_at: dt.datetime, ends_at: dt.datetime
) -> None:
    """Refuse hours at which somebody there has another day or an event."""
    if not there:
        return
    leaders, ids = {row.leader_id for row in there}, {row.id for row in there}
    others = [
        row
        for row in live_placements(session, there[0].cohort_id)
        if row.leader_id in leaders and row.id not in ids
    ]
    clashing = {row.leader_id for row in others if row.starts_at < ends_at and starts_at < row.ends_at}
    for leader_id, hours in hours_of_events(session, there[0].cohort_id).items():
        if leader_id in leaders and has_event(hours, starts_at, ends_at):
            clashing.add(leader_id)
    if clashing:
        people = session.scalars(select(Leader.name).where(Leader.id.in_(clashing)).order_by(Leader.name))
        raise SlotChangeClashes(people=", ".join(people))


def _take_on(slot: Slot, wanted: _Facts, there: Sequence[Placement]) -> _TakenOn:
    """Write `wanted` into the row."""
    moves = (slot.starts_at, slot.ends_at, slot.virtual) != (
        wanted.starts_at,
        wanted.ends_at,
        bool(wanted.joining_link),
    )
    done = _TakenOn(
        slot,
        moved=there if moves else (),
        updated=there if not moves and slot.joining_link != wanted.joining_link else (),
        said=tuple(_said(slot, wanted, len(there))),
    )
    slot.joining_link = wanted.joining_link
    slot.starts_at, slot.ends_at, slot.minimum = wanted.starts_at, wanted.ends_at, wanted.minimum
    # The database counts seats and lets nobody in beyond the capacity: it cannot fall below who is there.
    slot.capacity = max(wanted.capacity, len(there))
    slot.wanted_capacity = wanted.capacity if wanted.capacity < len(there) else None
    return done


def _said(slot: Slot, wanted: _Facts, there: int) -> Iterator[str]:
    if (slot.starts_at, slot.ends_at) != (wanted.starts_at, wanted.ends_at):
        before, after = _when(slot.starts_at, slot.ends_at), _when(wanted.starts_at, wanted.ends_at)
        yield f"It moves from {before} to {after}."
    if slot.joining_link != wanted.joining_link:
        yield from _place_said(slot, wanted.joining_link)
    if slot.offered_capacity != wanted.capacity:
        yield f"Its capacity was {slot.offered_capacity} and is {wanted.capacity}."
    if wanted.capacity < there:
        confirmed = counted(there, "leader is", "leaders are")
        yield f"{confirmed} confirmed on it; they keep their places, and nobody joins, until a repair."
    if slot.minimum != wanted.minimum:
        yield f"Its minimum number was {slot.minimum} and is {wanted.minimum}."


def _place_said(slot: Slot, link: str | None) -> Iterator[str]:
    address = slot.opportunity.site.address
    if link is None:
        yield f"It takes place in person: {address}."
    elif slot.virtual:
        yield "The link to join is another one. Answers stand."
    else:
        yield f"It takes place online, not at {address}. How far people travel no longer counts for it."


def _when(starts_at: dt.datetime, ends_at: dt.datetime) -> str:
    return f"{day_in_words(starts_at)}, {hours_in_words(starts_at, ends_at)}"


def _write(session: Session, there: Sequence[Placement]) -> None:
    try:
        session.flush()
    except IntegrityError as refused:
        raise named(refused) from refused
    for row in there:
        session.expire(row)  # their hours have followed the day's


def _effect(
    session: Session, cohort: Cohort, done: _TakenOn, *, sender: Sender, now: dt.datetime
) -> tuple[Effect, Told]:
    told = news.tell_moved(session, done.moved, sender=sender, now=now)
    told += news.tell_updated(session, done.updated, sender=sender, now=now)
    return Effect(
        about=slot_words(done.slot),
        changed=True,
        sentences=done.said,
        mails=told.mails,
        broken=standing_now(session, cohort, now=now).broken,
    ), told


def _nothing(slot: Slot) -> Effect:
    return Effect(slot_words(slot), False, ("The day is so already; nothing is changed.",))
