"""Imports, as the list of them has them."""

from typing import Any

from sqlalchemy.orm import Session

from placement.models import Cohort, ImportBatch
from tests.factories.clock import NOON


def make_import(session: Session, *, cohort: Cohort, **facts: Any) -> ImportBatch:
    """An import by a command, of which nothing is left to undo."""
    batch = ImportBatch(
        **({"cohort_id": cohort.id, "imported_at": NOON, "counts": {"leaders_added": 1}} | facts)
    )
    session.add(batch)
    session.flush()
    return batch
