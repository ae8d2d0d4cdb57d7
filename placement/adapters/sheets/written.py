"""Workbooks to download: .xlsx files whose cells are text or numbers, and never a formula."""

import io
import re
from collections.abc import Iterable

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from placement.adapters.sheets.to_write import WrittenCell, WrittenSheet
from placement.domain.sheets.faults import inert
from placement.domain.text import clean_text

LONGEST_NAME = 31
LONGEST_TEXT = 32_767  # characters that a cell of a spreadsheet takes
WIDTHS = (10, 60)
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")


def written_workbook(sheets: Iterable[WrittenSheet]) -> bytes:
    """The octets of an .xlsx file with these sheets, at least one, whose names differ."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        _write(book.create_sheet(_name(sheet.name)), sheet)
    octets = io.BytesIO()
    book.save(octets)
    return octets.getvalue()


def _write(page: WriteOnlyWorksheet, sheet: WrittenSheet) -> None:
    page.freeze_panes = "A2"
    for number, width in enumerate(_widths(sheet), start=1):
        page.column_dimensions[get_column_letter(number)].width = width
    page.append([_cell(page, text, bold=True) for text in sheet.head])
    for row in sheet.rows:
        page.append([_cell(page, value) for value in row])


def _cell(page: WriteOnlyWorksheet, value: WrittenCell, *, bold: bool = False) -> WriteOnlyCell:
    """A number as it is; text without controls, and marked as text where it looks like a formula."""
    if isinstance(value, str):
        cell = WriteOnlyCell(page, value=inert(clean_text(value))[:LONGEST_TEXT])
        cell.data_type = "s"  # whatever the library thinks that it looks like
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    else:
        cell = WriteOnlyCell(page, value=value)
    if bold:
        cell.font = Font(bold=True)
    return cell


def _widths(sheet: WrittenSheet) -> list[int]:
    least, most = WIDTHS
    columns = zip(sheet.head, *sheet.rows, strict=True)
    return [min(most, max(least, *(len(str(value)) + 2 for value in column))) for column in columns]


def _name(text: str) -> str:
    return _NOT_IN_NAMES.sub(" ", clean_text(text))[:LONGEST_NAME].strip() or "Sheet"
