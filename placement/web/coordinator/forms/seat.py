"""How long a seat is held for the leader to whom it is offered."""

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from placement.services.seat_offers import HOURS
from placement.web.forms import PageForm


class SeatOfferForm(PageForm):
    """Until when the leader can answer."""

    hours = RadioField(
        "How long do we keep the seat for them?",
        choices=[
            SelectChoice("24", "1 day"),
            SelectChoice(str(HOURS), "2 days"),
            SelectChoice("96", "4 days"),
            SelectChoice("168", "1 week"),
        ],
        default=str(HOURS),
        validators=[InputRequired("Choose how long we keep the seat")],
    )
