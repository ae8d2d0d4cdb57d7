"""Faults in words and as cells."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement.domain.sheets.faults import FAULT_HEADINGS, Fault, Note, fault_cells, inert


def test_a_fault_names_its_place_the_problem_and_the_remedy() -> None:
    fault = Fault("slots.csv", 7, "capacity", "'x' is not a number", "Write the number in figures")
    assert str(fault) == "slots.csv, row 7, capacity: 'x' is not a number. Write the number in figures."


def test_a_fault_of_a_whole_file_names_the_file_alone() -> None:
    assert str(Fault("slots", 0, "", "there is no slots sheet", "Add one")).startswith("slots: there is no")


def test_a_note_names_its_place() -> None:
    assert (
        str(Note("slots.csv", "the slot S1 was withdrawn", 4))
        == "slots.csv, row 4: the slot S1 was withdrawn."
    )


def test_a_fault_has_five_cells() -> None:
    cells = fault_cells(Fault("slots.csv", 7, "capacity", "is empty", "Fill it in"))
    assert dict(zip(FAULT_HEADINGS, cells, strict=True)) == {
        "file": "slots.csv",
        "row": "7",
        "column": "capacity",
        "what is wrong": "is empty.",
        "what to do": "Fill it in.",
    }


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "  =1", "＝1", "＋1", "－1", "＠x"]
)
def test_text_that_a_spreadsheet_could_calculate_is_kept_from_it(text: str) -> None:
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "plain", "a=b", "'=1", "1-2"])
def test_other_text_is_left_as_it_is(text: str) -> None:
    assert inert(text) == text


@given(st.builds(Fault, st.text(), st.integers(0, 10_000), st.text(), st.text(), st.text()))
def test_no_cell_of_a_fault_begins_like_a_formula_and_csv_keeps_all_five(fault: Fault) -> None:
    cells = fault_cells(fault)
    assert not any(
        cell.strip(" ")[:1] in {"=", "+", "-", "@", "\t", "\r", "\n"} for cell in cells if cell.strip(" ")
    )
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow(cells)
    assert next(csv.reader(io.StringIO(out.getvalue(), newline=""))) == list(cells)
