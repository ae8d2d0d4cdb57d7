"""Periodic work: a plain list of jobs, each of which one worker does at each turn.

To add one, write a function `(config, *, now) -> None` that opens its own unit of work, and put it into
`JOBS`. It must be harmless to do twice: a worker may be killed between the work and its being recorded.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from placement.config import Config
from placement.db import reading, unit_of_work
from placement.services import schedule
from placement.services.schedule import Turn
from placement.worker import chores
from placement.worker.inbox import poll_mailbox
from placement.worker.owner import new_token
from placement.worker.reminders import owe_reminders
from placement.worker.stopping import Stopping
from placement.worker.sweeper import sweep

logger = logging.getLogger(__name__)


class Work(Protocol):
    """What is done at a turn; runs inside the application context, outside of any transaction."""

    def __call__(self, config: Config, /, *, now: datetime) -> None:
        """Do it."""


@dataclass(frozen=True)
class Job:
    """One piece of periodic work: its name in the table, the time between two turns, and what is done."""

    name: str
    every: timedelta
    work: Work


JOBS: tuple[Job, ...] = (
    Job("check_audit_log", timedelta(days=1), chores.check_audit_log),
    Job("close_preferences", timedelta(minutes=1), chores.close_preferences),
    Job("expire_seat_offers", timedelta(minutes=1), chores.expire_seat_offers),
    Job("lapse_swap_requests", timedelta(minutes=1), chores.lapse_swap_requests),
    Job("poll_mailbox", timedelta(minutes=1), poll_mailbox),
    Job("reminders", timedelta(minutes=5), owe_reminders),
    Job("retention", timedelta(days=1), chores.apply_retention),
    Job("sweep", timedelta(seconds=30), sweep),
)


def run_due(config: Config, stopping: Stopping, *, jobs: Sequence[Job] = JOBS) -> bool:
    """Do the work whose turn it is and that no other worker does; whether there was any."""
    done = False
    for job in _due(jobs):
        stopping.leave_if_told()
        token = new_token()
        with unit_of_work() as session:
            turn = schedule.claim(session, job.name, job.every, token=token, now=_now())
        if turn is not None:
            _take(job, turn, config, token)
            done = True
    return done


def _due(jobs: Sequence[Job]) -> list[Job]:
    with reading() as session:
        missing = {job.name for job in jobs} - schedule.known(session)
    if missing:
        with unit_of_work() as session:
            schedule.add_missing(session, sorted(missing), now=_now())
    by_name = {job.name: job for job in jobs}
    with reading() as session:
        names = schedule.due(session, {job.name: job.every for job in jobs}, now=_now())
    return [by_name[name] for name in names]


def anything_due() -> bool:
    """Whether it is the turn of any periodic work."""
    return bool(_due(JOBS))


def _take(job: Job, turn: Turn, config: Config, token: str) -> None:
    """Do a turn; what goes wrong in it is kept for people to see, and stops no other work."""
    error = None
    try:
        job.work(config, now=_now())
    except Exception as fault:
        logger.exception("periodic work %s failed; it is tried again at its next turn", job.name)
        error = f"{type(fault).__name__}: {fault}"
    with unit_of_work() as session:
        schedule.record_turn(session, turn, job.every, token=token, now=_now(), error=error)


def _now() -> datetime:
    return datetime.now(UTC)
