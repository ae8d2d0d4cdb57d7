"""The right address of a leader."""

from wtforms import EmailField, HiddenField
from wtforms.validators import DataRequired

from placement.web.forms import PageForm


class AddressForm(PageForm):
    """Where a leader's mail goes from now on; `seen` is the address that the page showed."""

    seen = HiddenField()
    email = EmailField("New e-mail address", validators=[DataRequired("Enter their e-mail address")])
