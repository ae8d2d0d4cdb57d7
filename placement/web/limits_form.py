"""What a partner can take over all its days: the form that the partner and its coordinator share."""

from typing import Any

from wtforms import HiddenField, IntegerField
from wtforms.validators import NumberRange, Optional

from placement.domain.day_errors import LimitBelowPlaced
from placement.services.partner_limits import LONGEST_REST, MOST_PEOPLE, Limits, LimitsPage
from placement.web.forms import PageForm


class LimitField(IntegerField):  # type: ignore[misc]  # the library has no types
    """A whole number that may be left empty."""

    def __init__(self, label: str, *, most: int, **options: Any) -> None:
        rules = [Optional(), NumberRange(min=1, max=most, message=f"Enter a number from 1 to {most}")]
        super().__init__(label, validators=rules, **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; what is none is said to be none."""
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError as wrong:
            raise ValueError("Enter a whole number, like 6, or leave it empty") from wrong


class LimitsForm(PageForm):
    """The limits of a partner; `seen` tells which version of them the page showed."""

    seen = HiddenField()
    capacity_overall = LimitField(
        "Most places over all days",
        most=MOST_PEOPLE,
        description="Two days with 3 people each are 6 places. Leave it empty for no limit",
    )
    rest_days = LimitField(
        "Days of rest between two days",
        most=LONGEST_REST,
        description="With 1, no day can be added on the day before or after another. "
        "Leave it empty for no rest",
    )

    def limits(self) -> Limits:
        """What was said, once it has been found valid."""
        return Limits(self.capacity_overall.data, self.rest_days.data)

    def put(self, refused: LimitBelowPlaced) -> None:
        """Show at its field that more people have a place already."""
        self.capacity_overall.errors = [*self.capacity_overall.errors, str(refused)]


def fresh(shown: LimitsPage) -> LimitsForm:
    """The form with the limits as they are."""
    return LimitsForm(formdata=None, seen=shown.version, **vars(shown.limits))
