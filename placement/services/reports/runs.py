"""What a match run found."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from placement.domain.run_changes import Fixed, Pair
from placement.models import MatchRun
from placement.services import run_input
from placement.services.kept import known_changes
from placement.services.scope import Scope


@dataclass(frozen=True)
class RunReport:
    """A run and its result; `solution` follows the contract of the matching engine, None before the end.

    `seat_given`: a repair that was asked to give somebody a seat. `fixed`: why days were fixed before it was
    made. `kept`: the pairs of another run of which it kept as many as it could. Of a run in work,
    `stages_done` of `stages_all` steps are done, and `stage` is the one in work. `approval_missing`: a second
    person must approve it before it is confirmed.
    """

    id: int
    cohort_id: int
    cohort: str
    kind: str
    status: str
    objective: str
    seed: str
    requested_at: datetime
    finished_at: datetime | None
    confirmed_at: datetime | None
    versions: dict[str, str]
    solution: dict[str, Any] | None
    failure: str | None
    seat_given: bool = False
    fixed: tuple[Fixed, ...] = ("standing",)
    kept: tuple[Pair, ...] = ()
    requested_by: str = ""
    stage: str | None = None
    stages_done: int = 0
    stages_all: int = 0
    approved_by: str | None = None
    approved_at: datetime | None = None
    approval_missing: bool = False


def run_report(scope: Scope, run_id: int) -> RunReport:
    """One run of a cohort that the actor coordinates."""
    return report_of(scope.run(run_id))


def report_of(run: MatchRun) -> RunReport:
    """A run's row as values."""
    return RunReport(
        id=run.id,
        cohort_id=run.cohort_id,
        cohort=run.cohort.name,
        kind=run.kind,
        status=run.status,
        objective=run.objective,
        seed=run.seed,
        requested_at=run.requested_at,
        finished_at=run.finished_at,
        confirmed_at=run.confirmed_at,
        versions=run.versions or {},
        solution=json.loads(run.result) if run.result else None,
        failure=run.failure,
        seat_given=bool(run_input.given_in(run)),
        fixed=run_input.why_fixed(run),
        kept=tuple(run_input.keep_in(run)),
        requested_by=run.requested_by,
        stage=run.stage,
        stages_done=run.stages_done or 0,
        stages_all=run.stages_all or 0,
        approved_by=run.approved_by,
        approved_at=run.approved_at,
        approval_missing=run.cohort.second_approval and run.approved_at is None,
    )


def changes_of(session: Session, run: MatchRun, *, now: datetime) -> tuple[str, ...]:
    """Why a solved run can no longer be confirmed, one sentence for each change; empty for any other run."""
    return known_changes(session, run, now=now) if run.status == "solved" else ()
