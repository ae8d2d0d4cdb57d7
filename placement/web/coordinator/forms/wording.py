"""The words before a kind of mail, and whether it goes."""

from wtforms import BooleanField, IntegerField, TextAreaField
from wtforms.validators import Length
from wtforms.widgets import HiddenInput

from placement.domain.mails import LONGEST_INTRO
from placement.web.forms import PageForm


class WordingForm(PageForm):
    """A coordinator's own words; `seen` is the version that the page showed."""

    intro = TextAreaField(
        "Your own words",
        description="They stand after the greeting. Plain text; leave it empty for none.",
        validators=[
            Length(max=LONGEST_INTRO, message=f"Your own words can have up to {LONGEST_INTRO} characters")
        ],
    )
    goes = BooleanField("This mail goes by itself")
    seen = IntegerField(widget=HiddenInput(), default=0)
