"""Forms of the review board: why a place is fixed, which day it is to be, a note."""

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from placement.domain.errors import ButtonUnknown
from placement.services.fixing import LONGEST_REASON
from placement.services.run_notes import LONGEST_NOTE
from placement.web.forms import PageForm


class ReasonForm(PageForm):
    """Why a place is fixed or changed."""

    reason = TextAreaField(
        "Why?",
        description="Everybody who runs the cohort can read it; leaders and partners cannot. "
        "Write nothing about health or private matters.",
        validators=[
            DataRequired("Say why, in a few words"),
            Length(max=LONGEST_REASON, message=f"Use {LONGEST_REASON} characters or fewer"),
        ],
    )


class NeverForm(ReasonForm):
    """The same with how much is ruled out."""

    much = RadioField(
        "What are they never to be given?",
        choices=[
            SelectChoice("every", "Any day of this placement"),
            SelectChoice("one", "Only this day"),
        ],
        validators=[InputRequired("Say whether it is about any day or only this one")],
    )


class StepForm(PageForm):
    """A press of Undo or Do again: the step that the page showed."""

    step = HiddenField()

    def step_id(self) -> int:
        """The step; a press that names none is refused."""
        if not str(self.step.data or "").isdigit():
            raise ButtonUnknown
        return int(str(self.step.data)[:12])


class NoteForm(PageForm):
    """A note on a run."""

    text = TextAreaField(
        "Note",
        description="For those who run the cohort. Write nothing about health or private matters.",
        validators=[
            DataRequired("Write something"),
            Length(max=LONGEST_NOTE, message=f"Use {LONGEST_NOTE} characters or fewer"),
        ],
    )
