"""When mails go that nobody asks for: reminders before something, thanks after it, and "is this still true?".

Days are counted in the calendar of the United Kingdom, and what is due goes at nine in the morning there, on
both sides of each change of the clocks.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from types import MappingProxyType

from placement.domain.text import london_to_utc, to_london

SENDING_HOUR = time(9)

LATEST: Mapping[int, int] = MappingProxyType({7: 2, 1: 1})
"""How many days before something a reminder of it goes, and how many days after its moment it may still go.

A reminder that a stopped worker missed by more is left out: the next one is nearer.
"""

THANKS_AFTER = 1
LATEST_THANKS = 3
"""How many days after its moment a mail about a day that is over may still go."""

REFLECTION_AFTER = 7
"""After so many days, a leader who has not written about their day is reminded of it, once."""

RENEW_AFTER = 42
"""After so many days without a word, a partner is asked whether an offer is still true."""
ASK_AGAIN_AFTER = 14
RENEWAL_LINK_LIFE = timedelta(days=60)


def moment_before(at: datetime, days: int) -> datetime:
    """Nine in the morning, in the United Kingdom, `days` calendar days before the day of `at` (aware)."""
    return london_to_utc(to_london(at).date() - timedelta(days=days), SENDING_HOUR)


def moment_after(at: datetime, days: int) -> datetime:
    """Nine in the morning, in the United Kingdom, `days` calendar days after the day of `at` (aware)."""
    return moment_before(at, -days)


def reminder_due(at: datetime, *, told_at: datetime, now: datetime) -> int | None:
    """How many days before `at` the reminder is meant that may go `now`; None where none may.

    Only the last reminder whose moment has come counts, and only until it is too late for it. `told_at` is
    when the reader last had a mail about this: a reminder whose moment was before that is not needed.
    """
    come = [days for days in LATEST if moment_before(at, days) <= now]
    if not come or now >= at:
        return None
    days = min(come)
    in_time = now < moment_before(at, days - LATEST[days])
    return days if in_time and told_at <= moment_before(at, days) else None


def thanks_due(ended_at: datetime, *, now: datetime) -> bool:
    """Whether the thanks for a day that ended at `ended_at` may go `now`: from the next morning on."""
    return _in_time(ended_at, THANKS_AFTER, now)


def reflection_due(ended_at: datetime, *, now: datetime) -> bool:
    """Whether the reminder to write about a day that ended at `ended_at` may go `now`."""
    return _in_time(ended_at, REFLECTION_AFTER, now)


def _in_time(ended_at: datetime, days: int, now: datetime) -> bool:
    """Whether a mail that goes some days after a day may go: a worker that stood still sends it no later."""
    return moment_after(ended_at, days) <= now < moment_after(ended_at, days + LATEST_THANKS)


def is_stale(said_at: datetime, *, now: datetime) -> bool:
    """Whether an offer that was last said to be true at `said_at` must be asked about."""
    return moment_after(said_at, RENEW_AFTER) <= now


def may_ask_again(asked_at: datetime | None, *, now: datetime) -> bool:
    """Whether a partner who was last asked at `asked_at` may be asked `now`."""
    return asked_at is None or moment_after(asked_at, ASK_AGAIN_AFTER) <= now


def is_same_day(one: datetime, other: datetime) -> bool:
    """Whether two moments (aware) are on one day in the United Kingdom."""
    return to_london(one).date() == to_london(other).date()
