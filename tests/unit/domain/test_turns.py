"""Periodic work keeps its step, whatever was missed and whatever clocks said."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from placement.domain.turns import next_turn

NOON = datetime(2027, 1, 12, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
steps = st.timedeltas(timedelta(seconds=1), timedelta(days=40))


def test_a_turn_that_was_done_late_moves_none_of_the_later_ones() -> None:
    assert next_turn(NOON, every=HOUR, now=NOON + timedelta(minutes=7)) == NOON + HOUR


def test_missed_turns_are_not_made_up_for() -> None:
    assert next_turn(NOON, every=HOUR, now=NOON + timedelta(days=3, minutes=7)) == NOON + timedelta(
        days=3, hours=1
    )


def test_a_turn_planned_by_a_clock_that_was_ahead_is_no_further_away_than_a_step() -> None:
    assert next_turn(NOON + timedelta(days=365), every=HOUR, now=NOON) == NOON + HOUR


@given(planned=moments, now=moments, every=steps)
def test_the_next_turn_is_to_come_and_within_a_step(
    planned: datetime, now: datetime, every: timedelta
) -> None:
    following = next_turn(planned, every=every, now=now)
    assert now < following <= now + every
    assert planned > now or (following - planned) % every == timedelta(0)
