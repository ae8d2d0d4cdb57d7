"""Events in calendar feeds: a leader's own, and all of a cohort."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, case, func, or_, select
from sqlalchemy.orm import Session

from placement.domain import feeds as words
from placement.domain.feeds import CANCELLED_KEPT, PAST_KEPT, FeedEntry
from placement.domain.sender import Sender
from placement.domain.states import EVENT_WORDS
from placement.models import Event, Invite

AnyRow = Row[*tuple[Any, ...]]

SHOWN = (
    Event.id,
    Event.kind,
    Event.title,
    Event.description,
    Event.starts_at,
    Event.ends_at,
    Event.mode,
    Event.address,
    Event.postcode,
    Event.joining_link,
)


def events_of_leader(session: Session, leader_id: int, *, now: datetime) -> list[AnyRow]:
    """A leader's invites to events, with those that were cancelled of late, and what each event is."""
    cancelled = Invite.state == "cancelled"
    query = (
        select(
            Invite.uid,
            Invite.sequence,
            Invite.dtstamp,
            Invite.created_at,
            cancelled.label("gone"),
            case((cancelled, Invite.dtstamp)).label("left_at"),
            *SHOWN,
        )
        .join(Event, Event.id == Invite.event_id)
        .where(
            Invite.leader_id == leader_id,
            Event.ends_at > now - PAST_KEPT,
            or_(~cancelled, Invite.dtstamp > now - CANCELLED_KEPT),
        )
    )
    return list(session.execute(query.order_by(Event.starts_at, Invite.id)).all())


def events_of_cohort(session: Session, cohort_id: int, *, now: datetime) -> list[AnyRow]:
    """The events of a cohort, with how many are invited.

    SEQUENCE counts who was invited and what they were told: no row of these is taken away, so it never falls.
    """
    told = func.count(Invite.id) + func.coalesce(func.sum(Invite.revision), 0)
    query = (
        select(
            told.label("sequence"),
            func.coalesce(func.max(Invite.dtstamp), Event.created_at).label("dtstamp"),
            Event.created_at,
            (Event.status == "cancelled").label("gone"),
            Event.cancelled_at.label("left_at"),
            func.count(Invite.id).filter(Invite.state != "cancelled").label("invited"),
            *SHOWN,
        )
        .select_from(Event)
        .outerjoin(Invite, Invite.event_id == Event.id)
        .where(
            Event.cohort_id == cohort_id,
            Event.ends_at > now - PAST_KEPT,
            or_(
                Event.status == "planned",
                and_(Event.status == "cancelled", Event.cancelled_at > now - CANCELLED_KEPT),
            ),
        )
        .group_by(Event.id)
    )
    return list(session.execute(query.order_by(Event.starts_at, Event.id)).all())


def own_event(row: AnyRow, *, leader_id: int, sender: Sender) -> FeedEntry:
    """An event of a leader, under the name and number of its mails."""
    return _entry(
        row,
        uid=row.uid,
        notes=words.notes_for_guest(row.description, cancelled=row.gone),
        page_url=sender.link(f"/leader/{leader_id}/events"),
    )


def event_of_cohort(row: AnyRow, *, cohort_id: int, sender: Sender) -> FeedEntry:
    """An event of a cohort, under a name of its own."""
    return _entry(
        row,
        uid=f"event-{row.id}-coordinator@{sender.domain}",
        notes=(f"{row.invited} invited",),
        page_url=sender.link(f"/coordinator/{cohort_id}/events/{row.id}"),
    )


def _entry(row: AnyRow, *, uid: str, notes: tuple[str, ...], page_url: str) -> FeedEntry:
    virtual = row.mode == "virtual"
    return FeedEntry(
        uid=uid,
        sequence=row.sequence,
        dtstamp=row.dtstamp,
        created_at=row.created_at,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        cancelled=bool(row.gone),
        summary=words.summary_of_event(EVENT_WORDS[row.kind], row.title, cancelled=bool(row.gone)),
        notes=notes,
        partner="",
        address="" if virtual else row.address,
        postcode="" if virtual else row.postcode,
        latitude=None,
        longitude=None,
        page_url=page_url,
        joining_link=row.joining_link if virtual else "",
    )
