"""Why a run gives what it gives, as the coordinator reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from placement.domain.matching.why.findings import IMPOSSIBLE, LeaderExplanation
from placement.services.reports.explanations import BetterChoice, ExplainedLeader, RunExplanations, Step
from placement.services.reports.review import ReviewedSlot
from placement.web.coordinator.words.runs import closed_reason, day_words
from placement.web.explaining import (
    NOT_WORKED_OUT,
    Speech,
    day_reason,
    leader_words,
    partner_words,
    slot_words,
)
from placement.web.presenters import choice, day

EXPLAINED_WITHIN = timedelta(minutes=2)
NOT_YET = "What else would have been possible is being worked out. Load this page again in a minute."
NOT_ALL = (
    "There was not time to work everything out. What is missing here is not known; what is shown is exact."
)
OUTCOMES: Mapping[str, str] = {
    "lottery": "Up to the lottery",
    "cost": "It would cost others",
    "impossible": "Not possible",
}


@dataclass(frozen=True)
class ChoiceWords:
    """One better choice of a leader, in words: which, what it would have cost, who would have moved."""

    choice: str
    sentence: str
    steps: tuple[str, ...]


def speech_of(found: RunExplanations) -> Speech:
    """How sentences about a run speak to the coordinator."""
    return Speech(
        found.names,
        several_days=found.several_days,
        drawn=found.run.objective == "lottery",
        settled=found.settled,
        fixed=found.fixed,
    )


def missing_words(found: RunExplanations, *, now: datetime) -> str:
    """What is not explained, as a sentence; empty where everything is.

    Explanations are worked out when the result is there already; soon after it they may still come.
    """
    if not found.known:
        finished = found.run.finished_at
        return NOT_YET if finished and now - finished < EXPLAINED_WITHIN else NOT_WORKED_OUT
    return "" if found.complete else NOT_ALL


def outcome(fact: LeaderExplanation) -> str:
    """What kept a leader from a better choice: the lottery, a cost to others, or the rules."""
    if fact.cost == IMPOSSIBLE:
        return "impossible"
    return "cost" if fact.cost else "lottery"


def got_words(row: ExplainedLeader) -> list[str]:
    """What a leader got, a line for each day."""
    leader = row.leader
    lines = [f"{day_words(leader, one)}: {one.title}, {day(one.starts_at)}" for one in leader.given]
    return [*lines, *(["Without a day" if not lines else "Without a further day"] if leader.missing else [])]


def first_sentence(row: ExplainedLeader, speech: Speech) -> str:
    """What the best choice that the leader did not get would have cost."""
    return leader_words(row.better[0].fact, speech, brief=True)


def choices_of(row: ExplainedLeader, speech: Speech) -> list[ChoiceWords]:
    """All better choices of a leader, best first."""
    return [_choice_words(better, speech) for better in row.better]


def slot_reason(slot: ReviewedSlot, found: RunExplanations) -> str:
    """Why a day does not run, or has seats left; empty for a full one, and where it was not worked out."""
    if slot.withdrawn or slot.over:
        return closed_reason(slot)
    fact = found.slots.get(slot.reference)
    if fact is not None:
        return day_reason(fact, speech_of(found))
    return "" if slot.leaders else closed_reason(slot)


def partner_rows(found: RunExplanations) -> list[tuple[str, int, list[str]]]:
    """Each partner with the days given there and why these people come, in several lines."""
    return [(one.partner, one.leaders, partner_words(one)) for one in found.partners]


def _choice_words(better: BetterChoice, speech: Speech) -> ChoiceWords:
    fact = better.fact
    which = "A day that is not one of their choices" if fact.tier is None else choice(fact.tier).capitalize()
    return ChoiceWords(which, leader_words(fact, speech), tuple(map(_step_words, better.steps)))


def _step_words(step: Step) -> str:
    return f"{step.name}: from {slot_words(step.before)} to {slot_words(step.after)}"
