"""Forms: dates and times as people type them, text without what does not belong into it."""

from collections.abc import Iterator
from datetime import date, time

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, StringField, TextAreaField
from wtforms.validators import DataRequired, Optional

from placement.web.forms import DayField, HourField, PageForm, clock_words, time_from


class DayForm(PageForm):
    class Meta(PageForm.Meta):
        csrf = False

    day = DayField("Start date", validators=[DataRequired("Enter the start date")])
    until = DayField("End date", validators=[Optional()])
    at = HourField("Starts at", validators=[DataRequired("Enter when it starts")])
    title = StringField("Title")
    about = TextAreaField("About")
    names = FieldList(StringField("Name"))


@pytest.fixture(autouse=True)
def in_a_request() -> Iterator[None]:
    with Flask("placement").test_request_context():
        yield


def sent(**typed: str) -> DayForm:
    form = DayForm(MultiDict({name.replace("_", "-"): value for name, value in typed.items()}))
    form.validate()
    return form


@pytest.mark.parametrize("month", ["2", "02", "Feb", "february", "FEB"])
def test_a_month_may_be_a_number_or_a_name(month: str) -> None:
    form = sent(day_day="3", day_month=month, day_year="2027")
    assert form.day.data == date(2027, 2, 3)
    assert not form.day.errors


@pytest.mark.parametrize(
    ("typed", "message", "wrong"),
    [
        (("", "", ""), "Enter the start date", "day"),
        (("3", "", "2027"), "Start date must include a month", "month"),
        (("", "2", ""), "Start date must include a day and a year", "day"),
        (("3", "2", "27"), "Year must be 4 numbers, for example 2027", "year"),
        (("31", "2", "2027"), "Start date must be a real date", "day"),
        (("3", "1٣", "2027"), "Start date must be a real date", "day"),
        (("3", "Smarch", "2027"), "Start date must be a real date", "day"),
        (("3", "2", "0000"), "Start date must be a real date", "day"),
    ],
)
def test_a_date_that_cannot_be_is_explained_at_its_box(
    typed: tuple[str, str, str], message: str, wrong: str
) -> None:
    form = sent(day_day=typed[0], day_month=typed[1], day_year=typed[2])
    assert form.day.errors[0] == message
    assert form.day.first_input_id == f"day-{wrong}"
    assert tuple(form.day.parts.values()) == typed
    assert form.day.data is None


def test_a_date_that_need_not_be_given_may_be_left_out_but_not_half() -> None:
    assert "until" not in sent(until_day="").errors
    assert sent(until_month="2").errors["until"] == ["End date must include a day and a year"]


def test_a_date_that_is_already_known_fills_its_boxes() -> None:
    assert DayForm(day=date(2027, 2, 3)).day.parts == {"day": "3", "month": "2", "year": "2027"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("9:30am", time(9, 30)),
        ("9.30 AM", time(9, 30)),
        ("0930", time(9, 30)),
        ("9", time(9)),
        ("2pm", time(14)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("noon", time(12)),
        ("14:05", time(14, 5)),
        ("23 59", time(23, 59)),
    ],
)
def test_times_are_read_as_people_write_them(typed: str, meant: time) -> None:
    assert time_from(typed) == meant


@pytest.mark.parametrize("typed", ["25:00", "9:60", "13pm", "0am", "soon", "9:3", "-1", "9:30am tomorrow"])
def test_what_is_no_time_is_explained_and_comes_back_as_typed(typed: str) -> None:
    form = sent(at=typed)
    assert form.errors["at"] != ["Enter when it starts"]
    assert form.at._value() == typed
    assert form.at.data is None


@given(st.times().map(lambda t: t.replace(second=0, microsecond=0)))
def test_a_time_survives_being_shown_and_typed_again(at: time) -> None:
    assert time_from(clock_words(at)) == at


def test_text_loses_controls_and_spaces_around_it_and_a_line_stays_one_line() -> None:
    form = sent(title="  Food\u2028bank \x07 day ", about=" first\r\nsecond\x00 ")
    assert form.title.data == "Food bank day"
    assert form.about.data == "first\nsecond"
