"""Setting up a cohort: until when leaders choose, and the rules of its match."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from wtforms import HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from placement.domain.cohort_errors import CohortRefused
from placement.domain.errors import LocalTimeMissing, LocalTimeTwice
from placement.domain.text import london_to_utc, to_london
from placement.services.cohort_setup import LIMITS, LONGEST_REASON, LONGEST_TEXT, CohortFacts
from placement.services.match_runs import known_objective
from placement.web.coordinator.forms.run import objective_field
from placement.web.forms import PARTS, DayField, HourField, PageForm

FIELDS = {
    "cohort_name_unusable": "name",
    "cohort_name_taken": "name",
    "seed_unusable": "seed",
    "seed_fixed": "seed",
    "deadline_in_past": "closes_on",
    "deadline_too_far_ahead": "closes_on",
    "deadline_after_first_day": "closes_on",
    "choices_decided": "closes_on",
    "deadline_reason_missing": "reason",
}
"""The field at which a rule stands that the service found broken."""
NO_RULE = ""
TEAM_WORDS = {
    NO_RULE: "No rule",
    "spread": "No two of one team on the same day",
    "together": "Kept together, where each has one day",
}


class NumberField(IntegerField):  # type: ignore[misc]  # the library has no types
    """A whole number within the limits of a rule; one that is `optional` may be left empty."""

    def __init__(self, label: str, rule: str, *, missing: str = "", **options: Any) -> None:
        least, most = LIMITS[rule]
        rules = [
            InputRequired(missing) if missing else Optional(),
            NumberRange(min=least, max=most, message=f"{label} must be from {least} to {most}"),
        ]
        super().__init__(label, validators=rules, **options)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the number; what is none is said to be none."""
        try:
            super().process_formdata(valuelist)
        except ValueError as wrong:
            raise ValueError(f"{self.label.text} must be a whole number, like 3") from wrong


def longest(most: int) -> Length:
    """No more than `most` characters."""
    return Length(max=most, message=f"Use {most} characters or fewer")


class SetUpForm(PageForm):
    """A cohort as it is to be set up; `seen` tells which state of it the page showed."""

    seen = HiddenField()
    name = StringField(
        "Name of the cohort",
        description="Everybody sees it. Commands and imports from spreadsheets find the cohort by it.",
        validators=[DataRequired("Enter a name"), longest(LONGEST_TEXT)],
    )
    closes_on = DayField("Last day on which leaders can choose")
    closes_at = HourField("Time at which choices close", description="In UK time. For example, 5pm or 17:00")
    reason = TextAreaField(
        "Why does the deadline change?",
        description="Needed because it has gone by. It goes on record; do not write about single people.",
        validators=[longest(LONGEST_REASON)],
    )
    choices_minimum = NumberField(
        "Least number of choices",
        "choices_minimum",
        missing="Enter the least number of choices",
        description="Each leader chooses at least so many, or all where fewer are offered. For example, 3",
    )
    objective = objective_field()
    seed = StringField(
        "Seed of the lottery",
        description="Any word or number. Everybody of the cohort can read it.",
        validators=[longest(LONGEST_TEXT)],
    )
    place_unranked = RadioField(
        "Leaders who can be given none of their choices",
        choices=[
            SelectChoice("yes", "Get another day that they can do, where one is free"),
            SelectChoice("no", "Stay without a day"),
        ],
        validators=[InputRequired("Say what happens to leaders who can be given none of their choices")],
    )
    max_same_organisation = NumberField(
        "Most people of one organisation on the same day",
        "max_same_organisation",
        description="Leave it empty for no rule. For example, 2",
    )
    min_sectors = RadioField(
        "Fewest sectors on each day",
        choices=[SelectChoice(NO_RULE, "No rule"), SelectChoice("2", "2"), SelectChoice("3", "3")],
        description="Or as many as there are people",
    )
    teams = RadioField("People of one team", choices=[SelectChoice(*pair) for pair in TEAM_WORDS.items()])
    max_per_partner = NumberField(
        "Most days of one person with the same partner",
        "max_per_partner",
        description="Leave it empty for no rule. For example, 1",
    )
    gap_minutes = NumberField(
        "Least time between two days of one person, in minutes",
        "gap_minutes",
        missing="Enter the least time between two days, or 0",
        description="0 for no rule. For example, 600 for ten hours",
    )
    second_approval = RadioField(
        "Approval by a second person",
        choices=[
            SelectChoice("no", "Not needed"),
            SelectChoice("yes", "Needed before a run is confirmed, by somebody who did not ask for the run"),
        ],
        description="Needs at least two people who run the cohort",
        validators=[InputRequired("Say whether a second person approves a run")],
    )

    kept: CohortFacts

    def validate_closes_on(self, field: DayField) -> None:
        """Ask for the date where a time was given."""
        if field.data is None and self.closes_at.raw_data and self.closes_at.raw_data[0].strip():
            raise ValidationError("Enter the date, or empty the time for no deadline")

    def validate_closes_at(self, field: HourField) -> None:
        """Ask for the time where a date was given; refuse one that the clocks leave out or show twice."""
        if self.closes_on.data is None or self._as_kept():
            return
        if field.data is None:
            raise ValidationError("Enter the time")
        try:
            london_to_utc(self.closes_on.data, field.data)
        except (LocalTimeMissing, LocalTimeTwice) as wrong:
            raise ValidationError(str(wrong)) from wrong

    def validate_seed(self, field: StringField) -> None:
        """Ask for a seed where the page had a box for it."""
        if field.raw_data and not field.data:
            raise ValidationError("Enter a seed for the lottery")

    def facts(self) -> CohortFacts:
        """The settings as typed, once they have been found valid. What the page had no box for stays."""
        return CohortFacts(
            name=str(self.name.data),
            preferences_close_at=self._deadline(),
            choices_minimum=self.choices_minimum.data,
            objective=known_objective(self.objective.data),
            seed=str(self.seed.data) if self.seed.raw_data else self.kept.seed,
            place_unranked=self.place_unranked.data == "yes",
            max_same_organisation=self.max_same_organisation.data,
            min_sectors=int(self.min_sectors.data) if self.min_sectors.data else None,
            max_per_partner=self.max_per_partner.data,
            teams=self.teams.data or None,
            gap_minutes=self.gap_minutes.data,
            second_approval=self.second_approval.data == "yes",
        )

    def refuse(self, refused: CohortRefused) -> None:
        """Show what was refused at its field; raise it again where no field is meant."""
        name = FIELDS.get(refused.code) or str(refused.facts.get("field", ""))
        if name not in self:
            raise refused
        self[name].errors = [*self[name].errors, str(refused)]
        if name == "closes_on":
            self.closes_on.wrong_parts = list(PARTS)

    def _deadline(self) -> datetime | None:
        asked = self.closes_on.raw_data is not None or self.closes_at.raw_data
        if not asked or self._as_kept():
            return self.kept.preferences_close_at
        day, at = self.closes_on.data, self.closes_at.data
        return london_to_utc(day, at) if day and at else None

    def _as_kept(self) -> bool:
        """Whether the deadline was left alone: then it stands, whatever the clocks do at that time."""
        kept = self.kept.preferences_close_at
        if kept is None:
            return False
        local = to_london(kept)
        shown = (local.date(), local.time().replace(second=0, microsecond=0))
        return shown == (self.closes_on.data, self.closes_at.data)


def typed_form(kept: CohortFacts) -> SetUpForm:
    """The form as it was sent, beside the settings that are kept."""
    form = SetUpForm()
    form.kept = kept
    return form


def set_up_form(kept: CohortFacts, version: str) -> SetUpForm:
    """The form with the settings as they are."""
    closes = to_london(kept.preferences_close_at) if kept.preferences_close_at else None
    told = {
        name: getattr(kept, name)
        for name in ("name", "choices_minimum", "objective", "seed", "max_same_organisation")
    }
    return SetUpForm(
        formdata=None,
        seen=version,
        closes_on=closes.date() if closes else None,
        closes_at=closes.time() if closes else None,
        place_unranked="yes" if kept.place_unranked else "no",
        min_sectors=str(kept.min_sectors or NO_RULE),
        teams=kept.teams or NO_RULE,
        max_per_partner=kept.max_per_partner,
        gap_minutes=kept.gap_minutes,
        second_approval="yes" if kept.second_approval else "no",
        **told,
    )
