"""The form in which an invite is answered: by its link, on the leader's page, by somebody who was told."""

from datetime import datetime
from typing import Any

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from placement.domain.answer_errors import AnswerClosed
from placement.domain.answers import LONGEST_NOTE, GivenAnswer
from placement.domain.states import AnswerWay, AnswerWord
from placement.services.reports.answers import AnswerDay
from placement.web.forms import PageForm

WORDS: dict[str, AnswerWord] = {"ACCEPTED": "ACCEPTED", "TENTATIVE": "TENTATIVE", "DECLINED": "DECLINED"}
TOO_LONG = f"Use {LONGEST_NOTE} characters or fewer"


class AnswerForm(PageForm):
    """Somebody's answer for a day of their own; `seen` is the SEQUENCE of the day as it was shown."""

    answer = RadioField(
        "Are you coming?",
        choices=[
            SelectChoice("ACCEPTED", "I am coming"),
            SelectChoice("TENTATIVE", "I may come"),
            SelectChoice("DECLINED", "I cannot come"),
        ],
        validators=[InputRequired("Say whether you are coming")],
    )
    note = TextAreaField(
        "Is there anything that we should know? (optional)",
        description="For example, why you cannot come. Please do not write about your health here.",
        validators=[Length(max=LONGEST_NOTE, message=TOO_LONG)],
    )
    seen = HiddenField()

    def given(self, way: AnswerWay, *, now: datetime) -> GivenAnswer:
        """The answer as it was typed."""
        return GivenAnswer(
            partstat=WORDS[self.answer.data], way=way, given_at=now, note=str(self.note.data or "")
        )

    @property
    def seen_sequence(self) -> int:
        """The SEQUENCE that the page showed; one that no invite has where that is no number."""
        text = str(self.seen.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


class RecordedForm(AnswerForm):
    """What a leader has said to a coordinator in another way."""

    answer = RadioField(
        "What have they said?",
        choices=[
            SelectChoice("ACCEPTED", "They are coming"),
            SelectChoice("TENTATIVE", "They may come"),
            SelectChoice("DECLINED", "They cannot come"),
        ],
        validators=[InputRequired("Choose what they have said")],
    )
    note = TextAreaField(
        "Note (optional)",
        description="For example, how and when they told you. Do not write about their health here.",
        validators=[Length(max=LONGEST_NOTE, message=TOO_LONG)],
    )


def new_form(day: AnswerDay, *, chosen: str | None = None, kind: type[AnswerForm] = AnswerForm) -> Any:
    """The form as it is shown first: with the answer that is `chosen`, else the one that is held."""
    held = day.partstat if day.partstat in WORDS else None
    return kind(formdata=None, data={"answer": chosen or held, "seen": day.sequence})


def seen_again(form: AnswerForm, day: AnswerDay) -> AnswerForm:
    """The same form, about the day as it is now."""
    form.seen.data = day.sequence
    form.seen.raw_data = None
    return form


def refuse_closed(day: AnswerDay) -> None:
    """Raise `AnswerClosed` for a day that took no answer any more when it was looked at."""
    if day.closed:
        raise AnswerClosed(state=day.closed)
