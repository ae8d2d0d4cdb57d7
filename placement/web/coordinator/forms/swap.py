"""Granting and refusing a request for a swap."""

from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired

from placement.services.swap_requests import LONGEST_WORDS
from placement.web.coordinator.forms.offer import at_most
from placement.web.forms import PageForm


class GrantForm(PageForm):
    """Making the swap; `seen` tells which one the page showed."""

    seen = HiddenField()


class RefuseForm(PageForm):
    """Saying no."""

    answer = TextAreaField(
        "Why is it not possible?",
        description="The leader reads this in an e-mail and on their page, and keeps their day",
        validators=[DataRequired("Say in a sentence why it is not possible"), at_most(LONGEST_WORDS)],
    )
