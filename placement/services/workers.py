"""Workers that say they are there, so that others see when nobody is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from placement.models import Worker

LIVES = timedelta(seconds=60)
"""How long a worker counts as there after it was last seen."""

FORGOTTEN = timedelta(hours=1)


@dataclass(frozen=True)
class LivingWorker:
    """A worker that was seen a moment ago."""

    name: str
    engine: str
    started_at: datetime
    seen_at: datetime


def be_seen(session: Session, name: str, *, engine: str, started_at: datetime, now: datetime) -> None:
    """Say that the worker `name` is there; rows of workers that went without a word are removed."""
    session.execute(delete(Worker).where(Worker.seen_at < now - FORGOTTEN, Worker.name != name))
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(Worker).values(name=name, engine=engine, started_at=started_at, seen_at=now)
    session.execute(row.on_conflict_do_update(index_elements=[Worker.name], set_={"seen_at": now}))


def leave(session: Session, names: list[str]) -> None:
    """Take the rows of these workers away: they have stopped, or are known to be dead."""
    session.execute(delete(Worker).where(Worker.name.in_(names)))


def named(session: Session) -> list[str]:
    """The names of all workers that have a row, alive or not."""
    return list(session.scalars(select(Worker.name)))


def living(session: Session, *, now: datetime) -> list[LivingWorker]:
    """The workers that are there, the longest running first."""
    rows = session.scalars(
        select(Worker).where(Worker.seen_at > now - LIVES).order_by(Worker.started_at, Worker.name)
    )
    return [LivingWorker(row.name, row.engine, row.started_at, row.seen_at) for row in rows]
