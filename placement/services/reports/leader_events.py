"""When a leader is invited to events of their programme, for pages that ask about dates."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from placement.models import Event, EventGuest
from placement.services.scope import Scope


@dataclass(frozen=True)
class PlannedEvent:
    """An event that a leader is invited to, and that is planned."""

    title: str
    starts_at: datetime
    ends_at: datetime


def planned_events(scope: Scope, *, leader_id: int) -> tuple[PlannedEvent, ...]:
    """The planned events of a leader, in the order of time."""
    leader = scope.leader(leader_id)
    rows = scope.session.execute(
        select(Event.title, Event.starts_at, Event.ends_at)
        .join(EventGuest, EventGuest.event_id == Event.id)
        .where(EventGuest.leader_id == leader.id, EventGuest.removed_at.is_(None), Event.status == "planned")
        .order_by(Event.starts_at, Event.id)
    )
    return tuple(PlannedEvent(title, starts_at, ends_at) for title, starts_at, ends_at in rows)
