"""A site of a partner: where it is, how to find it, how to get in."""

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Optional, ValidationError

from placement.adapters.postcodes import position_of_grid, sector_centres
from placement.domain.errors import PostcodeMalformed
from placement.domain.geo import Position, is_near_home, parse_postcode, whereabouts
from placement.domain.pins import degrees, degrees_in_words, grid_metres
from placement.services.sites import SiteFacts
from placement.web.forms import PageForm
from placement.web.partner.forms.opportunity import YES_OR_NO, at_most

NOT_A_PIN = (
    "Enter a grid reference, like SD 307 361, or latitude and longitude, like 53.81750, -3.05380. "
    "Maps on the web show them when you press on the place."
)


class SiteForm(PageForm):
    """A site; `seen` tells which version of it the page showed."""

    seen = HiddenField()
    name = StringField(
        "Name of the place (optional)",
        description="For example, “Harbour Kitchen”",
        validators=[at_most(200)],
    )
    address = StringField(
        "Address",
        description="Building, street and town",
        validators=[DataRequired("Enter the address"), at_most(300)],
    )
    postcode = StringField(
        "Postcode",
        description="Leaders are told how far away it is",
        validators=[DataRequired("Enter the postcode")],
    )
    pin = StringField(
        "Spot on the map (optional)",
        description=(
            "Needed where we do not know the postcode, as in Northern Ireland. "
            "A grid reference, like SD 307 361, or latitude and longitude, like 53.81750, -3.05380"
        ),
        validators=[Optional()],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    directions = TextAreaField(
        "How do people find you? (optional)",
        description="Buses and trains, which door, which bell",
        validators=[at_most(1000)],
    )
    parking = TextAreaField("Where can they park? (optional)", validators=[at_most(500)])
    step_free = RadioField(
        "Can people get in and around without steps?",
        choices=YES_OR_NO,
        validators=[InputRequired("Say whether people can get in and around without steps")],
    )

    def __init__(self, *args: object, before: SiteFacts | None = None, **facts: object) -> None:
        """`before` is what is known of a site that is there already."""
        super().__init__(*args, **facts)
        self.before = before

    def validate_postcode(self, field: StringField) -> None:
        """Refuse what is no postcode, and one that nobody has heard of while there is no spot on the map."""
        try:
            postcode = parse_postcode(str(field.data))
        except PostcodeMalformed as malformed:
            raise ValidationError(str(malformed)) from malformed
        if whereabouts(postcode, sector_centres()) is None and not self.pin.data and not self._stays():
            raise ValidationError(
                f"We do not know where {postcode} is. Check it, or enter the spot on the map below"
            )

    def validate_pin(self, field: StringField) -> None:
        """Refuse what is no spot on the map, or one far away."""
        position = _position(str(field.data))
        if position is None:
            raise ValidationError(NOT_A_PIN)
        if not is_near_home(position):
            raise ValidationError("This spot is outside the United Kingdom. Check the numbers.")

    def show(self, before: SiteFacts) -> None:
        """Fill the form with what is known."""
        for name in ("name", "address", "postcode", "directions", "parking"):
            self[name].data = getattr(before, name)
        self.pin.data = _pin_shown(before)
        if before.step_free is not None:
            self.step_free.data = "yes" if before.step_free else "no"

    def facts(self) -> SiteFacts:
        """What was said, once it has been found valid."""
        return SiteFacts(
            name=str(self.name.data or ""),
            address=str(self.address.data),
            postcode=self._postcode(),
            position=self._found(),
            directions=str(self.directions.data or ""),
            parking=str(self.parking.data or ""),
            step_free=self.step_free.data == "yes",
        )

    def _postcode(self) -> str:
        return str(parse_postcode(str(self.postcode.data)))

    def _stays(self) -> bool:
        """Whether the postcode is the one that is known already."""
        return self.before is not None and self._postcode() == self.before.postcode

    def _found(self) -> Position | None:
        pin = str(self.pin.data or "")
        if self.before is not None and self._stays() and pin == _pin_shown(self.before):
            return self.before.position  # nobody has touched it, and it may be known more exactly
        return _position(pin) if pin else _middle(self._postcode())


class KnownSiteForm(SiteForm):
    """A site that is there already: whoever changes its address says whether people go elsewhere."""

    same = RadioField(
        "If the address changes: is it still the same place?",
        choices=[
            SelectChoice("yes", "Yes, the address is only written in another way"),
            SelectChoice("no", "No, people go somewhere else: everybody is asked to answer again"),
        ],
        validators=[Optional()],
    )

    def validate(self, extra_validators: object = None) -> bool:
        """Insist on an answer to the last question where the address is another one."""
        found = bool(super().validate(extra_validators))
        if found and self._moves() and not self.same.data:
            self.same.errors = ["Say whether people go to the same place"]
            return False
        return found

    def _moves(self) -> bool:
        facts, before = self.facts(), self.before
        return before is not None and (facts.address, facts.postcode) != (before.address, before.postcode)


def _position(text: str) -> Position | None:
    metres = grid_metres(text)
    return degrees(text) if metres is None else position_of_grid(*metres)


def _middle(postcode: str) -> Position | None:
    found = whereabouts(parse_postcode(postcode), sector_centres())
    return found.position if found else None


def _pin_shown(facts: SiteFacts) -> str:
    """The spot on the map, where it is not simply the middle of the postcode's sector."""
    if facts.position is None:
        return ""
    try:
        middle = _middle(facts.postcode)
    except PostcodeMalformed:
        middle = None
    shown = degrees_in_words(facts.position)
    return "" if middle is not None and degrees_in_words(middle) == shown else shown
