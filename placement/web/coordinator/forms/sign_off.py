"""The form in which a coordinator keeps who signed off the list of an organisation."""

from collections.abc import Iterable

from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from placement.services.reports.sign_offs import ListedLeader
from placement.services.sign_offs import LONGEST_SIGNATORY
from placement.web.forms import PageForm


class SignOffForm(PageForm):
    """Who signed, and the list as the page showed it."""

    by = StringField(
        "Who signed it off?",
        description="The person at the organisation, with their role. For example, Amina Khan, chief nurse",
        validators=[
            DataRequired("Enter who signed the list off"),
            Length(max=LONGEST_SIGNATORY, message=f"Use {LONGEST_SIGNATORY} characters or fewer"),
        ],
    )
    seen = HiddenField()

    def leader_ids(self) -> set[int]:
        """The leaders of the list as the page showed it."""
        return {int(one) for one in str(self.seen.data or "").split() if one.isascii() and one.isdigit()}

    def show(self, leaders: Iterable[ListedLeader]) -> None:
        """Let the form be about these leaders."""
        self.seen.data = " ".join(str(leader.id) for leader in leaders)
