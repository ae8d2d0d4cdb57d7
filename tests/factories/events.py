"""Events and who is invited to them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from placement.models import Cohort, Event, EventGuest, Invite, Leader
from tests.factories.clock import FIRST_DAY, NOON, next_number
from tests.factories.programmes import make_cohort


def make_event(
    session: Session, *, cohort: Cohort | None = None, starts_at: datetime = FIRST_DAY, **facts: Any
) -> Event:
    """A workshop in person for a whole cohort, two hours long, to which nobody is invited yet."""
    cohort = cohort or make_cohort(session)
    number = next_number()
    defaults = {
        "reference": f"event-{number}",
        "kind": "workshop",
        "title": f"Leading in a system {number}",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "mode": "in_person",
        "address": "The Winter Gardens, Church Street, Blackpool",
        "postcode": "FY1 1HW",
        "created_at": NOON,
    }
    event = Event(**(defaults | {"cohort_id": cohort.id} | facts))
    session.add(event)
    session.flush()
    return event


def make_guest(session: Session, *, event: Event, leader: Leader, **facts: Any) -> EventGuest:
    """Somebody who is invited to `event`."""
    keys = {"cohort_id": event.cohort_id, "event_id": event.id, "leader_id": leader.id}
    guest = EventGuest(**({"added_at": NOON} | keys | facts))
    session.add(guest)
    session.flush()
    return guest


def make_event_invite(session: Session, *, event: Event, leader: Leader, **facts: Any) -> Invite:
    """The calendar request of `event` to `leader`, not sent yet."""
    keys = {"cohort_id": event.cohort_id, "event_id": event.id, "leader_id": leader.id}
    defaults = {"uid": f"event-{next_number()}@placement.example", "dtstamp": NOON, "created_at": NOON}
    invite = Invite(**(defaults | keys | facts))
    session.add(invite)
    session.flush()
    return invite
