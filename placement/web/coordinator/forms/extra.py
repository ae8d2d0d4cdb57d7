"""Somebody who came to a day without being expected: a leader of the cohort, or anybody by name."""

from collections.abc import Sequence

from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from placement.services.attendance import LONGEST_NAME
from placement.web.forms import PageForm

NOBODY = ""


class ExtraForm(PageForm):
    """Who came."""

    leader = SelectField("A leader of this cohort", validate_choice=True)
    name = StringField(
        "Or somebody else: name", validators=[Length(max=LONGEST_NAME)], render_kw={"autocomplete": "off"}
    )
    organisation = StringField(
        "Their organisation", validators=[Length(max=LONGEST_NAME)], render_kw={"autocomplete": "off"}
    )

    def offer(self, leaders: Sequence[tuple[int, str]]) -> "ExtraForm":
        """Say which leaders there are to choose."""
        listed = [SelectChoice(str(leader_id), words) for leader_id, words in leaders]
        self.leader.choices = [SelectChoice(NOBODY, "Choose a leader, or write a name below"), *listed]
        return self

    @property
    def leader_id(self) -> int | None:
        """The leader who was chosen; None for nobody."""
        return int(self.leader.data) if self.leader.data else None
