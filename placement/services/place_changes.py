"""Changing what one leader gets in a run that is not confirmed: a fixed place, and a new run near to the old.

The old run stays as it is. The new one gives as many days as can be given, then keeps as many places of the
old one as it can, and only then goes by its other steps.
"""

import json
from datetime import datetime

from sqlalchemy.orm import Session

from placement.domain.fixing_errors import ChangeRefused
from placement.domain.run_changes import Pair
from placement.models import MatchRun
from placement.services import run_input
from placement.services.fixing import move_place
from placement.services.match_runs import known_objective, request_run
from placement.services.repairs import gentle
from placement.services.scope import Scope

REPAIR = "This list belongs to a repair. Give the leader a seat on the page of the day instead."
UNSOLVED = "This run has no list that could be changed."
CONFIRMED = "This run is confirmed. Give the leader a seat on the page of the day instead."
OUTDATED = "The cohort has changed since this run was made. Run the match again, then change the new run."


def why_unchangeable(session: Session, run: MatchRun, *, now: datetime) -> str:
    """Why nobody's place in a run can be changed, as a sentence; empty where it can."""
    closed = why_closed(run)
    return closed or (OUTDATED if run_input.changes_since(session, run, now=now) else "")


def why_closed(run: MatchRun) -> str:
    """Why nobody's place in a run could be changed even if its cohort is as it was; empty where it could."""
    if run.kind != "match":
        return REPAIR
    if run.status == "confirmed":
        return CONFIRMED
    if run.status != "solved" or json.loads(run.result or "{}").get("status") == "infeasible":
        return UNSOLVED
    return ""


def pairs_in(run: MatchRun) -> list[Pair]:
    """The pairs that a solved run gives, by e-mail address and reference."""
    return [(pair["leader"], pair["slot"]) for pair in json.loads(run.result or "{}").get("assignments", ())]


def change_place(
    scope: Scope,
    cohort_id: int,
    run_id: int,
    leader_id: int,
    slot_id: int,
    *,
    reason: str,
    seconds: float,
    now: datetime,
) -> int:
    """Fix another place for a leader than a run gives, and queue a run that is near to it; returns its id.

    The lottery would draw everything anew, so the new run of one goes by the objective of repairs. Raises
    `ChangeRefused`, and as `keep_place` and `request_run` do.
    """
    cohort = scope.cohort(cohort_id)
    run = scope.run_of(cohort, run_id)
    refused = why_unchangeable(scope.session, run, now=now)
    if refused:
        raise ChangeRefused(reason=refused)
    step = move_place(scope, cohort.id, leader_id, slot_id, reason=reason, run_id=run.id, now=now)
    step.new_run_id = request_run(
        scope,
        cohort.id,
        seconds=seconds,
        now=now,
        objective=gentle(known_objective(run.objective)),
        seed=run.seed,
        keep=pairs_in(run),
    )
    scope.session.flush()
    return step.new_run_id
