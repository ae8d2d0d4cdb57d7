"""The question before somebody is erased."""

from wtforms import BooleanField
from wtforms.validators import InputRequired

from placement.web.forms import PageForm


class EraseForm(PageForm):
    """Whether it is really meant: it cannot be undone."""

    sure = BooleanField(
        "Yes, erase it. I know that it cannot be brought back",
        validators=[InputRequired("Tick the box if you want it erased")],
    )
