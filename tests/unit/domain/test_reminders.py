"""When mails go that nobody asks for."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from placement.domain import reminders
from placement.domain.reminders import (
    LATEST,
    is_stale,
    may_ask_again,
    moment_after,
    moment_before,
    reflection_due,
    reminder_due,
    thanks_due,
)

LONDON = ZoneInfo("Europe/London")
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
YEAR = [date(2026, 12, 1) + timedelta(days=number) for number in range(396)]
"""More than a year, with the clock changes of 28 March and 31 October 2027."""

MINUTES = st.integers(0, 395 * 24 * 60)
MOMENTS = MINUTES.map(lambda minutes: datetime(2026, 12, 1, tzinfo=UTC) + timedelta(minutes=minutes))
DELAYS = st.timedeltas(timedelta(), timedelta(days=12))


def at(text: str) -> datetime:
    """A moment as the clock in the United Kingdom shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


def test_every_day_of_a_year_has_its_moments_at_nine_by_the_local_clock() -> None:
    for day in YEAR:
        for hour in (time(0, 0), time(0, 30), time(3), time(9, 30), time(23, 59)):
            something = datetime.combine(day, hour, LONDON).astimezone(UTC)
            for days in (1, 7, 42):
                before, after = moment_before(something, days), moment_after(something, days)
                assert before.astimezone(LONDON).time() == after.astimezone(LONDON).time() == time(9)
                assert before.astimezone(LONDON).date() == day - timedelta(days=days)
                assert after.astimezone(LONDON).date() == day + timedelta(days=days)
                assert before < something < after


def test_seven_days_before_is_an_hour_more_or_less_across_a_change_of_the_clocks() -> None:
    assert moment_before(at("2027-04-01T09:00"), 7) == datetime(2027, 3, 25, 9, tzinfo=UTC)
    assert moment_before(at("2027-11-01T09:00"), 7) == datetime(2027, 10, 25, 8, tzinfo=UTC)


def test_a_worker_that_looks_every_five_minutes_finds_each_reminder_at_its_moment() -> None:
    for day in YEAR:
        starts_at = datetime.combine(day, time(9, 30), LONDON).astimezone(UTC)
        for days in (7, 1):
            moment = moment_before(starts_at, days)
            shortly_before = moment - timedelta(minutes=5)
            assert reminder_due(starts_at, told_at=LONG_AGO, now=shortly_before) != days
            assert reminder_due(starts_at, told_at=LONG_AGO, now=moment) == days
        assert reminder_due(starts_at, told_at=LONG_AGO, now=starts_at) is None


def test_a_reminder_that_was_missed_gives_way_to_the_next() -> None:
    starts_at = at("2027-02-10T10:00")
    told = [
        reminder_due(starts_at, told_at=LONG_AGO, now=at(f"2027-02-{day}T12:00"))
        for day in ("02", "03", "04", "05", "06", "07", "08", "09", "10")
    ]
    assert told == [None, 7, 7, None, None, None, None, 1, None]


def test_the_day_before_counts_to_the_very_start_but_no_more_than_a_day() -> None:
    evening = at("2027-02-10T20:00")
    assert reminder_due(evening, told_at=LONG_AGO, now=at("2027-02-10T08:59")) == 1
    assert reminder_due(evening, told_at=LONG_AGO, now=at("2027-02-10T09:00")) is None


@given(MOMENTS, DELAYS, DELAYS)
def test_nobody_is_reminded_of_what_they_have_just_been_told(
    starts_at: datetime, before: timedelta, later: timedelta
) -> None:
    told_at = starts_at - before
    days = reminder_due(starts_at, told_at=told_at, now=told_at + later)
    if days is not None:
        moment = moment_before(starts_at, days)
        assert told_at <= moment <= told_at + later < starts_at


@given(MOMENTS, st.lists(DELAYS, min_size=1, max_size=30))
def test_looking_at_any_times_gives_each_reminder_in_its_stretch_and_the_nearer_one_last(
    starts_at: datetime, looks: list[timedelta]
) -> None:
    found = [
        (now, days)
        for now in sorted(starts_at - before for before in looks)
        if (days := reminder_due(starts_at, told_at=LONG_AGO, now=now)) is not None
    ]
    for now, days in found:
        assert moment_before(starts_at, days) <= now < moment_before(starts_at, days - LATEST[days])
    assert [days for _, days in found] == sorted((days for _, days in found), reverse=True)


@given(MOMENTS, DELAYS)
def test_thanks_go_from_the_next_morning_for_three_days(ended_at: datetime, later: timedelta) -> None:
    now = ended_at + later
    local = now.astimezone(LONDON)
    days = (local.date() - ended_at.astimezone(LONDON).date()).days
    expected = 1 <= days + (0 if local.time() >= time(9) else -1) <= reminders.LATEST_THANKS
    assert thanks_due(ended_at, now=now) == expected


@given(MOMENTS, DELAYS)
def test_a_reflection_is_asked_for_six_days_after_the_thanks(ended_at: datetime, later: timedelta) -> None:
    days = timedelta(days=6)
    local = (ended_at + later).astimezone(LONDON)
    assert reflection_due(ended_at, now=local + days) == thanks_due(ended_at, now=local)


def test_thanks_for_a_night_go_when_it_is_over() -> None:
    over_at = at("2027-10-31T08:00")  # the night in which the clocks go back
    assert not thanks_due(over_at, now=at("2027-10-31T09:30"))
    assert thanks_due(over_at, now=at("2027-11-01T09:00"))


def test_an_offer_is_stale_after_six_weeks_and_its_partner_asked_every_second_week() -> None:
    said_at = at("2027-02-14T15:00")
    assert not is_stale(said_at, now=at("2027-03-28T08:59"))
    assert is_stale(said_at, now=at("2027-03-28T09:00"))
    assert may_ask_again(None, now=said_at)
    assert not may_ask_again(at("2027-03-28T09:00"), now=at("2027-04-11T08:59"))
    assert may_ask_again(at("2027-03-28T09:00"), now=at("2027-04-11T09:00"))
