"""What a partner says of a day, and of somebody who came without being expected."""

from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from placement.domain.attendance import AGAIN_WORDS, WENT_WORDS
from placement.services.attendance import LONGEST_NAME
from placement.services.feedback import LONGEST_WORDS, FeedbackFacts
from placement.web.forms import PageForm

TOO_LONG = f"Use {LONGEST_WORDS} characters or fewer"


class ExtraForm(PageForm):
    """Somebody who came and is not on the list."""

    name = StringField(
        "Name",
        validators=[DataRequired("Enter the name of the person who came"), Length(max=LONGEST_NAME)],
        render_kw={"autocomplete": "off"},
    )
    organisation = StringField(
        "Organisation, if you know it",
        validators=[Length(max=LONGEST_NAME)],
        render_kw={"autocomplete": "off"},
    )


class PartnerFeedbackForm(PageForm):
    """Feedback of a partner; `seen` tells which version the page showed."""

    seen = HiddenField()
    went = RadioField(
        "How did the day go?",
        choices=[SelectChoice(str(number), words) for number, words in WENT_WORDS.items()],
        validators=[InputRequired("Say how the day went")],
    )
    again = RadioField(
        "Would you host leaders again?",
        choices=[SelectChoice(word, words) for word, words in AGAIN_WORDS.items()],
        validators=[InputRequired("Say whether you would host again")],
    )
    words = TextAreaField(
        "Is there anything else to tell?",
        description="What went well, what should be different? Only the programme’s team reads it.",
        validators=[Length(max=LONGEST_WORDS, message=TOO_LONG)],
    )
    call_me = BooleanField("Please call me about this day")

    def facts(self) -> FeedbackFacts:
        """What was said."""
        return FeedbackFacts(
            went=int(self.went.data or 0),
            again=str(self.again.data),
            words=str(self.words.data or ""),
            call_me=bool(self.call_me.data),
        )
