"""Changing a day: its date and hours, its seats and minimum number."""

from typing import Any

from wtforms import HiddenField

from placement.domain.errors import SlotRefused
from placement.domain.text import to_london
from placement.services.reports.roster import RosterDay
from placement.services.slot_changes import SlotChange
from placement.web.forms import PARTS
from placement.web.partner.forms.hours import HoursForm
from placement.web.partner.forms.numbers import PeopleField

FIELDS = {
    "slot_in_past": "day",
    "slot_too_far_ahead": "day",
    "slot_start_taken": "starts",
    "slot_change_clashes": "starts",
    "slot_ends_before_start": "ends",
    "minimum_above_capacity": "minimum",
    "places_out_of_range": "capacity",
}
"""The field at which a rule stands that the service found broken."""


class ChangeForm(HoursForm):
    """The day as it is to be; `seen` tells which state of it the page showed."""

    seen = HiddenField()
    capacity = PeopleField("Seats", missing="Enter how many seats there are")
    minimum = PeopleField(
        "Minimum number",
        missing="Enter the minimum number",
        description="With fewer people the day does not run",
    )

    def change_of(self, day: RosterDay) -> SlotChange:
        """What differs from the day as it is, once the form has been found valid."""
        now = _facts(day)
        wanted: dict[str, Any] = {
            "date": self.day.data,
            "start": self.starts.data,
            "end": self.ends.data,
            "capacity": self.capacity.data,
            "minimum": self.minimum.data,
        }
        return SlotChange(**{name: value for name, value in wanted.items() if value != now[name]})

    def refuse(self, refused: SlotRefused) -> None:
        """Show what was refused at its field; raise it again where no field is meant."""
        name = FIELDS.get(refused.code)
        if name is None:
            raise refused
        self[name].errors = [*self[name].errors, str(refused)]
        if name == "day":
            self.day.wrong_parts = list(PARTS)


def change_form(day: RosterDay) -> ChangeForm:
    """The form with the day as it is."""
    now = _facts(day)
    return ChangeForm(
        formdata=None,
        seen=day.version,
        day=now["date"],
        starts=now["start"],
        ends=now["end"],
        capacity=now["capacity"],
        minimum=now["minimum"],
    )


def _facts(day: RosterDay) -> dict[str, Any]:
    start, end = to_london(day.starts_at), to_london(day.ends_at)
    return {
        "date": start.date(),
        "start": start.time(),
        "end": end.time(),
        "capacity": day.capacity,
        "minimum": day.minimum,
    }
