"""How much of a file is taken in, whatever it claims to hold."""

from collections.abc import Iterable, Sequence
from itertools import islice

from placement.domain.errors import SheetUnreadable
from placement.domain.sheets.headings import FURTHEST_HEADING
from placement.domain.sheets.tables import MOST_ROWS, Cell, RawRow, is_blank

MOST_BYTES = 5_000_000
MOST_BYTES_UNPACKED = 60_000_000
MOST_COLUMNS = 500
MOST_CELLS = 2_000_000
MOST_ROWS_DEEP = 100_000


def filled_rows(rows: Iterable[RawRow], *, file: str) -> tuple[RawRow, ...]:
    """The rows that hold something, without the blank cells at their ends.

    Reading ends soon after the last row that may be imported; `read_sheet` then says that there are more.
    """
    filled = (_trimmed(row, file) for row in rows)
    return tuple(islice((row for row in filled if row.cells), MOST_ROWS + FURTHEST_HEADING + 1))


def _trimmed(row: RawRow, file: str) -> RawRow:
    width = _width(row.cells)
    if width > MOST_COLUMNS:
        raise SheetUnreadable(
            file=file,
            row=row.number,
            problem=f"the row has {width:,} cells",
            remedy=f"Delete what stands far to the right: at most {MOST_COLUMNS} columns can be read",
        )
    return RawRow(row.number, row.cells[:width])


def _width(cells: Sequence[Cell]) -> int:
    return next((place for place in range(len(cells), 0, -1) if not is_blank(cells[place - 1])), 0)


def refuse_reach(file: str, *, rows: int, columns: int) -> None:
    """Refuse a sheet that reaches too far for its contents, as by one cell far away."""
    if rows <= MOST_ROWS_DEEP and rows * columns <= MOST_CELLS:
        return
    raise SheetUnreadable(
        file=file,
        problem=f"the sheet reaches to row {rows:,} and column {columns:,}",
        remedy="Delete what stands far below or far to the right, or copy the rows into a new file",
    )
