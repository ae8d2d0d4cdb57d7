"""Everything that is kept about one person: as tables of a page, and as files to take away."""

import json
from datetime import datetime

from flask import Response

from placement.services.reports.subject_sections import Cell, Kept, as_json
from placement.web.downloads import csv_file
from placement.web.presenters import moment

FILE_NAME = "my-data"
HEAD = ("Section", "Number", "What", "Kept")


def shown_sections(kept: Kept) -> list[tuple[str, tuple[str, ...], list[list[str]]]]:
    """Each section as a page shows it: its title, the heads of its columns, its cells in words."""
    return [
        (section.title, section.columns, [[cell_words(cell) for cell in row] for row in section.rows])
        for section in kept.sections
    ]


def json_file(kept: Kept, name: str = FILE_NAME) -> Response:
    """All of it as one JSON object, for another program."""
    return Response(
        json.dumps(as_json(kept), ensure_ascii=False, indent=2),
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.json"'},
    )


def table_file(kept: Kept, name: str = FILE_NAME) -> Response:
    """All of it as one table, a line for each thing that is kept."""
    rows = (
        (section.title, number, column, cell_words(cell))
        for section in kept.sections
        for number, row in enumerate(section.rows, start=1)
        for column, cell in zip(section.columns, row, strict=True)
    )
    return csv_file(name, HEAD, rows)


def cell_words(cell: Cell) -> str:
    """One cell in words; times as they are here."""
    if cell is None or cell == "":
        return "–"
    if isinstance(cell, bool):
        return "Yes" if cell else "No"
    return moment(cell) if isinstance(cell, datetime) else str(cell)
