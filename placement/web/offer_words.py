"""An opportunity in words, the same for its partner, coordinators and leaders."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from placement.domain.activities import ACTIVITIES, in_order, is_regulated, lowest_check
from placement.services.opportunities import OfferFacts

CHECKS = {"none": "No check", "basic": "Basic check", "enhanced": "Enhanced check"}
PARTS_TAKEN = {"observe": "They watch", "help": "They help", "both": "They watch and help"}
PHOTOGRAPHS = {"no": "No", "ask": "Only when each person agrees", "yes": "Yes"}
LONE_WORKING = {"no": "No, somebody of ours is always with them", "yes": "Yes, at times"}
STATES = {"draft": "Draft", "waiting": "Waiting for approval", "returned": "Please change", "live": "Live"}
STATE_COLOURS = {"draft": "grey", "waiting": "blue", "returned": "orange", "live": "green"}
PART_NAMES = {
    "about": "Name and place",
    "visit": "What happens",
    "activities": "What visitors do",
    "checks": "Checks and who can come",
    "practical": "What to know",
}
NOT_SAID = "Not said yet"


@dataclass(frozen=True)
class Row:
    """One line of a description: its name, what was said, and the part of the form that asks for it."""

    name: str
    value: str
    part: str


@dataclass(frozen=True)
class ActivityLine:
    """One thing that visitors do, with the check that it needs."""

    words: str
    check: str
    regulated: bool


def rows(facts: OfferFacts) -> list[Row]:
    """The description line by line, without title, place and activities."""
    return [
        Row("What happens", facts.description or NOT_SAID, "visit"),
        Row("Who visitors meet", facts.who_they_meet or NOT_SAID, "visit"),
        Row("Watch or help", _word(PARTS_TAKEN, facts.part_taken), "visit"),
        Row("Criminal record check (DBS)", CHECKS[facts.check_required], "checks"),
        Row("Ever alone", _word(LONE_WORKING, _yes_or_no(facts.lone_working)), "checks"),
        Row("For women only", "Yes" if facts.women_only else "No", "checks"),
        Row("What to wear or bring", facts.what_to_wear or "–", "practical"),
        Row("What else to know", facts.what_to_know or "–", "practical"),
        Row("House rules", facts.house_rules or "–", "practical"),
        Row("Photographs", _word(PHOTOGRAPHS, facts.photographs), "practical"),
        Row("In confidence", facts.confidentiality or "–", "practical"),
        Row("Languages beside English", facts.language or "–", "practical"),
    ]


def activity_lines(kinds: Collection[str]) -> list[ActivityLine]:
    """What visitors do, each with its check."""
    return [ActivityLine(rule.words, CHECKS[rule.check], rule.regulated) for rule in in_order(kinds)]


def activity_hints() -> dict[str, str]:
    """Which check each activity needs, by its word, where it needs one."""
    return {
        rule.kind: f"{CHECKS[rule.check]}{', regulated activity' if rule.regulated else ''}"
        for rule in ACTIVITIES
        if rule.check != "none"
    }


def check_sentence(kinds: Collection[str]) -> str:
    """Which check these activities need, in a sentence."""
    lowest = lowest_check(kinds)
    if lowest == "none":
        return "What visitors do needs no check."
    return f"What visitors do needs at least this: {CHECKS[lowest].lower()}."


def regulated_sentence(kinds: Collection[str]) -> str:
    """That something is a regulated activity; empty where nothing is."""
    if not is_regulated(kinds):
        return ""
    return (
        "Something in this list is a regulated activity by law. "
        "It is held until the safeguarding lead of the programme has agreed."
    )


def _word(words: Mapping[str, str], value: str | None) -> str:
    return NOT_SAID if value is None else words[value]


def _yes_or_no(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"
