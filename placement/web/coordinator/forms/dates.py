"""What a leader now says of each date, told by their coordinator."""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from placement.domain.states import DateAnswerWord
from placement.web.forms import PageForm
from placement.web.leader.forms.dates import field_name
from placement.web.leader.forms.seen import answers_text
from placement.web.presenters import day

WORDS: Mapping[str, str] = {"can": "Can come", "if_need_be": "If need be", "cannot": "Cannot come"}


class LeaderDatesForm(PageForm):
    """Base of the forms that `leader_dates_form` makes; `seen` are the answers that the page shows."""

    seen = HiddenField()

    def answers(self) -> dict[str, DateAnswerWord]:
        """What was answered to each question, by its name."""
        questions = (field for field in self if isinstance(field, RadioField))
        return {field.short_name: cast("DateAnswerWord", field.data) for field in questions}


def leader_dates_form(dates: Mapping[date, str], **sent: Any) -> LeaderDatesForm:
    """The form for `dates` with their answers; `formdata=None` leaves out what was just sent."""
    questions = {field_name(when): _question(when, answer) for when, answer in dates.items()}
    made = type("LeaderDatesForm", (LeaderDatesForm,), questions)(seen=answers_text(dates), **sent)
    return cast("LeaderDatesForm", made)


def changed_answers(
    form: LeaderDatesForm, dates: Mapping[date, str], seen: Mapping[date, str]
) -> dict[date, DateAnswerWord]:
    """The answers of a valid form that differ from what its page had shown."""
    said = form.answers()
    found = {when: said[field_name(when)] for when in dates}
    return {when: answer for when, answer in found.items() if answer != seen.get(when)}


def lost_answers(sent: LeaderDatesForm, kept: Mapping[date, str]) -> list[str]:
    """What was sent and is not kept, date by date, so that nobody has to remember it."""
    said = sent.answers()
    return [
        f"{day(when)}: you sent “{WORDS[said[field_name(when)]]}”, and “{WORDS[answer]}” is kept."
        for when, answer in kept.items()
        if said.get(field_name(when), answer) != answer
    ]


def _question(when: date, answer: str) -> RadioField:
    return RadioField(
        day(when),
        choices=[SelectChoice(value, label) for value, label in WORDS.items()],
        default=answer,
        validators=[InputRequired(f"Say whether they can come on {day(when)}")],
    )
