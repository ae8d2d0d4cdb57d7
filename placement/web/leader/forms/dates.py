"""One question for each date on which something is offered, and one answer for all of one weekday."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from placement.domain.states import DateAnswerWord
from placement.domain.text import DAY_NAMES
from placement.services.reports.leader import OfferedDate
from placement.web.forms import PageForm
from placement.web.leader.forms.seen import answers_text
from placement.web.presenters import day

WORDS: Mapping[str, str] = {"can": "I can", "if_need_be": "If need be", "cannot": "I cannot"}
ANSWERS = [SelectChoice(value, label) for value, label in WORDS.items()]


class DatesForm(PageForm):
    """Base of the forms that `dates_form` makes; `seen` are the answers that the page shows.

    `weekday` and `weekday_answer` are the weekday that is to get one answer, and which.
    """

    seen = HiddenField()
    weekday: SelectField
    weekday_answer = SelectField("is", choices=ANSWERS, default="cannot", validate_choice=False)

    def answers(self) -> dict[date, DateAnswerWord]:
        """What was answered to each date."""
        questions = (field for field in self if isinstance(field, RadioField))
        return {_date_of(field.short_name): cast("DateAnswerWord", field.data) for field in questions}

    def with_weekday(self) -> tuple[dict[date, DateAnswerWord], int]:
        """The answers with those of one weekday replaced, and how many dates that are."""
        answers, word = self.answers(), self.weekday_answer.data
        on_weekday = [when for when in answers if str(when.weekday()) == self.weekday.data and word in WORDS]
        return answers | dict.fromkeys(on_weekday, cast("DateAnswerWord", word)), len(on_weekday)


def dates_form(dates: Sequence[OfferedDate], **sent: Any) -> DatesForm:
    """The form for `dates`, filled with their answers; `formdata=None` leaves out what was just sent."""
    weekdays = sorted({one.date.weekday() for one in dates})
    choices = [SelectChoice(str(number), f"Every {DAY_NAMES[number]}") for number in weekdays]
    fields: dict[str, Any] = {field_name(one.date): _question(one) for one in dates}
    fields["weekday"] = SelectField("Day of the week", choices=choices, validate_choice=False)
    shown = answers_text({one.date: one.answer for one in dates})
    return cast("DatesForm", type("DatesForm", (DatesForm,), fields)(seen=shown, **sent))


def field_name(when: date) -> str:
    """Name of the question for one date: "day_2027_02_03"."""
    return when.strftime("day_%Y_%m_%d")


def _date_of(name: str) -> date:
    year, month, day_of_month = name.split("_")[1:]
    return date(int(year), int(month), int(day_of_month))


def _question(one: OfferedDate) -> RadioField:
    return RadioField(
        day(one.date),
        choices=ANSWERS,
        default=one.answer,
        validators=[InputRequired(f"Say whether you can come on {day(one.date)}")],
    )
