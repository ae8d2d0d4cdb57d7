"""Confirming a run: proposals become placements, invites and owed mail, all at once or not at all."""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import CursorResult, update

from placement.domain.errors import RunInfeasible, RunNotSolved, RunOutOfDate
from placement.domain.run_changes import in_one_line
from placement.domain.sender import Sender
from placement.models import MatchRun
from placement.services import audit, invites, partner_news, placements, repairs, run_approvals, run_input
from placement.services.cohorts import hold_cohort
from placement.services.scope import Scope


@dataclass(frozen=True)
class Confirmation:
    """What a confirmation did: how many placements it made, and whether it had been done before.

    A repair also ends some (`ended`) and leaves others as they were (`kept`). `partners` says how many of
    those are told who is coming.
    """

    made: int
    before: bool = False
    ended: int = 0
    kept: int = 0
    partners: int = 0


def confirm_run(scope: Scope, run_id: int, *, sender: Sender, now: datetime) -> Confirmation:
    """Turn a solved run into placements and owe an invite to each leader who has a new one.

    A repair ends those that it does not keep, and owes their leaders a cancellation. Partners for whom
    something is new are told who is coming. Confirming again does nothing. Raises `RunNotSolved`,
    `RunInfeasible`, `ApprovalMissing`, or `RunOutOfDate` (whose text lists the differences) when the cohort
    is no longer what the run was made from.
    """
    session, run = scope.session, scope.run(run_id)
    hold_cohort(session, run.cohort_id)
    session.refresh(run)
    if run.status == "confirmed":
        return Confirmation(0, before=True)
    _refuse_unsolved(run)
    run_approvals.refuse_unapproved(run)
    if not _claim(scope, run, now=now):
        changes = run_input.changes_since(session, run, now=now)
        raise RunOutOfDate(run_id=run_id, changes=in_one_line(changes))
    done = _carry_out(scope, run, sender=sender, now=now)
    told = partner_news.owe(session, run.cohort_id, sender=sender, now=now)
    ended = {"ended": done.ended} if done.ended else {}
    audit.record(
        scope,
        "confirm_run",
        f"match_run:{run_id}",
        at=now,
        cohort_id=run.cohort_id,
        placements=done.made,
        **ended,
    )
    return replace(done, partners=len(told))


def _carry_out(scope: Scope, run: MatchRun, *, sender: Sender, now: datetime) -> Confirmation:
    """Make the run's assignments true; one that is no repair only adds to what stands."""
    if run.kind != "match":
        repaired = repairs.carry_out(scope.session, run, sender=sender, now=now)
        return Confirmation(repaired.made, ended=repaired.ended, kept=repaired.kept)
    made = placements.open_placements(scope.session, run, now=now)
    invites.issue(scope.session, made, sender=sender, now=now)
    return Confirmation(len(made))


def _refuse_unsolved(run: MatchRun) -> None:
    if run.status != "solved" or run.result is None:
        raise RunNotSolved(run_id=run.id, status=run.status)
    if json.loads(run.result)["status"] == "infeasible":
        raise RunInfeasible(run_id=run.id)


def _claim(scope: Scope, run: MatchRun, *, now: datetime) -> bool:
    """Mark the run confirmed, if it is still solved and the cohort is still what it was made from."""
    digest = run_input.digest_now(scope.session, run, now=now)
    done = scope.session.execute(
        update(MatchRun)
        .where(MatchRun.id == run.id, MatchRun.status == "solved", MatchRun.input_digest == digest)
        .values(status="confirmed", confirmed_at=now)
    )
    return isinstance(done, CursorResult) and done.rowcount == 1
