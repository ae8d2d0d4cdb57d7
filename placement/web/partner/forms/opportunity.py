"""What a partner offers: the form that describes it."""

from typing import cast

from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from placement.adapters.postcodes import sector_centres
from placement.domain.errors import PostcodeMalformed
from placement.domain.geo import Postcode, parse_postcode, whereabouts
from placement.domain.states import Check
from placement.services.opportunities import OpportunityFacts
from placement.web.forms import PageForm

LONGEST_TITLE = 120
LONGEST_ADDRESS = 300
LONGEST_TEXT = 2000
YES_OR_NO = [SelectChoice("yes", "Yes"), SelectChoice("no", "No")]


class OpportunityForm(PageForm):
    """What visitors do, where, and what they must bring with them."""

    title = StringField(
        "Name of the placement",
        description="A few words that make leaders curious, such as “Morning at the food bank”",
        validators=[
            DataRequired("Enter a name for the placement"),
            Length(max=LONGEST_TITLE, message=f"The name must be {LONGEST_TITLE} characters or fewer"),
        ],
    )
    description = TextAreaField(
        "What will visitors do?",
        description="Whom they will meet, and whether they watch or help",
        validators=[
            DataRequired("Say what visitors will do"),
            Length(max=LONGEST_TEXT, message=f"Use {LONGEST_TEXT:,} characters or fewer"),
        ],
    )
    what_to_know = TextAreaField(
        "What should they know before they come? (optional)",
        description="What to wear, where to park, whom to ask for",
        validators=[Length(max=LONGEST_TEXT, message=f"Use {LONGEST_TEXT:,} characters or fewer")],
    )
    address = StringField(
        "Address",
        description="Building, street and town",
        validators=[
            DataRequired("Enter the address"),
            Length(max=LONGEST_ADDRESS, message=f"The address must be {LONGEST_ADDRESS} characters or fewer"),
        ],
    )
    postcode = StringField(
        "Postcode",
        description="Leaders are told how far away it is",
        validators=[DataRequired("Enter the postcode")],
    )
    step_free = RadioField(
        "Can people get in and around without steps?",
        choices=YES_OR_NO,
        validators=[InputRequired("Say whether people can get in and around without steps")],
    )
    check_required = RadioField(
        "Which criminal record check (DBS) must visitors have?",
        choices=[
            SelectChoice("none", "No check"),
            SelectChoice("basic", "Basic"),
            SelectChoice("enhanced", "Enhanced"),
        ],
        validators=[InputRequired("Say which check visitors must have")],
    )
    women_only = RadioField(
        "Is this for women only?",
        choices=YES_OR_NO,
        validators=[InputRequired("Say whether this is for women only")],
    )

    def validate_postcode(self, field: StringField) -> None:
        """Refuse what is no postcode, or one that nobody has heard of."""
        try:
            postcode = parse_postcode(str(field.data))
        except PostcodeMalformed as malformed:
            raise ValidationError(str(malformed)) from malformed
        if whereabouts(postcode, sector_centres()) is None:
            raise ValidationError(
                f"We cannot find the postcode {postcode}. Check it, "
                "or ask your coordinator to add this place for you"
            )

    def facts(self) -> OpportunityFacts:
        """What was said, once it has been found valid."""
        postcode: Postcode = parse_postcode(str(self.postcode.data))
        place = whereabouts(postcode, sector_centres())
        return OpportunityFacts(
            title=str(self.title.data),
            description=str(self.description.data),
            what_to_know=str(self.what_to_know.data or ""),
            address=str(self.address.data),
            postcode=str(postcode),
            position=place.position if place else None,
            check_required=cast("Check", self.check_required.data),
            step_free=self.step_free.data == "yes",
            women_only=self.women_only.data == "yes",
        )
