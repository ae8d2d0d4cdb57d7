"""Bank holidays of England and Wales, from the list that the library carries: nothing is fetched."""

from collections.abc import Mapping
from datetime import date
from functools import cache


def bank_holiday(day: date) -> str | None:
    """What the bank holiday on `day` is called; None where it is none, or further ahead than is known."""
    return _known().get(day)


def known_until() -> date:
    """The last bank holiday that is known: what comes after it cannot be marked."""
    return max(_known())


@cache
def _known() -> Mapping[date, str]:
    from govuk_bank_holidays.bank_holidays import BankHolidays  # imported late: it brings in requests

    found = BankHolidays(use_cached_holidays=True).get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    return {one["date"]: one["title"] for one in found}
