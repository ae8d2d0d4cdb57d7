"""The worker's loops: they rest when there is nothing to do, wake when there is, and stop when told."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from placement.config import Config
from placement.db import WAKE, reading, unit_of_work
from placement.domain.invites import Mailbox
from placement.domain.letters import Letter
from placement.domain.sending import SendingRules
from placement.services import outbox, workers
from placement.services.match_runs import request_run
from placement.services.run_claims import claim_run
from placement.services.scope import Scope
from placement.worker import mail, turns
from placement.worker.engine import HEARTBEAT, Worker
from placement.worker.inprocess import InProcess
from placement.worker.owner import new_token
from placement.worker.stopping import Stopping
from placement.worker.turns import Kind, Turns
from tests.factories.clock import NOON
from tests.services.small_cohort import make_small_cohort
from tests.worker.conftest import PATIENCE, wait_until
from tests.worker.test_owner import token_of_a_process_that_ended


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every look at the rows that the threads take; they take none by themselves after the first."""
    taken: list[str] = []
    work = Turns.work

    def noted_work(self: Turns, kind: Kind, *, run_id: int | None = None) -> bool:
        done = work(self, kind, run_id=run_id)
        taken.append(kind)
        return done

    monkeypatch.setattr(Turns, "work", noted_work)
    monkeypatch.setattr(turns, "LOOK_EVERY", PATIENCE * 10)
    return taken


@pytest.fixture
def running(app: Flask, config: Config, looks: list[str]) -> Iterator[Worker]:
    worker = Worker(app, config)
    worker.start()
    wait_until(lambda: {"mail", "solve"} <= set(looks) and looks.count("periodic") == 2)
    settle(looks)  # the first turns of periodic work have woken the others once more
    yield worker
    worker.stop()


def settle(looks: list[str]) -> None:
    """Wait until nobody looks any more."""
    seen = -1
    while seen != len(looks):
        seen = len(looks)
        time.sleep(0.3)


def owe_a_mail(session: Session) -> None:
    letter = Letter(
        kind="sign_in",
        subject="sign_in:1",
        recipient=Mailbox("Ada", "ada@people.example"),
        message_id="<1@placement.example>",
        payload={"link": "http://127.0.0.1:8000/sign-in/link/x", "code": "123456", "minutes": 15},
    )
    assert outbox.owe(session, letter, now=datetime.now(UTC))


def counts() -> dict[str, int]:
    with reading() as session:
        return outbox.counts(Scope.system(session))


def test_a_worker_with_nothing_to_do_rests(running: Worker, looks: list[str]) -> None:
    seen = len(looks)
    time.sleep(0.5)  # long enough for hundreds of looks
    assert len(looks) == seen


def test_mail_is_sent_as_soon_as_it_is_owed(running: Worker) -> None:
    with unit_of_work() as session:
        owe_a_mail(session)
    wait_until(lambda: counts()["sent"] == 1)


def test_a_run_is_solved_as_soon_as_it_is_asked_for(running: Worker) -> None:
    with unit_of_work() as session:
        scope = Scope.system(session)
        run_id = request_run(scope, make_small_cohort(session).cohort.id, seconds=20, now=NOON)

    def solved() -> bool:
        with reading() as session:
            return Scope.system(session).run(run_id).status == "solved"

    wait_until(solved)


def test_a_run_says_why_it_is_as_it_is_soon_after_it_is_solved(running: Worker) -> None:
    with unit_of_work() as session:
        scope = Scope.system(session)
        run_id = request_run(scope, make_small_cohort(session).cohort.id, seconds=20, now=NOON)

    def result() -> dict[str, Any]:
        with reading() as session:
            found: dict[str, Any] = json.loads(Scope.system(session).run(run_id).result or "{}")
            return found

    wait_until(lambda: "explanations" in result())
    said = result()
    assert {one["cost"].get("possible", True) for one in said["explanations"]} == {True}
    assert [one["leaders"] for one in said["partner_explanations"]] == [2, 2]
    assert "what_if" in said


def test_a_fault_in_one_turn_ends_neither_its_thread_nor_other_work(
    app: Flask, config: Config, looks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter([OSError("the database was away")])

    def broken_once(*_: object, **__: object) -> dict[str, int]:
        for failure in failures:
            raise failure
        return {"sent": 0}

    monkeypatch.setattr(turns, "WAIT_AFTER_FAULT", 0.0)
    monkeypatch.setattr(turns, "send_due", broken_once)
    worker = Worker(app, config)
    worker.start()
    wait_until(lambda: "mail" in looks)
    worker.engine.wake("mail")
    wait_until(lambda: looks.count("mail") >= 2)
    assert worker.stop()


def test_mails_that_a_fault_left_in_hand_are_free_at_once(
    app: Flask, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not only when their lease ends: the process lives, but nobody works under that token any more."""
    with unit_of_work() as session:
        owe_a_mail(session)

    def claimed_then_broken(*_: object, **__: object) -> dict[str, int]:
        assert mail._claim(new_token(), SendingRules(), datetime.now(UTC))
        raise OSError

    work = Turns(app, config, Stopping())
    monkeypatch.setattr(turns, "WAIT_AFTER_FAULT", 0.0)
    monkeypatch.setattr(turns, "send_due", claimed_then_broken)
    assert not work.work("mail")
    assert counts()["sending"] == 1
    monkeypatch.undo()
    assert work.work("mail")
    assert counts()["sent"] == 1


def test_a_heartbeat_frees_what_a_killed_worker_solved_and_tells_who_solves(
    app: Flask, config: Config
) -> None:
    with unit_of_work() as session:
        scope = Scope.system(session)
        run_id = request_run(scope, make_small_cohort(session).cohort.id, seconds=20, now=NOON)
    token = token_of_a_process_that_ended()
    with unit_of_work() as session:
        grace = timedelta(hours=1)
        assert claim_run(session, token=token, now=datetime.now(UTC), grace=grace) is not None
    worker = Worker(app, config)
    engine = worker.engine
    assert isinstance(engine, InProcess)
    woken = [event.is_set() for event in engine._woken.values()]
    assert worker._turns.take(HEARTBEAT, worker._be_seen)
    with reading() as session:
        assert Scope.system(session).run(run_id).status == "queued"
    assert (woken, [event.is_set() for event in engine._woken.values()]) == ([False] * 3, [True] * 3)
    for event in engine._woken.values():
        event.clear()
    assert worker._turns.take(HEARTBEAT, worker._be_seen)
    assert not any(event.is_set() for event in engine._woken.values()), "nothing was left to free"


def test_a_worker_that_is_told_to_stop_stops(running: Worker) -> None:
    with reading() as session:
        assert [one.engine for one in workers.living(session, now=datetime.now(UTC))] == ["inprocess"]
    assert running.engine.health().well
    assert running.stop()
    assert not [thread for thread in threading.enumerate() if thread.name in {*turns.KINDS, "heartbeat"}]
    with reading() as session:
        assert workers.living(session, now=datetime.now(UTC)) == []


def test_each_call_of_the_engine_leads_to_a_look(running: Worker, looks: list[str]) -> None:
    looks.clear()
    running.engine.wake("mail")
    running.engine.run_long("solve", 1)
    running.engine.periodic()
    wait_until(lambda: sorted(looks) == ["mail", "periodic", "solve"])


def test_what_periodic_work_writes_wakes_those_who_send_it(app: Flask, config: Config) -> None:
    work = Turns(app, config, Stopping())
    engine = InProcess(work)
    app.extensions[WAKE] = engine.committed

    def commit() -> bool:
        with unit_of_work():
            return True

    woken: dict[str, list[str]] = {}
    for name in ("periodic", "mail", "heartbeat"):
        work.take(name, commit)
        woken[name] = [kind for kind, event in engine._woken.items() if event.is_set()]
        for event in engine._woken.values():
            event.clear()
    assert woken == {"periodic": ["mail", "solve"], "mail": [], "heartbeat": []}
