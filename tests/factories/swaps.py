"""Requests for swaps."""

from typing import Any

from sqlalchemy.orm import Session

from placement.models import Placement, SwapRequest
from tests.factories.clock import NOON


def make_swap_request(session: Session, *, placement: Placement, **facts: Any) -> SwapRequest:
    """Somebody waits for any other of their choices in the place of `placement`."""
    keys = {
        "cohort_id": placement.cohort_id,
        "leader_id": placement.leader_id,
        "placement_id": placement.id,
    }
    row = SwapRequest(**({"reason": "work", "wish": None, "asked_at": NOON} | keys | facts))
    session.add(row)
    session.flush()
    return row
