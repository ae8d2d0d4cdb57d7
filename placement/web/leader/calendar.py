"""The dates of a cohort as a calendar: month by month, with its weeks and what is asked about each day."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from placement.adapters.holidays import bank_holiday
from placement.domain.text import MONTH_NAMES, hours_in_words, to_london
from placement.services.reports.leader import OfferedDate
from placement.services.reports.leader_events import PlannedEvent
from placement.web.leader.forms.dates import WORDS, DatesForm, field_name
from placement.web.presenters import choice, count

SIGNS: Mapping[str, str] = {"can": "✓", "if_need_be": "?", "cannot": "✗"}


@dataclass(frozen=True)
class Cell:
    """One day of a week; `href` leads to its question, `sign` and `words` say how it stands."""

    number: int
    sign: str = ""
    words: str = ""
    href: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Asked:
    """One date that is asked about, with its field; `marks` are what to know of it."""

    field: Any
    said: str
    on_offer: str
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Month:
    """One month: its weeks from Monday on (None: a day of another month), and what is asked."""

    title: str
    weeks: tuple[tuple[Cell | None, ...], ...]
    asked: tuple[Asked, ...]
    events: tuple[str, ...]


def months(
    dates: Sequence[OfferedDate], events: Sequence[PlannedEvent], form: DatesForm
) -> tuple[Month, ...]:
    """The months in which something is offered, in order; events are told in the months that they are in."""
    by_day = {one.date: one for one in dates}
    on_day: dict[date, list[PlannedEvent]] = {}
    for event in events:
        on_day.setdefault(to_london(event.starts_at).date(), []).append(event)
    found = sorted({(day.year, day.month) for day in by_day})
    return tuple(_month(year, month, by_day, on_day, form) for year, month in found)


def _month(
    year: int,
    month: int,
    by_day: Mapping[date, OfferedDate],
    on_day: Mapping[date, Sequence[PlannedEvent]],
    form: DatesForm,
) -> Month:
    days = [day for day in sorted(by_day) if (day.year, day.month) == (year, month)]
    weeks = calendar.Calendar().monthdatescalendar(year, month)
    return Month(
        title=f"{MONTH_NAMES[month - 1]} {year}",
        weeks=tuple(
            tuple(_cell(day, by_day.get(day), on_day) if day.month == month else None for day in week)
            for week in weeks
        ),
        asked=tuple(_asked(by_day[day], on_day.get(day, ()), form) for day in days),
        events=tuple(
            f"{day.day} {MONTH_NAMES[month - 1]}: {_event(event)}"
            for day in sorted(on_day)
            if (day.year, day.month) == (year, month) and day not in by_day
            for event in on_day[day]
        ),
    )


def _cell(day: date, offered: OfferedDate | None, on_day: Mapping[date, Sequence[PlannedEvent]]) -> Cell:
    if offered is not None:
        href = f"#{field_name(day)}"
        return Cell(day.day, SIGNS[offered.answer], WORDS[offered.answer], href, offered.answer)
    if day in on_day:
        return Cell(day.day, "E", on_day[day][0].title, kind="event")
    return Cell(day.day)


def _asked(one: OfferedDate, events: Sequence[PlannedEvent], form: DatesForm) -> Asked:
    holiday = bank_holiday(one.date)
    marks = [f"Bank holiday: {holiday}"] if holiday else []
    marks += [f"You are invited to {_event(event)}" for event in events]
    return Asked(form[field_name(one.date)], WORDS[one.answer], on_offer(one), tuple(marks))


def _event(event: PlannedEvent) -> str:
    return f"{event.title}, {hours_in_words(event.starts_at, event.ends_at)}"


def on_offer(one: OfferedDate) -> str:
    """What is on offer on a date: the leader's own choices by name, best first, and how many more."""
    chosen = sorted((offer for offer in one.offers if offer.rank), key=lambda offer: offer.rank or 0)
    named = [f"{offer.title} (your {choice(offer.rank)})" for offer in chosen]
    others = len(one.offers) - len(chosen)
    if others:
        named.append(count(others, "other placement" if named else "placement"))
    return ", ".join(named)
