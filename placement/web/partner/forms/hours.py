"""When a day is, and for how many: the form of a new day."""

from datetime import date, datetime, time

from wtforms.validators import InputRequired, ValidationError

from placement.domain.errors import LocalTimeMissing, LocalTimeTwice
from placement.domain.text import london_to_utc
from placement.services.slots import SlotFacts
from placement.web.forms import DayField, HourField, PageForm
from placement.web.partner.forms.numbers import fewest_field, places_field


class HoursForm(PageForm):
    """Date, hours and numbers of a day, told in the local time of the United Kingdom."""

    day = DayField("Date", validators=[InputRequired("Enter the date")])
    starts = HourField(
        "Start", description="For example, 9:30am or 14:00", validators=[InputRequired("Enter the start")]
    )
    ends = HourField("End", description="For example, 3pm", validators=[InputRequired("Enter the end")])
    capacity = places_field()
    minimum = fewest_field()

    def validate_starts(self, field: HourField) -> None:
        """Refuse a start that the clocks leave out or show twice."""
        self._refuse_clock_change(field)

    def validate_ends(self, field: HourField) -> None:
        """Refuse an end that the clocks leave out or show twice."""
        self._refuse_clock_change(field)

    def facts(self) -> SlotFacts:
        """What was said, once it has been found valid."""
        return SlotFacts(
            starts_at=self._moment(self.starts),
            ends_at=self._moment(self.ends),
            capacity=int(self.capacity.data or 0),
            minimum=int(self.minimum.data or 0),
        )

    def _refuse_clock_change(self, field: HourField) -> None:
        if self.day.data is None or field.data is None:
            return
        try:
            london_to_utc(self.day.data, field.data)
        except (LocalTimeMissing, LocalTimeTwice) as wrong:
            raise ValidationError(str(wrong)) from wrong

    def _moment(self, field: HourField) -> datetime:
        day, at = self.day.data, field.data
        assert isinstance(day, date) and isinstance(at, time)  # noqa: S101, PT018  # the form was found valid
        return london_to_utc(day, at)
