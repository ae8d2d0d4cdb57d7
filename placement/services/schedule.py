"""Periodic work as rows: of many workers, one has each turn.

Claimed like the outbox: an UPDATE that repeats the condition under which the row was found, a lease and a
token. A worker that is late changes nothing, because its token no longer stands on the row.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from placement.domain.text import clean_line, shorten
from placement.domain.turns import next_turn
from placement.models import Schedule

LEASE = timedelta(minutes=15)
LONGEST_ERROR = 500  # characters


@dataclass(frozen=True)
class Turn:
    """A turn of periodic work that this worker alone has now; `planned` is when it was to begin."""

    name: str
    planned: datetime


@dataclass(frozen=True)
class Standing:
    """How one piece of periodic work stands."""

    name: str
    next_at: datetime
    last_ran_at: datetime | None
    last_error: str | None


def add_missing(session: Session, names: Iterable[str], *, now: datetime) -> None:
    """Make the rows of work that has none yet; its first turn is at once."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = [{"name": name, "next_at": now} for name in names]
    session.execute(insert(Schedule).on_conflict_do_nothing(index_elements=[Schedule.name]), rows)


def known(session: Session) -> set[str]:
    """The names of all rows, also of work that this version does not know."""
    return set(session.scalars(select(Schedule.name)))


def due(session: Session, every: Mapping[str, timedelta], *, now: datetime) -> list[str]:
    """The work of `every` (name → time between two turns) whose turn it is, longest waiting first."""
    rows = session.execute(
        select(Schedule.name, Schedule.next_at)
        .where(or_(*(_claimable(name, step, now) for name, step in every.items())))
        .order_by(Schedule.next_at, Schedule.name)
    )
    return [name for name, _ in rows]


def claim(session: Session, name: str, every: timedelta, *, token: str, now: datetime) -> Turn | None:
    """Take the turn of `name` for the worker that holds `token`; None where it is not, or another has it."""
    planned = session.scalar(
        update(Schedule)
        .where(_claimable(name, every, now))
        .values(lease_until=now + LEASE, lease_token=token)
        .returning(Schedule.next_at)
    )
    return None if planned is None else Turn(name, planned)


def record_turn(
    session: Session, turn: Turn, every: timedelta, *, token: str, now: datetime, error: str | None = None
) -> bool:
    """Record that a turn is over, with the `error` it ended in; False when another worker had taken it."""
    done = session.scalar(
        update(Schedule)
        .where(Schedule.name == turn.name, Schedule.lease_token == token)
        .values(
            next_at=next_turn(turn.planned, every=every, now=now),
            lease_until=None,
            lease_token=None,
            last_ran_at=now,
            last_error=shorten(clean_line(error), LONGEST_ERROR) if error else None,
        )
        .returning(Schedule.name)
    )
    return done is not None


def tokens_in_use(session: Session) -> list[str]:
    """The tokens of all workers that have a turn in hand."""
    return [token for token in session.scalars(select(Schedule.lease_token).distinct()) if token is not None]


def give_back(session: Session, *, tokens: Sequence[str]) -> None:
    """Free the turns that were held under `tokens`: they are due as before."""
    session.execute(
        update(Schedule).where(Schedule.lease_token.in_(tokens)).values(lease_until=None, lease_token=None)
    )


def standing(session: Session) -> list[Standing]:
    """All periodic work, by name."""
    rows = session.scalars(select(Schedule).order_by(Schedule.name))
    return [Standing(row.name, row.next_at, row.last_ran_at, row.last_error) for row in rows]


def _claimable(name: str, every: timedelta, now: datetime) -> ColumnElement[bool]:
    # Further away than one step: written while a clock was wrong.
    turn = or_(Schedule.next_at <= now, Schedule.next_at > now + every)
    free = or_(Schedule.lease_token.is_(None), Schedule.lease_until < now)
    return and_(Schedule.name == name, turn, free)
