"""The mails of an event with the rows of a cohort, to look at; an event is made up where none is planned."""

from datetime import datetime, time, timedelta

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from placement.domain.invites import InviteDetails
from placement.domain.text import day_in_words, london_to_utc, to_london
from placement.models import Event, EventGuest, Leader
from placement.services.invites import KINDS as INVITE_KINDS
from placement.services.invites import event_details, preview_invite
from placement.services.reminder_letters import Season

KINDS = frozenset(kind for kind in INVITE_KINDS if kind.startswith("event_"))
AHEAD = timedelta(weeks=4)
FROM, UNTIL = time(10), time(12)
"""When the event is that stands in: four weeks from now, at an hour that no change of clocks reaches."""


def event_mail(session: Session, season: Season, kind: str, *, now: datetime) -> InviteDetails | None:
    """A mail of one kind to somebody who is invited; None where the cohort has no leader yet."""
    event, leader = _planned(session, season.cohort.id, now=now) or (None, _first(session, season.cohort.id))
    if leader is None:
        return None
    event = event or _made_up(season.cohort.id, now=now)
    invite, news = preview_invite(season.links.sender, now=now), kind.removeprefix("event_")
    if news != "confirmed":
        invite.sequence, invite.revision = 1, 1
    return event_details(
        invite,
        leader,
        event,
        sender=season.links.sender,
        method="CANCEL" if news == "cancelled" else "REQUEST",
        reason=_reason(news, event),
        intro=season.said(kind).intro,
    )


def _reason(news: str, event: Event) -> str:
    if news == "changed":
        return f"Before, it was on {day_in_words(event.starts_at - timedelta(days=7))}."
    return "It does not take place." if news == "cancelled" else ""


def _planned(session: Session, cohort_id: int, *, now: datetime) -> tuple[Event, Leader] | None:
    """The next planned event, or else the first that was, with the first of those who are invited."""
    found = session.execute(
        select(Event, Leader)
        .join(EventGuest, EventGuest.event_id == Event.id)
        .join(Leader, Leader.id == EventGuest.leader_id)
        .where(Event.cohort_id == cohort_id, Event.status == "planned", EventGuest.removed_at.is_(None))
        .order_by(case((Event.starts_at > now, 0), else_=1), Event.starts_at, Event.id, Leader.id)
        .limit(1)
    ).first()
    return (found[0], found[1]) if found else None


def _first(session: Session, cohort_id: int) -> Leader | None:
    query = select(Leader).where(Leader.cohort_id == cohort_id, Leader.withdrawn_at.is_(None))
    return session.scalars(query.order_by(Leader.id).limit(1)).first()


def _made_up(cohort_id: int, *, now: datetime) -> Event:
    """An event that is in no table."""
    day = to_london(now + AHEAD).date()
    return Event(
        cohort_id=cohort_id,
        kind="workshop",
        title="A workshop",
        description="Here stands what you write about the event.",
        starts_at=london_to_utc(day, FROM),
        ends_at=london_to_utc(day, UNTIL),
        mode="in_person",
        address="Here stands the address of the event",
        postcode="",
        joining_link="",
    )
