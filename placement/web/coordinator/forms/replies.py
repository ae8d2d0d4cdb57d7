"""What a coordinator makes of a reply that has to be looked at."""

from collections.abc import Sequence

from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from placement.domain.states import AnswerWord
from placement.services.reports.effects import Person
from placement.services.reports.replies import ReplyDetails
from placement.web.answering import WORDS
from placement.web.coordinator.words.answers import day_choice
from placement.web.forms import PageForm

CHOOSE = SelectChoice("", "Choose")


class TakeForm(PageForm):
    """Take a reply as the answer of a leader for a day."""

    day = SelectField(
        "Whose answer is it, and for which day?", validators=[InputRequired("Choose a leader and a day")]
    )
    answer = RadioField(
        "Take it as",
        choices=[
            SelectChoice("ACCEPTED", "Coming"),
            SelectChoice("TENTATIVE", "Perhaps"),
            SelectChoice("DECLINED", "Cannot come"),
        ],
        validators=[InputRequired("Choose what the reply says")],
    )

    @property
    def word(self) -> AnswerWord:
        """The answer that was chosen."""
        return WORDS[self.answer.data]


class AliasForm(PageForm):
    """Say whose the sender's address is."""

    leader = SelectField("Whose address is it?", validators=[InputRequired("Choose a leader")])


def take_form(details: ReplyDetails, *, sent: bool) -> TakeForm:
    """The form with the days of the cohort; what mail and sender speak for is chosen, where that is one."""
    likely = [one.placement_id for one in details.days if one.likely]
    held = details.line.partstat if details.line.partstat in WORDS else None
    facts = {"day": str(likely[0]) if len(likely) == 1 else "", "answer": held}
    form = TakeForm(prefix="take") if sent else TakeForm(formdata=None, prefix="take", data=facts)
    form.day.choices = [
        CHOOSE,
        *(SelectChoice(str(one.placement_id), day_choice(one)) for one in details.days),
    ]
    return form


def alias_form(leaders: Sequence[Person], *, sent: bool) -> AliasForm:
    """The form with the leaders of the cohort, those at the sender's domain first."""
    form = AliasForm(prefix="alias") if sent else AliasForm(formdata=None, prefix="alias")
    form.leader.choices = [
        CHOOSE,
        *(SelectChoice(str(one.leader_id), f"{one.name} ({one.email})") for one in leaders),
    ]
    return form
