"""A conflict of interest: with which partner, and what the leader is to it."""

from collections.abc import Iterable
from typing import Any, cast

from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from placement.domain.states import ConflictKind
from placement.services.conflicts import LONGEST_NOTE
from placement.web.forms import PageForm

KINDS: dict[ConflictKind, str] = {
    "funds": "I fund it",
    "commissions": "I commission work from it",
    "board": "I am on its board, or a trustee",
    "works": "I work there, or did",
    "volunteers": "I volunteer there",
    "family": "Somebody of my family or a close friend does one of these",
    "other": "Something else",
}
THEIR_KINDS: dict[ConflictKind, str] = {
    "funds": "They fund it",
    "commissions": "They commission work from it",
    "board": "They are on its board, or a trustee",
    "works": "They work there, or did",
    "volunteers": "They volunteer there",
    "family": "Somebody close to them does one of these",
    "other": "Something else",
}
NOBODY = ""


class ConflictForm(PageForm):
    """Which charity, and what the leader is to it."""

    partner = SelectField("Which charity?", validators=[InputRequired("Choose the charity")])
    kind = RadioField("What are you to it?", validators=[InputRequired("Say what you are to the charity")])

    def partner_id(self) -> int:
        """The charity chosen, once the form has been found valid."""
        return int(str(self.partner.data))

    def chosen_kind(self) -> ConflictKind:
        """What was said, once it has been found valid."""
        return cast("ConflictKind", self.kind.data)


class KnownConflictForm(ConflictForm):
    """The same, told by a coordinator, with how they know."""

    note = TextAreaField(
        "How do you know?",
        description="It is kept with the conflict. The leader can read it.",
        validators=[
            InputRequired("Say how you know"),
            Length(max=LONGEST_NOTE, message=f"Use {LONGEST_NOTE} characters or fewer"),
        ],
    )


def conflict_form(partners: Iterable[tuple[int, str]], **sent: Any) -> ConflictForm:
    """The form for a leader, with the partners that can be chosen."""
    form = ConflictForm(**sent)
    _offer(form, partners, KINDS)
    return form


def known_conflict_form(partners: Iterable[tuple[int, str]], **sent: Any) -> KnownConflictForm:
    """The form for a coordinator."""
    form = KnownConflictForm(**sent)
    _offer(form, partners, THEIR_KINDS)
    form.kind.label.text = "What are they to it?"
    return form


def _offer(form: ConflictForm, partners: Iterable[tuple[int, str]], kinds: dict[ConflictKind, str]) -> None:
    named = [SelectChoice(str(partner_id), name) for partner_id, name in partners]
    form.partner.choices = [SelectChoice(NOBODY, "Choose one"), *named]
    form.kind.choices = [SelectChoice(word, label) for word, label in kinds.items()]
