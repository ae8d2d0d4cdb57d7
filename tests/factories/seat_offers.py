"""Seats that are offered."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from placement.models import Leader, SeatOffer, Slot
from tests.factories.clock import NOON


def make_seat_offer(session: Session, *, leader: Leader, slot: Slot, **facts: Any) -> SeatOffer:
    """A seat that is held for a leader for two days."""
    keys = {"cohort_id": leader.cohort_id, "leader_id": leader.id, "slot_id": slot.id}
    defaults = {"offered_by": "user:1", "offered_at": NOON, "expires_at": NOON + timedelta(hours=48)}
    row = SeatOffer(**(keys | defaults | facts))
    session.add(row)
    session.flush()
    return row
