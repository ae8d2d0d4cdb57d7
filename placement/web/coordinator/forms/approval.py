"""Deciding on what a partner wants to offer."""

from wtforms import BooleanField, HiddenField, TextAreaField
from wtforms.validators import DataRequired

from placement.web.coordinator.forms.offer import at_most
from placement.web.forms import PageForm


class ApproveForm(PageForm):
    """Putting an opportunity on offer; `seen` tells which version of it the page showed."""

    seen = HiddenField()
    safeguarding = BooleanField("The safeguarding lead has agreed to the regulated activity")


class ReturnForm(PageForm):
    """Sending an opportunity back; `seen` tells which version of it the page showed."""

    seen = HiddenField()
    note = TextAreaField(
        "What is to be changed?",
        description="The partner reads this in an e-mail and on their page",
        validators=[DataRequired("Say what is to be changed"), at_most(2000)],
    )
