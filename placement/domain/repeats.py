"""Days that come again: every week, every two or every four weeks, until a date."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

Repeat = Literal["no", "weekly", "fortnightly", "four-weekly"]

WEEKS: Mapping[Repeat, int] = {"weekly": 1, "fortnightly": 2, "four-weekly": 4}
MOST_REPEATED = 26
"""How many days one repeat may make: half a year of weeks."""


def repeated(first: date, repeat: Repeat, until: date) -> list[date]:
    """The dates after `first` on which the day comes again, the last one at `until` or before.

    >>> [str(day) for day in repeated(date(2027, 3, 3), "fortnightly", date(2027, 4, 5))]
    ['2027-03-17', '2027-03-31']
    """
    if repeat == "no":
        return []
    step = timedelta(weeks=WEEKS[repeat])
    return [first + step * number for number in range(1, (until - first) // step + 1)]
