"""What pages about who came share: the marks that a form sent, and their words."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

from placement.domain.attendance import AGAIN_WORDS, REASON_WORDS, STATE_WORDS, WENT_WORDS
from placement.services.attendance import Mark
from placement.services.reports.attendance import DayAttendance, Person
from placement.web.presenters import count, moment

NOT_KNOWN = ""
MOST_MARKS = 400
SHORT_WORDS: Mapping[str, str] = {**STATE_WORDS, "late": "Late"}
"""What the buttons say, where there is little room."""
COLOURS: Mapping[str, str] = {"came": "green", "late": "yellow", "left_early": "yellow", "absent": "grey"}
MARKER_WORDS: Mapping[str, str] = {"partner": "the partner", "coordinator": "the coordinator"}
__all__ = ["AGAIN_WORDS", "REASON_WORDS", "SHORT_WORDS", "STATE_WORDS", "WENT_WORDS"]


@dataclass(frozen=True)
class Typed:
    """A mark that was sent and not saved, in the words of the page."""

    state: str
    reason: str
    note: str


def marks_sent() -> list[Mark]:
    """What a form says of people: of those alone for whom it has a state."""
    found = []
    for who in request.form.getlist("who")[:MOST_MARKS]:
        state = request.form.get(f"state-{who}")
        if state is None:
            continue
        found.append(
            Mark(
                who=who,
                state=None if state == NOT_KNOWN else state,
                reason=request.form.get(f"reason-{who}") or None,
                note=request.form.get(f"note-{who}"),
                seen=request.form.get(f"seen-{who}", 0, type=int),
            )
        )
    return found


def typed_by_who(marks: list[Mark]) -> dict[str, Typed]:
    """Marks that were not saved, by whom they are of."""
    return {mark.who: Typed(mark.state or NOT_KNOWN, mark.reason or "", mark.note or "") for mark in marks}


def anchor(who: str) -> str:
    """The id of a person's part of a page."""
    return f"person-{who.replace(':', '-')}"


def said_of(one: Person) -> str:
    """How somebody took part, in a few words: "Did not come: was ill"."""
    if one.state is None:
        return "Not known yet"
    reason = f": {REASON_WORDS[one.reason].lower()}" if one.reason else ""
    return f"{STATE_WORDS[one.state]}{reason}"


def marked_words(one: Person) -> str:
    """Who marked somebody, and when; empty while nobody has."""
    if one.marked_at is None:
        return ""
    return f"marked by {MARKER_WORDS[one.marked_by]}, {moment(one.marked_at)}"


def figures_words(figures: Mapping[str, int]) -> str:
    """The figures of a day or a cohort: "3 came, 1 came late, 1 not known"."""
    parts = [
        f"{figures[state]} {words.lower()}" for state, words in STATE_WORDS.items() if figures.get(state)
    ]
    if figures.get("not_known"):
        parts.append(f"{figures['not_known']} not known")
    return ", ".join(parts) or "nobody"


def saved_words(day: DayAttendance, changed: int, marks: list[Mark]) -> str:
    """What is said after saving: the one person by name, or how many."""
    if len(marks) == 1 and marks[0].state is not None:
        one = next((person for person in day.people if person.who == marks[0].who), None)
        if one is not None:
            return f"{one.name}: {said_of(one)}."
    if not changed:
        return "Saved. Nothing was different."
    return f"Saved for {count(changed, 'person', 'people')}."
