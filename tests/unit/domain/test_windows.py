from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from placement.domain.windows import ranking_window

DEADLINE = datetime(2027, 1, 12, 17, 0, tzinfo=UTC)
DECIDED = datetime(2027, 1, 14, 10, 0, tzinfo=UTC)
MOMENTS = st.integers(-3, 3).map(lambda hours: DEADLINE + timedelta(hours=hours))


@given(now=MOMENTS, closes_at=st.none() | MOMENTS, decided_at=st.none() | MOMENTS)
def test_leaders_may_rank_before_the_deadline_while_nothing_is_decided(
    now: datetime, closes_at: datetime | None, decided_at: datetime | None
) -> None:
    before_deadline = closes_at is None or now < closes_at
    window = ranking_window(now=now, closes_at=closes_at, decided_at=decided_at)
    assert window.is_open == (before_deadline and decided_at is None)


def test_an_open_window_names_its_deadline() -> None:
    window = ranking_window(now=DEADLINE - timedelta(seconds=1), closes_at=DEADLINE, decided_at=None)
    assert window.sentence == "You can change your answers until Tuesday 12 January 2027, 5pm."


def test_a_window_without_deadline_is_open_until_places_are_decided() -> None:
    window = ranking_window(now=DEADLINE, closes_at=None, decided_at=None)
    assert window.sentence == "You can change your answers until places are decided."


def test_the_deadline_closes_from_its_very_moment_on() -> None:
    window = ranking_window(now=DEADLINE, closes_at=DEADLINE, decided_at=None)
    assert window.closed == "on Tuesday 12 January 2027, 5pm"
    assert "no longer changed" in window.sentence


def test_the_deadline_is_named_when_it_came_before_the_decision() -> None:
    window = ranking_window(now=DECIDED, closes_at=DEADLINE, decided_at=DECIDED)
    assert window.closed == "on Tuesday 12 January 2027, 5pm"


def test_the_decision_is_named_when_it_came_before_the_deadline() -> None:
    window = ranking_window(
        now=DECIDED, closes_at=DECIDED + timedelta(days=1), decided_at=DECIDED - timedelta(days=1)
    )
    assert window.closed == "when places were decided, on Wednesday 13 January 2027"


def test_the_deadline_is_told_in_local_summer_time() -> None:
    at = datetime(2027, 6, 1, 16, 0, tzinfo=UTC)
    assert ranking_window(now=at, closes_at=at, decided_at=None).closed == "on Tuesday 1 June 2027, 5pm"
