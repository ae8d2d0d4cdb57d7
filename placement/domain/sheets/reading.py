"""From rows of cells to values: every cell is read, and every fault is kept with its place."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar, cast

from placement.domain.errors import CellUnreadable
from placement.domain.sheets import cells, dates
from placement.domain.sheets.faults import Fault, Note
from placement.domain.sheets.headings import COLUMNS, Column, Headings, find_headings, heading_row
from placement.domain.sheets.tables import MOST_ROWS, Cell, Kind, RawRow, RawSheet, is_blank

MOST_PLACES = 10_000
MOST_DAYS = 30

Reader = Callable[[Cell], object]
Value = TypeVar("Value")


@dataclass(frozen=True)
class Record:
    """The values of one row by column; `unread` names the columns whose cells held a fault."""

    row: int
    values: Mapping[str, object]
    unread: frozenset[str]

    def get(self, column: str, empty: Value) -> Value:
        """The value of `column`, which has the type of `empty`; `empty` where there is none."""
        value = self.values.get(column)
        return empty if value is None else cast("Value", value)

    def has(self, column: str) -> bool:
        """Whether the cell of `column` was read and holds something."""
        return self.values.get(column) not in (None, "")


@dataclass
class SheetReading:
    """One sheet while it is read: its records, faults and notes."""

    kind: Kind
    file: str
    headings: Headings | None = None
    records: list[Record] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def fault(self, row: int, column: str, problem: str, remedy: str) -> None:
        """Keep a fault of the cell in `column` of `row`."""
        shown = self.headings.shown.get(column, column) if self.headings else column
        self.faults.append(Fault(self.file, row, shown, problem, remedy))

    @property
    def is_whole(self) -> bool:
        """Whether the sheet could be read as far as its rows, so that others may be compared with it."""
        return self.headings is not None and not self.headings.missing and not self.headings.twice


def _text(most: int) -> Reader:
    return partial(cells.read_text, most=most)


_READERS: Mapping[str, Reader] = {
    "partner": _text(300),
    "theme": _text(200),
    "contact": _text(300),
    "email": cells.read_email,
    "phone": cells.read_phone,
    "website": _text(300),
    "about": partial(cells.read_lines, most=4000),
    "ref": cells.read_reference,
    "slot": cells.read_reference,
    "opportunity": cells.read_reference,
    "title": _text(300),
    "step_free": cells.read_yes_or_no,
    "women_only": cells.read_yes_or_no,
    "address": partial(cells.read_address, most=500),
    "postcode": cells.read_postcode,
    "base_postcode": cells.read_postcode,
    "lat": cells.read_number,
    "lon": cells.read_number,
    "date": dates.read_date,
    "start": dates.read_time,
    "end": dates.read_time,
    "capacity": partial(cells.read_whole_number, least=1, most=MOST_PLACES),
    "minimum": partial(cells.read_whole_number, least=0, most=MOST_PLACES),
    "name": _text(300),
    "first name": _text(150),
    "surname": _text(150),
    "organisation": _text(300),
    "sector": _text(200),
    "role": _text(300),
    "pay_band": _text(100),
    "gender": cells.read_gender,
    "access_needs": cells.read_access_needs,
    "travel": cells.read_travel,
    "max_km": cells.read_km,
    "days": partial(cells.read_whole_number, least=1, most=MOST_DAYS),
    "place_team": _text(300),
    "cannot_do": dates.read_dates,
    "if_need_be": dates.read_dates,
    "submitted_at": dates.read_moment,
}
_CHECK_READERS: Mapping[Kind, Reader] = {
    Kind.OPPORTUNITIES: cells.read_check_required,
    Kind.SLOTS: cells.read_check_required,
    Kind.LEADERS: cells.read_check_held,
}


def reader_of(kind: Kind, column: str) -> Reader:
    """How the cells of `column` in a `kind` sheet are read."""
    if column == "dbs":
        return _CHECK_READERS[kind]
    return cells.read_reference if column.startswith("choice_") else _READERS[column]


def read_sheet(sheet: RawSheet) -> SheetReading:
    """Find the headings of `sheet` and read each row below them that is not blank."""
    reading = SheetReading(sheet.kind, sheet.file)
    top = heading_row(sheet)
    if top is None:
        _note_empty(reading)
        return reading
    reading.headings = find_headings(sheet.kind, top)
    _look_at_headings(reading, reading.headings)
    rows = [row for row in sheet.rows if row.number > top.number and not row.is_blank]
    if len(rows) > MOST_ROWS:
        reading.fault(
            rows[MOST_ROWS].number,
            "",
            f"the sheet has more than {MOST_ROWS:,} rows",
            "Delete rows that are not needed, or split the cohort in two",
        )
        return reading
    if reading.is_whole:
        reading.records.extend(_read_row(reading, reading.headings, row) for row in rows)
    return reading


def _note_empty(reading: SheetReading) -> None:
    if reading.kind is Kind.PREFERENCES:
        reading.notes.append(Note(reading.file, "the sheet is empty, so no leader has answered yet"))
        return
    names = ", ".join(column.name for column in COLUMNS[reading.kind])
    reading.fault(1, "", "the sheet is empty", f"Put the headings in the first row: {names}")


def _look_at_headings(reading: SheetReading, headings: Headings) -> None:
    for column in headings.missing:
        reading.fault(headings.row, column.name, *_missing_heading(column))
    for name, texts in headings.twice:
        both = " and ".join(f"'{text}'" for text in texts)
        reading.fault(
            headings.row,
            texts[-1],
            f"{len(texts)} columns hold the same thing ({name}): {both}",
            "Keep one of them, or rename the others",
        )
    if headings.unknown:
        named = ", ".join(f"'{cells.shown(text)}'" for text in headings.unknown)
        reading.notes.append(Note(reading.file, f"columns that are not used: {named}", headings.row))


def _missing_heading(column: Column) -> tuple[str, str]:
    others = ", ".join(column.also)
    pair = "; or two columns, first name and surname" if column.name == "name" else ""
    return "this heading is missing", f"Add a column '{column.name}' (also understood: {others}{pair})"


def _read_row(reading: SheetReading, headings: Headings, row: RawRow) -> Record:
    values: dict[str, object] = {}
    unread: set[str] = set()
    for column, position in sorted(headings.position.items(), key=lambda pair: pair[1]):
        cell = row.cells[position] if position < len(row.cells) else None
        try:
            values[column] = None if is_blank(cell) else reader_of(reading.kind, column)(cell)
        except CellUnreadable as error:
            unread.add(column)
            reading.fault(row.number, column, str(error.facts["problem"]), str(error.facts["remedy"]))
    if any(not is_blank(cell) for cell in row.cells[headings.width :]):
        reading.fault(
            row.number,
            "",
            "has more cells than there are headings",
            "Put a text that holds the separator in quotation marks, or give each column a heading",
        )
    for column in _empty_but_needed(reading.kind, values):
        unread.add(column)
        reading.fault(row.number, column, "is empty", "Fill it in, or delete the row")
    return Record(row.number, values, frozenset(unread))


def _empty_but_needed(kind: Kind, values: Mapping[str, object]) -> Iterator[str]:
    for column in COLUMNS[kind]:
        if column.filled and column.name in values and values[column.name] in (None, ""):
            yield column.name
