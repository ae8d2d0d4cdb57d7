"""Whole cohorts written as CSV, XLSX and ODS, and read back."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placement.adapters.sheets import read_files
from placement.domain.sheets.rows import CohortSheets
from placement.domain.sheets.tables import Cell, Kind
from placement.domain.sheets.understand import understand
from tests.unit.adapters.sheets.files import Rows, csv_bytes, ods_bytes, xlsx_bytes
from tests.unit.domain.sheets.samples import CENTRES, Table, Tables, grid, small_cohort, understood

Writer = Callable[[Rows], bytes]
WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12).map(lambda word: f"w {word}")
DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2030, 12, 31))
HOURS = st.integers(3, 20)


@st.composite
def cohorts(draw: st.DrawFn) -> Tables:
    """A cohort of any size and with any words, without faults."""
    offers = [f"OPP{number}" for number in range(draw(st.integers(1, 4)))]
    emails = [f"leader{number}@trust.example" for number in range(draw(st.integers(1, 5)))]
    blank = small_cohort()
    return {
        Kind.PARTNERS: [blank[Kind.PARTNERS][0] | {"about": draw(WORDS), "phone": "01632 960001"}],
        Kind.OPPORTUNITIES: [
            blank[Kind.OPPORTUNITIES][0]
            | {"ref": ref, "title": draw(WORDS), "step_free": draw(st.booleans())}
            for ref in offers
        ],
        Kind.SLOTS: [
            blank[Kind.SLOTS][0] | _slot(draw, number, offers) for number in range(draw(st.integers(1, 6)))
        ],
        Kind.LEADERS: [
            blank[Kind.LEADERS][1]
            | {"email": email, "name": draw(WORDS), "days": draw(st.integers(1, 5)), "role": draw(WORDS)}
            for email in emails
        ],
        Kind.PREFERENCES: [
            blank[Kind.PREFERENCES][0]
            | {
                "email": email,
                "choice_1": draw(st.sampled_from(offers)),
                "choice_2": "",
                "cannot_do": " ".join(day.isoformat() for day in draw(st.lists(DAYS, max_size=3))),
            }
            for email in draw(st.lists(st.sampled_from(emails), unique=True, min_size=1))
        ],
    }


def _slot(draw: st.DrawFn, number: int, offers: list[str]) -> dict[str, Cell]:
    start = draw(HOURS)
    return {
        "slot": f"S{number}",
        "opportunity": draw(st.sampled_from(offers)),
        "date": dt.date(2027, 1, 1) + dt.timedelta(weeks=number),
        "start": dt.time(start, 30),
        "end": dt.time(start + draw(st.integers(1, 3)), 0 if start < 19 else 45),
        "capacity": draw(st.integers(2, 9)),
    }


WRITERS: dict[str, Writer] = {
    "csv": csv_bytes,
    "xlsx": lambda rows: xlsx_bytes({"Sheet1": rows}),
    "ods": lambda rows: ods_bytes({"Sheet1": rows}),
}


def read_back(tables: Tables, ending: str) -> CohortSheets:
    files = {f"{kind}.{ending}": WRITERS[ending](grid(table)) for kind, table in tables.items()}
    return understand(read_files(files), CENTRES)


@pytest.mark.parametrize("ending", WRITERS)
@settings(max_examples=30, deadline=None)
@given(tables=cohorts())
def test_a_cohort_is_the_same_in_every_kind_of_file(ending: str, tables: Tables) -> None:
    plain, read = understood(tables), read_back(tables, ending)
    assert not read.faults
    for kind in Kind:
        assert getattr(read, kind) == getattr(plain, kind), kind


@pytest.mark.parametrize("ending", WRITERS)
def test_the_small_cohort_is_the_same_in_every_kind_of_file(ending: str) -> None:
    plain, read = understood(small_cohort()), read_back(small_cohort(), ending)
    for kind in Kind:
        assert getattr(read, kind) == getattr(plain, kind), kind
    assert read.files[Kind.SLOTS] == f"slots.{ending}"


@pytest.mark.parametrize("ending", WRITERS)
def test_a_fault_has_the_same_row_and_column_in_every_kind_of_file(ending: str) -> None:
    tables = small_cohort()
    tables[Kind.LEADERS].insert(1, {})
    tables[Kind.LEADERS][2]["max_km"] = "far"
    faults = read_back(tables, ending).faults
    assert [fault[:3] for fault in faults] == [(f"leaders.{ending}", 4, "max_km")]


MESSY_HEADINGS = {
    Kind.PARTNERS: [
        "Charity name",
        "Theme ",
        "Main contact",
        "Contact e-mail",
        "Tel",
        "Web site",
        "About us",
    ],
    Kind.OPPORTUNITIES: [
        *("Reference", "Charity", "Activity", "DBS check required", "Step-free?", "Women only", "Venue"),
        *("Post code", "Latitude", "Longitude"),
    ],
    Kind.SLOTS: ["Slot ref", "Opp", "Day", "Start time", "FINISH", "Places", "Min"],
    Kind.PREFERENCES: ["E-mail address", "1st choice", "2nd choice", "Unavailable", "If needed", "Timestamp"],
}


def messy(kind: Kind, table: Table) -> list[list[Cell]]:
    """`table` as somebody in a hurry keeps it: other headings, blank rows, spaces, other dates and times."""
    rows = grid(table)
    rows[0] = list(MESSY_HEADINGS.get(kind, rows[0]))
    for row in rows[1:]:
        row[:] = [messy_cell(str(cell)) for cell in row]
    return [[*row, ""] for row in (rows[0], *(each for row in rows[1:] for each in (row, [""] * len(row))))]


def messy_cell(text: str) -> str:
    """The same said otherwise."""
    if found := re.fullmatch(r"2027-(\d\d)-(\d\d)", text):
        return f" {int(found[2])}/{int(found[1])}/27"
    if " 2027-" in text:
        return text.replace(" ", ";\n")
    if re.fullmatch(r"\d\d:\d\d", text):
        return text.replace(":", ".")
    return f"{text.upper() if '@' in text else text}\u00a0 "


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_cohort_kept_messily_is_the_same_cohort(separator: str) -> None:
    files = {
        f"{kind.upper()}.Csv": csv_bytes(messy(kind, table), separator=separator, encoding="cp1252")
        for kind, table in small_cohort().items()
    }
    plain, read = understood(small_cohort()), understand(read_files(files), CENTRES)
    assert not read.faults
    for kind in Kind:
        assert getattr(read, kind) == getattr(plain, kind), kind
