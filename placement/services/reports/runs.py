"""What a match run found."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from placement.models import MatchRun
from placement.services import match_runs
from placement.services.kept import known_changes
from placement.services.scope import Scope


@dataclass(frozen=True)
class RunReport:
    """A run and its result; `solution` follows the contract of the matching engine, None before the end.

    `seat_given`: a repair that was asked to give somebody a seat.
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
        seat_given=bool(match_runs.given_in(run)),
    )


def changes_of(session: Session, run: MatchRun, *, now: datetime) -> tuple[str, ...]:
    """Why a solved run can no longer be confirmed, one sentence for each change; empty for any other run."""
    return known_changes(session, run, now=now) if run.status == "solved" else ()
