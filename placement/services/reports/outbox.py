"""The outbox as a demonstration shows it: every mail, newest first, and one of them whole."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from placement.domain.errors import NotFound
from placement.models import Message
from placement.services.scope import Scope

PAGE = 50


@dataclass(frozen=True)
class KeptMail:
    """One mail; `octets` are what was or will be sent, None before that and after a secret one has gone."""

    id: int
    kind: str
    message_id: str
    recipient: str
    recipient_name: str
    status: str
    created_at: datetime
    octets: bytes | None = field(repr=False)


@dataclass(frozen=True)
class OutboxPage:
    """Some mails, newest first; `older_than` is the id to go on with, None when these are the last."""

    mails: tuple[KeptMail, ...]
    older_than: int | None
    waiting: int


def mails(scope: Scope, *, before: int | None = None) -> OutboxPage:
    """The newest mails, or those made before the mail with the id `before`; for the service itself alone."""
    _refuse_people(scope)
    query = select(Message).options(joinedload(Message.written)).order_by(Message.id.desc()).limit(PAGE + 1)
    if before is not None:
        query = query.where(Message.id < before)
    rows = scope.session.scalars(query).all()
    shown = tuple(_mail(row) for row in rows[:PAGE])
    waiting = select(func.count()).where(Message.status.in_(("todo", "sending")))
    return OutboxPage(
        mails=shown,
        older_than=shown[-1].id if len(rows) > PAGE else None,
        waiting=scope.session.scalar(waiting) or 0,
    )


def mail(scope: Scope, message_id: int) -> KeptMail:
    """One mail; for the service itself alone. Raises `NotFound`."""
    _refuse_people(scope)
    row = scope.session.get(Message, message_id, options=[joinedload(Message.written)])
    if row is None:
        raise NotFound(thing="mail")
    return _mail(row)


def _refuse_people(scope: Scope) -> None:
    """Nobody's reach goes over the mail of all cohorts."""
    if not scope.everything:
        raise NotFound(thing="mail")


def _mail(row: Message) -> KeptMail:
    return KeptMail(
        id=row.id,
        kind=row.kind,
        message_id=row.message_id,
        recipient=row.recipient,
        recipient_name=row.recipient_name,
        status=row.status,
        created_at=row.created_at,
        octets=row.octets,
    )
