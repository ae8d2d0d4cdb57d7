"""What became of a cohort's mail, person by person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from placement.domain.states import MESSAGE_STATUSES
from placement.models import Invite, Message
from placement.services.scope import Scope

SOON = timedelta(minutes=1)
URGENCY = ("failed", "sending", "todo", "held", "cancelled", "superseded", "sent")


@dataclass(frozen=True)
class SentMail:
    """One mail: to whom, its status, how often it was tried, and the mail server's last complaint.

    `reply` is what the leader's calendar answered, empty for a mail without an invite.
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
    mails = [sent_mail(message, partstat or "") for message, partstat in rows]
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


def sent_mail(message: Message, reply: str) -> SentMail:
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
    )
