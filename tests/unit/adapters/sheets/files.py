"""Writing tables into the files that spreadsheet programs write."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence

import openpyxl
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from placement.domain.sheets.tables import Cell

Rows = Sequence[Sequence[Cell]]


def csv_bytes(rows: Rows, *, separator: str = ",", ending: str = "\r\n", encoding: str = "utf-8") -> bytes:
    """Rows as text with separators; everything but text is written as a spreadsheet shows it."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=ending).writerows(rows)
    return out.getvalue().encode(encoding)


def xlsx_bytes(sheets: Mapping[str, Rows]) -> bytes:
    """A workbook with one sheet for each name."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([None if cell == "" else cell for cell in row])
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """An archive with one part changed."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for each in before.namelist():
            content = before.read(each)
            after.writestr(each, change(content) if each == name else content)
    return out.getvalue()


def ods_bytes(sheets: Mapping[str, Rows]) -> bytes:
    """An OpenDocument spreadsheet with one sheet for each name."""
    document = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        table = Table(name=name)
        document.spreadsheet.addElement(table)
        for row in rows:
            line = TableRow()
            table.addElement(line)
            for cell in row:
                line.addElement(ods_cell(cell))
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()


def ods_cell(cell: Cell, **more: str) -> TableCell:
    """One cell with its value and how it is shown."""
    if cell is None or cell == "":
        return TableCell(**more)
    made = TableCell(**_ods_value(cell), **more)
    made.addElement(P(text=str(cell)))
    return made


def _ods_value(cell: Cell) -> dict[str, str]:
    if isinstance(cell, bool):
        return {"valuetype": "boolean", "booleanvalue": str(cell).lower()}
    if isinstance(cell, (int, float)):
        return {"valuetype": "float", "value": str(cell)}
    if isinstance(cell, dt.date):
        return {"valuetype": "date", "datevalue": cell.isoformat()}
    if isinstance(cell, dt.time):
        return {"valuetype": "time", "timevalue": f"PT{cell.hour:02}H{cell.minute:02}M00S"}
    return {"valuetype": "string"}
