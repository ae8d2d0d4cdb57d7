"""Who is invited to an event: everybody of its cohort or team at first, later one by one."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.event_errors import EventOver
from placement.domain.sender import Sender
from placement.domain.text import day_in_words, hours_in_words
from placement.models import Cohort, Event, EventGuest, Leader, Placement, Slot
from placement.services import audit, event_news, telling
from placement.services.cohorts import hold_cohort
from placement.services.invites import new_event_invite
from placement.services.reports.effects import Effect
from placement.services.scope import Scope
from placement.services.telling import Told


def audience(session: Session, cohort: Cohort, team_id: int | None) -> list[Leader]:
    """Who is in the cohort, or in one team of it, at present."""
    query = select(Leader).where(Leader.cohort_id == cohort.id, Leader.withdrawn_at.is_(None))
    if team_id is not None:
        query = query.where(Leader.team_id == team_id)
    return list(session.scalars(query.order_by(Leader.name, Leader.id)))


def guests_of(session: Session, event: Event) -> list[Leader]:
    """Who is invited to an event at present."""
    query = (
        select(Leader)
        .join(EventGuest, EventGuest.leader_id == Leader.id)
        .where(EventGuest.event_id == event.id, EventGuest.removed_at.is_(None))
    )
    return list(session.scalars(query.order_by(Leader.name, Leader.id)))


def missing_from(session: Session, event: Event) -> list[Leader]:
    """Who is in the event's cohort or team and was never invited; who was taken off stays off."""
    known = select(EventGuest.leader_id).where(EventGuest.event_id == event.id)
    seen = set(session.scalars(known))
    return [one for one in audience(session, event.cohort, event.team_id) if one.id not in seen]


def clashes(session: Session, event: Event, people: Sequence[Leader]) -> tuple[str, ...]:
    """Which of `people` are confirmed somewhere, or invited to another event, while `event` takes place."""
    names = {one.id: one.name for one in people}
    found = [*_placements_then(session, event), *_events_then(session, event)]
    told = sorted((names[leader_id], what) for leader_id, what in found if leader_id in names)
    return tuple(f"{name}: {what}." for name, what in told)


def preview_missing(scope: Scope, cohort_id: int, event_id: int, *, sender: Sender, now: datetime) -> Effect:
    """What `invite_missing` would do; nothing is written."""
    event = scope.event_in(scope.cohort(cohort_id), event_id)
    refuse_over(event, now=now)
    people = missing_from(scope.session, event)
    with telling.forgotten(scope.session):
        told = event_news.tell_invited(scope.session, event, people, sender=sender, now=now)
        return _added(scope.session, event, people, told)


def invite_missing(scope: Scope, cohort_id: int, event_id: int, *, sender: Sender, now: datetime) -> Effect:
    """Invite everybody who has joined the event's cohort or team since; twice changes nothing."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    event = scope.event_in(cohort, event_id)
    session.refresh(event)
    refuse_over(event, now=now)
    people = missing_from(session, event)
    told = invite_all(session, event, people, sender=sender, now=now)
    telling.owe(session, told, now=now)
    if people:
        _record(scope, "invite_to_event", event, people, now=now)
    return _added(session, event, people, told)


def preview_removal(
    scope: Scope, cohort_id: int, event_id: int, leader_id: int, *, sender: Sender, now: datetime
) -> Effect:
    """What `remove_guest` would do; nothing is written."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    event, leader = scope.event_in(cohort, event_id), scope.leader_of(cohort, leader_id)
    refuse_over(event, now=now)
    if _guest(session, event, leader) is None:
        return _not_invited(event, leader)
    with telling.forgotten(session):
        return _removed(session, event, leader, sender=sender, now=now)[0]


def preview_addition(
    scope: Scope, cohort_id: int, event_id: int, leader_id: int, *, sender: Sender, now: datetime
) -> Effect:
    """What `add_guest` would do; nothing is written."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    event, leader = scope.event_in(cohort, event_id), scope.leader_of(cohort, leader_id)
    refuse_over(event, now=now)
    if (reason := _why_not(session, event, leader)) is not None:
        return reason
    with telling.forgotten(session):
        told = event_news.tell_invited(session, event, [leader], sender=sender, now=now)
        return _added(session, event, [leader], told)


def remove_guest(
    scope: Scope, cohort_id: int, event_id: int, leader_id: int, *, sender: Sender, now: datetime
) -> Effect:
    """Take one person off an event; that person alone is told. Twice changes nothing."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    event, leader = scope.event_in(cohort, event_id), scope.leader_of(cohort, leader_id)
    refuse_over(event, now=now)
    guest = _guest(session, event, leader)
    if guest is None:
        return _not_invited(event, leader)
    telling.take_back(session, event_news.invites_of(session, event, leader.id), for_good=True)
    effect, told = _removed(session, event, leader, sender=sender, now=now)
    guest.removed_at = now
    telling.owe(session, told, now=now)
    _record(scope, "remove_from_event", event, [leader], now=now)
    return effect


def add_guest(
    scope: Scope, cohort_id: int, event_id: int, leader_id: int, *, sender: Sender, now: datetime
) -> Effect:
    """Invite one person of the cohort, also one who was taken off; they get an invite with a new name."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    event, leader = scope.event_in(cohort, event_id), scope.leader_of(cohort, leader_id)
    refuse_over(event, now=now)
    if (reason := _why_not(session, event, leader)) is not None:
        return reason
    told = invite_all(session, event, [leader], sender=sender, now=now)
    telling.owe(session, told, now=now)
    _record(scope, "invite_to_event", event, [leader], now=now)
    return _added(session, event, [leader], told)


def invite_all(
    session: Session, event: Event, people: Sequence[Leader], *, sender: Sender, now: datetime
) -> Told:
    """Write down that `people` are invited, with an invite each; their first mails are still to be owed."""
    known = {row.leader_id: row for row in _rows(session, event)}
    for leader in people:
        if (row := known.get(leader.id)) is not None:
            row.added_at, row.removed_at = now, None
        else:
            session.add(
                EventGuest(cohort_id=event.cohort_id, event_id=event.id, leader_id=leader.id, added_at=now)
            )
    invites = [new_event_invite(event, leader, sender=sender, now=now) for leader in people]
    session.add_all(invites)
    session.flush()
    return event_news.first_mails(session, event, list(zip(invites, people, strict=True)), sender=sender)


def leave_events(session: Session, leader: Leader, *, reason: str, sender: Sender, now: datetime) -> Told:
    """Take somebody off every event that is still to come: worked out, with nothing written or taken back."""
    events = events_to_come(session, leader, now=now)
    return event_news.tell_left(session, events, leader, reason=reason, sender=sender, now=now)


def take_back(session: Session, leader: Leader, *, now: datetime, for_good: bool) -> None:
    """Let nothing leave that is still owed to somebody of events to come: a newer mail, or none, follows."""
    for event in events_to_come(session, leader, now=now):
        telling.take_back(session, event_news.invites_of(session, event, leader.id), for_good=for_good)


def strike_off(session: Session, leader: Leader, *, now: datetime) -> None:
    """Write down that somebody is invited to nothing more that is still to come."""
    for event in events_to_come(session, leader, now=now):
        guest = _guest(session, event, leader)
        if guest is not None:
            guest.removed_at = now


def events_to_come(session: Session, leader: Leader, *, now: datetime) -> Sequence[Event]:
    """The planned events that have not begun and that somebody is invited to."""
    query = (
        select(Event)
        .join(EventGuest, EventGuest.event_id == Event.id)
        .where(
            EventGuest.leader_id == leader.id,
            EventGuest.removed_at.is_(None),
            Event.status == "planned",
            Event.starts_at > now,
        )
    )
    return session.scalars(query.order_by(Event.starts_at, Event.id)).all()


def refuse_over(event: Event, *, now: datetime) -> None:
    """Raise `EventOver` for an event that has begun, or was cancelled: nothing of it can be changed."""
    if event.status == "cancelled" or event.starts_at <= now:
        state = "has been cancelled" if event.status == "cancelled" else "has begun or is over"
        raise EventOver(title=event.title, state=state)


def _rows(session: Session, event: Event) -> Sequence[EventGuest]:
    return session.scalars(select(EventGuest).where(EventGuest.event_id == event.id)).all()


def _guest(session: Session, event: Event, leader: Leader) -> EventGuest | None:
    return session.scalars(
        select(EventGuest).where(
            EventGuest.event_id == event.id,
            EventGuest.leader_id == leader.id,
            EventGuest.removed_at.is_(None),
        )
    ).one_or_none()


def _not_invited(event: Event, leader: Leader) -> Effect:
    return Effect(event.title, False, (f"{leader.name} is not invited; nothing is changed.",))


def _why_not(session: Session, event: Event, leader: Leader) -> Effect | None:
    """Why somebody cannot be invited; None where they can."""
    if leader.withdrawn_at is not None:
        return Effect(event.title, False, (f"{leader.name} has left the cohort; nothing is changed.",))
    if _guest(session, event, leader) is not None:
        return Effect(event.title, False, (f"{leader.name} is invited already; nothing is changed.",))
    return None


def _added(session: Session, event: Event, people: Sequence[Leader], told: Told) -> Effect:
    if not people:
        return Effect(event.title, False, ("Everybody is invited already; nothing is changed.",))
    who = people[0].name if len(people) == 1 else f"{len(people)} people"
    return Effect(
        about=event.title,
        changed=True,
        sentences=(f"Invited as well: {who}.",),
        mails=told.mails,
        clashes=clashes(session, event, people),
    )


def _removed(
    session: Session, event: Event, leader: Leader, *, sender: Sender, now: datetime
) -> tuple[Effect, Told]:
    reason = "It takes place without you; you are no longer on its list."
    told = event_news.tell_ended(session, event, reason=reason, sender=sender, now=now, leader_id=leader.id)
    return Effect(
        about=event.title,
        changed=True,
        sentences=(f"{leader.name} is not invited any more. Nobody else is told.",),
        mails=told.mails,
        quiet=told.quiet,
    ), told


def _placements_then(session: Session, event: Event) -> Iterator[tuple[int, str]]:
    rows = session.scalars(
        select(Placement).where(
            Placement.cohort_id == event.cohort_id,
            Placement.status == "confirmed",
            Placement.starts_at < event.ends_at,
            Placement.ends_at > event.starts_at,
        )
    )
    slots = {row.id: row for row in session.scalars(select(Slot).where(Slot.cohort_id == event.cohort_id))}
    for row in rows:
        slot = slots[row.slot_id]
        yield row.leader_id, f"{slot.reference}, {slot.opportunity.title} on {_when(row)}"


def _events_then(session: Session, event: Event) -> Iterator[tuple[int, str]]:
    query = (
        select(EventGuest.leader_id, Event)
        .join(Event, Event.id == EventGuest.event_id)
        .where(
            Event.cohort_id == event.cohort_id,
            Event.status == "planned",
            EventGuest.removed_at.is_(None),
            Event.starts_at < event.ends_at,
            Event.ends_at > event.starts_at,
        )
    )
    if event.id is not None:
        query = query.where(Event.id != event.id)
    for leader_id, other in session.execute(query):
        yield leader_id, f"{other.reference}, {other.title} on {_when(other)}"


def _when(row: Placement | Event) -> str:
    return f"{day_in_words(row.starts_at)}, {hours_in_words(row.starts_at, row.ends_at)}"


def _record(scope: Scope, verb: str, event: Event, people: Sequence[Leader], *, now: datetime) -> None:
    audit.record(
        scope,
        verb,
        f"event:{event.id}",
        at=now,
        cohort_id=event.cohort_id,
        leaders=[one.id for one in people],
    )
