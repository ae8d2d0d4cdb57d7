"""What coordinators keep of their lists, and checks of the audit log."""

from typing import Any

from sqlalchemy.orm import Session

from placement.models import AuditCheck, Coordinator, SavedView
from tests.factories.clock import NOON, next_number
from tests.factories.people import make_coordinator


def make_saved_view(session: Session, *, coordinator: Coordinator | None = None, **facts: Any) -> SavedView:
    """A view of the list of people that `coordinator` keeps."""
    owner = coordinator or make_coordinator(session)
    defaults = {
        "page": "people",
        "name": f"View {next_number()}",
        "query": "show=silent",
        "shared": False,
        "created_at": NOON,
    }
    view = SavedView(**(defaults | {"cohort_id": owner.cohort_id, "user_id": owner.user_id} | facts))
    session.add(view)
    session.flush()
    return view


def make_audit_check(session: Session, **facts: Any) -> AuditCheck:
    """A check that found three events in order."""
    defaults = {"at": NOON, "whole": True, "events": 3, "last_event_id": 3, "last_hash": "7" * 64}
    check = AuditCheck(**(defaults | facts))
    session.add(check)
    session.flush()
    return check
