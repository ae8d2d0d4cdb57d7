"""One mail and everything that became of it, try by try."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from placement.domain.errors import NotFound
from placement.models import DeliveryTry, Invite, Message
from placement.services.outbox import SECRET_KINDS
from placement.services.reports.sending import SentMail, sent_mail
from placement.services.scope import Scope


@dataclass(frozen=True)
class Try:
    """One line of a mail's history: when, what became of it, what the mail server or somebody else said."""

    at: datetime
    outcome: str
    said: str


@dataclass(frozen=True)
class Delivery:
    """A mail with its history, the oldest line first.

    `octets` are what was or will be sent: None before it was written, and always for a mail that lets
    somebody in.
    """

    mail: SentMail
    message_id: str
    domain: str
    secret: bool
    tries: tuple[Try, ...]
    octets: bytes | None = field(repr=False)


def delivery(scope: Scope, message_id: int, *, cohort_id: int | None = None) -> Delivery:
    """A mail of a cohort that the actor coordinates; without `cohort_id`, for commands, any mail.

    Raises `NotFound`.
    """
    query = select(Message, Invite.partstat).outerjoin(Invite, Invite.id == Message.invite_id)
    query = query.where(Message.id == message_id).options(joinedload(Message.written))
    if cohort_id is not None:
        query = query.where(Message.cohort_id == scope.cohort(cohort_id).id)
    elif not scope.everything:
        raise NotFound(thing="mail")
    found = scope.session.execute(query).one_or_none()
    if found is None:
        raise NotFound(thing="mail")
    row, partstat = found
    secret = row.kind in SECRET_KINDS
    return Delivery(
        mail=sent_mail(row, partstat or ""),
        message_id=row.message_id,
        domain=row.domain,
        secret=secret,
        tries=_tries(scope, row.id),
        octets=None if secret else row.octets,
    )


def _tries(scope: Scope, message_id: int) -> tuple[Try, ...]:
    rows = scope.session.scalars(
        select(DeliveryTry).where(DeliveryTry.message_id == message_id).order_by(DeliveryTry.id)
    )
    return tuple(Try(row.at, row.outcome, row.said) for row in rows)
