"""A real worker with a real solver: how far it is stands in the row, and cancelling the run ends it."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from placement.db import reading, unit_of_work
from placement.models import MatchRun, Message
from placement.services import match_runs, run_claims, run_letters
from placement.services.scope import Scope
from placement.worker.solve import GRACE
from placement.worker.solver_watch import NotWanted, Watch, conversation
from tests.factories.clock import NOON
from tests.factories.people import make_coordinator
from tests.services.small_cohort import make_small_cohort
from tests.worker.conftest import PATIENCE, Installation, wait_until
from tests.worker.test_engines import alive, asked_run, solvers, status

pytestmark = pytest.mark.timeout(400)
SOLVER = """
import pathlib, sys, time
print("stage: profile 2 9", file=sys.stderr, flush=True)
print("something to complain of", file=sys.stderr, flush=True)
sys.stdin.read()
while not pathlib.Path(sys.argv[1]).exists():
    time.sleep(0.02)
print("the result")
"""
TOKEN = "one"


def run_row(run_id: int) -> MatchRun:
    with reading() as session:
        return Scope.system(session).run(run_id)


def cancel(run_id: int) -> bool:
    with unit_of_work() as session:
        scope = Scope.system(session)
        run = scope.run(run_id)
        return run_claims.cancel_run(scope, run.cohort_id, run_id, now=datetime.now(UTC))


def test_a_worker_ends_the_solver_of_a_run_that_is_cancelled_and_goes_on(place: Installation) -> None:
    run_id = asked_run()
    pid = place.start(slow_solver=True)
    wait_until(lambda: bool(solvers(pid)))
    (solver,) = solvers(pid)
    assert cancel(run_id)
    wait_until(lambda: not alive(solver))
    assert status(run_id) == "cancelled"
    other = asked_run()
    wait_until(lambda: status(other) == "solving")
    assert status(run_id) == "cancelled"


def test_a_run_that_a_worker_has_solved_says_which_step_was_the_last(place: Installation) -> None:
    run_id = asked_run()
    place.start()
    wait_until(lambda: status(run_id) == "solved")
    run = run_row(run_id)
    assert run.stage == "lottery"
    assert run.stages_done == run.stages_all
    assert run.stages_all


def test_who_asked_for_a_run_that_took_long_gets_a_mail_from_the_worker_that_ends_it(
    place: Installation,
) -> None:
    with unit_of_work() as session:
        cohort = make_small_cohort(session).cohort
        user = make_coordinator(session, cohort=cohort).user
        address, asked = user.email, datetime.now(UTC) - run_letters.LONG
        run_id = match_runs.request_run(Scope.of_user(session, user.id), cohort.id, seconds=30, now=asked)
    place.start()
    wait_until(lambda: status(run_id) == "solved")
    with reading() as session:
        told = session.scalars(select(Message.recipient).where(Message.kind == run_letters.KIND)).all()
    assert told == [address]


@pytest.fixture
def claimed(app: Flask) -> int:
    """A run that somebody solves under a token."""
    run_id = asked_run()
    with unit_of_work() as session:
        assert run_claims.claim_run(session, token=TOKEN, now=NOON, grace=GRACE, run_id=run_id)
    return run_id


@pytest.fixture
def go_on(tmp_path: Path) -> Path:
    """The solver waits until this file is there."""
    return tmp_path / "go-on"


@pytest.fixture
def solver(go_on: Path) -> Iterator["subprocess.Popen[str]"]:
    """A program that says in which stage it is, then waits."""
    with subprocess.Popen(
        [sys.executable, "-c", SOLVER, str(go_on)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def once_seen(app: Flask, run_id: int, act: Callable[[], object]) -> threading.Thread:
    """Do something as soon as the row says how far the solver is."""

    def wait() -> None:
        with app.app_context():
            wait_until(lambda: run_row(run_id).stages_done == 2)
            act()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_how_far_a_solver_is_stands_in_the_row_while_it_works(
    app: Flask, claimed: int, solver: "subprocess.Popen[str]", go_on: Path
) -> None:
    seen = once_seen(app, claimed, go_on.touch)
    said = conversation(solver, "a problem", patience=PATIENCE, watch=Watch(claimed, TOKEN))
    seen.join()
    assert said == ("the result\n", "something to complain of\n")
    run = run_row(claimed)
    assert (run.stage, run.stages_done, run.stages_all) == ("profile", 2, 9)


def test_whoever_looks_after_a_solver_notices_that_its_run_is_cancelled(
    app: Flask, claimed: int, solver: "subprocess.Popen[str]"
) -> None:
    seen = once_seen(app, claimed, lambda: cancel(claimed))
    with pytest.raises(NotWanted):
        conversation(solver, "a problem", patience=PATIENCE, watch=Watch(claimed, TOKEN))
    seen.join()
    assert run_row(claimed).status == "cancelled"


def test_a_run_that_another_worker_has_taken_over_is_let_go_of(
    claimed: int, solver: "subprocess.Popen[str]"
) -> None:
    with pytest.raises(NotWanted):
        conversation(solver, "a problem", patience=PATIENCE, watch=Watch(claimed, "another"))
    run = run_row(claimed)
    assert (run.status, run.stage) == ("solving", None)


def test_a_solver_that_takes_too_long_is_given_up(claimed: int, solver: "subprocess.Popen[str]") -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        conversation(solver, "a problem", patience=0.1, watch=Watch(claimed, TOKEN))
