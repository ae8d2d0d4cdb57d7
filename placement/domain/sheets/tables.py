"""Spreadsheets as they were found: rows of cells, not yet understood."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from placement.domain.sheets.faults import Fault, Note

MOST_ROWS = 10_000


class Kind(StrEnum):
    """The five sheets of a cohort, in the order in which they build on one another."""

    PARTNERS = "partners"
    OPPORTUNITIES = "opportunities"
    SLOTS = "slots"
    LEADERS = "leaders"
    PREFERENCES = "preferences"


@dataclass(frozen=True)
class Unreadable:
    """A cell whose value cannot be had; a fault only when the cell is in a column that is used."""

    problem: str
    remedy: str


Cell = str | int | float | date | time | timedelta | Unreadable | None
"""What a cell can hold; truth values are among `int`, and moments among `date`."""


class RawRow(NamedTuple):
    """One row, with its number as the spreadsheet shows it."""

    number: int
    cells: tuple[Cell, ...]

    @property
    def is_blank(self) -> bool:
        """Whether no cell of the row holds anything."""
        return all(is_blank(cell) for cell in self.cells)


@dataclass(frozen=True)
class RawSheet:
    """One sheet as it was found. `file` is the name that the coordinator knows it by."""

    kind: Kind
    file: str
    rows: tuple[RawRow, ...]


@dataclass(frozen=True)
class RawSheets:
    """The sheets of a cohort that could be read, and what was wrong with the others."""

    sheets: Mapping[Kind, RawSheet]
    faults: tuple[Fault, ...] = ()
    notes: tuple[Note, ...] = field(default=())


def is_blank(cell: Cell) -> bool:
    """Whether `cell` holds nothing, or nothing but white space."""
    return cell is None or (isinstance(cell, str) and not cell.strip())
