"""Conflicts of interest."""

from typing import Any

from sqlalchemy.orm import Session

from placement.models import Conflict, Leader, Partner
from tests.factories.clock import NOON
from tests.factories.people import make_partner


def make_conflict(
    session: Session, *, leader: Leader, partner: Partner | None = None, **facts: Any
) -> Conflict:
    """The leader sits on the board of the partner, as they said."""
    partner = partner or make_partner(session, cohort=leader.cohort)
    keys = {"cohort_id": leader.cohort_id, "leader_id": leader.id, "partner_id": partner.id}
    conflict = Conflict(**(keys | {"kind": "board", "said_by": "leader", "said_at": NOON} | facts))
    session.add(conflict)
    session.flush()
    return conflict
