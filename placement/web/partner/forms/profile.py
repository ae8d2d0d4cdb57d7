"""What a partner says of itself: the form of its profile."""

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Optional, Regexp

from placement.services.profiles import ProfileFacts
from placement.web.forms import PageForm
from placement.web.partner.forms.opportunity import at_most

TELEPHONE = r"[0-9+() x.-]*[0-9][0-9+() x.-]*\Z"


class ProfileForm(PageForm):
    """A profile; `seen` tells which version of it the page showed."""

    seen = HiddenField()
    about = TextAreaField(
        "About you",
        description="Who you are, whom you support, why a visit is worth a day",
        validators=[DataRequired("Say who you are"), at_most(2000)],
    )
    theme = StringField(
        "Theme (optional)",
        description="One or two words, such as “Food” or “Older people”",
        validators=[at_most(100)],
    )
    website = StringField(
        "Website (optional)",
        description="A whole web address that begins with https://",
        validators=[
            Optional(),
            at_most(300),
            Regexp(r"https?://[^\s/]+\.[^\s]+\Z", message="Enter a web address that begins with https://"),
        ],
        render_kw={"autocomplete": "url", "spellcheck": "false", "inputmode": "url"},
    )
    contact_name = StringField(
        "Who do visitors ask for on the day?",
        validators=[DataRequired("Enter who visitors ask for"), at_most(300)],
        render_kw={"autocomplete": "name"},
    )
    phone = StringField(
        "Telephone number on the day",
        description="Visitors ring it when they are late or lost",
        validators=[
            DataRequired("Enter a telephone number"),
            at_most(50),
            Regexp(TELEPHONE, message="Enter a telephone number, like 01253 960575"),
        ],
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )

    def facts(self) -> ProfileFacts:
        """What was said, once it has been found valid."""
        return ProfileFacts(
            about=str(self.about.data),
            theme=str(self.theme.data or ""),
            website=str(self.website.data or ""),
            contact_name=str(self.contact_name.data),
            phone=str(self.phone.data),
        )
