"""Asking for another day than one that was given."""

from typing import Any

from wtforms import RadioField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from placement.domain.states import SWAP_REASON_WORDS, SWAP_REASONS, SwapReason
from placement.services.reports.own_swaps import SwapAsking
from placement.services.swap_requests import LONGEST_WORDS, LOST_DAY, NO_DAY
from placement.web.forms import PageForm
from placement.web.leader.swap_words import any_words
from placement.web.presenters import span

ANY = "any"
BOTH = "Tick either any of your choices or single days, not both."


class SwapForm(PageForm):
    """Why, and which days instead; `of` fills in the days of a page."""

    reason = RadioField(
        "Why would you like another day?",
        description="Nobody is blamed for any of these. Your coordinator reads it, and nobody else",
        choices=[SelectChoice(word, SWAP_REASON_WORDS[word]) for word in SWAP_REASONS],
        validators=[InputRequired("Choose why you would like another day")],
    )
    words = TextAreaField(
        "Anything that helps us find another day (you need not say anything)",
        validators=[Length(max=LONGEST_WORDS, message=f"Use {LONGEST_WORDS} characters or fewer")],
    )
    wish = SelectMultipleField(
        "Which other days would you take?",
        description="Tick all that you would be content with: the more, the likelier it is that one works",
        validate_choice=False,
    )

    @classmethod
    def of(cls, asking: SwapAsking, **facts: Any) -> "SwapForm":
        """The form with the days that a leader could ask for."""
        form = cls(**facts)
        first = [SelectChoice(ANY, any_words(answered=asking.answered))] if asking.any_choice else []
        days = [SelectChoice(day.reference, span(day.starts_at, day.ends_at)) for day in asking.days]
        form.wish.choices = [*first, *days]
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Also refuse no day, days that are not there, and any day beside single ones."""
        fine = bool(super().validate(extra_validators))
        ticked = set(self.wish.data or ())
        if not ticked:
            self.wish.errors = [NO_DAY]
        elif not ticked <= {choice.value for choice in self.wish.choices}:
            self.wish.errors = [LOST_DAY]
        elif ANY in ticked and len(ticked) > 1:
            self.wish.errors = [BOTH]
        return fine and not self.wish.errors

    def wished(self) -> list[str] | None:
        """The days that were ticked; None for any of the choices."""
        ticked = [str(one) for one in self.wish.data or ()]
        return None if ticked == [ANY] else ticked

    def why(self) -> SwapReason:
        """The reason that was chosen."""
        return next(word for word in SWAP_REASONS if word == self.reason.data)
