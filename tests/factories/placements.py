"""Placements and their invites."""

from typing import Any

from sqlalchemy.orm import Session

from placement.models import Invite, Leader, MatchRun, Placement, Slot
from tests.factories.clock import NOON, next_number


def make_placement(
    session: Session, *, leader: Leader, slot: Slot, run: MatchRun | None = None, **facts: Any
) -> Placement:
    """A confirmed placement of `leader` at `slot`; the database counts it in the slot."""
    keys = {
        "cohort_id": leader.cohort_id,
        "leader_id": leader.id,
        "slot_id": slot.id,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "match_run_id": run.id if run else None,
    }
    placement = Placement(**({"rank": 1, "confirmed_at": NOON} | keys | facts))
    session.add(placement)
    session.flush()
    session.refresh(slot, ["taken"])
    return placement


def make_invite(session: Session, *, placement: Placement, **facts: Any) -> Invite:
    """The calendar request of `placement`, not sent yet."""
    keys = {
        "cohort_id": placement.cohort_id,
        "placement_id": placement.id,
        "leader_id": placement.leader_id,
    }
    defaults = {
        "uid": f"invite-{next_number()}@placement.example",
        "dtstamp": NOON,
        "created_at": NOON,
    }
    invite = Invite(**(defaults | keys | facts))
    session.add(invite)
    session.flush()
    return invite


def placement_of(invite: Invite) -> Placement:
    """The placement that an invite is of, for tests in which it is of one."""
    assert invite.placement is not None
    return invite.placement
