"""Whatever bytes come in, the answer is a list of faults and never anything else."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placement.adapters.sheets import read_files
from placement.domain.sheets.tables import Kind
from placement.domain.sheets.understand import understand
from tests.unit.adapters.sheets.files import csv_bytes, ods_bytes, with_part, xlsx_bytes
from tests.unit.domain.sheets.samples import CENTRES, grid, small_cohort

LEADERS = grid(small_cohort()[Kind.LEADERS])
PLENTY = settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
XLSX, ODS = xlsx_bytes({"leaders": LEADERS}), ods_bytes({"leaders": LEADERS})

JUNK = st.binary(max_size=300)
TEXT_JUNK = st.text(st.sampled_from('",;\t\r\n\x00\ufeffñ=+-@azAZ01/:. €'), max_size=200)


def taken(name: str, data: bytes) -> None:
    """Read `data` as the leaders of an else empty cohort."""
    sheets = understand(read_files({name: data}), CENTRES)
    assert sheets.faults
    for fault in sheets.faults:
        assert fault.problem
        assert fault.remedy
        assert str(fault)


def bent(good: bytes, cuts: list[tuple[int, int, bytes]]) -> bytes:
    """`good` with pieces replaced."""
    bad = good
    for place, length, piece in cuts:
        start = place % (len(bad) + 1)
        bad = bad[:start] + piece + bad[start + length :]
    return bad


CUTS = st.lists(
    st.tuples(st.integers(0, 100_000), st.integers(0, 40), st.binary(max_size=40)), min_size=1, max_size=6
)
ENDINGS = ["csv", "tsv", "xlsx", "ods", "xls"]
STARTS = [
    b"",
    b"name,email\n",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
]


@PLENTY
@given(st.sampled_from(ENDINGS), st.sampled_from(STARTS), JUNK)
def test_random_bytes(ending: str, start: bytes, junk: bytes) -> None:
    taken(f"leaders.{ending}", start + junk)


@PLENTY
@given(TEXT_JUNK, st.sampled_from(["utf-8", "utf-16", "cp1252"]))
def test_random_text_below_good_headings(junk: str, encoding: str) -> None:
    head = "name,email,max_km,days,dbs,base_postcode\r\n"
    taken("leaders.csv", (head + junk).encode(encoding, "replace"))


@PLENTY
@given(CUTS)
def test_bent_csv(cuts: list[tuple[int, int, bytes]]) -> None:
    taken("leaders.csv", bent(csv_bytes(LEADERS), cuts))


@pytest.mark.parametrize("data", [XLSX, ODS], ids=["xlsx", "ods"])
@settings(PLENTY, max_examples=150)
@given(cuts=CUTS)
def test_bent_archives(data: bytes, cuts: list[tuple[int, int, bytes]]) -> None:
    taken("leaders.xlsx", bent(data, cuts))


XML_PIECES = [
    *(
        b"<c>",
        b"</c>",
        b"<f>1+1</f>",
        b"<v>999999</v>",
        b"<v>1e308</v>",
        b"&amp;",
        b"]]>",
        b"<table:table-cell/>",
    ),
    *(b't="d"', b't="s"', b's="999"', b'r="A1048576"', b'r="a1048576"', b'r="XFD1048576"', b'r="0"', b'r=""'),
    *(b'<row r="0">', b'<row r="4294967295">', b'<c r="B99"><v>9</v></c>', b'r="A99999999999"'),
    *(b'<mergeCell ref="A1:B2"/>', b'office:value-type="date"', b'office:date-value="x"'),
    *(b'table:number-rows-repeated="99999999"', b'table:number-columns-repeated="99999999999"'),
    b'table:number-columns-repeated="16384"',
]
XML_CUTS = st.lists(
    st.tuples(
        st.integers(0, 100_000), st.integers(0, 20), st.sampled_from(XML_PIECES) | st.binary(max_size=8)
    ),
    min_size=1,
    max_size=4,
)
PARTS = [(XLSX, "xl/worksheets/sheet1.xml"), (ODS, "content.xml")]


@pytest.mark.parametrize(("data", "part"), PARTS, ids=["xlsx", "ods"])
@PLENTY
@given(cuts=XML_CUTS)
def test_bent_sheets_in_whole_archives(data: bytes, part: str, cuts: list[tuple[int, int, bytes]]) -> None:
    taken("leaders.xlsx", with_part(data, part, lambda content: bent(content, cuts)))


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/styles.xml"])
@settings(PLENTY, max_examples=150)
@given(cuts=XML_CUTS)
def test_other_bent_parts_in_whole_archives(part: str, cuts: list[tuple[int, int, bytes]]) -> None:
    taken("leaders.xlsx", with_part(XLSX, part, lambda content: bent(content, cuts)))
