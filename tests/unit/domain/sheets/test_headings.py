"""Which columns are found under which headings."""

from pathlib import Path

import pytest

from placement.domain.sheets.headings import COLUMNS, column_named, find_headings, heading_row, plain
from placement.domain.sheets.tables import Cell, Kind, RawRow
from tests.unit.domain.sheets.samples import (
    faults_of,
    grid,
    only_fault,
    raw_sheet,
    small_cohort,
    understood,
    with_column,
)


@pytest.mark.parametrize(
    ("kind", "heading", "column"),
    [
        (Kind.LEADERS, "E-mail address", "email"),
        (Kind.LEADERS, "E_MAIL ADDRESS *", "email"),
        (Kind.LEADERS, "  email ", "email"),
        (Kind.LEADERS, "Org", "organisation"),
        (Kind.LEADERS, "Job title", "role"),
        (Kind.LEADERS, "Post code", "base_postcode"),
        (Kind.LEADERS, "Base postcode (work)", "base_postcode"),
        (Kind.LEADERS, "Max distance (km)", "max_km"),
        (Kind.LEADERS, "Surname", "surname"),
        (Kind.LEADERS, "First name", "first name"),
        (Kind.PARTNERS, "Charity name", "partner"),
        (Kind.OPPORTUNITIES, "Step-free?", "step_free"),
        (Kind.OPPORTUNITIES, "DBS required", "dbs"),
        (Kind.SLOTS, "Start time", "start"),
        (Kind.SLOTS, "Places", "capacity"),
        (Kind.PREFERENCES, "Choice 1", "choice_1"),
        (Kind.PREFERENCES, "1st choice", "choice_1"),
        (Kind.PREFERENCES, "Second choice", "choice_2"),
        (Kind.PREFERENCES, "Preference 12", "choice_12"),
        (Kind.PREFERENCES, "Can't do", "cannot_do"),
        (Kind.PREFERENCES, "Timestamp", "submitted_at"),
        (Kind.LEADERS, "Shoe size", None),
        (Kind.LEADERS, "choice_1", None),
        (Kind.LEADERS, "", None),
    ],
)
def test_a_heading_is_known_by_its_own_name_and_by_others(
    kind: Kind, heading: str, column: str | None
) -> None:
    assert column_named(kind, heading) == column


@pytest.mark.parametrize("kind", Kind)
def test_no_heading_stands_for_two_columns(kind: Kind) -> None:
    names = [plain(name) for column in COLUMNS[kind] for name in {column.name, *column.also}]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.PREFERENCES])
def test_a_missing_heading_is_named_with_what_else_it_may_be_called(kind: Kind) -> None:
    for needed in (column for column in COLUMNS[kind] if column.needed):
        tables = small_cohort()
        for row in tables[kind]:
            del row[needed.name]
        here = [fault for fault in understood(tables).faults if fault.file == f"{kind}.csv"]
        assert [fault[:3] for fault in here] == [(f"{kind}.csv", 1, needed.name)]
        assert needed.also[0] in here[0].remedy


def test_without_a_name_the_two_other_headings_are_told() -> None:
    tables = small_cohort()
    for row in tables[Kind.LEADERS]:
        row["Surname"] = row.pop("name")
    fault = only_fault({Kind.LEADERS: tables[Kind.LEADERS]})
    assert fault[:3] == ("leaders.csv", 1, "name")
    assert "first name and surname" in fault.remedy


def test_a_name_in_two_columns_is_put_together() -> None:
    tables = small_cohort()
    for row in tables[Kind.LEADERS]:
        row["Forename"], row["Last name"] = str(row.pop("name")).split()
    assert [row.name for row in understood(tables).leaders] == [
        "Ada Synthetic",
        "Bo Synthetic",
        "Cy Synthetic",
    ]


def test_a_first_name_under_name_is_joined_with_the_surname() -> None:
    tables = small_cohort()
    for row in tables[Kind.LEADERS]:
        row["name"], row["Surname"] = str(row["name"]).split()
    assert understood(tables).leaders[0].name == "Ada Synthetic"


def test_a_full_name_wins_over_its_parts() -> None:
    tables = with_column(small_cohort(), Kind.LEADERS, "Surname", "Synthetic", "Synthetic", "Synthetic")
    assert understood(tables).leaders[0].name == "Ada Synthetic"


def test_two_columns_for_the_same_thing_are_a_fault_that_names_both() -> None:
    tables = small_cohort()
    for row in tables[Kind.LEADERS]:
        row["E-mail address"] = row["Work email"] = row.pop("email")
    fault = next(fault for fault in understood(tables).faults if fault.file == "leaders.csv")
    assert fault[:3] == ("leaders.csv", 1, "Work email")
    assert "'E-mail address' and 'Work email'" in fault.problem


def test_of_two_columns_the_one_with_its_own_name_counts() -> None:
    tables = with_column(small_cohort(), Kind.LEADERS, "Work email", "other@trust.example")
    sheets = understood(tables)
    assert not sheets.faults
    assert sheets.leaders[0].email == "ada@trust.example"
    assert ["'Work email'" in note.text for note in sheets.notes] == [True]


def test_columns_that_are_not_used_are_told_in_a_note() -> None:
    sheets = understood(with_column(small_cohort(), Kind.LEADERS, "Shoe size", "41"))
    assert not sheets.faults
    assert [(note.file, note.row, note.text) for note in sheets.notes] == [
        ("leaders.csv", 1, "columns that are not used: 'Shoe size'")
    ]


def test_the_heading_row_may_stand_below_a_title_and_rows_keep_their_numbers() -> None:
    table = small_cohort()[Kind.LEADERS]
    rows: list[list[Cell]] = [["Cohort 3 – leaders"], [], *grid(table)]
    found = heading_row(raw_sheet(Kind.LEADERS, rows))
    assert found is not None
    assert found.number == 3


def test_the_order_of_columns_makes_no_difference() -> None:
    tables = small_cohort()
    for kind, table in tables.items():
        tables[kind] = [dict(reversed(row.items())) for row in table]
    ours, theirs = understood(tables), understood(small_cohort())
    assert (ours.partners, ours.slots, ours.leaders) == (theirs.partners, theirs.slots, theirs.leaders)
    assert ours.preferences == theirs.preferences


def test_headings_keep_the_names_that_the_sheet_gives_them() -> None:
    found = find_headings(Kind.LEADERS, RawRow(1, ("Full Name", "E-mail", "Band", None, "Shoe size")))
    assert found.shown == {"name": "Full Name", "email": "E-mail", "pay_band": "Band"}
    assert found.unknown == ("Shoe size",)


def test_a_fault_names_the_heading_as_the_sheet_has_it() -> None:
    tables = small_cohort()
    for row in tables[Kind.LEADERS]:
        row["E-mail address"] = row.pop("email")
    tables[Kind.LEADERS][2]["E-mail address"] = "nobody"
    assert faults_of(tables) == [("leaders.csv", 4, "E-mail address")]


def test_the_guide_for_coordinators_names_every_column_and_no_wrong_one() -> None:
    guide = (Path(__file__).parents[4] / "docs" / "import.md").read_text("utf-8")
    for kind in Kind:
        part = guide.partition(f"### {kind}\n")[2].partition("\n#")[0]
        told = {name for line in part.splitlines() if line.startswith("| ") for name in first_cell(line)}
        known = {column.name for column in COLUMNS[kind]} - {"first name", "surname"}
        assert told - {"column", "choice_1", "choice_2", "…"} == known


def first_cell(line: str) -> list[str]:
    """The columns named in the first cell of a table row."""
    return [name.strip(" *") for name in line.split("|")[1].split(",")]
