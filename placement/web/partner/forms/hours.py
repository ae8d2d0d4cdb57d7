"""When days are, and for how many: the form of a new day, or of several with the same hours."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from placement.domain.day_errors import DaysRefused
from placement.domain.errors import LocalTimeMissing, LocalTimeTwice
from placement.domain.repeats import MOST_REPEATED, WEEKS, repeated
from placement.domain.text import london_to_utc
from placement.services.slots import SlotFacts
from placement.web.forms import PARTS, DayField, HourField, PageForm, date_from
from placement.web.partner.forms.numbers import fewest_field, places_field
from placement.web.partner.forms.refusals import FIELDS

MOST_WRITTEN = 9


class UntilField(DayField):
    """The last date of a repeat; each of its days can have its own error."""

    tells_all = True


class DatesField(TextAreaField):  # type: ignore[misc]  # the library has no types
    """Dates, one to a line; each of them can have its own error."""

    tells_all = True

    def dates(self) -> list[date]:
        """What was written; raises ValueError with a sentence for the reader."""
        return [date_from(line) for line in str(self.data or "").splitlines() if line.strip()]


class HoursForm(PageForm):
    """Dates, hours and numbers of days, told in the local time of the United Kingdom."""

    day = DayField("Date", validators=[InputRequired("Enter the date")])
    starts = HourField(
        "Start", description="For example, 9:30am or 14:00", validators=[InputRequired("Enter the start")]
    )
    ends = HourField("End", description="For example, 3pm", validators=[InputRequired("Enter the end")])
    capacity = places_field()
    minimum = fewest_field()
    repeat = RadioField(
        "Does it come again?",
        choices=[
            SelectChoice("no", "No"),
            SelectChoice("weekly", "Every week"),
            SelectChoice("fortnightly", "Every 2 weeks"),
            SelectChoice("four-weekly", "Every 4 weeks"),
        ],
        default="no",
    )
    until = UntilField("Until which date?", description="Only if it comes again. For example, 12 1 2027")
    further = DatesField(
        "Other dates (optional)",
        description=f"Up to {MOST_WRITTEN}, one to a line, with the same hours. For example, 12 January 2027",
    )

    def validate_starts(self, field: HourField) -> None:
        """Refuse a start that the clocks leave out or show twice."""
        self._refuse_clock_change(self.day.data, field)

    def validate_ends(self, field: HourField) -> None:
        """Refuse an end that the clocks leave out or show twice."""
        self._refuse_clock_change(self.day.data, field)

    def validate_until(self, field: UntilField) -> None:
        """Refuse a last date without a repeat, a repeat without one, and too long a repeat."""
        if self.repeat.data not in WEEKS:
            if field.data is not None:
                raise ValidationError("Say how often it comes again, or leave this date empty")
            return
        if field.data is None:
            raise ValidationError("Enter the last date on which it may come again")
        if self.day.data is None:
            return
        if not (again := repeated(self.day.data, self.repeat.data, field.data)):
            raise ValidationError("The day does not come again by this date. Enter a later one")
        if len(again) >= MOST_REPEATED:
            raise ValidationError(
                f"That makes {len(again) + 1} days. Enter an earlier date: up to {MOST_REPEATED} go at once"
            )
        self._keep_clock_changes(field, again)

    def validate_further(self, field: DatesField) -> None:
        """Refuse what is no date, and too many of them."""
        try:
            dates = field.dates()
        except ValueError as wrong:
            raise ValidationError(str(wrong)) from wrong
        if len(dates) > MOST_WRITTEN:
            raise ValidationError(f"Write up to {MOST_WRITTEN} other dates")
        self._keep_clock_changes(field, dates)

    def facts(self) -> list[SlotFacts]:
        """The days that were asked for, once they have been found valid, in order."""
        asked = [day for day, _ in self._asked()]
        return sorted((self._facts_on(day) for day in asked), key=lambda facts: facts.starts_at)

    def put(self, refused: DaysRefused) -> None:
        """Show each fault of `refused` at the field that its date, or the number that is wrong, came from."""
        for starts_at, fault in refused.faults:
            name = FIELDS.get(fault.code)
            if name is None:
                raise fault
            field = self[self._source(starts_at) if name == "day" else name]
            if str(fault) not in field.errors:
                field.errors = [*field.errors, str(fault)]
            if isinstance(field, DayField):
                field.wrong_parts = list(PARTS)

    def _asked(self) -> Iterator[tuple[date, str]]:
        """Each date, with the field that it comes from."""
        first, until = self.day.data, self.until.data
        assert first is not None  # noqa: S101  # the form was found valid
        yield first, "day"
        if until is not None:
            yield from ((day, "until") for day in repeated(first, self.repeat.data, until))
        yield from ((day, "further") for day in self.further.dates())

    def _source(self, starts_at: datetime) -> str:
        """The field that a start comes from: of those that name it the last, which can be taken away."""
        return [name for day, name in self._asked() if self._facts_on(day).starts_at == starts_at][-1]

    def _facts_on(self, day: date) -> SlotFacts:
        return SlotFacts(
            starts_at=_moment(day, self.starts),
            ends_at=_moment(day, self.ends),
            capacity=int(self.capacity.data or 0),
            minimum=int(self.minimum.data or 0),
        )

    def _keep_clock_changes(self, field: Any, dates: list[date]) -> None:
        """Add to `field` an error for each of `dates` on which the hours are left out or told twice."""
        for day in dates:
            for hour in (self.starts, self.ends):
                try:
                    self._refuse_clock_change(day, hour)
                except ValidationError as wrong:
                    field.errors = [*field.errors, str(wrong)]

    def _refuse_clock_change(self, day: date | None, field: HourField) -> None:
        if day is None or field.data is None:
            return
        try:
            london_to_utc(day, field.data)
        except (LocalTimeMissing, LocalTimeTwice) as wrong:
            raise ValidationError(str(wrong)) from wrong


def _moment(day: date, field: HourField) -> datetime:
    at = field.data
    assert isinstance(at, time)  # noqa: S101  # the form was found valid
    return london_to_utc(day, at)
