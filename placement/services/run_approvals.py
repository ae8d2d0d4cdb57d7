"""Approval of a match run by a second person, in cohorts that ask for it."""

import json
from datetime import datetime
from typing import Literal

from placement.domain.fixing_errors import ApprovalMissing, ApprovalRefused
from placement.models import MatchRun
from placement.services import audit, run_input
from placement.services.cohorts import hold_cohort
from placement.services.scope import Scope

ApprovalState = Literal["", "yours", "others"]
"""Nobody is to approve a run; whoever looks can; somebody else has to."""
NO_LIST = "It has no list that could be confirmed."
OUTDATED = "The cohort has changed since it was made. Run the match again."
OWN = "You asked for it yourself, so somebody else has to approve it."


def approve_run(scope: Scope, cohort_id: int, run_id: int, *, now: datetime) -> bool:
    """Approve a run that somebody else asked for; False where somebody has already.

    Raises `ApprovalRefused` for a run of one's own, one without a list, and one that is out of date.
    """
    cohort = scope.cohort(cohort_id)
    hold_cohort(scope.session, cohort.id)
    run = scope.run_of(cohort, run_id)
    scope.session.refresh(run)
    if run.approved_at is not None:
        return False
    reason = why_not_approve(run, actor=scope.actor.label)
    if not reason and run_input.changes_since(scope.session, run, now=now):
        reason = OUTDATED
    if reason:
        raise ApprovalRefused(run_id=run.id, reason=reason)
    run.approved_by, run.approved_at = scope.actor.label, now
    audit.record(scope, "approve_run", f"match_run:{run.id}", at=now, cohort_id=cohort.id)
    return True


def why_not_approve(run: MatchRun, *, actor: str) -> str:
    """Why somebody cannot approve a run, whether it is out of date or not; empty where they can."""
    if run.status != "solved" or json.loads(run.result or "{}").get("status") == "infeasible":
        return NO_LIST
    return OWN if run.requested_by == actor else ""


def approval_state(run: MatchRun, *, actor: str) -> ApprovalState:
    """Who is still to approve a run; empty where nobody is."""
    if not run.cohort.second_approval or run.approved_at is not None:
        return ""
    reason = why_not_approve(run, actor=actor)
    return "" if reason == NO_LIST else ("others" if reason else "yours")


def refuse_unapproved(run: MatchRun) -> None:
    """Raise `ApprovalMissing` for a run that nobody has approved, in a cohort that asks for it.

    What was approved is what is confirmed: a run whose input changed cannot be confirmed at all.
    """
    if run.cohort.second_approval and run.approved_at is None:
        raise ApprovalMissing(run_id=run.id)
