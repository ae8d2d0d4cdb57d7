"""The settings of a cohort in words, one beside another."""

from collections.abc import Mapping

from placement.domain.text import day_in_words, time_in_words
from placement.services.cohort_setup import CohortFacts
from placement.web.coordinator.forms.set_up import TEAM_WORDS
from placement.web.deciding import objective_name
from placement.web.presenters import count


def differences(now: CohortFacts, typed: CohortFacts) -> list[list[str]]:
    """What differs between the settings that are saved and those that were typed, a row for each."""
    theirs, own = _settings(now), _settings(typed)
    return [[name, theirs[name], own[name]] for name in theirs if theirs[name] != own[name]]


def _settings(facts: CohortFacts) -> Mapping[str, str]:
    closes = facts.preferences_close_at
    return {
        "Name": facts.name,
        "Choices close": f"{day_in_words(closes)}, {time_in_words(closes)}" if closes else "No deadline",
        "Least number of choices": str(facts.choices_minimum),
        "What counts most": objective_name(facts.objective),
        "Seed of the lottery": facts.seed,
        "Without any of their choices": "Another day" if facts.place_unranked else "No day",
        "Most people of one organisation": _number(facts.max_same_organisation),
        "Fewest sectors": _number(facts.min_sectors),
        "People of one team": TEAM_WORDS[facts.teams or ""],
        "Most days with the same partner": _number(facts.max_per_partner),
        "Least time between two days": count(facts.gap_minutes, "minute"),
        "Approval by a second person": "Needed" if facts.second_approval else "Not needed",
    }


def _number(value: int | None) -> str:
    return "No rule" if value is None else str(value)
