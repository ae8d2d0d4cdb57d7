"""Periodic work as rows: who has a turn, when the next one is, and what went wrong."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from placement.services import schedule
from placement.services.schedule import Standing, Turn
from tests.factories.clock import NOON
from tests.factories.work import make_schedule

HOUR = timedelta(hours=1)
EVERY = {"sweep": HOUR}


@pytest.fixture(autouse=True)
def sweep(session: Session) -> None:
    schedule.add_missing(session, ["sweep"], now=NOON)


def test_new_work_has_its_first_turn_at_once_and_is_made_once(session: Session) -> None:
    schedule.add_missing(session, ["sweep", "remind"], now=NOON + HOUR)
    assert schedule.known(session) == {"sweep", "remind"}
    assert schedule.due(session, EVERY, now=NOON) == ["sweep"]


def test_one_of_two_workers_has_a_turn(session: Session) -> None:
    assert schedule.claim(session, "sweep", HOUR, token="one", now=NOON) == Turn("sweep", NOON)
    assert schedule.claim(session, "sweep", HOUR, token="two", now=NOON) is None
    assert schedule.due(session, EVERY, now=NOON) == []


def test_after_a_turn_comes_the_next_one_and_not_before(session: Session) -> None:
    turn = Turn("sweep", NOON)
    schedule.claim(session, "sweep", HOUR, token="one", now=NOON)
    assert schedule.record_turn(session, turn, HOUR, token="one", now=NOON + timedelta(minutes=2))
    assert schedule.due(session, EVERY, now=NOON + HOUR - timedelta(seconds=1)) == []
    assert schedule.claim(session, "sweep", HOUR, token="two", now=NOON + HOUR) == Turn("sweep", NOON + HOUR)


def test_what_went_wrong_is_shown_until_a_turn_goes_well(session: Session) -> None:
    for error, later in (("OSError: no\nroom", NOON), (None, NOON + HOUR)):
        turn = schedule.claim(session, "sweep", HOUR, token="one", now=later)
        assert turn is not None
        schedule.record_turn(session, turn, HOUR, token="one", now=later, error=error)
        shown = "OSError: no room" if error else None
        assert schedule.standing(session) == [Standing("sweep", later + HOUR, later, shown)]


def test_the_turn_of_a_dead_worker_is_free_when_given_back_or_when_its_lease_ends(session: Session) -> None:
    schedule.claim(session, "sweep", HOUR, token="dead", now=NOON)
    assert schedule.tokens_in_use(session) == ["dead"]
    assert schedule.due(session, EVERY, now=NOON + schedule.LEASE) == []
    assert schedule.due(session, EVERY, now=NOON + schedule.LEASE + timedelta(seconds=1)) == ["sweep"]
    schedule.give_back(session, tokens=["dead"])
    assert schedule.due(session, EVERY, now=NOON) == ["sweep"]


def test_a_late_worker_records_nothing_over_another(session: Session) -> None:
    late = schedule.claim(session, "sweep", HOUR, token="late", now=NOON)
    assert late is not None
    later = NOON + schedule.LEASE + timedelta(seconds=1)
    assert schedule.claim(session, "sweep", HOUR, token="other", now=later)
    assert not schedule.record_turn(session, late, HOUR, token="late", now=later, error="late")
    assert schedule.standing(session)[0].last_error is None


def test_work_that_a_wrong_clock_put_far_away_is_done_now(session: Session) -> None:
    make_schedule(session, name="remind", next_at=NOON + timedelta(days=365))
    assert schedule.due(session, {"remind": HOUR}, now=NOON) == ["remind"]


def test_work_that_this_version_does_not_know_is_left_alone(session: Session) -> None:
    make_schedule(session, name="of a later version")
    assert schedule.due(session, EVERY, now=NOON) == ["sweep"]
