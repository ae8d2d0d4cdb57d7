"""What single cells mean."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement.domain.errors import CellUnreadable
from placement.domain.sheets import cells
from placement.domain.sheets.reading import Reader
from placement.domain.sheets.tables import Cell, Unreadable
from tests.unit.domain.sheets.samples import refusal_of


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  Ada\u00a0 Synthetic \t", "Ada Synthetic"),
        ("Ada\r\nSynthetic", "Ada Synthetic"),
        ("Ada\x00\x07 Synthetic\ufeff", "Ada Synthetic"),
        ("Ada\u200b", "Ada"),
        (8.0, "8"),
        (8, "8"),
        (8.5, "8.5"),
        (1632960001.0, "1632960001"),
        (None, ""),
        (True, "yes"),
        (date(2027, 2, 3), "2027-02-03"),
        (datetime(2027, 2, 3, 9, 30), "2027-02-03 09:30:00"),  # noqa: DTZ001  # as a workbook has it
        (time(9, 30), "09:30:00"),
        ('="01632 960001"', "01632 960001"),
        ("'+44 1632 960001", "+44 1632 960001"),
        ("'tis", "'tis"),
    ],
)
def test_a_cell_says_the_same_text_whatever_its_kind(cell: Cell, text: str) -> None:
    assert cells.text_of(cell) == text


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("=A1+B1", "formula instead of its result"),
        ("#REF!", "error value #REF!"),
        ("#n/a", "error value #n/a"),
        ("Andr\ufffd", "a letter that was lost"),
        (Unreadable("is odd", "Mend it"), "is odd"),
    ],
)
def test_what_is_no_value_is_refused_with_the_reason(cell: Cell, problem: str) -> None:
    with pytest.raises(CellUnreadable, match=problem):
        cells.text_of(cell)


def test_a_text_that_is_too_long_is_refused_with_both_lengths() -> None:
    with pytest.raises(CellUnreadable, match="holds 301 characters, and only 300 fit"):
        cells.read_text("x" * 301, most=300)


def test_an_address_on_several_lines_becomes_one_line() -> None:
    assert (
        cells.read_address("21 James Road,\nSeaport\r\n\nFylde", most=500) == "21 James Road, Seaport, Fylde"
    )


@pytest.mark.parametrize(
    "cell",
    [
        "ada@trust.example",
        " ADA@Trust.Example ",
        "mailto:ada@trust.example",
        "Ada Synthetic <ada@trust.example>",
        "ada@trust.example;",
        "ada@trust.example\u200b",
    ],
)
def test_an_e_mail_address_is_found_in_lower_case(cell: str) -> None:
    assert cells.read_email(cell) == "ada@trust.example"


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("ada.trust.example", "is not an e-mail address"),
        ("ada@trust", "is not an e-mail address"),
        ("ada@@trust.example", "more than one"),
        ("ada@trust.example, bo@trust.example", "more than one"),
        ("ada lovelace@trust.example", "is not an e-mail address"),
        ("ada@trust..example", "is not an e-mail address"),
    ],
)
def test_what_is_no_single_e_mail_address_is_refused(cell: str, problem: str) -> None:
    with pytest.raises(CellUnreadable, match=problem):
        cells.read_email(cell)


def test_a_telephone_number_that_became_a_number_gets_its_nought_back() -> None:
    assert cells.read_phone(1632960001.0) == "01632960001"
    assert cells.read_phone("01632 960001") == "01632 960001"
    assert cells.read_phone("999") == "999"


@pytest.mark.parametrize("cell", ["8", "8.0", " 8 ", 8, 8.0, "+8", "8,0"])
def test_a_whole_number_is_read_however_it_is_kept(cell: Cell) -> None:
    assert cells.read_whole_number(cell, least=1, most=30) == 8


@pytest.mark.parametrize("cell", ["8.5", "0", "31", "-1", "eight", "1,000", "1e3", True, "８", "inf", "nan"])
def test_what_is_no_whole_number_in_its_limits_is_refused(cell: Cell) -> None:
    with pytest.raises(CellUnreadable):
        cells.read_whole_number(cell, least=1, most=30)


@pytest.mark.parametrize(
    ("cell", "km"),
    [
        ("30", 30),
        ("30 km", 30),
        ("30KM", 30),
        (12.5, 12.5),
        ("20 miles", 32.2),
        ("", None),
        ("no limit", None),
    ],
)
def test_a_distance_is_read_in_km(cell: Cell, km: float | None) -> None:
    assert cells.read_km(cell) == km


@pytest.mark.parametrize("cell", ["0", "-5", "far", "30 minutes", "5000", "nan"])
def test_what_is_no_distance_is_refused(cell: str) -> None:
    with pytest.raises(CellUnreadable, match="not a distance in km"):
        cells.read_km(cell)


@pytest.mark.parametrize("cell", ["yes", "Y", "TRUE", True, "1", 1.0, "x", "✓", "Yes."])
def test_yes_is_read_in_every_form(cell: Cell) -> None:
    assert cells.read_yes_or_no(cell) is True


@pytest.mark.parametrize("cell", ["no", "N", False, "0", 0.0, "", "-", None])
def test_no_is_read_in_every_form(cell: Cell) -> None:
    assert cells.read_yes_or_no(cell) is False


def test_a_word_that_is_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(CellUnreadable, match="'partly' is neither yes nor no"):
        cells.read_yes_or_no("Partly")


@pytest.mark.parametrize(
    ("cell", "check"),
    [
        ("none", "none"),
        ("", "none"),
        ("-", "none"),
        ("No", "none"),
        ("N/A", "none"),
        ("Not required", "none"),
        ("Basic", "basic"),
        ("Basic DBS check", "basic"),
        ("Enhanced DBS", "enhanced"),
        ("DBS – enhanced", "enhanced"),
        ("Enhanced with barred lists", "enhanced"),
        ("enhanced + barred list", "enhanced"),
    ],
)
def test_a_check_is_read_in_every_form(cell: str, check: str) -> None:
    assert cells.read_check_held(cell) == check
    assert cells.read_check_required(cell) == check


def test_a_standard_check_counts_for_what_is_safe() -> None:
    assert cells.read_check_held("Standard DBS") == "basic"
    assert cells.read_check_required("Standard DBS") == "enhanced"


@pytest.mark.parametrize("cell", ["Yes", "DBS", "not enhanced", "pending", "?"])
def test_a_word_that_does_not_say_which_check_is_refused(cell: str) -> None:
    with pytest.raises(CellUnreadable, match="does not say which"):
        cells.read_check_held(cell)


@pytest.mark.parametrize(
    ("cell", "gender"),
    [
        ("F", "F"),
        ("Female", "F"),
        ("woman", "F"),
        ("M", "M"),
        ("male", "M"),
        ("Non-binary", "other"),
        ("", ""),
    ],
)
def test_gender_is_read_in_every_form(cell: str, gender: str) -> None:
    assert cells.read_gender(cell) == gender


def test_a_mistyped_gender_is_refused_because_women_only_depends_on_it() -> None:
    with pytest.raises(CellUnreadable, match="'femal' is not a gender"):
        cells.read_gender("Femal")


@pytest.mark.parametrize(
    ("cell", "travel"),
    [
        ("Car", "car"),
        ("drive", "car"),
        ("Bus", "public transport"),
        ("no car", "public transport"),
        ("Tandem", "Tandem"),
    ],
)
def test_travel_is_one_of_two_words_or_the_leaders_own(cell: str, travel: str) -> None:
    assert cells.read_travel(cell) == travel


@pytest.mark.parametrize(
    ("cell", "need"), [("None", ""), ("n/a", ""), ("Hearing loop", "Hearing loop"), ("No", "")]
)
def test_no_access_need_is_none(cell: str, need: str) -> None:
    assert cells.read_access_needs(cell) == need


def test_a_short_postcode_is_refused_and_an_odd_spelling_is_not() -> None:
    assert cells.read_postcode("fy11pr") == "FY1 1PR"
    with pytest.raises(CellUnreadable, match="'M1 1A' is not a full postcode"):
        cells.read_postcode("M1 1A")


def test_names_are_the_same_whatever_their_case_spaces_and_quotation_marks() -> None:
    assert cells.sameness("Carers’  Corner") == cells.sameness("carers' corner")
    assert cells.sameness("Café") != cells.sameness("Cafe")


READERS = [
    cells.read_email,
    cells.read_phone,
    cells.read_number,
    cells.read_km,
    cells.read_yes_or_no,
    cells.read_gender,
    cells.read_check_held,
    cells.read_check_required,
    cells.read_travel,
    cells.read_postcode,
    cells.read_reference,
    cells.read_access_needs,
]


@given(
    st.sampled_from(READERS),
    st.text() | st.floats() | st.booleans() | st.dates() | st.times() | st.timedeltas(),
)
def test_whatever_a_cell_holds_it_is_read_or_refused(reader: Reader, cell: Cell) -> None:
    refusal = refusal_of(reader, cell)
    assert refusal is None or (refusal.facts["problem"] and refusal.facts["remedy"])
