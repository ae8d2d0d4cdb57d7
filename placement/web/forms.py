"""What all forms share: their base class, and fields for a date in three boxes and for a time of day."""

import re
from collections.abc import Iterable
from datetime import date, time
from typing import Any

from flask import g
from flask_wtf import FlaskForm
from wtforms import Field, StringField, TextAreaField
from wtforms.utils import unset_value
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from placement.domain.text import clean_line, clean_text

PARTS = ("day", "month", "year")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
TIME = re.compile(r"(\d{1,2})(?:\s*[:.]?\s*(\d{2}))?\s*(am|pm)?")
DATE = re.compile(r"(?:[a-z]+day,? )?(\d{1,2})[ ./-]+([a-z]+|\d{1,2})[ ./-]+(\d{4})")
NAMED_TIMES = {"noon": time(12), "midday": time(12), "midnight": time(0)}


class PageForm(FlaskForm):  # type: ignore[misc]  # the library has no types
    """Base of all forms: text that was typed is trimmed and freed of control characters."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # the library has no types
        """How fields are made, and what is in them."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was sent; on a page that is opened, what its visitor typed before it was."""
            sent = super().wrap_formdata(form, formdata)
            before = g.get("carried_fields") or g.get("interrupted_fields")
            return before if sent is None else sent

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            """Let each text field clean its text before its own filters."""
            if issubclass(unbound_field.field_class, StringField):
                several_lines = issubclass(unbound_field.field_class, TextAreaField)
                own = unbound_field.kwargs.get("filters", ())
                options["filters"] = [cleaned_text if several_lines else cleaned_line, *own]
            return unbound_field.bind(form=form, **options)


def cleaned_line(value: object) -> object:
    """Text on one line, without controls and spaces around it; anything else as it is."""
    return clean_line(value) if isinstance(value, str) else value


def cleaned_text(value: object) -> object:
    """Text of several lines, without controls and spaces around it; anything else as it is."""
    return clean_text(value) if isinstance(value, str) else value


class ReadField(Field):  # type: ignore[misc]  # the library has no types
    """A field whose text is read into something else: text that cannot be read gets no second error."""

    process_errors: list[str]
    widget = TextInput()

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  # the library passes it
        """Stop before the validators where reading failed: to them the field would seem empty."""
        if self.process_errors:
            raise StopValidation


class DayField(ReadField):
    """A date, typed as day, month and year into three boxes; `data` is a `date` or None.

    A month may be a number or a name. `parts` holds the three texts as typed, `wrong_parts` the names of
    those to mend.
    """

    data: date | None

    def process(
        self, formdata: Any, data: Any = unset_value, extra_filters: Iterable[Any] | None = None
    ) -> None:
        """Take the value from the three boxes where they were sent, else from `data` or the default."""
        super().process(None, data, extra_filters)
        self.wrong_parts: list[str] = []
        if formdata and any(f"{self.name}-{part}" in formdata for part in PARTS):
            self.parts = {part: (formdata.get(f"{self.name}-{part}") or "").strip() for part in PARTS}
            self.raw_data = [" ".join(self.parts.values()).strip()]
            self._read_parts()
        else:
            self.parts = _parts_of(self.data)

    @property
    def first_input_id(self) -> str:
        """Id of the box that the error summary leads to."""
        return f"{self.id}-{self.wrong_parts[0] if self.wrong_parts else 'day'}"

    def _read_parts(self) -> None:
        self.data = None
        missing = [part for part in PARTS if not self.parts[part]]
        if len(missing) == len(PARTS):
            return
        if missing:
            self._refuse(f"{self.label.text} must include a {' and a '.join(missing)}", missing)
        elif not re.fullmatch(r"\d{4}", self.parts["year"]):
            self._refuse("Year must be 4 numbers, for example 2027", ["year"])
        else:
            self._read_date()

    def _read_date(self) -> None:
        try:
            self.data = date(int(self.parts["year"]), _month(self.parts["month"]), int(self.parts["day"]))
        except ValueError:
            self._refuse(f"{self.label.text} must be a real date", list(PARTS))

    def _refuse(self, message: str, wrong: list[str]) -> None:
        self.wrong_parts = wrong
        self.process_errors.append(message)


def _month(text: str) -> int:
    name = text[:3].lower()
    return MONTHS.index(name) + 1 if name in MONTHS else int(text)


def _parts_of(day: date | None) -> dict[str, str]:
    if day is None:
        return dict.fromkeys(PARTS, "")
    return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}


class HourField(ReadField):
    """A time of day, typed as people write it: "9:30am", "9.30", "0930", "14:00", "noon".

    `data` is a `time` or None.
    """

    data: time | None

    def _value(self) -> str:
        """What to show in the box: as typed, or the time in words."""
        if self.raw_data:
            return str(self.raw_data[0])
        return clock_words(self.data) if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the time from what was typed."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data = time_from(typed) if typed else None


def date_from(text: str) -> date:
    """The date that `text` means, as people write it: "12 January 2027", "12/1/2027", after a weekday or not.

    Raises ValueError with a sentence for the reader.
    """
    match = DATE.fullmatch(text.lower().strip())
    if match is None:
        raise ValueError(f"“{text[:40]}” is no date. Write it like 12 January 2027")
    try:
        return date(int(match[3]), _month(match[2]), int(match[1]))
    except ValueError as wrong:
        raise ValueError(f"“{text[:40]}” is no real date. Write it like 12 January 2027") from wrong


def time_from(text: str) -> time:
    """The time of day that `text` means; raises ValueError with a sentence for the reader."""
    lowered = text.lower().strip()
    if lowered in NAMED_TIMES:
        return NAMED_TIMES[lowered]
    match = TIME.fullmatch(lowered)
    if match is None:
        raise ValueError("Enter a time, like 9:30am or 14:00")
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if half and not 1 <= hour <= 12:
        raise ValueError("With am or pm the hour must be from 1 to 12")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23 or minute > 59:
        raise ValueError("Enter a time, like 9:30am or 14:00")
    return time(hour, minute)


def clock_words(moment: time) -> str:
    """A time of day as pages write it: "9am", "9:30am", "2pm"."""
    hour, half = moment.hour % 12 or 12, "am" if moment.hour < 12 else "pm"
    return f"{hour}:{moment.minute:02}{half}" if moment.minute else f"{hour}{half}"
