"""Which opportunity a new day is for: one of the partner's, or one that is described for it."""

from collections.abc import Iterable

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from placement.services.reports.partner import Offer
from placement.web.forms import PageForm

NEW = "new"


class WhichForm(PageForm):
    """The partner's opportunities, and "something new". It is sent with GET, so it has no CSRF token."""

    class Meta(PageForm.Meta):
        """Nothing is changed by this form."""

        csrf = False

    opportunity = RadioField("What is this day for?", validators=[InputRequired("Say what the day is for")])

    def offer_choices(self, offers: Iterable[Offer]) -> None:
        """Let one of `offers` be chosen."""
        known = [SelectChoice(str(offer.id), offer.title) for offer in offers]
        self.opportunity.choices = [*known, SelectChoice(NEW, "Something new")]
