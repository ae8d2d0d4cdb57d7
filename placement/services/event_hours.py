"""When leaders are taken by events that they are invited to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.models import Event, EventGuest

Hours = tuple[datetime, datetime]


def hours_of_events(session: Session, cohort_id: int) -> Mapping[int, Sequence[Hours]]:
    """By leader, from when to when they are invited to an event of the cohort that is planned."""
    rows = session.execute(
        select(EventGuest.leader_id, Event.starts_at, Event.ends_at)
        .join(Event, Event.id == EventGuest.event_id)
        .where(Event.cohort_id == cohort_id, Event.status == "planned", EventGuest.removed_at.is_(None))
        .order_by(EventGuest.leader_id, Event.starts_at, Event.id)
    )
    found: defaultdict[int, list[Hours]] = defaultdict(list)
    for leader_id, starts_at, ends_at in rows:
        found[leader_id].append((starts_at, ends_at))
    return found


def has_event(hours: Sequence[Hours], starts_at: datetime, ends_at: datetime) -> bool:
    """Whether any of these `hours` overlaps a day; one may begin the moment the other ends."""
    return any(start < ends_at and starts_at < end for start, end in hours)
