"""What a partner says while people are coming: why a day is taken back, and a message to all who come."""

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from placement.domain.hosting import LONGEST_MESSAGE, LONGEST_WORDS, REASON_WORDS
from placement.services.partner_withdrawals import WhyWithdrawn
from placement.web.forms import PageForm


class ReasonForm(PageForm):
    """Why a day is taken back; `seen` tells which state of it, and of who comes, the page showed."""

    seen = HiddenField()
    reason = RadioField(
        "Why can you not host this day?",
        description="Things happen, and nobody minds. Only your coordinator sees the reason.",
        choices=[SelectChoice(word, words) for word, words in REASON_WORDS.items()],
        validators=[InputRequired("Choose a reason")],
    )
    words = TextAreaField(
        "Anything that your coordinator should know (optional)",
        description="For example, another date that would suit you. Please name nobody’s health.",
        validators=[Length(max=LONGEST_WORDS, message=f"Use {LONGEST_WORDS} characters or fewer")],
    )

    def why(self) -> WhyWithdrawn:
        """What was said."""
        return WhyWithdrawn(str(self.reason.data), str(self.words.data or ""))


class MessageForm(PageForm):
    """A message to all who come; `seen` tells of whom, and of which earlier messages, the page knew."""

    seen = HiddenField()
    text = TextAreaField(
        "Your message",
        description="Where to come in, what to bring, what is different from what they know. Plain text.",
        validators=[
            DataRequired("Enter your message"),
            Length(max=LONGEST_MESSAGE, message=f"Use {LONGEST_MESSAGE} characters or fewer"),
        ],
    )
