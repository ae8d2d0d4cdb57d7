"""The list of periodic work: each turn once, and no job in the way of another."""

import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from flask import Flask

from placement.config import Config
from placement.db import db, reading
from placement.services import schedule as rows
from placement.worker.schedule import JOBS, Job, run_due
from placement.worker.stopping import Stopping

HOUR = timedelta(hours=1)


def test_of_eight_workers_at_once_one_has_the_turn(app: Flask, config: Config) -> None:
    done: list[datetime] = []
    ready = threading.Barrier(8)

    def work(_config: Config, *, now: datetime) -> None:
        done.append(now)

    def take() -> None:
        with app.app_context():
            ready.wait()
            run_due(config, Stopping(), jobs=[Job("count", HOUR, work)])
            db.session.remove()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1


def test_a_job_that_fails_is_shown_and_stops_no_other(app: Flask, config: Config) -> None:
    done: list[str] = []

    def broken(_config: Config, *, now: datetime) -> None:
        raise ZeroDivisionError(f"at {now.year}")

    def sound(told: Config, *, now: datetime) -> None:
        assert told is config
        assert now <= datetime.now(UTC)
        done.append("sound")

    jobs = [Job("broken", HOUR, broken), Job("sound", HOUR, sound)]
    assert run_due(config, Stopping(), jobs=jobs)
    assert done == ["sound"]
    with reading() as session:
        shown = {work.name: work.last_error for work in rows.standing(session)}
    assert shown["sound"] is None
    assert (shown["broken"] or "").startswith("ZeroDivisionError: at 20")
    assert not run_due(config, Stopping(), jobs=jobs), "a failed job waits for its next turn like any other"


def test_the_jobs_of_the_service_run_on_an_empty_installation(app: Flask, config: Config) -> None:
    assert run_due(config, Stopping())
    with reading() as session:
        assert [(work.name, work.last_error) for work in rows.standing(session)] == [
            (name, None) for name in sorted(job.name for job in JOBS)
        ]


def test_no_two_jobs_share_a_row() -> None:
    names = sorted(job.name for job in JOBS)
    assert all(one != other and len(one) <= 40 for one, other in pairwise([*names, ""]))
