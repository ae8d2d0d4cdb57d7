"""What waits for a worker at this moment, and for how long it has waited."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.models import Message
from placement.services import outbox, run_claims
from placement.services.scope import Scope


@dataclass(frozen=True)
class Waiting:
    """What a worker could begin with now: whether there is mail, and which match runs."""

    mail: bool
    runs: tuple[int, ...]


@dataclass(frozen=True)
class Backlog:
    """What waits, in figures: seconds since the oldest mail became due and the oldest run was asked for.

    `attempts` counts the tries of mails that have not gone yet, `unknowns` the answers to mails that were
    lost, whatever became of the mails.
    """

    mail_seconds: float
    run_seconds: float
    mails: dict[str, int]
    attempts: int
    unknowns: int


def waiting(session: Session, *, now: datetime) -> Waiting:
    """What a worker could begin with now."""
    mail = outbox.waiting_since(session, now=now) is not None
    return Waiting(mail, tuple(run_claims.claimable_runs(session, now=now)))


def oldest(session: Session, *, now: datetime) -> list[datetime]:
    """Since when the oldest mail and the oldest run wait that a worker could begin with; empty without."""
    since = (outbox.waiting_since(session, now=now), run_claims.waiting_since(session, now=now))
    return [moment for moment in since if moment is not None]


def figures(session: Session, *, now: datetime) -> Backlog:
    """What waits, in figures."""
    owed = Message.status.in_(outbox.UNFINISHED)
    attempts, unknowns = session.execute(
        select(
            func.coalesce(func.sum(Message.attempts).filter(owed), 0),
            func.coalesce(func.sum(Message.unknowns), 0),
        )
    ).one()
    return Backlog(
        mail_seconds=_age(outbox.waiting_since(session, now=now), now),
        run_seconds=_age(run_claims.waiting_since(session, now=now), now),
        mails=outbox.counts(Scope.system(session)),
        attempts=attempts,
        unknowns=unknowns,
    )


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else round((now - since).total_seconds(), 1)
