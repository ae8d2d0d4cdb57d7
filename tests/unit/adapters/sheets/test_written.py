"""Workbooks to download: read back by another library, without formulas, whatever the cells say."""

import io
import zipfile
from typing import Any

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from placement.adapters.sheets.to_write import WrittenSheet
from placement.adapters.sheets.written import written_workbook


def read(octets: bytes) -> dict[str, Any]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(octets))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_sheets_come_back_as_they_were_written() -> None:
    sheets = [
        WrittenSheet("People", ("Name", "Days"), [("Ada Wïnter", 2), ("", 0)]),
        WrittenSheet("Hours", ("Theme", "Hours"), [("Food", 22.5)]),
    ]
    assert read(written_workbook(sheets)) == {
        "People": [["Name", "Days"], ["Ada Wïnter", 2], ["", 0]],
        "Hours": [["Theme", "Hours"], ["Food", 22.5]],
    }


@pytest.mark.parametrize("text", ["=1+1", "+44 1632", "-2", "@SUM(A1)", "＝1", "\t=3", '=HYPERLINK("x")'])
def test_no_cell_is_a_formula(text: str) -> None:
    octets = written_workbook([WrittenSheet("x", ("=A1",), [(text,)])])
    page = load_workbook(io.BytesIO(octets)).active
    assert page is not None
    assert {cell.data_type for row in page.iter_rows() for cell in row} <= {"s", "inlineStr"}
    assert all(str(cell.value).startswith("'") for row in page.iter_rows() for cell in row)
    with zipfile.ZipFile(io.BytesIO(octets)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_controls_and_endless_text_make_no_broken_file() -> None:
    octets = written_workbook([WrittenSheet("x", ("a",), [("one\x00\x1b\ufefftwo",), ("x" * 40_000,)])])
    rows = read(octets)["x"]
    assert rows[1] == ["onetwo"]
    assert len(str(rows[2][0])) == 32_767


@pytest.mark.parametrize(
    ("name", "kept"), [("By team: [all]?", "By team   all"), ("x" * 40, "x" * 31), ("", "Sheet")]
)
def test_a_name_that_no_sheet_may_have_is_made_to_fit(name: str, kept: str) -> None:
    assert list(read(written_workbook([WrittenSheet(name, ("a",), [])]))) == [kept]
