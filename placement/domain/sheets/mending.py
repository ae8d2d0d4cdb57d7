"""A sheet as it was sent, with one more column that says what to fix in each row."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from placement.domain.errors import CellUnreadable
from placement.domain.sheets.cells import lines_of
from placement.domain.sheets.faults import Fault
from placement.domain.sheets.headings import heading_row, plain
from placement.domain.sheets.tables import Cell, RawRow, RawSheet

HEADING = "What to fix"


def mended(sheet: RawSheet, faults: Iterable[Fault]) -> list[list[str]]:
    """The rows of `sheet` as text, in the places where the spreadsheet has them, with `HEADING` at the end.

    What stands under that heading from an earlier time is left out. What is wrong with the whole file stands
    beside the headings.
    """
    head = heading_row(sheet)
    told = _by_row(sheet, faults, head)
    old = _old_column(head)
    width = max((len(row.cells) for row in sheet.rows), default=0) - (old is not None)
    rows = {row.number: _texts(row.cells, old) for row in sheet.rows}
    last = max([*rows, *told], default=0)
    return [
        [*_padded(rows.get(number, ()), width), " ".join(told.get(number, ()))]
        for number in range(1, last + 1)
    ]


def _by_row(sheet: RawSheet, faults: Iterable[Fault], head: RawRow | None) -> dict[int, list[str]]:
    told: defaultdict[int, list[str]] = defaultdict(list)
    first = head.number if head else 1
    told[first].append(HEADING)
    for fault in faults:
        if fault.file == sheet.file:
            where = f"{fault.column}: " if fault.column else ""
            told[fault.row or first].append(f"{where}{fault.problem}. {fault.remedy}.")
    if len(told[first]) > 1:
        told[first][0] += ":"
    return told


def _old_column(head: RawRow | None) -> int | None:
    places = [] if head is None else [place for place, cell in enumerate(head.cells) if _is_ours(cell)]
    return places[-1] if places else None


def _is_ours(cell: Cell) -> bool:
    return isinstance(cell, str) and plain(cell).startswith(plain(HEADING))


def _texts(cells: Sequence[Cell], without: int | None) -> list[str]:
    return [_text(cell) for place, cell in enumerate(cells) if place != without]


def _text(cell: Cell) -> str:
    """What stands in a cell; one that holds a formula or an error comes back empty, and is told about."""
    if isinstance(cell, str):
        return cell.strip()
    try:
        return lines_of(cell)
    except CellUnreadable:
        return ""


def _padded(texts: Sequence[str], width: int) -> list[str]:
    return [*texts, *[""] * (width - len(texts))]
