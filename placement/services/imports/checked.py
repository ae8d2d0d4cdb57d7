"""Imports by page: first what the files would do, then just that, or nothing."""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import cast

from sqlalchemy import func, select

from placement.domain.errors import ImportRefused
from placement.domain.import_errors import ImportChangedMeanwhile, ImportGone
from placement.domain.sheets.differences import SECRET_COLUMNS, Changed
from placement.domain.sheets.faults import Fault
from placement.domain.sheets.rows import CohortSheets
from placement.models import MatchRun
from placement.services.imports.apply import apply_import
from placement.services.imports.batches import import_undoably
from placement.services.imports.plan import ImportPlan, plan_import
from placement.services.imports.uploads import forget_upload
from placement.services.imports.writing import refused
from placement.services.reports.set_up import CohortSetUp, cohort_set_up
from placement.services.scope import Scope


@dataclass(frozen=True)
class ImportCheck:
    """What importing some sheets would do; `seen` stands for it. `run_id` is a run not confirmed yet."""

    plan: ImportPlan
    seen: str
    set_up: CohortSetUp
    run_id: int | None


def check_import(scope: Scope, cohort_id: int, sheets: CohortSheets, *, now: datetime) -> ImportCheck:
    """Look what importing `sheets` would do, by doing it: the caller must roll back."""
    cohort = scope.cohort(cohort_id)
    plan = plan_import(scope, sheets, name=cohort.name)
    found = ImportCheck(
        plan,
        seen_of(plan),
        cohort_set_up(scope, cohort_id, now=now),
        _open_run(scope, cohort_id),
    )
    try:
        apply_import(scope, plan, now=now)
    except ImportRefused as error:
        faults = cast("tuple[Fault, ...]", error.facts["faults"])
        return replace(found, plan=replace(plan, faults=faults))
    return found


def _open_run(scope: Scope, cohort_id: int) -> int | None:
    """The newest run, where it may still be confirmed."""
    newest = select(func.max(MatchRun.id)).where(MatchRun.cohort_id == cohort_id).scalar_subquery()
    return scope.session.scalar(
        select(MatchRun.id).where(MatchRun.id == newest, MatchRun.status.in_(("queued", "solving", "solved")))
    )


def import_checked(
    scope: Scope, cohort_id: int, sheets: CohortSheets, *, seen: str, now: datetime
) -> ImportPlan:
    """Import `sheets`, which wait for the actor, if that still does what was `seen`; they wait no longer.

    Raises
    ------
    ImportGone
        The sheets were imported or deleted meanwhile.
    ImportChangedMeanwhile
        The import would do something else by now.

    """
    cohort = scope.cohort(cohort_id)
    if not forget_upload(scope, cohort.id):
        raise ImportGone
    plan = plan_import(scope, sheets, name=cohort.name)
    if seen_of(plan) != seen:
        raise ImportChangedMeanwhile
    if plan.faults:
        raise refused(plan.faults)
    import_undoably(scope, plan, now=now)
    return plan


def seen_of(plan: ImportPlan) -> str:
    """A word that stands for everything that `plan` would do."""
    said = [
        (
            str(kind),
            [(row.key, sorted(row.values.items(), key=str)) for row in comparison.added],
            [_said(change) for change in comparison.changed],
        )
        for kind, comparison in plan.comparisons.items()
    ]
    return sha256(repr((said, plan.faults)).encode()).hexdigest()


def _said(change: Changed) -> list[object]:
    """What changes in a row; of a stored access need only that it does."""
    return [
        (change.stored.id, column, change.wanted.values[column])
        if column in SECRET_COLUMNS
        else (change.stored.id, column, change.stored.values.get(column), change.wanted.values[column])
        for column in change.columns
    ]
