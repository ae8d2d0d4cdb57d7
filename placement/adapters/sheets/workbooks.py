"""Workbooks: .xlsx, .ods and .xls files, sheet by sheet."""

import io
import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from placement.adapters.sheets.archive import protected, repack, unpack
from placement.adapters.sheets.limits import MOST_CELLS, too_many_cells
from placement.adapters.sheets.scan import Place, Scan, attributes_of, scan_ods, scan_xlsx_sheet
from placement.domain.errors import SheetUnreadable
from placement.domain.sheets.tables import Cell, RawRow, Unreadable

ZIP_START = b"PK\x03\x04"
OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_MERGED = Unreadable("is merged with the cell beside it", "Undo the merging and fill in each cell")


@dataclass
class Workbook:
    """An opened workbook. `names` are its visible sheets, in order."""

    file: str
    names: tuple[str, ...]
    calamine: CalamineWorkbook
    parts: dict[str, bytes] = field(default_factory=dict)
    scans: dict[str, Scan] = field(default_factory=dict)

    def rows(self, name: str) -> Iterator[RawRow]:
        """The rows of the sheet called `name`, numbered as the spreadsheet shows them."""
        scan = self._scan(name)
        grid = _grid(self, name)
        merged = scan.merged if scan else _merged_in_xls(self, name)
        marked = dict(scan.cells) if scan else {}
        filled = _spread_merged(grid, merged, marked, self.file)
        for number, cells in enumerate(filled):
            if any(cell is not None for cell in cells):
                yield RawRow(number + 1, tuple(cells))

    def _scan(self, name: str) -> Scan | None:
        if "xl/workbook.xml" in self.parts:
            return _checked(scan_xlsx_sheet(self._part(name), file=self.file), self.file)
        return _checked(self.scans.get(name, Scan()), self.file) if self.parts else None

    def _part(self, name: str) -> bytes:
        relations = self.parts.get("xl/_rels/workbook.xml.rels", b"")
        sheets = attributes_of(self.parts["xl/workbook.xml"], "sheet", file=self.file)
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
        return _opened(data, {}, {}, file)
    parts = unpack(data, file=file)
    if "xl/workbook.xml" in parts:
        return _opened(repack(parts), parts, {}, file)
    if "content.xml" not in parts:
        raise SheetUnreadable(
            file=file, problem="the file is not a spreadsheet", remedy="Save the sheet as .xlsx, .ods or .csv"
        )
    scans = scan_ods(parts["content.xml"], file=file)
    for scan in scans.values():
        _checked(scan, file)  # before opening, because opening reads all sheets at once
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
        sheet = workbook.calamine.get_sheet_by_name(name)
        if sheet.total_height * sheet.total_width > MOST_CELLS:
            raise too_many_cells(workbook.file, sheet.total_height, sheet.total_width)
        rows = sheet.to_python(skip_empty_area=False)
    except CalamineError as error:
        raise _damaged(workbook.file) from error
    return [[None if cell == "" else cell for cell in row] for row in rows]


def _merged_in_xls(workbook: Workbook, name: str) -> list[tuple[Place, Place]]:
    try:
        return workbook.calamine.get_sheet_by_name(name).merged_cell_ranges or []
    except CalamineError as error:
        raise _damaged(workbook.file) from error


def _checked(scan: Scan, file: str) -> Scan:
    if (scan.last_row + 1) * (scan.last_column + 1) > MOST_CELLS:
        raise too_many_cells(file, scan.last_row + 1, scan.last_column + 1)
    return scan


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
        if left < 0:
            raise too_many_cells(file, len(grid), len(grid[top]))
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
