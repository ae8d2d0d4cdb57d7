"""The worker's loops: they rest when there is nothing to do, wake when there is, and stop when told."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from placement.config import Config
from placement.db import reading, unit_of_work
from placement.domain.invites import Mailbox
from placement.domain.letters import Letter
from placement.services import outbox
from placement.services.match_runs import request_run
from placement.services.scope import Scope
from placement.worker import engine as engine_module
from placement.worker.engine import Engine
from tests.factories.clock import NOON
from tests.services.small_cohort import make_small_cohort

PATIENCE = 60.0


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every look at the rows that the loops take; they take none by themselves after the first."""
    taken: list[str] = []
    turn = Engine._turn

    def noted_turn(self: Engine, name: str, work: Callable[[], bool]) -> bool:
        done = turn(self, name, work)
        taken.append(name)
        return done

    monkeypatch.setattr(Engine, "_turn", noted_turn)
    monkeypatch.setattr(engine_module, "LOOK_EVERY", PATIENCE * 10)
    return taken


@pytest.fixture
def running(app: Flask, config: Config, looks: list[str]) -> Iterator[Engine]:
    engine = engine_module.start(app, config)
    wait_until(lambda: sorted(looks) == ["mail", "solve"])
    yield engine
    engine.stop()


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


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


def test_a_worker_with_nothing_to_do_rests(running: Engine, looks: list[str]) -> None:
    time.sleep(0.5)  # long enough for hundreds of looks
    assert sorted(looks) == ["mail", "solve"]


def test_mail_is_sent_as_soon_as_it_is_owed(running: Engine) -> None:
    with unit_of_work() as session:
        owe_a_mail(session)
    wait_until(lambda: counts()["sent"] == 1)


def test_a_run_is_solved_as_soon_as_it_is_asked_for(running: Engine) -> None:
    with unit_of_work() as session:
        scope = Scope.system(session)
        run_id = request_run(scope, make_small_cohort(session).cohort.id, seconds=20, now=NOON)

    def solved() -> bool:
        with reading() as session:
            return Scope.system(session).run(run_id).status == "solved"

    wait_until(solved)


def test_a_run_says_why_it_is_as_it_is_soon_after_it_is_solved(running: Engine) -> None:
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


def test_a_fault_in_one_turn_does_not_end_the_loop(
    app: Flask, config: Config, looks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter([OSError("the database was away")])

    def broken_once(*_: object) -> dict[str, int]:
        for failure in failures:
            raise failure
        return {"sent": 0}

    monkeypatch.setattr(engine_module, "WAIT_AFTER_FAULT", 0.0)
    monkeypatch.setattr(engine_module, "send_due", broken_once)
    engine = engine_module.start(app, config)
    wait_until(lambda: "mail" in looks)
    engine.wake()
    wait_until(lambda: looks.count("mail") >= 2)
    engine.stop()


def test_a_worker_that_is_told_to_stop_stops(running: Engine) -> None:
    running.stop()
    assert not [thread for thread in threading.enumerate() if thread.name in {"mail", "solve"}]
