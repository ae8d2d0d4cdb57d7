"""CSV and its relatives, in the encodings and with the separators that people have."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement.adapters.sheets.delimited import SEPARATORS, read_delimited
from placement.domain.errors import SheetUnreadable
from placement.domain.sheets.tables import Kind, RawRow
from tests.unit.adapters.sheets.files import csv_bytes

HEADINGS = ["partner", "email", "about"]
ROWS = [HEADINGS, ["Café Zoë", "cafe@zoe.example", "Tea, cake; and a “chat” £2"]]


def rows_of(data: bytes) -> list[RawRow]:
    return list(read_delimited(data, file="partners.csv", kind=Kind.PARTNERS))


def cells_of(data: bytes) -> list[list[object]]:
    return [list(row.cells) for row in rows_of(data) if not row.is_blank]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
def test_text_is_read_whatever_its_encoding_separator_and_line_ends(
    encoding: str, separator: str, ending: str
) -> None:
    assert cells_of(csv_bytes(ROWS, separator=separator, ending=ending, encoding=encoding)) == ROWS


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
    ],
)
def test_rarer_encodings_are_recognised(mark: bytes, encoding: str) -> None:
    plain = [HEADINGS, ["Cafe", "cafe@zoe.example", "Tea"]]
    assert cells_of(mark + csv_bytes(plain, encoding=encoding)) == plain


def test_lines_in_windows_1252_are_read_beside_lines_in_utf_8() -> None:
    mixed = csv_bytes(ROWS[:1]) + csv_bytes(ROWS[1:], encoding="cp1252") + csv_bytes(ROWS[1:])
    assert cells_of(mixed) == [*ROWS, ROWS[1]]


def test_a_byte_that_stands_for_nothing_is_marked_in_its_cell() -> None:
    assert cells_of(b"partner,email\r\nAndr\x81,a@b.example")[1][0] == "Andr\ufffd"


def test_a_damaged_utf_16_file_is_refused() -> None:
    with pytest.raises(SheetUnreadable, match="damaged"):
        rows_of(codecs.BOM_UTF16_LE + b"a")


def test_the_first_line_may_name_the_separator_and_does_not_count() -> None:
    assert rows_of(b"sep=;\r\npartner;email\r\nA;b@c.example\r\n")[:2] == [
        RawRow(1, ("partner", "email")),
        RawRow(2, ("A", "b@c.example")),
    ]


def test_the_separator_is_told_by_the_headings_and_not_by_what_stands_in_quotation_marks() -> None:
    assert cells_of(b'"Partner, name";"E-mail"\r\n"A, B, C";x@y.example\r\n') == [
        ["Partner, name", "E-mail"],
        ["A, B, C", "x@y.example"],
    ]


def test_a_row_keeps_its_number_after_line_breaks_in_cells_and_empty_lines() -> None:
    data = b'partner,email,about\r\nA,a@b.example,"one\r\ntwo\nthree"\r\n\r\nB,b@b.example,\r\n'
    assert [row.number for row in rows_of(data) if not row.is_blank] == [1, 2, 4]


def test_an_open_quotation_mark_is_refused_with_its_row() -> None:
    with pytest.raises(SheetUnreadable, match="never closed") as refused:
        rows_of(b'partner,email\r\nA,a@b.example\r\n"B,b@b.example\r\nC,c@b.example\r\n')
    assert refused.value.facts["row"] == 3


def test_a_cell_without_an_end_is_refused_with_its_row() -> None:
    with pytest.raises(SheetUnreadable, match="more than 131,072 characters") as refused:
        rows_of(b"partner,email\r\n" + b"x" * 200_000 + b",a@b.example\r\n")
    assert refused.value.facts["row"] == 2


def test_nul_bytes_do_no_harm() -> None:
    assert cells_of(b"partner,email\r\nA\x00B,a@b.example\r\n")[1][0] == "A\x00B"


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Co"]), max_size=20)
CELLS = st.one_of(TEXT, st.sampled_from(["a,b", "a;b", 'say "hi"', "one\ntwo", " ", "ü"]))


@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=8),
    st.sampled_from(SEPARATORS),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_is_written_is_read_back_with_its_row_numbers(
    rows: list[tuple[str, str, str]], separator: str, ending: str, encoding: str
) -> None:
    written = [tuple(HEADINGS), *rows]
    read = rows_of(csv_bytes(written, separator=separator, ending=ending, encoding=encoding))
    assert [row.cells for row in read if row.cells][: len(written)] == written
    assert [row.number for row in read][: len(written)] == list(range(1, len(written) + 1))
