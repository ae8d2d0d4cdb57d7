"""Match runs and what they propose."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from placement.models import Assignment, Cohort, Leader, MatchRun, Slot
from tests.factories.clock import NOON
from tests.factories.programmes import make_cohort

EMPTY_PROBLEM = json.dumps({"leaders": [], "slots": [], "rules": {}, "pins": []})
EMPTY_RESULT = json.dumps({"status": "optimal", "stages": [], "gap": 0.0, "seconds": 0.1})


def make_run(
    session: Session,
    *,
    cohort: Cohort | None = None,
    pairs: Iterable[tuple[Leader, Slot]] = (),
    **facts: Any,
) -> MatchRun:
    """A solved run that proposes `pairs`, each as a first choice."""
    cohort = cohort or make_cohort(session)
    defaults = {
        "status": "solved",
        "objective": "generous",
        "seed": cohort.seed,
        "frozen_input": EMPTY_PROBLEM,
        "input_digest": "0" * 64,
        "settings": {},
        "result": EMPTY_RESULT,
        "requested_by": "coordinator@programme.example",
        "requested_at": NOON,
        "finished_at": NOON,
    }
    run = MatchRun(**(defaults | {"cohort_id": cohort.id} | facts))
    session.add(run)
    session.flush()
    for leader, slot in pairs:
        make_assignment(session, run=run, leader=leader, slot=slot)
    return run


def make_assignment(
    session: Session, *, run: MatchRun, leader: Leader, slot: Slot, rank: int | None = 1, **facts: Any
) -> Assignment:
    """One pair that `run` proposes."""
    keys = {
        "cohort_id": run.cohort_id,
        "match_run_id": run.id,
        "leader_id": leader.id,
        "slot_id": slot.id,
    }
    assignment = Assignment(**(keys | {"rank": rank} | facts))
    session.add(assignment)
    session.flush()
    return assignment
