"""What to look at before a run is confirmed, in sentences."""

from collections import Counter

from placement.adapters.holidays import bank_holiday
from placement.domain.text import to_london
from placement.services.reports.cautions import Caution
from placement.services.reports.confirming import Confirming
from placement.web.presenters import count, day

MOST = 20
"""More of one sort are counted only."""


def bank_holidays(found: Confirming) -> list[str]:
    """Each bank holiday on which somebody gets a day, and how many do."""
    dates = Counter(to_london(mail.details.starts_at).date() for mail in found.new)
    return [
        f"{day(date)} is {name}: {count(number, 'leader')} {'gets' if number == 1 else 'get'} a day on it."
        for date, number in sorted(dates.items())
        if (name := bank_holiday(date)) is not None
    ]


def if_need_be(found: Confirming) -> list[str]:
    """Who gets a date that they can do only if need be."""
    return _few([f"{_who(one)}." for one in found.if_need_be])


def busy_elsewhere(found: Confirming) -> list[str]:
    """Who is wanted in another cohort at the time of their day."""
    return _few([f"{_who(one)}: they are wanted in {one.cohort} then." for one in found.busy_elsewhere])


def _who(one: Caution) -> str:
    return f"{one.leader}, {day(to_london(one.starts_at).date())}"


def _few(sentences: list[str]) -> list[str]:
    """The first of many, and how many more there are."""
    more = len(sentences) - MOST
    return sentences[:MOST] + ([f"And {more} more."] if more > 0 else [])
