"""From values to what pages show: dates, times, ordinals, plurals, and the rows of bar pictures.

`FILTERS` are known to every template: `{{ slot.starts_at | moment }}`, `{{ preference.rank | choice }}`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, Literal, TypeVar

from placement.domain.text import (
    MONTH_NAMES,
    date_in_words,
    day_in_words,
    hours_in_words,
    time_in_words,
    to_london,
)

ENDINGS = {int(word[0]): word[1:] for word in ("1st", "2nd", "3rd")}
Tone = Literal["main", "quiet", "warning"]
Row = TypeVar("Row")


@dataclass(frozen=True)
class BarRow:
    """One row of a bar table; `percent` (0 to 100) is the length of its bar."""

    label: str
    number: int
    percent: float
    tone: Tone = "main"


def moment(at: datetime) -> str:
    """Day and time in words: "Tuesday 12 January 2027, 9:30am"."""
    return f"{day_in_words(at)}, {time_in_words(at)}"


def span(start: datetime, end: datetime) -> str:
    """Day and hours in words: "Tuesday 12 January 2027, 9:30am to 3pm"."""
    return f"{day_in_words(start)}, {hours_in_words(start, end)}"


def day(when: date) -> str:
    """The day in words, of a moment or of a date: "Tuesday 12 January 2027"."""
    if isinstance(when, datetime):
        return day_in_words(when)
    return date_in_words(when)


def ordinal(number: int) -> str:
    """A number's place in an order: "1st", "2nd", "3rd", "11th"."""
    if number % 100 in {11, 12, 13}:
        return f"{number}th"
    return f"{number}{ENDINGS.get(number % 10, 'th')}"


def choice(rank: int | None) -> str:
    """Which choice a rank is: "1st choice"; "not on the list" where it was not ranked."""
    return "not on the list" if rank is None else f"{ordinal(rank)} choice"


def count(number: int, one: str, several: str | None = None) -> str:
    """A number with its noun: "1 leader", "2 leaders", "no days"; `several` where an "s" is not enough."""
    noun = one if number == 1 else several or f"{one}s"
    return f"{number or 'no'} {noun}"


def listed(words: Iterable[str]) -> str:
    """Words in a row: "Ada, Ben and Cyd"."""
    *first, last = list(words) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def by_month(rows: Iterable[Row], moment_of: Callable[[Row], datetime]) -> list[tuple[str, list[Row]]]:
    """Rows in the order of time under their months: "March 2027"."""

    def month(row: Row) -> tuple[int, int]:
        local = to_london(moment_of(row))
        return local.year, local.month

    return [
        (f"{MONTH_NAMES[number - 1]} {year}", list(found)) for (year, number), found in groupby(rows, month)
    ]


def percent(part: float, whole: float) -> float:
    """How many percent of `whole` are `part`, with one decimal, from 0 to 100; 0 where there is no whole."""
    return round(min(max(100 * part / whole, 0.0), 100.0), 1) if whole > 0 else 0.0


def bars(numbers: Iterable[tuple[str, int]], *, whole: int | None = None) -> list[BarRow]:
    """Rows of a bar table; `whole` is the number of a full bar, the greatest of `numbers` unless given."""
    rows = list(numbers)
    full = max([number for _, number in rows], default=0) if whole is None else whole
    return [BarRow(label, number, percent(number, full)) for label, number in rows]


def profile_bars(profile: Mapping[str, int], *, unplaced: int = 0) -> list[BarRow]:
    """Rows for "which choice did people get": 1st choice first, then not on the list, then without a place.

    `profile` counts days by rank as text, with "unranked" for days that nobody ranked.
    """
    ranked = {int(rank): number for rank, number in profile.items() if rank.isdigit()}
    whole = sum(profile.values()) + unplaced
    last = max([rank for rank, number in ranked.items() if number], default=1)
    rows = [BarRow(choice(rank), n := ranked.get(rank, 0), percent(n, whole)) for rank in range(1, last + 1)]
    if unranked := sum(profile.values()) - sum(ranked.values()):
        rows.append(BarRow("Not on the list", unranked, percent(unranked, whole), "quiet"))
    rows.append(BarRow("Without a place", unplaced, percent(unplaced, whole), "warning"))
    return rows


FILTERS: dict[str, Callable[..., Any]] = {
    "choice": choice,
    "count_of": count,
    "day": day,
    "hour": time_in_words,
    "hours": hours_in_words,
    "listed": listed,
    "moment": moment,
    "ordinal": ordinal,
    "until": span,
}
