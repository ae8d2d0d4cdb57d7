"""The right address of a leader."""

from wtforms import EmailField
from wtforms.validators import DataRequired

from placement.web.forms import PageForm


class AddressForm(PageForm):
    """Where a leader's mail goes from now on."""

    email = EmailField("New e-mail address", validators=[DataRequired("Enter their e-mail address")])
