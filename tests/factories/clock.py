"""The moments that factories use where a test names none."""

from datetime import UTC, datetime, timedelta
from itertools import count

NOON = datetime(2027, 1, 12, 12, 0, tzinfo=UTC)
FIRST_DAY = datetime(2027, 2, 3, 9, 30, tzinfo=UTC)
FULL_DAY = timedelta(hours=6, minutes=30)

_numbers = count(1)


def next_number() -> int:
    """A number that no row of this test session has yet, for names that must be unique."""
    return next(_numbers)
