"""Changing what people are told of an offer: its words, its place, whom to ask, where to meet online."""

from typing import Any

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from placement.adapters.postcodes import sector_centres
from placement.domain.errors import PostcodeMalformed
from placement.domain.geo import parse_postcode, whereabouts
from placement.domain.invites import LONGEST_LINK, is_joining_link
from placement.services.offer_changes import Contact, OfferWords, Place
from placement.web.forms import PageForm


def at_most(longest: int) -> Length:
    """Refuse a longer text."""
    return Length(max=longest, message=f"Use {longest:,} characters or fewer")


class LinkField(StringField):  # type: ignore[misc]  # the library has no types
    """The address at which people meet online."""

    def __init__(self, label: str = "Link to join", **options: Any) -> None:
        options.setdefault("description", "A whole web address that begins with https://")
        options.setdefault("render_kw", {"autocomplete": "off", "spellcheck": "false"})
        super().__init__(label, **options)

    def pre_validate(self, form: Any) -> None:
        """Refuse what is no web address beginning with https."""
        del form
        if self.data and not is_joining_link(self.data):
            raise ValidationError(
                "Enter a whole web address that begins with https:// and has no spaces, "
                f"of {LONGEST_LINK} characters or fewer"
            )


class LinkForm(PageForm):
    """Where people meet online."""

    joining_link = LinkField(validators=[DataRequired("Enter the link to join")])


class WordsForm(PageForm):
    """What an opportunity is called, and what to know of it; `seen` is the version that the page showed."""

    seen = HiddenField()
    title = StringField("Title", validators=[DataRequired("Enter a title"), at_most(300)])
    what_to_know = TextAreaField(
        "What people should know before they come (optional)", validators=[at_most(4000)]
    )

    def words(self) -> OfferWords:
        """What was said, once it has been found valid."""
        return OfferWords(str(self.title.data), str(self.what_to_know.data or ""))


class ContactForm(PageForm):
    """Whom people ask for on the day; `seen` is the version that the page showed."""

    seen = HiddenField()
    name = StringField("Name (optional)", validators=[at_most(300)], render_kw={"autocomplete": "off"})
    phone = StringField(
        "Telephone number (optional)",
        validators=[at_most(50)],
        render_kw={"autocomplete": "off", "inputmode": "tel"},
    )

    def contact(self) -> Contact:
        """What was said, once it has been found valid."""
        return Contact(str(self.name.data or ""), str(self.phone.data or ""))


class PlaceForm(PageForm):
    """Where an opportunity takes place; `seen` is the version that the page showed."""

    seen = HiddenField()
    address = StringField(
        "Address",
        description="Building, street and town",
        validators=[DataRequired("Enter the address"), at_most(500)],
    )
    postcode = StringField("Postcode", validators=[DataRequired("Enter the postcode")])
    same = RadioField(
        "Is it still the same place?",
        choices=[
            SelectChoice("no", "No, people go somewhere else: everybody is asked to answer again"),
            SelectChoice("yes", "Yes, the address is only written in another way: answers stand"),
        ],
        validators=[InputRequired("Say whether people go to the same place")],
    )

    def validate_postcode(self, field: StringField) -> None:
        """Refuse what is no postcode."""
        try:
            parse_postcode(str(field.data))
        except PostcodeMalformed as malformed:
            raise ValidationError(str(malformed)) from malformed

    def place(self) -> Place:
        """What was said, once it has been found valid."""
        postcode = parse_postcode(str(self.postcode.data))
        found = whereabouts(postcode, sector_centres())
        return Place(
            str(self.address.data),
            str(postcode),
            found.position if found else None,
            same=self.same.data == "yes",
        )
