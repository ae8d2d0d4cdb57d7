"""Days, times and moments as people write them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement.domain.errors import CellUnreadable
from placement.domain.sheets.dates import read_date, read_dates, read_moment, read_time
from placement.domain.sheets.reading import Reader
from placement.domain.sheets.tables import Cell
from placement.domain.text import DAY_NAMES, MONTH_NAMES
from tests.unit.domain.sheets.samples import refusal_of

THIRD = date(2027, 2, 3)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
ONE_DAY = [
    "2027-02-03",
    "2027/2/3",
    "20270203",
    "03/02/2027",
    "3/2/27",
    "03.02.2027",
    "03-02-2027",
    "3 Feb 27",
    "3 Feb 2027",
    "3-Feb-27",
    "3rd February 2027",
    "3rd of February, 2027".replace(",", ""),
    "Wed 3 February 2027",
    "Weds 3 Feb 2027",
    "Wednesday, 3 Feb 2027",
    "February 3, 2027",
    "03/02/2027 00:00",
    "2027-02-03T00:00:00",
    " 3\u00a0Feb\u00a027 ",
    "46421",
    46421.0,
    THIRD,
    datetime(2027, 2, 3, 9, 30),  # noqa: DTZ001  # as a workbook has it
]


@pytest.mark.parametrize("cell", ONE_DAY, ids=str)
def test_a_day_is_read_in_every_form_with_the_day_first(cell: Cell) -> None:
    assert read_date(cell) == THIRD
    assert read_dates(cell) == (THIRD,)


@pytest.mark.parametrize(
    "cell",
    [
        "31/11/2027",
        "02/27/2027",
        "3 Feb",
        "tomorrow",
        "3-5 Feb 2027",
        "1/2/203",
        "3 Feb, 10 Feb 2027",
        "99999",
        "2027-02-03T09:30",
        "1999-12-31",
        "3/2/1927",
    ],
)
def test_what_is_no_day_is_refused(cell: str) -> None:
    with pytest.raises(CellUnreadable):
        read_dates(cell)


def test_a_wrong_day_of_the_week_is_refused_with_the_right_one() -> None:
    with pytest.raises(CellUnreadable, match="'Thu 3 Feb 2027' is a Wednesday"):
        read_date("Thu 3 Feb 2027")


def test_two_days_are_refused_where_one_is_asked_for() -> None:
    with pytest.raises(CellUnreadable, match="more than one date"):
        read_date("2027-02-03 2027-02-04")


WRITTEN = st.sampled_from(
    [
        lambda day: day.isoformat(),
        lambda day: f"{day.day}/{day.month}/{day.year}",
        lambda day: f"{day:%d/%m/%y}",
        lambda day: f"{day.day} {MONTH_NAMES[day.month - 1][:3]} {day:%y}",
        lambda day: f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}",
        lambda day: f"{DAY_NAMES[day.weekday()][:3]} {day.day} {MONTH_NAMES[day.month - 1]} {day.year}",
        lambda day: f"{MONTH_NAMES[day.month - 1]} {day.day}, {day.year}",
        lambda day: str((day - date(1899, 12, 30)).days),
    ]
)
BETWEEN = st.sampled_from([" ", ", ", ",", "; ", ";", "\n", " and ", "  ", " & "])


@given(st.data())
def test_lists_of_days_are_read_whatever_the_forms_and_what_stands_between(data: st.DataObject) -> None:
    days = data.draw(st.lists(DAYS, max_size=6))
    text = ""
    for day in days:
        text += data.draw(WRITTEN)(day) + data.draw(BETWEEN)
    assert read_dates(text) == tuple(sorted(set(days)))


@pytest.mark.parametrize("cell", ["", None, "-", "none", " "])
def test_no_days_are_an_empty_list(cell: Cell) -> None:
    assert read_dates(cell) == ()


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        ("09:30", time(9, 30)),
        ("9.30am", time(9, 30)),
        ("9.30", time(9, 30)),
        ("9:30 pm", time(21, 30)),
        ("9.30 p.m.", time(21, 30)),
        ("0930", time(9, 30)),
        ("930", time(9, 30)),
        ("0930 hrs", time(9, 30)),
        ("16h30", time(16, 30)),
        ("09:30:00", time(9, 30)),
        ("9", time(9)),
        ("9am", time(9)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("noon", time(12)),
        (9.3, time(9, 30)),
        (9.0, time(9)),
        (1630.0, time(16, 30)),
        (0.395833333333, time(9, 30)),
        ("0.395833333", time(9, 30)),
        (time(9, 29, 59, 999_000), time(9, 30)),
        (timedelta(hours=9, minutes=30), time(9, 30)),
        (datetime(1899, 12, 31, 9, 30), time(9, 30)),  # noqa: DTZ001  # as a workbook has it
        ("", None),
    ],
    ids=str,
)
def test_a_time_of_day_is_read_in_every_form(cell: Cell, at: time | None) -> None:
    assert read_time(cell) == at


@pytest.mark.parametrize(
    "cell", ["24:00", "13pm", "9.5", 9.5, "9:3", "0am", "25", "later", timedelta(days=1), "09:60"]
)
def test_what_is_no_time_of_day_is_refused(cell: Cell) -> None:
    with pytest.raises(CellUnreadable, match="is not a time of day"):
        read_time(cell)


@given(st.times())
def test_every_minute_of_the_day_is_read_back(at: time) -> None:
    minute = at.replace(second=0, microsecond=0)
    half = "am" if at.hour < 12 else "pm"
    assert read_time(f"{minute:%H:%M}") == minute
    assert read_time(f"{at.hour % 12 or 12}.{at.minute:02}{half}") == minute
    assert read_time(f"{at.hour:02}{at.minute:02}") == minute


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2027-07-03T07:13:00Z", datetime(2027, 7, 3, 7, 13, tzinfo=UTC)),
        ("2027-07-03T07:13:00+02:00", datetime(2027, 7, 3, 5, 13, tzinfo=UTC)),
        ("2027-07-03 07:13", datetime(2027, 7, 3, 6, 13, tzinfo=UTC)),
        ("03/07/2027 07:13", datetime(2027, 7, 3, 6, 13, tzinfo=UTC)),
        ("3 Jul 2027 at 7.13am", datetime(2027, 7, 3, 6, 13, tzinfo=UTC)),
        (datetime(2027, 2, 3, 7, 13), datetime(2027, 2, 3, 7, 13, tzinfo=UTC)),  # noqa: DTZ001
        (date(2027, 2, 3), datetime(2027, 2, 3, tzinfo=UTC)),
        (46421.5, datetime(2027, 2, 3, 12, tzinfo=UTC)),
        ("2027-02-03", datetime(2027, 2, 3, tzinfo=UTC)),
        ("", None),
    ],
    ids=str,
)
def test_a_moment_without_a_zone_is_local_and_kept_in_utc(cell: Cell, moment: datetime | None) -> None:
    assert read_moment(cell) == moment


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("2027-03-28 01:30", "There is no 01:30"),
        ("2027-10-31 01:30", "01:30 happens twice"),
        ("soon", "'soon' is not a date"),
        ("2027-02-03 soon", "'soon' is not a time of day"),
    ],
)
def test_a_moment_that_never_was_or_was_twice_is_refused(cell: str, problem: str) -> None:
    with pytest.raises(CellUnreadable, match=problem):
        read_moment(cell)


ANYTHING = (
    st.text() | st.floats() | st.integers() | st.dates() | st.datetimes() | st.times() | st.timedeltas()
)
LIKE_DATES = st.text("0123456789/-. :,;TZapmfeb+", max_size=30)


@given(st.sampled_from([read_date, read_dates, read_time, read_moment]), ANYTHING | LIKE_DATES)
def test_whatever_a_cell_holds_it_is_read_or_refused(reader: Reader, cell: Cell) -> None:
    refusal = refusal_of(reader, cell)
    assert refusal is None or refusal.facts["problem"]
