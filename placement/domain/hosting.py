"""What partners say of a day while people are coming: why they take it back, and messages to all who come."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from placement.domain.text import day_in_words

REASON_WORDS: Mapping[str, str] = {
    "staff": "Not enough staff or volunteers",
    "place": "The place cannot be used",
    "activity": "The activity does not take place",
    "safety": "It would not be safe",
    "urgent": "Something urgent came up",
    "private": "Another reason, or you would rather not say",
}
TOLD_REASONS: Mapping[str, str] = {**REASON_WORDS, "private": "Another reason"}
"""The same for those who read what a partner chose."""
LONGEST_WORDS = 500
LONGEST_MESSAGE = 2000
MOST_MESSAGES = 3
MESSAGES_WITHIN = timedelta(hours=24)
"""No more than so many messages to the people of one day go within this time."""


def message_subject(partner: str, starts_at: datetime) -> str:
    """What a partner's message is headed: "About your day at Fleet Café on Tuesday 12 January 2027"."""
    return f"About your day at {partner} on {day_in_words(starts_at)}"


def next_message_at(sent: Sequence[datetime], *, now: datetime) -> datetime | None:
    """From when the next message may go, after those `sent`; None where one may go now."""
    recent = sorted(at for at in sent if at > now - MESSAGES_WITHIN)
    return None if len(recent) < MOST_MESSAGES else recent[-MOST_MESSAGES] + MESSAGES_WITHIN
