"""Planning and changing an event: what, when and where."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, ValidationError

from placement.domain.errors import LocalTimeMissing, LocalTimeTwice
from placement.domain.states import EVENT_WORDS
from placement.domain.text import london_to_utc, to_london
from placement.services.events import EventFacts
from placement.web.coordinator.forms.offer import LinkField, at_most
from placement.web.forms import DayField, HourField, PageForm

WHOLE_COHORT = "0"
FIELDS = {
    "event_in_past": "day",
    "event_too_far_ahead": "day",
    "event_ends_before_start": "ends",
    "event_incomplete": "title",
    "event_link_unusable": "joining_link",
}
"""The field at which a rule stands that the service found broken."""


class EventForm(PageForm):
    """An event as it is to be; `seen` tells which state of it the page showed."""

    seen = HiddenField()
    kind = RadioField(
        "What is it?",
        choices=[SelectChoice(word, told) for word, told in EVENT_WORDS.items()],
        validators=[InputRequired("Say what it is")],
    )
    title = StringField("Title", validators=[DataRequired("Enter a title"), at_most(300)])
    day = DayField("Date", validators=[InputRequired("Enter the date")])
    starts = HourField(
        "Start", description="For example, 9:30am or 14:00", validators=[InputRequired("Enter the start")]
    )
    ends = HourField("End", description="For example, 3pm", validators=[InputRequired("Enter the end")])
    mode = RadioField(
        "How do people meet?",
        choices=[SelectChoice("in_person", "In person"), SelectChoice("virtual", "Online")],
        validators=[InputRequired("Say how people meet")],
    )
    address = StringField(
        "Address (if in person)", description="Building, street and town", validators=[at_most(500)]
    )
    postcode = StringField("Postcode (if in person)", validators=[at_most(10)])
    joining_link = LinkField("Link to join (if online)")
    description = TextAreaField("What people should know (optional)", validators=[at_most(4000)])

    def validate_starts(self, field: HourField) -> None:
        """Refuse a start that the clocks leave out or show twice."""
        self._refuse_clock_change(field)

    def validate_ends(self, field: HourField) -> None:
        """Refuse an end that the clocks leave out or show twice."""
        self._refuse_clock_change(field)

    def validate_address(self, field: StringField) -> None:
        """Ask for an address where people meet in person."""
        if self.mode.data == "in_person" and not field.data:
            raise ValidationError("Enter the address where people meet")

    def validate_joining_link(self, field: StringField) -> None:
        """Ask for a link where people meet online."""
        if self.mode.data == "virtual" and not field.data:
            raise ValidationError("Enter the link to join")

    def facts(self) -> EventFacts:
        """What was said, once it has been found valid."""
        return EventFacts(
            kind=self.kind.data,
            title=str(self.title.data),
            starts_at=self._moment(self.starts),
            ends_at=self._moment(self.ends),
            mode=self.mode.data,
            description=str(self.description.data or ""),
            address=str(self.address.data or ""),
            postcode=str(self.postcode.data or ""),
            joining_link=str(self.joining_link.data or ""),
        )

    def _refuse_clock_change(self, field: HourField) -> None:
        if self.day.data is None or field.data is None:
            return
        try:
            self._moment(field)
        except (LocalTimeMissing, LocalTimeTwice) as wrong:
            raise ValidationError(str(wrong)) from wrong

    def _moment(self, field: Any) -> datetime:
        day: Any = self.day.data
        return london_to_utc(day, field.data)


class NewEventForm(EventForm):
    """An event that is new, and for whom it is."""

    team = SelectField("Who is invited?", choices=[SelectChoice(WHOLE_COHORT, "Everybody of the cohort")])

    @property
    def team_id(self) -> int | None:
        """The team that is invited; None for the whole cohort."""
        return None if self.team.data in {None, WHOLE_COHORT} else int(self.team.data)


class AddressForm(PageForm):
    """Where people meet in person."""

    address = StringField(
        "Address",
        description="Building, street and town",
        validators=[DataRequired("Enter the address where people meet"), at_most(500)],
    )
    postcode = StringField("Postcode", validators=[at_most(10)])


def new_event_form(teams: Sequence[tuple[int, str]]) -> NewEventForm:
    """The form of a new event, with the teams that can be invited."""
    form = NewEventForm()
    named = [SelectChoice(str(team_id), f"The team {name}") for team_id, name in teams]
    form.team.choices = [SelectChoice(WHOLE_COHORT, "Everybody of the cohort"), *named]
    return form


def event_form(facts: EventFacts, version: str) -> EventForm:
    """The form with an event as it is."""
    start, end = to_london(facts.starts_at), to_london(facts.ends_at)
    told = {
        name: getattr(facts, name)
        for name in ("kind", "title", "mode", "description", "address", "postcode", "joining_link")
    }
    return EventForm(
        formdata=None, seen=version, day=start.date(), starts=start.time(), ends=end.time(), **told
    )
