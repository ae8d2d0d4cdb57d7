"""Forms of the second step: the code of an app, or a recovery code in its place."""

import re
from typing import Any

from wtforms import StringField
from wtforms.validators import DataRequired, Length, Optional, Regexp

from placement.domain.errors import PlacementError
from placement.domain.second_step import SYMBOLS_IN_CODE, is_app_code, tidy
from placement.web.forms import PageForm

SIX_NUMBERS = r"[0-9]{6}\Z"
LONGEST_CODE = 40


def digits_alone(value: object) -> object:
    """A code without the spaces and dashes that people paste along."""
    return re.sub(r"[\s-]", "", value) if isinstance(value, str) else value


class AppCodeForm(PageForm):
    """The first code of an app that is being set up."""

    code = StringField(
        "Code from the app",
        description="6 numbers. You can paste them.",
        filters=[digits_alone],
        validators=[
            DataRequired("Enter the code that the app shows"),
            Regexp(SIX_NUMBERS, message="Enter the 6 numbers that the app shows"),
        ],
    )


class SecondStepForm(PageForm):
    """A code of the app, or a recovery code; one of them is enough."""

    code = StringField(
        "Code from the app",
        description="6 numbers. You can paste them.",
        filters=[digits_alone],
        validators=[Optional(), Regexp(SIX_NUMBERS, message="Enter the 6 numbers that the app shows")],
    )
    recovery_code = StringField(
        "Recovery code",
        description="16 letters and numbers from the list that you kept. Each works once.",
        validators=[Optional(), Length(max=LONGEST_CODE, message="Enter one of the codes from your list")],
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether one of the two can be looked at."""
        good = bool(super().validate(extra_validators))
        if good and not self.code.data and not self.recovery_code.data:
            self.code.errors = ["Enter the code that the app shows, or a recovery code"]
            return False
        if good and self.recovery_code.data and not self._looks_right():
            self.recovery_code.errors = ["Enter one of the codes from your list: 16 letters and numbers"]
            return False
        return good

    @property
    def typed(self) -> str:
        """What is to be looked at: the recovery code where one was given."""
        return str(self.recovery_code.data or self.code.data)

    def refuse(self, refusal: PlacementError) -> None:
        """Show why the code was refused, at the field that it was typed into."""
        field = self.recovery_code if self.recovery_code.data else self.code
        field.errors = [str(refusal)]

    def _looks_right(self) -> bool:
        tidied = tidy(str(self.recovery_code.data))
        return len(tidied) == SYMBOLS_IN_CODE or is_app_code(tidied)
