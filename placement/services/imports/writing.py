"""Writing many rows at once, and naming the row of the sheet when the database refuses one."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import insert, select, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.dml import Insert, Update

from placement.db import Base
from placement.domain.errors import ImportRefused
from placement.domain.sheets.faults import Fault
from placement.domain.sheets.rows import CohortSheets
from placement.domain.sheets.tables import Kind

Ids = dict[str, int]
"""Ids of rows by what they are known by."""

MOST_AT_ONCE = 5_000  # databases limit the parameters of one statement

_LIMITS = {
    "taken_within_capacity": ("capacity", "more people are confirmed than fit", "Raise the capacity"),
    "minimum_within_capacity": ("minimum", "the minimum is more than the capacity", "Lower the minimum"),
    "wanted_capacity_between": ("minimum", "the minimum is more than the capacity", "Lower the minimum"),
    "one_slot_per_start": ("start", "the opportunity has another slot at that start", "Correct the start"),
    "no_overlap": ("start", "somebody confirmed would have two places at once", "Put the old hours back"),
}


class Line(NamedTuple):
    """What is written of one row of a sheet: column values, and the row it comes from."""

    row: int
    values: dict[str, Any]


@dataclass(frozen=True)
class Writing:
    """One import while it is written."""

    session: Session
    sheets: CohortSheets
    cohort_id: int

    def insert(self, kind: Kind, model: type[Base], lines: Sequence[Line]) -> None:
        """Add rows of this cohort; a row that the database refuses becomes a fault of its line."""
        own = [Line(row, {"cohort_id": self.cohort_id, **values}) for row, values in lines]
        self._write(kind, insert(model), own)

    def update(self, kind: Kind, model: type[Base], lines: Sequence[Line]) -> None:
        """Change rows by their `id`; a row that the database refuses becomes a fault of its line."""
        self._write(kind, update(model), lines)

    def ids(self, model: Any, column: InstrumentedAttribute[str]) -> Ids:
        """The ids of all rows of this cohort by `column`."""
        rows = self.session.execute(select(column, model.id).where(model.cohort_id == self.cohort_id))
        return {row[0]: row[1] for row in rows}

    def _write(self, kind: Kind, statement: Insert | Update, lines: Sequence[Line]) -> None:
        if not lines:
            return
        try:
            with self.session.begin_nested():
                self.session.execute(statement, [line.values for line in lines])
        except (IntegrityError, DataError) as error:
            faults = [fault for line in lines if (fault := self._refusal(kind, statement, line))]
            raise refused(faults or [self._fault(kind, 0, error)]) from error

    def _refusal(self, kind: Kind, statement: Insert | Update, line: Line) -> Fault | None:
        try:
            with self.session.begin_nested():
                self.session.execute(statement, [line.values])
        except (IntegrityError, DataError) as error:
            return self._fault(kind, line.row, error)
        return None

    def _fault(self, kind: Kind, row: int, error: IntegrityError | DataError) -> Fault:
        told = str(error.orig)
        for limit, (column, problem, remedy) in _LIMITS.items():
            if limit in told:
                return self.sheets.fault(kind, row, column, problem, remedy)
        problem = "the row does not fit what is stored; somebody may have changed it just now"
        return self.sheets.fault(kind, row, "", problem, "Import again; the faults are then told in full")


def refused(faults: Collection[Fault]) -> ImportRefused:
    """The refusal of an import for `faults`."""
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    return ImportRefused(count=count, faults=tuple(faults))


def in_groups(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """`values` in groups small enough for one statement."""
    for start in range(0, len(values), MOST_AT_ONCE):
        yield values[start : start + MOST_AT_ONCE]
