"""Numbers of people, as partners type them."""

from collections.abc import Sequence
from typing import Any

from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from placement.services.slots import LARGEST_CAPACITY


class PeopleField(IntegerField):  # type: ignore[misc]  # the library has no types
    """A number of people, from 1 to the most that a day may be for."""

    def __init__(self, label: str, *, missing: str, **options: Any) -> None:
        out_of_range = f"{label} must be from 1 to {LARGEST_CAPACITY}"
        rules = [
            InputRequired(missing),
            NumberRange(min=1, max=LARGEST_CAPACITY, message=out_of_range),
        ]
        super().__init__(label, validators=rules, **options)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the number; what is none is said to be none."""
        try:
            super().process_formdata(valuelist)
        except ValueError as wrong:
            raise ValueError(f"{self.label.text} must be a whole number, like 4") from wrong


def places_field() -> PeopleField:
    """For how many leaders a day has places."""
    return PeopleField(
        "Most people",
        missing="Enter the most people that you have places for",
        description="How many leaders you have places for",
    )


def fewest_field() -> PeopleField:
    """With how many leaders a day is worth running."""
    return PeopleField(
        "Fewest people",
        missing="Enter the fewest people that make the day worth running",
        description="If fewer can be placed, the day does not run and nobody is sent",
    )
