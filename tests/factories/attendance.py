"""Who came to a day, what was said of it, what leaders wrote of it."""

import json
from typing import Any

from sqlalchemy.orm import Session

from placement.models import Attendance, Feedback, Leader, Reflection, Slot
from placement.services.access import seal
from tests.factories.clock import NOON


def make_attendance(
    session: Session, *, slot: Slot, leader: Leader | None = None, **facts: Any
) -> Attendance:
    """Somebody who came; of a name alone where no `leader` is given."""
    who = {"leader_id": leader.id} if leader else {"name": "Extra Synthetic"}
    defaults = {"state": "came", "marked_by": "partner", "marked_at": NOON}
    row = Attendance(**({"cohort_id": slot.cohort_id, "slot_id": slot.id} | who | defaults | facts))
    session.add(row)
    session.flush()
    return row


def make_feedback(session: Session, *, slot: Slot, leader: Leader | None = None, **facts: Any) -> Feedback:
    """What a leader, or the partner, said of a day that went well."""
    keys = {"cohort_id": slot.cohort_id, "slot_id": slot.id, "leader_id": leader.id if leader else None}
    row = Feedback(**(keys | {"went": 4, "again": None if leader else "yes", "saved_at": NOON} | facts))
    session.add(row)
    session.flush()
    return row


def make_reflection(
    session: Session, *, slot: Slot, leader: Leader, answers: dict[str, str] | None = None, **facts: Any
) -> Reflection:
    """A finished reflection that is given to nobody."""
    keys = {"cohort_id": slot.cohort_id, "slot_id": slot.id, "leader_id": leader.id}
    text = json.dumps(answers or {"saw": "How a kitchen runs."})
    row = Reflection(
        **(keys | {"ciphertext": seal(session, text), "saved_at": NOON, "finished_at": NOON} | facts)
    )
    session.add(row)
    session.flush()
    return row
