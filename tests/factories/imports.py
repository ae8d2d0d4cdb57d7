"""Imports, as the list of them has them."""

from typing import Any

from sqlalchemy.orm import Session

from placement.models import Cohort, ImportBatch, ImportRow, Leader
from tests.factories.clock import NOON


def make_import(session: Session, *, cohort: Cohort, **facts: Any) -> ImportBatch:
    """An import by a command, of which nothing is left to undo."""
    batch = ImportBatch(
        **({"cohort_id": cohort.id, "imported_at": NOON, "counts": {"leaders_added": 1}} | facts)
    )
    session.add(batch)
    session.flush()
    return batch


def make_import_row(session: Session, *, leader: Leader, **facts: Any) -> ImportRow:
    """That an import added `leader`."""
    batch = make_import(session, cohort=leader.cohort)
    own = {"batch_id": batch.id, "leader_id": leader.id, "thing": "leader", "row_id": leader.id}
    row = ImportRow(**(own | {"added": True, "sealed": b"sealed"} | facts))
    session.add(row)
    session.flush()
    return row
