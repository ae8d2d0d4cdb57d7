"""What a partner offers: a form for each part of its description."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast

from wtforms import HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from placement.domain.activities import ACTIVITIES, lowest_check
from placement.domain.states import Check, check_suffices
from placement.services.opportunities import OfferFacts
from placement.services.reports.opportunity import SiteChoice
from placement.web.forms import PageForm
from placement.web.offer_words import CHECKS, LONE_WORKING, PARTS_TAKEN, PHOTOGRAPHS

YES_OR_NO = [SelectChoice("yes", "Yes"), SelectChoice("no", "No")]


def at_most(longest: int) -> Length:
    """Refuse a longer text."""
    return Length(max=longest, message=f"Use {longest:,} characters or fewer")


def _choices(words: dict[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in words.items()]


class PartForm(PageForm):
    """One part of a description; `seen` tells which version of all of it the page showed."""

    seen = HiddenField()

    def show(self, facts: OfferFacts) -> None:
        """Fill the form with what was said before."""
        raise NotImplementedError

    def facts(self, before: OfferFacts) -> OfferFacts:
        """What was said `before`, with this part of it anew."""
        raise NotImplementedError


class AboutForm(PartForm):
    """What an opportunity is called, and where it takes place."""

    title = StringField(
        "Name of the placement",
        description="A few words that make leaders curious, such as “Morning at the food bank”",
        validators=[DataRequired("Enter a name for the placement"), at_most(120)],
    )
    site = RadioField("Where is it?", validators=[InputRequired("Say where it is")])

    def offer_sites(self, sites: Iterable[SiteChoice]) -> None:
        """Let one of `sites` be chosen."""
        self.site.choices = [SelectChoice(str(site.id), site.words) for site in sites]

    def show(self, facts: OfferFacts) -> None:
        """Fill the form with what was said before."""
        self.title.data, self.site.data = facts.title, str(facts.site_id)

    def facts(self, before: OfferFacts) -> OfferFacts:
        """What was said `before`, with this part of it anew."""
        return replace(before, title=str(self.title.data), site_id=int(self.site.data))

    def first_facts(self) -> OfferFacts:
        """What is said of an opportunity that is new."""
        return OfferFacts(title=str(self.title.data), site_id=int(self.site.data))


class VisitForm(PartForm):
    """What happens on a visit, and with whom."""

    description = TextAreaField(
        "What happens on the day?",
        description="From arriving to leaving, as you would tell a friend",
        validators=[DataRequired("Say what happens on the day"), at_most(2000)],
    )
    who_they_meet = TextAreaField(
        "Who will visitors meet?",
        description="For example, volunteers and people who come for a food parcel",
        validators=[DataRequired("Say who visitors will meet"), at_most(1000)],
    )
    part_taken = RadioField(
        "Will visitors watch or help?",
        choices=_choices(PARTS_TAKEN),
        validators=[InputRequired("Say whether visitors watch or help")],
    )

    def show(self, facts: OfferFacts) -> None:
        """Fill the form with what was said before."""
        self.description.data, self.who_they_meet.data = facts.description, facts.who_they_meet
        self.part_taken.data = facts.part_taken

    def facts(self, before: OfferFacts) -> OfferFacts:
        """What was said `before`, with this part of it anew."""
        return replace(
            before,
            description=str(self.description.data),
            who_they_meet=str(self.who_they_meet.data),
            part_taken=self.part_taken.data,
        )


class ActivitiesForm(PartForm):
    """What visitors do, from a closed list."""

    activities = SelectMultipleField(
        "What will visitors do?",
        description="Tick everything that may happen. We work out the check that it needs.",
        choices=[SelectChoice(rule.kind, rule.words) for rule in ACTIVITIES],
        validators=[DataRequired("Tick at least one thing that visitors will do")],
    )

    def show(self, facts: OfferFacts) -> None:
        """Fill the form with what was said before."""
        self.activities.data = sorted(facts.activities)

    def facts(self, before: OfferFacts) -> OfferFacts:
        """What was said `before`, with this part of it anew."""
        return replace(before, activities=frozenset(self.activities.data or ()))


class ChecksForm(PartForm):
    """Which check visitors need, and who cannot come."""

    check_required = RadioField(
        "Which criminal record check (DBS) must visitors have?",
        validators=[InputRequired("Say which check visitors must have")],
    )
    lone_working = RadioField(
        "Will visitors ever be alone, or alone with the people you support?",
        choices=_choices(LONE_WORKING),
        validators=[InputRequired("Say whether visitors will ever be alone")],
    )
    women_only = RadioField(
        "Is this for women only?",
        choices=YES_OR_NO,
        validators=[InputRequired("Say whether this is for women only")],
    )

    def offer_checks(self, facts: OfferFacts) -> None:
        """Let only a check be chosen that covers what visitors do."""
        lowest = lowest_check(facts.activities)
        self.check_required.choices = [
            SelectChoice(check, words) for check, words in CHECKS.items() if check_suffices(check, lowest)
        ]

    def show(self, facts: OfferFacts) -> None:
        """Fill the form with what was said before."""
        self.check_required.data = facts.check_required
        if facts.lone_working is not None:
            self.lone_working.data = "yes" if facts.lone_working else "no"
        self.women_only.data = "yes" if facts.women_only else "no"

    def facts(self, before: OfferFacts) -> OfferFacts:
        """What was said `before`, with this part of it anew."""
        return replace(
            before,
            check_required=cast("Check", self.check_required.data),
            lone_working=self.lone_working.data == "yes",
            women_only=self.women_only.data == "yes",
        )


class PracticalForm(PartForm):
    """What visitors should know, wear and keep to themselves."""

    what_to_wear = TextAreaField("What should they wear or bring? (optional)", validators=[at_most(1000)])
    what_to_know = TextAreaField(
        "What else should they know before they come? (optional)",
        description="Whom to ask for, when to arrive, where to have lunch",
        validators=[at_most(2000)],
    )
    house_rules = TextAreaField("What are your house rules? (optional)", validators=[at_most(1000)])
    photographs = RadioField(
        "May visitors take photographs?",
        choices=_choices(PHOTOGRAPHS),
        validators=[InputRequired("Say whether visitors may take photographs")],
    )
    confidentiality = TextAreaField(
        "What must stay in confidence? (optional)",
        description="For example, names and stories of the people they meet",
        validators=[at_most(1000)],
    )
    language = StringField(
        "Which languages are spoken, beside English? (optional)", validators=[Optional(), at_most(200)]
    )

    def show(self, facts: OfferFacts) -> None:
        """Fill the form with what was said before."""
        for name in self._names():
            self[name].data = getattr(facts, name)

    def facts(self, before: OfferFacts) -> OfferFacts:
        """What was said `before`, with this part of it anew."""
        told: dict[str, Any] = {name: self[name].data or "" for name in self._names()}
        return replace(before, **told)

    def _names(self) -> list[str]:
        return [field.name for field in self if field.name not in {"seen", "csrf_token"}]


class SeenForm(PageForm):
    """A button; `seen` tells which version the page showed."""

    seen = HiddenField()


PARTS: dict[str, type[PartForm]] = {
    "about": AboutForm,
    "visit": VisitForm,
    "activities": ActivitiesForm,
    "checks": ChecksForm,
    "practical": PracticalForm,
}
"""The parts of a description in their order, by the word in the address."""
