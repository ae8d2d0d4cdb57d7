"""What leaders say of themselves: where they start from and how far they go, their role, what they need."""

from collections.abc import Sequence
from typing import Any, cast

from wtforms import BooleanField, FloatField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from placement.adapters.postcodes import sector_centres
from placement.domain.errors import PostcodeMalformed
from placement.domain.geo import Position, parse_postcode, whereabouts
from placement.domain.states import Check, PostcodeKind
from placement.services.about_leader import (
    LONGEST_NEED,
    LONGEST_POSTCODE,
    LONGEST_ROLE,
    MatchFacts,
    Need,
)
from placement.web.forms import PageForm

FARTHEST_KM = 1000
KINDS = {"home": "My home", "work": "Where I work"}
CHECKS = {"none": "No check", "basic": "Basic", "enhanced": "Enhanced"}


class KilometresField(FloatField):  # type: ignore[misc]  # the library has no types
    """A number of kilometres; empty for no limit."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the number, with or without "km" behind it; what is none is said to be none."""
        try:
            super().process_formdata([value.lower().removesuffix("km").strip() for value in valuelist])
        except ValueError as wrong:
            raise ValueError("The distance must be a number, like 25") from wrong

    def _value(self) -> str:
        """What was typed, else the number without a needless ".0"."""
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:g}"


class FactsForm(PageForm):
    """What the match looks at; `seen` tells which state of it the page showed."""

    seen = HiddenField()
    base_postcode = StringField(
        "Postcode you start from (optional)",
        description="We use it to work out about how far away each placement is. Partners never see it.",
        validators=[
            Length(max=LONGEST_POSTCODE, message=f"Use {LONGEST_POSTCODE} characters or fewer"),
        ],
    )
    postcode_kind = RadioField(
        "Where is that?",
        choices=[SelectChoice(value, label) for value, label in KINDS.items()],
        validators=[Optional()],
    )
    max_km = KilometresField(
        "Furthest you can travel, one way (optional)",
        description="In kilometres, in a straight line: 10 miles are 16 km. Leave it empty for no limit.",
        validators=[
            Optional(),
            NumberRange(min=1, max=FARTHEST_KM, message=f"The distance must be from 1 to {FARTHEST_KM} km"),
        ],
    )
    no_car = BooleanField("I have no car for the day")
    check_held = RadioField(
        "Which criminal record check (DBS) do you have?",
        description="Some placements need one. Your coordinator may ask to see it.",
        choices=[SelectChoice(value, label) for value, label in CHECKS.items()],
        validators=[InputRequired("Say which check you have")],
    )

    def facts(self) -> MatchFacts:
        """What was said, once it has been found valid; a postcode is written in the usual way."""
        kind = self.postcode_kind.data if self.base_postcode.data else None
        return MatchFacts(
            base_postcode=usual_postcode(str(self.base_postcode.data or "")),
            postcode_kind=cast("PostcodeKind", kind) if kind in KINDS else None,
            max_km=self.max_km.data,
            no_car=bool(self.no_car.data),
            check_held=cast("Check", self.check_held.data),
        )

    def position(self) -> Position | None:
        """About where the postcode is; None where it tells nothing."""
        try:
            found = whereabouts(parse_postcode(str(self.base_postcode.data or "")), sector_centres())
        except PostcodeMalformed:
            return None
        return found.position if found else None


class RoleForm(PageForm):
    """What a leader does at work."""

    seen = HiddenField()
    role = StringField(
        "Your role (optional)",
        description="For example, ward manager. The partner where you are placed sees it.",
        validators=[Length(max=LONGEST_ROLE, message=f"Use {LONGEST_ROLE} characters or fewer")],
        render_kw={"autocomplete": "organization-title"},
    )


class NeedForm(PageForm):
    """What a leader needs to take part, and who may know it."""

    seen = HiddenField()
    text = TextAreaField(
        "What do you need to take part?",
        description=(
            "For example: a step-free way in, a hearing loop, a quiet room at noon, food without nuts. "
            "Say what helps; you need not say why."
        ),
        validators=[Length(max=LONGEST_NEED, message=f"Use {LONGEST_NEED:,} characters or fewer")],
    )
    shared = BooleanField("Tell the partner who hosts me")

    def need(self) -> Need:
        """What was said."""
        return Need(str(self.text.data or ""), shared=bool(self.shared.data))


def facts_form(facts: MatchFacts, version: str) -> FactsForm:
    """The form, filled with what is kept."""
    return FactsForm(formdata=None, seen=version, **vars(facts))


def need_form(need: Need, version: str, **sent: Any) -> NeedForm:
    """The form, filled with what is kept."""
    return NeedForm(formdata=None, seen=version, text=need.text, shared=need.shared, **sent)


def show_again(field: HiddenField, version: str) -> None:
    """Let a form that was refused as out of date know the state that its page shows now."""
    field.raw_data, field.data = None, version


def usual_postcode(text: str) -> str:
    """A postcode as it is usually written; what is none stays as it was typed."""
    try:
        return str(parse_postcode(text))
    except PostcodeMalformed:
        return text
