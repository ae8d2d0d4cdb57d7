"""Periodic work, and workers that were seen."""

from typing import Any

from sqlalchemy.orm import Session

from placement.models import Schedule, Worker
from tests.factories.clock import NOON, next_number


def make_schedule(session: Session, **facts: Any) -> Schedule:
    """Periodic work whose turn is at noon."""
    schedule = Schedule(**({"name": f"work {next_number()}", "next_at": NOON} | facts))
    session.add(schedule)
    session.flush()
    return schedule


def make_worker(session: Session, **facts: Any) -> Worker:
    """A worker that was started, and seen, at noon."""
    number = next_number()
    defaults = {"name": f"host-{number}", "engine": "inprocess", "started_at": NOON, "seen_at": NOON}
    worker = Worker(**(defaults | facts))
    session.add(worker)
    session.flush()
    return worker
