"""What partners and leaders say of a day to those who run the programme."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.attendance import WENT_WORDS
from placement.domain.attendance_errors import DayNotHeld, FeedbackChanged, FeedbackUnusable
from placement.domain.errors import NotFound
from placement.domain.states import HOST_AGAIN
from placement.domain.text import clean_text
from placement.models import Cohort, Feedback, Leader, Placement, Slot
from placement.services import audit
from placement.services.attendance import refuse_closed
from placement.services.scope import Scope

LONGEST_WORDS = 4000


@dataclass(frozen=True)
class FeedbackFacts:
    """How a day went, from 5 (very well) to 1; whether to host again, and the rest, where it was said."""

    went: int
    words: str = ""
    again: str | None = None
    call_me: bool = False


def save_feedback_as_partner(
    scope: Scope, partner_id: int, slot_id: int, facts: FeedbackFacts, *, seen: int, now: datetime
) -> bool:
    """Keep what the partner says of a day of its own; False where that was kept already.

    `seen` is the version that the page showed, 0 for none.

    Raises
    ------
    FeedbackChanged
        It was saved on another page in the meantime; nothing is saved.

    """
    slot = scope.slot_of(scope.partner(partner_id), slot_id)
    return _save(scope, slot, None, facts, seen=seen, now=now)


def save_feedback_as_leader(
    scope: Scope, leader_id: int, placement_id: int, facts: FeedbackFacts, *, seen: int, now: datetime
) -> bool:
    """Keep what a leader says of their own day, as `save_feedback_as_partner` does."""
    leader = scope.leader(leader_id)
    slot, stands = own_placement(scope.session, leader, placement_id)
    if not stands:
        raise DayNotHeld
    return _save(scope, slot, leader, facts, seen=seen, now=now)


def own_placement(session: Session, leader: Leader, placement_id: int) -> tuple[Slot, bool]:
    """The day of a placement of `leader`, and whether the placement stands."""
    row = session.execute(
        select(Slot, Placement.status)
        .join(Placement, Placement.slot_id == Slot.id)
        .where(Placement.id == placement_id, Placement.leader_id == leader.id)
    ).one_or_none()
    if row is None:
        raise NotFound(thing="day")
    slot, status = row
    return slot, status == "confirmed" and slot.status == "open"


def _save(
    scope: Scope, slot: Slot, leader: Leader | None, facts: FeedbackFacts, *, seen: int, now: datetime
) -> bool:
    if facts.went not in WENT_WORDS or facts.again not in {None, *HOST_AGAIN}:
        raise FeedbackUnusable
    session = scope.session
    shared = select(Cohort).where(Cohort.id == slot.cohort_id).with_for_update(read=True, of=Cohort)
    refuse_closed(slot, session.scalars(shared.execution_options(populate_existing=True)).one(), now=now)
    session.refresh(slot, with_for_update={"key_share": True, "of": Slot})
    values = {
        "went": facts.went,
        "words": clean_text(facts.words)[:LONGEST_WORDS],
        "again": facts.again,
        "call_me": facts.call_me,
    }
    row = session.scalars(
        select(Feedback)
        .where(Feedback.slot_id == slot.id, Feedback.leader_id == (leader.id if leader else None))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is not None and all(getattr(row, name) == value for name, value in values.items()):
        return False
    if seen != (row.version if row else 0):
        raise FeedbackChanged
    if row is None:
        row = Feedback(cohort_id=slot.cohort_id, slot_id=slot.id, leader_id=leader.id if leader else None)
        session.add(row)
        row.version = 0
    row.version += 1
    row.saved_at = now
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()
    audit.record(
        scope,
        "save_feedback",
        f"slot:{slot.id}",
        at=now,
        cohort_id=slot.cohort_id,
        leader_id=leader.id if leader else None,
        went=facts.went,
    )
    return True
