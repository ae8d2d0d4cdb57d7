"""A placement day and after: from when it can be recorded, and the words for what is recorded."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from placement.domain.text import to_london

STATE_WORDS: Mapping[str, str] = {
    "came": "Came",
    "late": "Came late",
    "left_early": "Left early",
    "absent": "Did not come",
}
REASON_WORDS: Mapping[str, str] = {
    "unknown": "Not known",
    "ill": "Was ill",
    "work": "Work came up",
    "travel": "Travel went wrong",
    "caring": "Had to care for somebody",
    "place_closed": "The place was closed",
}
WENT_WORDS: Mapping[int, str] = {
    5: "Very well",
    4: "Well",
    3: "Neither well nor badly",
    2: "Badly",
    1: "Very badly",
}
AGAIN_WORDS: Mapping[str, str] = {"yes": "Yes", "maybe": "Maybe", "no": "No"}
PROMPTS: Mapping[str, str] = {
    "saw": "What did you see?",
    "surprised": "What surprised you?",
    "differently": "What will you do differently?",
    "tell_partner": "What would you tell the partner?",
}
"""What a reflection answers, by the name under which each answer is kept."""
LATE_MARK = timedelta(days=2)
"""Who is marked so long after the day's end is marked late: memory fades."""


def opens_at(starts_at: datetime) -> datetime:
    """From when a day can be recorded: its morning, at midnight in the United Kingdom."""
    return to_london(starts_at).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def marked_late(ends_at: datetime, marked_at: datetime) -> bool:
    """Whether a mark was made when the day was long over."""
    return marked_at > ends_at + LATE_MARK
