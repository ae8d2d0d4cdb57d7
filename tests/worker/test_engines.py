"""Workers as processes, with either engine: what they are told, and how they end, are one and the same."""

import signal
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from psycopg.errors import LockNotAvailable
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from placement.db import reading, unit_of_work
from placement.domain.invites import Mailbox
from placement.domain.letters import Letter
from placement.models import AuditEvent, Message
from placement.services import match_runs, outbox, workers
from placement.services.closing import CLOSED
from placement.services.scope import Scope
from placement.worker.procrastinate import SCHEMA
from placement.worker.turns import KINDS
from tests.databases import PostgresqlServer
from tests.factories.clock import NOON
from tests.factories.programmes import make_cohort
from tests.services.small_cohort import make_small_cohort
from tests.smtp_sink import Sink, hang
from tests.worker.conftest import Installation, Stable, installation, wait_until

MANY = 60

pytestmark = pytest.mark.timeout(400)


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
    """The solvers among the processes that a worker has started; a library may start others for a moment."""
    children = [
        int(word)
        for task in Path(f"/proc/{of}/task").iterdir()
        for word in (task / "children").read_text().split()
    ]
    return [child for child in children if "solve" in command_of(child)]


def command_of(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []


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
    if place.config.database_url.startswith("postgresql"):
        pytest.skip("it takes as long as mail servers are given, and is the same with each engine")
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


@pytest.fixture
def queued(
    postgresql: PostgresqlServer, tmp_path: Path, smtp_sink: Sink, stable: Stable
) -> Iterator[Installation]:
    """An installation with the queue in PostgreSQL."""
    with installation(postgresql, "procrastinate", tmp_path, smtp_sink, stable) as made:
        yield made


@pytest.mark.postgres
def test_a_commit_of_another_process_is_told_to_a_worker_that_rests(queued: Installation) -> None:
    queued.start(look_every=3600)
    wait_until(lambda: listening() == len(KINDS))
    owe(1)
    wait_until(lambda: counts() == {"sent": 1})
    run_id = asked_run()
    wait_until(lambda: status(run_id) == "solved")


@pytest.mark.postgres
def test_nothing_is_lost_when_the_queue_forgets_everything(queued: Installation) -> None:
    pids = [queued.start(), queued.start()]
    wait_until(lambda: waiting_jobs() == 0)
    run_id = asked_run()
    for _ in range(3):
        owe(20)
        empty_the_queue()
    wait_until(lambda: counts() == {"sent": 60} and status(run_id) == "solved")
    assert set(received(queued).values()) == {1}
    assert [queued.end(pid) for pid in pids] == [0, 0]


def listening() -> int:
    """How many connections to the queue wait to be told."""
    with reading() as session:
        found = session.execute(
            text(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND state = 'idle' AND query LIKE 'LISTEN%'"
            )
        )
        return int(found.scalar_one())


def waiting_jobs() -> int | None:
    """How many jobs are in the queue; None before there is one."""
    jobs = f"{SCHEMA}.procrastinate_jobs"
    with reading() as session:
        if session.scalar(text("SELECT to_regclass(:jobs)"), {"jobs": jobs}) is None:
            return None
        count: int | None = session.scalar(text(f"SELECT count(*) FROM {jobs}"))
        return count


def empty_the_queue() -> None:
    wait_until(emptied)


def emptied() -> bool:
    """Empty the queue unless somebody is at it, for who waits while holding a table may be waited for."""
    tables = ", ".join(
        f"{SCHEMA}.procrastinate_{name}" for name in ("workers", "jobs", "periodic_defers", "events")
    )
    try:
        with unit_of_work() as session:
            session.execute(text(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE NOWAIT"))
            session.execute(text(f"TRUNCATE {tables}"))
    except OperationalError as fault:
        if not isinstance(fault.orig, LockNotAvailable):
            raise
        return False
    return True


def cut_off_others() -> None:
    with reading() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
