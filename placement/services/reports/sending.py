"""What became of a cohort's mail, person by person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, null, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from placement.domain.states import MESSAGE_STATUSES
from placement.models import Coordinator, Invite, Leader, Message, Partner, User
from placement.services.scope import Scope

SOON = timedelta(minutes=1)
URGENCY = ("failed", "sending", "todo", "held", "cancelled", "superseded", "sent")


@dataclass(frozen=True)
class SentMail:
    """One mail: to whom, its status, how often it was tried, and the mail server's last complaint.

    `reply` is what the leader's calendar answered, empty for a mail without an invite. `comes_back` is what
    was said of mail to this address that came back.
    """

    id: int
    kind: str
    recipient: str
    recipient_name: str
    status: str
    attempts: int
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    last_error: str
    reply: str
    comes_back: str = ""


@dataclass(frozen=True)
class Returned:
    """An address to which mail comes back, whose it is, and what was said; `leader_id` of a leader's."""

    address: str
    name: str
    leader_id: int | None
    reason: str


@dataclass(frozen=True)
class Sending:
    """All mail of a cohort, what went wrong first, with counts by status.

    `moving`: something is being sent now, or is about to be.
    """

    cohort: str
    mails: tuple[SentMail, ...]
    counts: Mapping[str, int]
    moving: bool


def sending(scope: Scope, cohort_id: int, *, now: datetime) -> Sending:
    """The mail of a cohort that the actor coordinates."""
    cohort = scope.cohort(cohort_id)
    rows = scope.session.execute(
        select(Message, Invite.partstat)
        .outerjoin(Invite, Invite.id == Message.invite_id)
        .where(Message.cohort_id == cohort.id)
    ).all()
    returned = {one.address: one.reason for one in returned_mail(scope.session, cohort.id)}
    mails = [
        sent_mail(message, partstat or "", returned.get(message.recipient, "")) for message, partstat in rows
    ]
    mails.sort(key=lambda mail: (URGENCY.index(mail.status), mail.recipient_name.casefold(), mail.id))
    return Sending(
        cohort=cohort.name,
        mails=tuple(mails),
        counts={status: sum(mail.status == status for mail in mails) for status in MESSAGE_STATUSES},
        moving=any(
            mail.status == "sending" or (mail.status == "todo" and mail.due_at <= now + SOON)
            for mail in mails
        ),
    )


def returned_mail(session: Session, cohort_id: int) -> tuple[Returned, ...]:
    """The addresses of a cohort's people to which mail comes back; leaders who have left are left out."""
    rows = union_all(
        _flagged(Leader.name, Leader.id)
        .join(Leader, Leader.user_id == User.id)
        .where(Leader.cohort_id == cohort_id, Leader.withdrawn_at.is_(None)),
        _flagged(Partner.name, null())
        .join(Partner, Partner.user_id == User.id)
        .where(Partner.cohort_id == cohort_id),
        _flagged(User.name, null())
        .join(Coordinator, Coordinator.user_id == User.id)
        .where(Coordinator.cohort_id == cohort_id),
    )
    found = {row[0]: Returned(*row) for row in reversed(session.execute(rows).all())}
    return tuple(sorted(found.values(), key=lambda one: (one.name.casefold(), one.address)))


def _flagged(
    name: InstrumentedAttribute[str], leader_id: ColumnElement[Any] | InstrumentedAttribute[int]
) -> Select[Any]:
    return select(User.email, name, leader_id, func.coalesce(User.bounce_reason, "")).where(
        User.bounced_at.is_not(None)
    )


def sent_mail(message: Message, reply: str, comes_back: str = "") -> SentMail:
    """A mail as the pages tell of it."""
    return SentMail(
        id=message.id,
        kind=message.kind,
        recipient=message.recipient,
        recipient_name=message.recipient_name,
        status=message.status,
        attempts=message.attempts,
        created_at=message.created_at,
        due_at=message.due_at,
        sent_at=message.sent_at,
        last_error=message.last_error or "",
        reply=reply,
        comes_back=comes_back,
    )
