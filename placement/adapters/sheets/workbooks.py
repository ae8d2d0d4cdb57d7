"""Workbooks: .xlsx and .ods files, sheet by sheet.

The old binary .xls is refused: nothing that reads it can be trusted with a damaged or hostile file.
"""

import io
import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from placement.adapters.sheets.archive import protected, repack, unpack
from placement.adapters.sheets.limits import MOST_CELLS, refuse_reach
from placement.adapters.sheets.scan import Place, Scan, attributes_of, scan_ods, scan_xlsx_sheet
from placement.domain.errors import SheetUnreadable
from placement.domain.sheets.tables import Cell, RawRow, Unreadable

ZIP_START = b"PK\x03\x04"
OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_XLSX_PART = "xl/workbook.xml"

_MERGED = Unreadable("is merged with the cell beside it", "Undo the merging and fill in each cell")


@dataclass
class Workbook:
    """An opened workbook. `names` are its visible sheets, in order; `scans` those of an .ods by sheet."""

    file: str
    names: tuple[str, ...]
    calamine: CalamineWorkbook
    parts: dict[str, bytes] = field(default_factory=dict)
    scans: dict[str, Scan] = field(default_factory=dict)

    def rows(self, name: str) -> Iterator[RawRow]:
        """The rows of the sheet called `name`, numbered as the spreadsheet shows them."""
        scan = self._scan(name)
        refuse_reach(self.file, rows=scan.last_row + 1, columns=scan.last_column + 1)
        filled = _spread_merged(_grid(self, name), scan.merged, scan.cells, self.file)
        for number, cells in enumerate(filled):
            if any(cell is not None for cell in cells):
                yield RawRow(number + 1, tuple(cells))

    def _scan(self, name: str) -> Scan:
        if _XLSX_PART in self.parts:
            return scan_xlsx_sheet(self._part(name), file=self.file)
        return self.scans[name]

    def _part(self, name: str) -> bytes:
        relations = self.parts.get("xl/_rels/workbook.xml.rels", b"")
        sheets = attributes_of(self.parts[_XLSX_PART], "sheet", file=self.file)
        key = next((sheet.get("id", "") for sheet in sheets if sheet.get("name") == name), "")
        for relation in attributes_of(relations, "Relationship", file=self.file):
            if relation.get("Id") == key:
                target = posixpath.normpath(posixpath.join("/xl", relation.get("Target", "")))
                return self.parts.get(target.lstrip("/"), b"")
        return b""


def is_workbook(data: bytes) -> bool:
    """Whether `data` begins like a workbook rather than like text."""
    return data.startswith((ZIP_START, OLE_START))


def open_workbook(data: bytes, *, file: str) -> Workbook:
    """Open a workbook of any kind; its first bytes say which."""
    if data.startswith(OLE_START):
        raise SheetUnreadable(
            file=file,
            problem="the file is in the old Excel format (.xls) or protected by a password",
            remedy="Open it, save it as .xlsx without a password, and import that",
        )
    parts = unpack(data, file=file)
    if _XLSX_PART in parts:
        return _opened(repack(parts), parts, {}, file)
    if "content.xml" not in parts:
        raise SheetUnreadable(
            file=file, problem="the file is not a spreadsheet", remedy="Save the sheet as .xlsx, .ods or .csv"
        )
    scans = scan_ods(parts["content.xml"], file=file)
    for scan in scans.values():
        # Before opening, because opening reads all sheets at once.
        refuse_reach(file, rows=scan.last_row + 1, columns=scan.last_column + 1)
    return _opened(repack(parts), parts, scans, file)


def _opened(data: bytes, parts: dict[str, bytes], scans: dict[str, Scan], file: str) -> Workbook:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = tuple(
            sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible
        )
    except PasswordError as error:
        raise protected(file) from error
    except CalamineError as error:
        raise _damaged(file) from error
    return Workbook(file, names, workbook, parts, scans)


def _grid(workbook: Workbook, name: str) -> list[list[Cell]]:
    try:
        rows = workbook.calamine.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise _damaged(workbook.file) from error
    return [[None if cell == "" else cell for cell in row] for row in rows]


def _spread_merged(
    grid: list[list[Cell]], merged: Sequence[tuple[Place, Place]], marked: dict[Place, Unreadable], file: str
) -> list[list[Cell]]:
    """`grid` with marks put in, and with merged cells filled downwards.

    Cells merged downwards share one value. Of cells merged sideways only the first can be meant; the others
    are marked.
    """
    _fit(grid, marked)
    for (row, column), mark in marked.items():
        grid[row][column] = mark
    left = MOST_CELLS
    for (top, first), (bottom, last) in merged:
        if top >= len(grid) or first >= len(grid[top]) or grid[top][first] is None:
            continue
        rows = range(top, min(bottom, len(grid) - 1) + 1)
        columns = range(first, min(last, len(grid[top]) - 1) + 1)
        left -= len(rows) * len(columns)
        if left < 0:  # merged cells never overlap in a sheet that a spreadsheet program wrote
            raise _damaged(file)
        for row in rows:
            grid[row][first] = grid[top][first]
            for column in columns[1:]:
                grid[row][column] = _MERGED
    return grid


def _fit(grid: list[list[Cell]], marked: dict[Place, Unreadable]) -> None:
    """Make `grid` reach to every marked cell: one without a value may stand outside it."""
    height = max([len(grid), *(row + 1 for row, _ in marked)])
    width = max([len(grid[0]) if grid else 0, *(column + 1 for _, column in marked)])
    for row in grid:
        row.extend([None] * (width - len(row)))
    grid.extend([None] * width for _ in range(height - len(grid)))


def _damaged(file: str) -> SheetUnreadable:
    return SheetUnreadable(
        file=file, problem="the file is damaged", remedy="Open it, save it again, and import that"
    )
