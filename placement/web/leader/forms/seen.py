"""What a page had shown when it was made, as hidden text: so that two pages never overwrite each other."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import cast, get_args

from placement.domain.states import DateAnswerWord

ID = re.compile(r"[0-9]{1,9}")
DATED = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}):([a-z_]+)")


def order_text(order: Iterable[int]) -> str:
    """Opportunity ids in order of choice: "7 9 4"."""
    return " ".join(str(opportunity_id) for opportunity_id in order)


def order_from(text: str) -> tuple[int, ...]:
    """The ids in `text`; whatever is none is left out."""
    return tuple(int(word) for word in text.split() if ID.fullmatch(word))


def answers_text(answers: Mapping[date, str]) -> str:
    """Answers to dates: "2027-02-03:can 2027-02-10:cannot"."""
    return " ".join(f"{day.isoformat()}:{answer}" for day, answer in answers.items())


def answers_from(text: str) -> dict[date, DateAnswerWord]:
    """The answers in `text`; whatever is none is left out."""
    found = (DATED.fullmatch(word) for word in text.split())
    dated = [(_day(match[1]), match[2]) for match in found if match]
    return {
        day: cast("DateAnswerWord", word)
        for day, word in dated
        if day is not None and word in get_args(DateAnswerWord)
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
