"""Every fault that single rows can have, with its file, row and column; and what is taken without one."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from placement.domain.geo import Position
from placement.domain.sheets.tables import MOST_ROWS, Kind, RawSheets, Unreadable
from placement.domain.sheets.understand import understand
from tests.unit.domain.sheets.samples import (
    CENTRES,
    faults_of,
    grid,
    only_fault,
    raw_sheet,
    raw_sheets,
    small_cohort,
    spoilt,
    understood,
)


def test_a_whole_cohort_is_understood_without_a_fault() -> None:
    sheets = understood(small_cohort())
    assert (sheets.faults, sheets.notes) == ((), ())
    assert [len(rows) for rows in (sheets.partners, sheets.opportunities, sheets.slots)] == [2, 3, 4]
    assert sheets.leaders[0].access_needs == "Step-free access"
    assert sheets.leaders[2].max_km is None
    assert sheets.preferences[0].choices == ("OPP1", "OPP3")
    assert sheets.preferences[1].if_need_be == (date(2027, 3, 2), date(2027, 3, 9))
    assert sheets.preferences[1].submitted_at == datetime(2027, 1, 4, 9, tzinfo=UTC)


def test_hours_are_local_and_kept_in_utc() -> None:
    winter, *_, summer = understood(small_cohort()).slots
    assert winter.starts_at == datetime(2027, 3, 2, 9, 30, tzinfo=UTC)
    assert summer.starts_at == datetime(2027, 4, 6, 8, 30, tzinfo=UTC)


SINGLE_CELLS: list[tuple[Kind, str, Any, str]] = [
    (Kind.PARTNERS, "partner", "", "is empty"),
    (Kind.PARTNERS, "email", "", "is empty"),
    (Kind.PARTNERS, "email", "food@@bank.example", "more than one e-mail address"),
    (Kind.PARTNERS, "about", "x" * 4001, "only 4,000 fit"),
    (Kind.PARTNERS, "contact", "=B2", "formula"),
    (Kind.OPPORTUNITIES, "ref", "x" * 51, "only 50 fit"),
    (Kind.OPPORTUNITIES, "title", "", "is empty"),
    (Kind.OPPORTUNITIES, "partner", "Foot Bank", "is not in partners.csv"),
    (Kind.OPPORTUNITIES, "dbs", "yes", "which criminal-record check"),
    (Kind.OPPORTUNITIES, "step_free", "partly", "neither yes nor no"),
    (Kind.OPPORTUNITIES, "women_only", "maybe", "neither yes nor no"),
    (Kind.OPPORTUNITIES, "postcode", "M1 1A", "not a full postcode"),
    (Kind.OPPORTUNITIES, "postcode", "BT1 1AA", "the place of 'BT1 1AA' is not known"),
    (Kind.OPPORTUNITIES, "postcode", "", "nothing says where this is"),
    (Kind.OPPORTUNITIES, "lat", "fifty", "is not a number"),
    (Kind.SLOTS, "slot", "", "is empty"),
    (Kind.SLOTS, "opportunity", "OPP9", "is not in opportunities.csv"),
    (Kind.SLOTS, "date", "31/02/2027", "is not a date"),
    (Kind.SLOTS, "date", "Mon 2 March 2027", "is a Tuesday"),
    (Kind.SLOTS, "start", "25:00", "is not a time of day"),
    (Kind.SLOTS, "end", "", "is empty"),
    (Kind.SLOTS, "end", "09:00", "the end (09:00) is not after the start (09:30)"),
    (Kind.SLOTS, "end", "09:30", "is not after the start"),
    (Kind.SLOTS, "capacity", "0", "not a whole number from 1"),
    (Kind.SLOTS, "capacity", "a few", "is not a number"),
    (Kind.SLOTS, "capacity", Unreadable("holds nothing", "Calculate"), "holds nothing"),
    (Kind.SLOTS, "minimum", "5", "the minimum (5) is more than the capacity (4)"),
    (Kind.LEADERS, "name", "", "is empty"),
    (Kind.LEADERS, "email", "ada(at)trust.example", "is not an e-mail address"),
    (Kind.LEADERS, "gender", "Femal", "is not a gender"),
    (Kind.LEADERS, "base_postcode", "FY2", "not a full postcode"),
    (Kind.LEADERS, "base_postcode", "BT2 8AA", "the place of 'BT2 8AA' is not known"),
    (Kind.LEADERS, "dbs", "pending", "which criminal-record check"),
    (Kind.LEADERS, "max_km", "far", "is not a distance"),
    (Kind.LEADERS, "days", "0", "from 1 to 30"),
    (Kind.LEADERS, "days", "31", "from 1 to 30"),
    (Kind.LEADERS, "role", "#REF!", "error value"),
    (Kind.LEADERS, "role", "Matr\ufffdn", "a letter that was lost"),
    (Kind.PREFERENCES, "email", "nobody@trust.example", "is not in leaders.csv"),
    (Kind.PREFERENCES, "choice_2", "OPP9", "is not in opportunities.csv"),
    (Kind.PREFERENCES, "cannot_do", "soon", "is not a date"),
    (Kind.PREFERENCES, "submitted_at", "yesterday", "is not a date"),
]


@pytest.mark.parametrize(("kind", "column", "cell", "problem"), SINGLE_CELLS)
def test_a_spoilt_cell_is_one_fault_with_its_file_row_and_column(
    kind: Kind, column: str, cell: object, problem: str
) -> None:
    fault = next(iter(understood(spoilt(kind, 2, **{column: cell})).faults))
    assert fault[:3] == (f"{kind}.csv", 2, column)
    assert problem in fault.problem
    assert fault.remedy


def test_a_spoilt_cell_draws_no_further_faults_after_it() -> None:
    for kind, column, cell, _ in SINGLE_CELLS:
        if column not in {"ref", "partner", "email"}:  # what others point to by that key is missing then
            assert len(understood(spoilt(kind, 2, **{column: cell})).faults) == 1, (kind, column)


def test_every_fault_is_told_at_once_by_sheet_and_row() -> None:
    tables = small_cohort()
    tables[Kind.PREFERENCES][0]["choice_1"] = "OPP9"
    tables[Kind.LEADERS][2] |= {"days": "none", "email": "cy"}
    tables[Kind.LEADERS][0]["max_km"] = "far"
    tables[Kind.SLOTS][3] |= {"capacity": "", "date": "soon"}
    tables[Kind.PARTNERS][1]["email"] = "nobody"
    assert faults_of(tables) == [
        ("partners.csv", 3, "email"),
        ("slots.csv", 5, "date"),
        ("slots.csv", 5, "capacity"),
        ("leaders.csv", 2, "max_km"),
        ("leaders.csv", 4, "email"),
        ("leaders.csv", 4, "days"),
        ("preferences.csv", 2, "choice_1"),
    ]


def test_coordinates_win_over_the_postcode() -> None:
    sheets = understood(spoilt(Kind.LEADERS, 2, lat="53.9", lon="-2.9"))
    assert sheets.leaders[0].position == Position(53.9, -2.9)
    assert sheets.leaders[1].position == CENTRES["FY2 9"]


def test_coordinates_make_up_for_a_postcode_that_is_not_in_the_table() -> None:
    sheets = understood(spoilt(Kind.OPPORTUNITIES, 4, postcode="BT1 1AA", lat="54.6", lon="-5.93"))
    assert not sheets.faults
    assert sheets.opportunities[2].position == Position(54.6, -5.93)


@pytest.mark.parametrize(("there", "missing"), [("lat", "lon"), ("lon", "lat")])
def test_half_a_position_is_a_fault_of_the_empty_half(there: str, missing: str) -> None:
    fault = only_fault(spoilt(Kind.LEADERS, 3, **{there: "53.8"}))
    assert fault[:3] == ("leaders.csv", 3, missing)
    assert f"{there} is filled" in fault.problem


def test_swapped_coordinates_are_told_as_swapped() -> None:
    fault = only_fault(spoilt(Kind.LEADERS, 3, lat="-3.05", lon="53.8"))
    assert fault[:3] == ("leaders.csv", 3, "lat")
    assert "swapped" in fault.remedy


def test_a_position_far_away_is_a_fault() -> None:
    fault = only_fault(spoilt(Kind.LEADERS, 3, lat="40.7", lon="-74.0"))
    assert "not in Great Britain or Ireland" in fault.problem
    assert "swapped" not in fault.remedy


def test_a_leader_without_any_place_is_taken() -> None:
    sheets = understood(spoilt(Kind.LEADERS, 2, base_postcode=""))
    assert not sheets.faults
    assert sheets.leaders[0].position is None


@pytest.mark.parametrize(
    ("day", "start", "problem"),
    [("28/03/2027", "01:30", "There is no 01:30"), ("31/10/2027", "01:30", "01:30 happens twice")],
)
def test_a_start_while_the_clocks_change_is_a_fault(day: str, start: str, problem: str) -> None:
    fault = only_fault(spoilt(Kind.SLOTS, 2, date=day, start=start))
    assert fault[:3] == ("slots.csv", 2, "start")
    assert problem in fault.problem


def test_an_empty_minimum_and_empty_days_are_one() -> None:
    assert understood(spoilt(Kind.SLOTS, 2, minimum="")).slots[0].minimum == 1
    assert understood(spoilt(Kind.SLOTS, 2, minimum="0")).slots[0].minimum == 1
    assert understood(spoilt(Kind.LEADERS, 2, days="")).leaders[0].days == 1


def test_blank_rows_are_passed_over_and_later_rows_keep_their_numbers() -> None:
    tables = small_cohort()
    rows = grid(tables[Kind.LEADERS])
    rows[3][1] = "nobody"
    raw = raw_sheets(tables)
    spaced = raw_sheet(Kind.LEADERS, [rows[0], ["", " \u00a0"], *rows[1:], [], [""]])
    sheets = understand(RawSheets({**raw.sheets, Kind.LEADERS: spaced}), CENTRES)
    assert [fault[:3] for fault in sheets.faults] == [("leaders.csv", 5, "email")]


def test_a_row_with_more_cells_than_headings_is_a_fault() -> None:
    rows = grid(small_cohort()[Kind.PARTNERS])
    rows[1].append("Seaport")
    sheets = understand(RawSheets({Kind.PARTNERS: raw_sheet(Kind.PARTNERS, rows)}), CENTRES)
    assert [fault[:3] for fault in sheets.faults] == [("partners.csv", 2, "")]
    assert "more cells than there are headings" in sheets.faults[0].problem


def test_short_rows_are_filled_with_empty_cells() -> None:
    rows = [["partner", "email", "phone"], ["Food Bank", "food@bank.example"]]
    sheets = understand(RawSheets({Kind.PARTNERS: raw_sheet(Kind.PARTNERS, rows)}), CENTRES)
    assert not sheets.faults
    assert sheets.partners[0].phone == ""


def test_more_rows_than_can_be_imported_are_one_fault() -> None:
    rows = [["partner", "email"], *([f"P{number}", "x"] for number in range(MOST_ROWS + 1))]
    sheets = understand(RawSheets({Kind.PARTNERS: raw_sheet(Kind.PARTNERS, rows)}), CENTRES)
    assert [fault[:3] for fault in sheets.faults] == [("partners.csv", MOST_ROWS + 2, "")]
    assert "more than 10,000 rows" in sheets.faults[0].problem


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.PREFERENCES])
def test_an_empty_sheet_is_a_fault_that_lists_the_headings(kind: Kind) -> None:
    sheets = understand(RawSheets({kind: raw_sheet(kind, [[], ["", " "]])}), CENTRES)
    assert [fault[:3] for fault in sheets.faults] == [(f"{kind}.csv", 1, "")]
    assert "Put the headings in the first row" in sheets.faults[0].remedy


def test_no_answers_yet_are_a_note() -> None:
    raw = raw_sheets({kind: rows for kind, rows in small_cohort().items() if kind is not Kind.PREFERENCES})
    empty = RawSheets({**raw.sheets, Kind.PREFERENCES: raw_sheet(Kind.PREFERENCES, [])})
    sheets = understand(empty, CENTRES)
    assert not sheets.faults
    assert [note.file for note in sheets.notes] == ["preferences.csv"]


def test_nothing_is_compared_with_a_sheet_that_could_not_be_read() -> None:
    tables = small_cohort()
    for row in tables[Kind.OPPORTUNITIES]:
        del row["ref"]
    assert faults_of(tables) == [("opportunities.csv", 1, "ref")]


def test_a_sector_newer_than_the_table_is_taken_by_its_district_with_a_note() -> None:
    sheets = understood(spoilt(Kind.LEADERS, 2, base_postcode="FY2 8AA", lat="", lon=""))
    assert sheets.faults == ()
    assert sheets.leaders[0].position == pytest.approx(CENTRES["FY2 9"])
    assert [(note.row, note.column) for note in sheets.notes] == [(2, "base_postcode")]
    assert "the middle of FY2 is taken" in sheets.notes[0].text
