"""Whether the service can do its work, as a monitor asks: the database, a worker, and nothing left lying."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from placement.services import backlog, schedule, workers
from placement.services.backlog import Backlog
from placement.services.health import Finding
from placement.services.schedule import Standing
from placement.services.workers import LivingWorker

LONGEST_WAIT = timedelta(minutes=5)
STARTS_WITHIN = timedelta(seconds=60)
"""How long mail or a run may wait while no worker is there: one may be on its way."""


@dataclass(frozen=True)
class Readiness:
    """What a monitor is told. `worker_well`: a worker is there, or nothing needs one.

    `work_well`: nothing waits longer than it should, counted from when the present workers began.
    """

    worker_well: bool
    work_well: bool
    workers: list[LivingWorker]
    backlog: Backlog
    periodic: list[Standing]

    @property
    def ready(self) -> bool:
        """Whether all is well."""
        return self.worker_well and self.work_well


def look(session: Session, *, now: datetime) -> Readiness:
    """How ready the service is; whatever the database refuses is raised."""
    session.execute(text("SELECT 1"))
    present = workers.living(session, now=now)
    waited = _waited(session, present, now=now)
    return Readiness(
        worker_well=bool(present) or waited <= STARTS_WITHIN,
        work_well=waited <= LONGEST_WAIT,
        workers=present,
        backlog=backlog.figures(session, now=now),
        periodic=schedule.standing(session),
    )


def look_at_workers(session: Session, *, now: datetime) -> list[Finding]:
    """Whether somebody does the work that waits, and whether periodic work ended well."""
    return [_presence(session, now=now), *_failed(schedule.standing(session))]


def _presence(session: Session, *, now: datetime) -> Finding:
    present = workers.living(session, now=now)
    waited = _waited(session, present, now=now)
    if present:
        engines = " and ".join(sorted({worker.engine for worker in present}))
        number = "1 worker is" if len(present) == 1 else f"{len(present)} workers are"
        if waited <= LONGEST_WAIT:
            return Finding("worker", True, f"{number} running ({engines}).")
        said = (
            f"{number} running ({engines}), but work has waited for {waited // timedelta(minutes=1)} minutes."
        )
        return Finding("worker", False, said, "Look at the log of the workers, and at the mail server.")
    if waited <= STARTS_WITHIN:
        return Finding("worker", True, "No worker is running, and nothing waits for one.")
    said = f"No worker is running, and work has waited for {waited // timedelta(minutes=1)} minutes."
    return Finding("worker", False, said, "Start one: placement worker (placement serve has one inside)")


def _failed(standing: list[Standing]) -> list[Finding]:
    return [
        Finding(
            "periodic work",
            False,
            f"{work.name} failed at its last turn: {work.last_error}",
            f"Nothing where it was for once: it is tried again at {work.next_at:%d %B %Y, %H:%M} UTC.",
        )
        for work in standing
        if work.last_error
    ]


def _waited(session: Session, present: list[LivingWorker], *, now: datetime) -> timedelta:
    """How long the oldest work has waited, while there was a worker that could have begun with it."""
    since = backlog.oldest(session, now=now)
    if not since:
        return timedelta(0)
    began = present[0].started_at if present else min(since)
    return max(now - max(min(since), began), timedelta(0))
