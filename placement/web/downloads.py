"""Lists as CSV files and workbooks that open in any spreadsheet program and start no formula there."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

from placement.adapters.sheets.to_write import WORKBOOK_TYPE, WrittenSheet
from placement.domain.sheets.faults import inert
from placement.domain.text import clean_text

Cell = str | int


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """A file to download; it starts with a byte-order mark, by which Excel knows that it is UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(head)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return Response(
        text.getvalue().encode("utf-8-sig"),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def workbook_file(name: str, sheets: Iterable[WrittenSheet]) -> Response:
    """An .xlsx file to download, one sheet after the other."""
    from placement.adapters.sheets.written import written_workbook  # imported late: it brings in numpy

    return Response(
        written_workbook(sheets),
        content_type=WORKBOOK_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
    )


def _safe(cell: Cell) -> str:
    """Numbers as they are; text without controls, and marked as text where it looks like a formula."""
    return inert(clean_text(cell)) if isinstance(cell, str) else str(cell)
