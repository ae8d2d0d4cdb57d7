"""What no single row shows: rows that stand twice, contradict one another, or point to nothing."""

import random

import pytest

from placement.domain.sheets.tables import Cell, Kind
from tests.unit.domain.sheets.samples import (
    Tables,
    faults_of,
    only_fault,
    small_cohort,
    spoilt,
    understood,
    with_column,
)

KEYS = {
    Kind.PARTNERS: "partner",
    Kind.OPPORTUNITIES: "ref",
    Kind.SLOTS: "slot",
    Kind.LEADERS: "email",
    Kind.PREFERENCES: "email",
}
OTHER: dict[Kind, dict[str, Cell]] = {
    Kind.PARTNERS: {"phone": "01632 960009", "email": "other@bank.example"},
    Kind.OPPORTUNITIES: {"title": "Another thing"},
    Kind.SLOTS: {"date": "2027-05-05"},
    Kind.LEADERS: {"name": "Ada Other"},
    Kind.PREFERENCES: {"choice_1": "OPP2"},
}


@pytest.mark.parametrize("kind", Kind)
def test_two_rows_for_the_same_one_are_a_fault_that_names_both(kind: Kind) -> None:
    tables = small_cohort()
    first = tables[kind][0]
    tables[kind].append(first | {KEYS[kind]: f" {str(first[KEYS[kind]]).upper()}"} | OTHER[kind])
    fault = only_fault(tables)
    assert fault[:3] == (f"{kind}.csv", len(tables[kind]) + 1, KEYS[kind])
    assert "also stands in row 2" in fault.problem


@pytest.mark.parametrize("kind", Kind)
def test_the_same_row_twice_counts_once_with_a_note(kind: Kind) -> None:
    tables = small_cohort()
    tables[kind].append(dict(tables[kind][0]))
    sheets, single = understood(tables), understood(small_cohort())
    assert not sheets.faults
    assert [(note.file, note.row) for note in sheets.notes] == [(f"{kind}.csv", len(tables[kind]) + 1)]
    assert getattr(sheets, kind) == getattr(single, kind)


def test_two_partners_with_one_mailbox_are_a_fault() -> None:
    fault = only_fault(spoilt(Kind.PARTNERS, 3, email="FOOD@bank.example"))
    assert fault[:3] == ("partners.csv", 3, "email")
    assert "also stands in row 2" in fault.problem


def test_names_and_references_may_differ_in_case_spaces_and_quotation_marks() -> None:
    tables = small_cohort()
    tables[Kind.OPPORTUNITIES][0]["partner"] = "  food  BANK"
    tables[Kind.SLOTS][0]["opportunity"] = "opp1 "
    tables[Kind.PREFERENCES][0] |= {"choice_1": "opp1", "email": "ADA@trust.example"}
    assert faults_of(tables) == []


@pytest.mark.parametrize(
    ("column", "same", "other"),
    [
        ("partner", "food bank", "Memory Café"),
        ("title", "sorting parcels", "Sorting tins"),
        ("address", "1 high street", "2 High Street"),
        ("postcode", "fy11pr", "FY1 1AA"),
        ("dbs", "None", "basic"),
        ("step_free", "Y", "no"),
        ("women_only", "N", "yes"),
    ],
)
def test_a_slot_may_repeat_its_opportunity_and_must_not_contradict_it(
    column: str, same: str, other: str
) -> None:
    assert faults_of(with_column(small_cohort(), Kind.SLOTS, column, same)) == []
    fault = only_fault(with_column(small_cohort(), Kind.SLOTS, column, other))
    assert fault[:3] == ("slots.csv", 2, column)
    assert "contradicts opportunities.csv, row 2" in fault.problem


def test_a_slot_must_not_be_elsewhere_than_its_opportunity() -> None:
    def placed(latitude: str) -> Tables:
        tables = spoilt(Kind.OPPORTUNITIES, 4, lat="53.82052", lon="-3.04316")
        with_column(tables, Kind.SLOTS, "lat", "", "", "", latitude)
        return with_column(tables, Kind.SLOTS, "lon", "", "", "", "-3.0432")

    assert faults_of(placed("53.8205")) == []
    assert faults_of(placed("53.9205")) == [("slots.csv", 5, "lat")]


def test_two_slots_of_one_opportunity_cannot_start_together() -> None:
    fault = only_fault(spoilt(Kind.SLOTS, 3, date="02/03/2027"))
    assert fault[:3] == ("slots.csv", 3, "start")
    assert "row 2" in fault.problem


def test_one_address_cannot_be_in_two_places() -> None:
    tables = spoilt(Kind.OPPORTUNITIES, 2, lat="53.82", lon="-3.04")
    tables[Kind.OPPORTUNITIES][1] |= {"lat": "53.83", "lon": "-3.04"}
    assert faults_of(tables) == [("opportunities.csv", 3, "lat")]


def test_a_choice_named_twice_is_a_fault_of_the_second() -> None:
    fault = only_fault(spoilt(Kind.PREFERENCES, 2, choice_2="opp1"))
    assert fault[:3] == ("preferences.csv", 2, "choice_2")
    assert "choice_1 already" in fault.problem


def test_an_empty_choice_lets_the_later_ones_move_up() -> None:
    sheets = understood(spoilt(Kind.PREFERENCES, 2, choice_1=""))
    assert not sheets.faults
    assert sheets.preferences[0].choices == ("OPP3",)
    assert [(note.file, note.row) for note in sheets.notes] == [("preferences.csv", 2)]


def test_any_number_of_choices_is_read_in_the_order_of_their_numbers() -> None:
    tables = small_cohort()
    for row in tables[Kind.PREFERENCES]:
        row |= {"choice_10": "OPP2" if row["choice_1"] == "OPP1" else "OPP3"}
    assert understood(tables).preferences[0].choices == ("OPP1", "OPP3", "OPP2")


def test_a_date_cannot_be_both_impossible_and_possible_if_need_be() -> None:
    fault = only_fault(spoilt(Kind.PREFERENCES, 2, if_need_be="9/3/27 10/3/27"))
    assert fault[:3] == ("preferences.csv", 2, "if_need_be")
    assert "09/03/2027" in fault.problem


def test_dates_on_which_there_is_no_slot_are_kept() -> None:
    sheets = understood(spoilt(Kind.PREFERENCES, 2, cannot_do="24/12/2027"))
    assert not sheets.faults
    assert len(sheets.preferences[0].cannot_do) == 1


def test_the_order_of_rows_makes_no_difference() -> None:
    tables = small_cohort()
    shuffled = {kind: random.Random(7).sample(rows, len(rows)) for kind, rows in tables.items()}
    ours, theirs = understood(shuffled), understood(tables)
    assert not ours.faults
    for kind in Kind:
        assert {repr(row).partition("unread")[2] for row in getattr(ours, kind)} == {
            repr(row).partition("unread")[2] for row in getattr(theirs, kind)
        }
