"""Ready means that work is done: somebody is there, and nothing waits for long."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from placement.services import readiness, workers
from tests.factories.clock import NOON
from tests.factories.outbox import make_message
from tests.factories.runs import make_run
from tests.factories.work import make_schedule, make_worker

MINUTE = timedelta(minutes=1)


def parts(session: Session, now: datetime = NOON) -> tuple[bool, bool]:
    """Whether a worker is there or not needed, and whether nothing waits for too long."""
    found = readiness.look(session, now=now)
    assert found.ready == (found.worker_well and found.work_well)
    doctor = readiness.look_at_workers(session, now=now)
    assert all(finding.well for finding in doctor) == found.ready
    assert all(bool(finding.remedy) != finding.well for finding in doctor)
    return found.worker_well, found.work_well


@pytest.mark.parametrize(
    ("waits", "worker_since", "told"),
    [
        (None, None, (True, True)),  # nothing to do, nobody there
        (0.5, None, (True, True)),  # one may be on its way
        (2, None, (False, True)),
        (6, None, (False, False)),
        (6, 60, (True, False)),  # a worker does not do its work
        (4, 60, (True, True)),
        (60, 1, (True, True)),  # just started, after a long night
        (60, 6, (True, False)),
    ],
)
def test_how_long_work_may_wait_depends_on_whether_a_worker_was_there(
    session: Session, waits: float | None, worker_since: float | None, told: tuple[bool, bool]
) -> None:
    if waits is not None:
        make_message(session, due_at=NOON - waits * MINUTE)
    if worker_since is not None:
        make_worker(session, started_at=NOON - worker_since * MINUTE, seen_at=NOON - MINUTE / 2)
    assert parts(session) == told


def test_a_queued_run_waits_like_a_mail(session: Session) -> None:
    make_run(session, status="queued", requested_at=NOON - 10 * MINUTE)
    assert parts(session) == (False, False)
    assert readiness.look(session, now=NOON).backlog.run_seconds == 600.0


def test_mail_that_is_not_due_or_must_wait_for_another_is_not_late(session: Session) -> None:
    make_message(session, due_at=NOON + MINUTE, status="todo")
    make_message(session, due_at=NOON - 60 * MINUTE, status="held")
    assert parts(session) == (True, True)


def test_a_worker_that_is_not_seen_any_more_is_not_there(session: Session) -> None:
    make_worker(session, seen_at=NOON - workers.LIVES)
    assert readiness.look(session, now=NOON).workers == []
    assert readiness.look(session, now=NOON - MINUTE).workers != []


def test_figures_count_by_state_with_tries_and_lost_answers(session: Session) -> None:
    make_message(session, attempts=3, unknowns=1, due_at=NOON - MINUTE)
    make_message(session, attempts=2, due_at=NOON)
    make_message(session, status="sent", attempts=9, unknowns=1)
    told = readiness.look(session, now=NOON).backlog
    assert (told.mail_seconds, told.attempts, told.unknowns) == (60.0, 5, 2)
    assert (told.mails["todo"], told.mails["sent"], told.mails["failed"]) == (2, 1, 0)


def test_periodic_work_that_failed_is_told_to_the_doctor_and_takes_no_site_away(session: Session) -> None:
    make_schedule(session, name="retention", last_error="OSError: no room")
    (presence, failed) = readiness.look_at_workers(session, now=NOON)
    assert presence.well
    assert "retention failed at its last turn: OSError: no room" in failed.said
    assert readiness.look(session, now=NOON).ready


def test_a_worker_says_that_it_is_there_and_that_it_goes(session: Session) -> None:
    make_worker(session, name="long gone", seen_at=NOON - 2 * workers.FORGOTTEN)
    for later in range(3):
        workers.be_seen(session, "one", engine="inprocess", started_at=NOON, now=NOON + later * MINUTE)
    workers.be_seen(session, "two", engine="procrastinate", started_at=NOON + MINUTE, now=NOON + 2 * MINUTE)
    assert sorted(workers.named(session)) == ["one", "two"]
    present = workers.living(session, now=NOON + 2 * MINUTE)
    assert [(one.name, one.started_at, one.seen_at - NOON) for one in present] == [
        ("one", NOON, 2 * MINUTE),
        ("two", NOON + MINUTE, 2 * MINUTE),
    ]
    workers.leave(session, ["one"])
    assert workers.named(session) == ["two"]
