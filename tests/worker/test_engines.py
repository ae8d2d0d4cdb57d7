"""Workers as processes, with either engine: what they are told, and how they end, are one and the same."""

import os
import signal
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select, text

from placement.db import reading, unit_of_work
from placement.domain.invites import Mailbox
from placement.domain.letters import Letter
from placement.models import AuditEvent, Message
from placement.services import match_runs, outbox, workers
from placement.services.closing import CLOSED
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.programmes import make_cohort
from tests.services.small_cohort import make_small_cohort
from tests.smtp_sink import hang
from tests.worker.conftest import Installation, wait_until

MANY = 60


def owe(number: int) -> None:
    """Owe so many mails, each to somebody else, and tell the engine by the commit."""
    with unit_of_work() as session:
        before = session.scalar(select(func.count(Message.id))) or 0
        for place in range(before, before + number):
            letter = Letter(
                kind="sign_in",
                subject=f"sign_in:{place}",
                recipient=Mailbox("Ada", f"ada{place}@people.example"),
                message_id=f"<{place}@placement.example>",
                payload={"link": "http://127.0.0.1:8000/sign-in/link/x", "code": "123456", "minutes": 15},
            )
            assert outbox.owe(session, letter, now=datetime.now(UTC))


def counts() -> Counter[str]:
    with reading() as session:
        return +Counter(outbox.counts(Scope.system(session)))


def living() -> int:
    with reading() as session:
        return len(workers.living(session, now=datetime.now(UTC)))


def received(place: Installation) -> Counter[str]:
    return Counter(mail.recipients[0] for mail in place.sink.received)


def asked_run() -> int:
    """A run that nobody has begun."""
    with unit_of_work() as session:
        cohort = make_small_cohort(session).cohort
        return match_runs.request_run(Scope.system(session), cohort.id, seconds=30, now=NOON)


def status(run_id: int) -> str:
    with reading() as session:
        return Scope.system(session).run(run_id).status


def solvers(of: int) -> list[int]:
    """The processes that a worker has started."""
    return [int(word) for word in Path(f"/proc/{of}/task/{of}/children").read_text().split()] + [
        int(word)
        for task in Path(f"/proc/{of}/task").iterdir()
        if task.name != str(of)
        for word in (task / "children").read_text().split()
    ]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


def test_two_workers_send_what_is_owed_once_and_do_each_turn_once(place: Installation) -> None:
    with unit_of_work() as session:
        make_cohort(session, preferences_close_at=datetime.now(UTC) - timedelta(minutes=1))
    pids = [place.start(), place.start()]
    wait_until(lambda: living() == 2)
    owe(MANY)
    wait_until(lambda: counts() == {"sent": MANY})
    assert set(received(place).values()) == {1}
    assert [place.end(pids[0], signal.SIGTERM), place.end(pids[1], signal.SIGINT)] == [0, 0]
    assert living() == 0, "who stops in order says so"
    with reading() as session:
        assert session.scalar(select(func.count()).where(AuditEvent.verb == CLOSED)) == 1


def test_a_worker_that_is_told_to_stop_finishes_the_mail_in_hand_and_lets_go_of_the_rest(
    place: Installation,
) -> None:
    owe(MANY)
    pid = place.start()
    wait_until(lambda: len(place.sink.received) >= 5)
    assert place.end(pid) == 0
    left = counts()
    assert left["sending"] == 0
    assert left["sent"] == len(place.sink.received) < MANY
    place.start()
    wait_until(lambda: counts() == {"sent": MANY})
    assert set(received(place).values()) == {1}


def test_a_worker_ends_although_its_mail_server_says_nothing(place: Installation) -> None:
    place.sink.script(hang("data"))
    owe(2)
    pid = place.start()
    wait_until(lambda: place.sink.tries == 1)
    assert place.end(pid) == 0
    place.start()
    wait_until(lambda: counts()["sent"] >= 1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_whose_worker_ended_is_solved_by_the_next(place: Installation, number: signal.Signals) -> None:
    run_id = asked_run()
    pid = place.start(slow_solver=True)
    wait_until(lambda: bool(solvers(pid)))
    (solver,) = solvers(pid)
    assert place.end(pid, number) == (0 if number == signal.SIGTERM else -number)
    wait_until(lambda: not alive(solver))
    assert status(run_id) == ("queued" if number == signal.SIGTERM else "solving")
    place.start()
    wait_until(lambda: status(run_id) == "solved")


def test_workers_go_on_when_the_database_cuts_them_off(place: Installation) -> None:
    if place.config.database_url.startswith("sqlite"):
        pytest.skip("nobody can be cut off from a file")
    pid = place.start()
    wait_until(lambda: living() == 1)
    for _ in range(3):
        owe(20)
        cut_off_others()
    wait_until(lambda: counts() == {"sent": 60})
    assert alive(pid)
    assert sum(received(place).values()) <= 60 + 3, "at most one repeat for each time"
    assert place.end(pid) == 0


def cut_off_others() -> None:
    with reading() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
