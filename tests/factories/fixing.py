"""What a coordinator fixes, and notes on runs."""

from typing import Any

from sqlalchemy.orm import Session

from placement.models import FixedPair, FixingStep, Leader, MatchRun, RunNote, Slot
from tests.factories.clock import NOON


def make_fixed_pair(session: Session, *, leader: Leader, slot: Slot, **facts: Any) -> FixedPair:
    """A place that a leader is to keep."""
    keys = {
        "cohort_id": leader.cohort_id,
        "leader_id": leader.id,
        "slot_id": slot.id,
        "opportunity_id": slot.opportunity_id,
    }
    defaults = {"kind": "pin", "reason": "Agreed by phone", "made_by": "user:1", "made_at": NOON}
    pair = FixedPair(**(keys | defaults | facts))
    session.add(pair)
    session.flush()
    return pair


def make_fixing_step(session: Session, *, pair: FixedPair, **facts: Any) -> FixingStep:
    """The step that fixed a pair."""
    defaults = {"word": "keep", "added": [pair.id], "removed": [], "made_by": "user:1", "made_at": NOON}
    step = FixingStep(**(defaults | {"cohort_id": pair.cohort_id} | facts))
    session.add(step)
    session.flush()
    return step


def make_run_note(session: Session, *, run: MatchRun, **facts: Any) -> RunNote:
    """A note on a run."""
    defaults = {"text": "Ask the food bank for one more seat", "written_by": "user:1", "written_at": NOON}
    note = RunNote(**(defaults | {"cohort_id": run.cohort_id, "match_run_id": run.id} | facts))
    session.add(note)
    session.flush()
    return note
