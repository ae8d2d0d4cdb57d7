"""Asking for a match run: by which objective, with which seed."""

from wtforms import HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from placement.domain.states import OBJECTIVES
from placement.web.deciding import OBJECTIVE_WORDS
from placement.web.forms import PageForm

LONGEST_SEED = 200


def objective_field() -> RadioField:
    """By what a match is to go."""
    return RadioField(
        "What should count most?",
        choices=[SelectChoice(word, OBJECTIVE_WORDS[word].name) for word in OBJECTIVES],
        validators=[InputRequired("Say what should count most")],
    )


class RunForm(PageForm):
    """The objective and the seed; `seen` is the newest run that the page knew of, 0 for none."""

    seen = HiddenField(default="0")
    objective = objective_field()
    seed = StringField(
        "Seed of the lottery",
        description="Any word or number. The same seed and the same answers always give the same list.",
        validators=[
            DataRequired("Enter a seed for the lottery"),
            Length(max=LONGEST_SEED, message=f"The seed must be {LONGEST_SEED} characters or fewer"),
        ],
    )

    def newest_seen(self) -> int:
        """The newest run that the page knew of; 0 for none, or where the page's own word was changed."""
        text = self.seen.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
