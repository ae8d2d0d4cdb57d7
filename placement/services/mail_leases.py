"""What workers hold of the outbox: how long, by which tokens, and giving it back once they have ended."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import Session

from placement.models import Message, WrittenMail
from placement.services.deliveries import note

LEASE = timedelta(seconds=150)
CLOCKS_APART = timedelta(minutes=10)
INTERRUPTED = "The worker ended while it was sending this mail, so the mail may have gone."


def written() -> ColumnElement[bool]:
    """Whether a mail has been put into words."""
    return exists().where(WrittenMail.message_id == Message.id)


def extend_leases(session: Session, *, token: str, now: datetime) -> None:
    """Keep the rest of a batch for the worker that holds `token`."""
    session.execute(
        update(Message)
        .where(Message.lease_token == token, Message.status == "sending")
        .values(lease_until=now + LEASE)
    )


def tokens_in_use(session: Session) -> list[str]:
    """The tokens of all workers that hold mails."""
    found = session.scalars(select(Message.lease_token).where(Message.status == "sending").distinct())
    return [token for token in found if token is not None]


def free_abandoned(session: Session, *, tokens: Collection[str], now: datetime) -> int:
    """Free what is held under the tokens of workers that are gone; returns how many mails."""
    return _free(session, Message.lease_token.in_(tokens), now=now) if tokens else 0


def free_expired(session: Session, *, now: datetime) -> int:
    """Free what is held under a lease that has ended, or that cannot be a true one; returns how many mails.

    A lease that ends later than any given now would was given by a clock that was wrong.
    """
    return _free(session, _expired(now), now=now)


def any_expired(session: Session, *, now: datetime) -> bool:
    """Whether `free_expired` would free anything."""
    held = select(Message.id).where(Message.status == "sending", _expired(now))
    return session.scalar(held.limit(1)) is not None


def _expired(now: datetime) -> ColumnElement[bool]:
    untrue = or_(Message.lease_until.is_(None), Message.lease_until > now + LEASE + CLOCKS_APART)
    return or_(Message.lease_until < now, untrue)


def _free(session: Session, which: ColumnElement[bool], *, now: datetime) -> int:
    """Let mails be due again whose worker has ended.

    A worker sends in the order in which it claimed and records each before the next, so of each token only
    the first can have gone without being recorded, and only once it was written.
    """
    rows = session.execute(
        select(Message.id, Message.lease_token, written().label("written"))
        .where(Message.status == "sending", which)
        .order_by(Message.due_at, Message.id)
        .with_for_update(skip_locked=True)
    ).all()
    if not rows:
        return 0
    session.execute(
        update(Message)
        .where(Message.id.in_([row.id for row in rows]))
        .values(status="todo", lease_until=None, lease_token=None)
    )
    first = {row.lease_token: row for row in reversed(rows)}
    note(session, [row.id for row in first.values() if row.written], "interrupted", at=now, said=INTERRUPTED)
    return len(rows)
