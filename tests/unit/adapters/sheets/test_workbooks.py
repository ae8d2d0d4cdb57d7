"""Workbooks: real cells, formulas, merged cells, and files made to do harm."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P

from placement.adapters.sheets.limits import MOST_BYTES_UNPACKED
from placement.adapters.sheets.workbooks import OLE_START, open_workbook
from placement.domain.errors import SheetUnreadable
from placement.domain.sheets.tables import Cell, RawRow, Unreadable
from tests.unit.adapters.sheets.files import ods_bytes, ods_cell, saved, with_part, xlsx_bytes

SHEET = "xl/worksheets/sheet1.xml"
ROWS: list[list[Cell]] = [
    ["ref", "date", "start", "capacity", "open"],
    ["S1", dt.date(2027, 2, 3), dt.time(9, 30), 8, True],
    ["", "", "", "", ""],
    ["S2", "3 Feb 27", "9.30am", 8.5, "x"],
]


def rows_of(data: bytes, name: str = "slots") -> list[RawRow]:
    return list(open_workbook(data, file="slots.xlsx").rows(name))


def document_of(*rows: TableRow) -> bytes:
    document = OpenDocumentSpreadsheet()
    table = Table(name="slots")
    document.spreadsheet.addElement(table)
    for row in rows:
        table.addElement(row)
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()


def line(*cells: TableCell, **more: str) -> TableRow:
    row = TableRow(**more)
    for cell in cells:
        row.addElement(cell)
    return row


@pytest.mark.parametrize(
    "data", [xlsx_bytes({"slots": ROWS}), ods_bytes({"slots": ROWS})], ids=["xlsx", "ods"]
)
def test_real_cells_keep_their_kind_and_rows_their_numbers(data: bytes) -> None:
    assert rows_of(data) == [
        RawRow(1, ("ref", "date", "start", "capacity", "open")),
        RawRow(2, ("S1", dt.date(2027, 2, 3), dt.time(9, 30), 8.0, True)),
        RawRow(4, ("S2", "3 Feb 27", "9.30am", 8.5, "x")),
    ]


def test_a_formula_without_a_stored_value_is_marked_in_its_cell() -> None:
    cell = rows_of(xlsx_bytes({"slots": [["ref", "capacity"], ["S1", "=2+2"]]}))[1].cells[1]
    assert isinstance(cell, Unreadable)
    assert "without a stored result" in cell.problem


def test_a_formula_with_a_stored_value_is_read_as_the_value() -> None:
    data = xlsx_bytes({"slots": [["ref", "capacity"], ["S1", "=2+2"]]})
    stored = with_part(
        data, SHEET, lambda part: part.replace(b"<v></v>", b"<v>4</v>").replace(b"<v />", b"<v>4</v>")
    )
    assert rows_of(stored)[1].cells == ("S1", 4.0)


def test_an_error_value_is_marked_in_its_cell() -> None:
    data = xlsx_bytes({"slots": [["ref", "capacity"], ["S1", 4]]})
    broken = with_part(
        data, SHEET, lambda part: part.replace(b't="n"><v>4</v>', b't="e"><f>1/0</f><v>#DIV/0!</v>')
    )
    cell = rows_of(broken)[1].cells[1]
    assert isinstance(cell, Unreadable)
    assert "#DIV/0!" in cell.problem


def test_an_ods_formula_is_read_by_its_value_and_marked_without_one_or_with_an_error() -> None:
    wrong = TableCell(valuetype="string", formula="of:=1/0", stringvalue="")
    wrong.setAttrNS(
        "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0", "value-type", "error"
    )
    wrong.addElement(P(text="#DIV/0!"))
    data = document_of(
        line(*(ods_cell(text) for text in ("ref", "capacity", "minimum", "about"))),
        line(ods_cell("S1"), ods_cell(4, formula="of:=2+2"), TableCell(formula="of:=1+1"), wrong),
    )
    cells = rows_of(data)[1].cells
    assert cells[:2] == ("S1", 4.0)
    assert [isinstance(cell, Unreadable) for cell in cells] == [False, False, True, True]


def test_cells_merged_downwards_share_their_value_and_sideways_do_not() -> None:
    book = openpyxl.Workbook()
    book.active.title = "slots"
    for row in (["ref", "partner", "title"], ["S1", "Food", "x"], ["S2", None, "y"], ["S3", None, None]):
        book.active.append(row)
    book.active.merge_cells("B2:B4")
    book.active.merge_cells("A4:A4")
    assert [row.cells[1] for row in rows_of(saved(book))] == ["partner", "Food", "Food", "Food"]
    book.active.unmerge_cells("B2:B4")
    book.active.merge_cells("B2:C2")
    assert isinstance(rows_of(saved(book))[1].cells[2], Unreadable)


def test_cells_merged_in_an_ods_share_their_value() -> None:
    data = document_of(
        line(ods_cell("ref"), ods_cell("partner")),
        line(ods_cell("S1"), ods_cell("Food", numberrowsspanned="2", numbercolumnsspanned="1")),
        line(ods_cell("S2"), CoveredTableCell()),
    )
    assert [row.cells for row in rows_of(data)] == [("ref", "partner"), ("S1", "Food"), ("S2", "Food")]


@pytest.mark.parametrize(
    "piece",
    [
        b'<row r="4294967295"><c><v>1</v></c></row>',
        b'<row r="2"><c r="A99999999999"><v>1</v></c></row>',
        b'<row r="2"><c r="a1048576"><v>1</v></c></row>',
        b'<mergeCell ref="A1:$B$2x"/>',
    ],
)
def test_a_place_that_no_spreadsheet_has_is_refused_before_memory_is_taken(piece: bytes) -> None:
    data = xlsx_bytes({"slots": [["ref"]]})
    with pytest.raises(SheetUnreadable, match="damaged"):
        rows_of(with_part(data, SHEET, lambda part: part.replace(b"</sheetData>", piece + b"</sheetData>")))


@pytest.mark.parametrize("count", ["99999999999", "-1", "x"])
def test_a_count_that_no_spreadsheet_has_is_refused_before_memory_is_taken(count: str) -> None:
    data = document_of(line(ods_cell("x", numbercolumnsrepeated="777777")))
    with pytest.raises(SheetUnreadable, match="damaged"):
        rows_of(with_part(data, "content.xml", lambda part: part.replace(b"777777", count.encode())))


def test_the_old_binary_format_is_refused_with_the_way_out() -> None:
    with pytest.raises(SheetUnreadable, match=r"save it as \.xlsx"):
        rows_of(OLE_START + b"\0" * 2_000)


def test_hidden_sheets_are_not_offered() -> None:
    book = openpyxl.Workbook()
    book.active.title = "slots"
    book.create_sheet("old").sheet_state = "hidden"
    assert open_workbook(saved(book), file="x.xlsx").names == ("slots",)


def test_a_thousand_empty_rows_and_formatted_cells_far_away_do_no_harm() -> None:
    book = openpyxl.Workbook()
    book.active.title = "slots"
    book.active.append(["ref"])
    book.active["XFD1048576"].font = openpyxl.styles.Font(bold=True)
    assert rows_of(saved(book)) == [RawRow(1, ("ref",))]
    data = document_of(line(ods_cell("ref")), line(TableCell(), numberrowsrepeated="1048000"))
    assert rows_of(data) == [RawRow(1, ("ref",))]


def test_a_filled_cell_far_away_is_refused_before_memory_is_taken() -> None:
    book = openpyxl.Workbook()
    book.active.title = "slots"
    book.active["A1"], book.active["XFD1048576"] = "ref", "x"
    with pytest.raises(SheetUnreadable, match="reaches to row 1,048,576 and column 16,384"):
        rows_of(saved(book))


def test_an_ods_that_repeats_a_filled_cell_without_end_is_refused() -> None:
    wide = ods_cell("x", numbercolumnsrepeated="16384")
    for data in (
        document_of(line(ods_cell("x"), numberrowsrepeated="1000000")),
        document_of(line(wide, numberrowsrepeated="999")),
        document_of(*(line(ods_cell("x", numbercolumnsrepeated="999999")) for _ in range(3))),
    ):
        with pytest.raises(SheetUnreadable, match="reaches to row"):
            rows_of(data)


def test_merged_cells_that_overlap_without_end_are_refused() -> None:
    data = xlsx_bytes({"slots": [["x"] * 400 for _ in range(400)]})
    merged = b"</sheetData><mergeCells>" + b'<mergeCell ref="A1:ZZ400"/>' * 50 + b"</mergeCells>"
    with pytest.raises(SheetUnreadable, match="damaged"):
        rows_of(with_part(data, SHEET, lambda part: part.replace(b"</sheetData>", merged)))


def test_a_merge_over_everything_is_cut_to_what_is_there() -> None:
    data = xlsx_bytes({"slots": [["ref"], ["S1"]]})
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:A1048576"/></mergeCells>'
    assert len(rows_of(with_part(data, SHEET, lambda part: part.replace(b"</sheetData>", merged)))) == 2


def test_a_zip_bomb_is_refused() -> None:
    bomb = with_part(xlsx_bytes({"slots": [["ref"]]}), SHEET, lambda _: b" " * (MOST_BYTES_UNPACKED + 1))
    assert len(bomb) < 1_000_000
    with pytest.raises(SheetUnreadable, match="unpacks to more than 60 MB"):
        rows_of(bomb)


def test_a_zip_bomb_that_lies_about_its_size_is_refused() -> None:
    bomb = with_part(xlsx_bytes({"slots": [["ref"]]}), SHEET, lambda _: b" " * 10_000_000)
    lie = bomb.replace((10_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lie != bomb
    with pytest.raises(SheetUnreadable, match="damaged"):
        rows_of(lie)


def test_a_thousand_parts_too_many_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(2_001):
            archive.writestr(f"{number}.xml", b"")
    with pytest.raises(SheetUnreadable, match="unpacks to more"):
        rows_of(out.getvalue())


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
def test_xml_entities_are_refused(part: str) -> None:
    doctype = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    data = xlsx_bytes({"slots": [["ref"]]})
    with pytest.raises(SheetUnreadable, match="declares XML entities"):
        rows_of(with_part(data, part, lambda content: doctype + (content.partition(b"?>")[2] or content)))


def test_entities_in_sixteen_bit_xml_are_refused() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>'
    data = with_part(xlsx_bytes({"slots": [["ref"]]}), SHEET, lambda _: text.encode("utf-16"))
    with pytest.raises(SheetUnreadable, match="declares XML entities"):
        rows_of(data)


def test_a_damaged_or_foreign_archive_is_refused() -> None:
    good = xlsx_bytes({"slots": ROWS})
    for data in (
        good[: len(good) // 2],
        b"PK\x03\x04" + b"junk" * 50,
        with_part(good, SHEET, lambda part: part[:99]),
    ):
        with pytest.raises(SheetUnreadable, match="damaged"):
            rows_of(data)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", b"<w/>")
    with pytest.raises(SheetUnreadable, match="not a spreadsheet"):
        rows_of(out.getvalue())


def test_a_file_with_a_password_is_refused_as_such() -> None:
    good = xlsx_bytes({"slots": ROWS})
    encrypted = bytearray(good)
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        place = 0
        while (place := encrypted.find(mark, place)) >= 0:
            encrypted[place + (6 if mark.endswith(b"\x04") else 8)] |= 1
            place += 4
    with pytest.raises(SheetUnreadable, match="password"):
        rows_of(bytes(encrypted))
