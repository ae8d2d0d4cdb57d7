"""Importing so that it can be undone: what each row was before is kept for a month."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from placement.models import ImportBatch, ImportRow, User
from placement.services import access
from placement.services.imports.apply import apply_import
from placement.services.imports.plan import ImportPlan
from placement.services.imports.snapshots import State, as_text, differences, snapshot
from placement.services.imports.writing import in_groups
from placement.services.scope import Scope

UNDO_FOR = timedelta(days=30)


@dataclass(frozen=True)
class BatchLine:
    """One import in the list of imports; `left` are the rows of it that can still be put back."""

    id: int
    imported_at: datetime
    imported_by: str
    counts: dict[str, int]
    undone_at: datetime | None
    left: int


def import_undoably(scope: Scope, plan: ImportPlan, *, now: datetime) -> int:
    """Do what `apply_import` does, and keep what each row was before; the id of the cohort."""
    session = scope.session
    if plan.cohort_id is not None and plan.changes_nothing and not plan.faults:
        return plan.cohort_id
    before: State = {} if plan.cohort_id is None else snapshot(session, plan.cohort_id)
    cohort_id = apply_import(scope, plan, now=now)
    session.flush()
    batch = ImportBatch(
        cohort_id=cohort_id,
        imported_at=now,
        imported_by=scope.actor.user_id,
        counts={
            f"{kind}_{word}": number
            for kind, comparison in plan.comparisons.items()
            for word, number in (("added", len(comparison.added)), ("changed", len(comparison.changed)))
            if number
        },
    )
    session.add(batch)
    session.flush()
    rows = [
        {
            "batch_id": batch.id,
            "leader_id": each.leader_id,
            "thing": each.thing,
            "row_id": each.row_id,
            "added": each.before is None,
            "sealed": access.seal(session, as_text(each)),
        }
        for each in differences(before, snapshot(session, cohort_id))
    ]
    for group in in_groups(rows):
        session.execute(insert(ImportRow), list(group))
    return cohort_id


def list_imports(scope: Scope, cohort_id: int) -> list[BatchLine]:
    """The imports into a cohort, newest first."""
    cohort = scope.cohort(cohort_id)
    left = select(func.count()).where(ImportRow.batch_id == ImportBatch.id).scalar_subquery()
    rows = scope.session.execute(
        select(ImportBatch, User.name, left)
        .outerjoin(User, User.id == ImportBatch.imported_by)
        .where(ImportBatch.cohort_id == cohort.id)
        .order_by(ImportBatch.id.desc())
    )
    return [
        BatchLine(batch.id, batch.imported_at, name or "", batch.counts, batch.undone_at, number)
        for batch, name, number in rows
    ]


def imports_about(session: Session, leader_id: int) -> list[tuple[datetime, int]]:
    """When a leader was imported, and how many facts of before are kept of each time."""
    query = (
        select(ImportBatch.imported_at, func.count())
        .join(ImportRow, ImportRow.batch_id == ImportBatch.id)
        .where(ImportRow.leader_id == leader_id)
        .group_by(ImportBatch.id, ImportBatch.imported_at)
        .order_by(ImportBatch.id)
    )
    return [(at, number) for at, number in session.execute(query)]
