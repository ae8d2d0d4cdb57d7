"""What a leader writes about a day: a reflection with its readers, and short feedback."""

from wtforms import BooleanField, HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from placement.domain.attendance import PROMPTS, WENT_WORDS
from placement.services.feedback import LONGEST_WORDS, FeedbackFacts
from placement.services.reflections import LONGEST_ANSWER, Readers
from placement.web.forms import PageForm


def _answer(name: str) -> TextAreaField:
    """The box for the answer to one prompt."""
    too_long = f"Use {LONGEST_ANSWER} characters or fewer"
    return TextAreaField(PROMPTS[name], validators=[Length(max=LONGEST_ANSWER, message=too_long)])


class ReflectionForm(PageForm):
    """A reflection; the names of its answers are those of the prompts. `seen` is the version shown."""

    seen = HiddenField()
    saw = _answer("saw")
    surprised = _answer("surprised")
    differently = _answer("differently")
    tell_partner = _answer("tell_partner")
    to_partner = BooleanField("The partner where I was, with my name")
    to_coordinator = BooleanField("The coordinators of my programme, with my name")
    to_evaluators = BooleanField("Those who evaluate the programme, without my name")

    def answers(self) -> dict[str, str]:
        """What was written, by prompt."""
        return {name: str(self[name].data or "") for name in PROMPTS}

    def readers(self) -> Readers:
        """Whom the leader lets read it."""
        return Readers(
            partner=bool(self.to_partner.data),
            coordinator=bool(self.to_coordinator.data),
            evaluators=bool(self.to_evaluators.data),
        )


class DeleteForm(PageForm):
    """Erasing a reflection."""

    seen = HiddenField()


class LeaderFeedbackForm(PageForm):
    """Feedback of a leader."""

    seen = HiddenField()
    went = RadioField(
        "How did the day go?",
        choices=[SelectChoice(str(number), words) for number, words in WENT_WORDS.items()],
        validators=[InputRequired("Say how the day went")],
    )
    words = TextAreaField(
        "Is there anything that should be different?",
        validators=[Length(max=LONGEST_WORDS, message=f"Use {LONGEST_WORDS} characters or fewer")],
    )

    def facts(self) -> FeedbackFacts:
        """What was said."""
        return FeedbackFacts(went=int(self.went.data or 0), words=str(self.words.data or ""))
