"""The outbox: mail that is owed, claimed by a worker, and what became of it.

`owe` is called in the transaction of what causes the mail. The worker claims due rows with a lease and a
token, stores the rendered octets, sends outside any transaction, and records the answer; a late worker whose
lease was given to another changes nothing, because its token no longer stands on the row.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Select,
    Update,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from placement.domain.letters import Letter
from placement.domain.retries import UNKNOWNS_RETRIED, next_try
from placement.domain.states import MESSAGE_STATUSES
from placement.models import Invite, Message
from placement.services.scope import Scope

LEASE = timedelta(seconds=150)
UNFINISHED = ("held", "todo", "sending")
# What these mails carry lets somebody in; nothing of it is kept once it has gone.
SECRET_KINDS = ("sign_in",)
# What a worker that died had made ready may be with the mail server already; a cancellation must follow it.
MAY_HAVE_LEFT = case(
    (and_(Message.status == "sending", Message.octets.is_not(None), Message.unknowns == 0), 1),
    else_=Message.unknowns,
)


@dataclass(frozen=True)
class ClaimedMessage:
    """A mail that this worker alone may send now."""

    id: int
    kind: str
    message_id: str
    recipient: str
    recipient_name: str
    payload: dict[str, object] = field(repr=False)
    created_at: datetime
    octets: bytes | None = field(repr=False)


def owe(session: Session, letter: Letter, *, now: datetime, due_at: datetime | None = None) -> bool:
    """Write down that `letter` is owed; False when the same letter was owed before."""
    known = session.scalar(select(Message.id).where(Message.idem_key == letter.idem_key))
    if known is not None:
        return False
    session.add(new_message(letter, now=now, due_at=due_at))
    session.flush()
    return True


def new_message(letter: Letter, *, now: datetime, due_at: datetime | None = None) -> Message:
    """The row of a letter that is known to be new."""
    return Message(
        cohort_id=letter.cohort_id,
        invite_id=letter.invite_id,
        kind=letter.kind,
        idem_key=letter.idem_key,
        message_id=letter.message_id,
        recipient=letter.recipient.address,
        recipient_name=letter.recipient.name,
        payload=dict(letter.payload),
        status="todo",
        due_at=due_at or now,
        created_at=now,
    )


def claim_due(session: Session, *, token: str, now: datetime, limit: int = 20) -> list[ClaimedMessage]:
    """Take up to `limit` mails that are due, oldest first, for the worker that holds `token`."""
    ids = session.scalars(_due(now).limit(limit).with_for_update(skip_locked=True)).all()
    taken = session.scalars(
        update(Message)
        .where(Message.id.in_(ids), _claimable(now))
        .values(status="sending", lease_until=now + LEASE, lease_token=token, unknowns=MAY_HAVE_LEFT)
        .returning(Message.id)
    ).all()
    rows = session.execute(
        select(Message, Message.octets).where(Message.id.in_(taken)).order_by(Message.due_at, Message.id)
    ).all()
    return [_claimed(row, octets) for row, octets in rows]


def keep_octets(session: Session, message_id: int, octets: bytes, *, token: str) -> None:
    """Store what will be sent, so that every later try sends the same octets."""
    session.execute(_held_by(message_id, token).where(Message.octets.is_(None)).values(octets=octets))


def extend_leases(session: Session, *, token: str, now: datetime) -> None:
    """Keep the rest of a batch for the worker that holds `token`."""
    session.execute(
        update(Message)
        .where(Message.lease_token == token, Message.status == "sending")
        .values(lease_until=now + LEASE)
    )


def record_sent(session: Session, message_id: int, *, token: str, now: datetime) -> bool:
    """Record that the mail server took a mail; False when the lease had passed to another worker."""
    done = session.execute(
        _held_by(message_id, token)
        .values(
            status="sent",
            sent_at=now,
            attempts=Message.attempts + 1,
            lease_until=None,
            lease_token=None,
            last_error=None,
        )
        .returning(Message.kind, Message.invite_id)
    ).one_or_none()
    if done is None:
        return False
    if done.kind in SECRET_KINDS:
        session.execute(update(Message).where(Message.id == message_id).values(octets=None, payload={}))
    if done.invite_id is not None:
        session.execute(
            update(Invite).where(Invite.id == done.invite_id, Invite.state == "owed").values(state="sent")
        )
    return True


def record_failure(
    session: Session,
    message_id: int,
    *,
    token: str,
    now: datetime,
    reason: str,
    permanent: bool = False,
    unknown: bool = False,
) -> str:
    """Record that a try failed, and plan the next; returns the mail's new status.

    `permanent`: the server said never; `unknown`: the answer to the whole mail was lost, so it may have
    arrived: it is tried once more under the same Message-ID, then given up.
    """
    row = session.scalars(
        select(Message).where(Message.id == message_id, Message.lease_token == token).with_for_update()
    ).one_or_none()
    if row is None or row.status != "sending":
        return "taken over"
    row.attempts += 1
    row.unknowns += int(unknown)
    row.last_error, row.lease_until, row.lease_token = reason[:2000], None, None
    again = next_try(attempts=row.attempts, first_due_at=row.created_at, now=now, message_id=row.message_id)
    if permanent or again is None or row.unknowns > UNKNOWNS_RETRIED:
        row.status = "failed"
    else:
        row.status, row.due_at = "todo", again
    session.flush()
    return row.status


def give_back(session: Session, *, tokens: Sequence[str], reason: str | None = None) -> int:
    """Free what was held under `tokens` and not tried; returns the number of mails.

    They are due as before. `reason` says what they wait for, where that is known.
    """
    waiting = {"last_error": reason[:2000]} if reason else {}
    freed = session.execute(
        update(Message)
        .where(Message.status == "sending", Message.lease_token.in_(tokens))
        .values(status="todo", lease_until=None, lease_token=None, **waiting)
    )
    return freed.rowcount if isinstance(freed, CursorResult) else 0


def free_abandoned(session: Session, *, tokens: Sequence[str]) -> None:
    """Free what workers held that have died: due as before, and what was ready may have left."""
    session.execute(
        update(Message)
        .where(Message.status == "sending", Message.lease_token.in_(tokens))
        .values(status="todo", lease_until=None, lease_token=None, unknowns=MAY_HAVE_LEFT)
    )


def take_back(
    session: Session, invite_ids: Collection[int], *, status: Literal["cancelled", "superseded"]
) -> None:
    """Let none of these invites' mails leave that nobody is sending at this moment."""
    session.execute(
        update(Message)
        .where(Message.invite_id.in_(invite_ids), Message.status.in_(("held", "todo")))
        .values(status=status)
    )


def left(session: Session, invite_ids: Collection[int]) -> set[int]:
    """Those of the invites of which a mail has left, or may have.

    Asked after `take_back`, it misses none: whatever a worker had taken by then counts as having left.
    """
    may_have = or_(Message.status.in_(("sending", "sent")), Message.unknowns > 0)
    found = session.scalars(select(Message.invite_id).where(Message.invite_id.in_(invite_ids), may_have))
    return {invite_id for invite_id in found if invite_id is not None}


def tokens_in_use(session: Session) -> list[str]:
    """The tokens of all workers that hold mails."""
    found = session.scalars(select(Message.lease_token).where(Message.status == "sending").distinct())
    return [token for token in found if token is not None]


def counts(scope: Scope) -> dict[str, int]:
    """How many mails there are in each status."""
    rows = scope.session.execute(select(Message.status, func.count()).group_by(Message.status))
    found = {status: number for status, number in rows}  # noqa: C416  # a row is no pair to the type checker
    return {status: found.get(status, 0) for status in MESSAGE_STATUSES}


def _due(now: datetime) -> Select[int]:
    earlier = aliased(Message)
    # A later mail of an invite never goes before an earlier one: a CANCEL must not overtake its REQUEST.
    waits = exists().where(
        earlier.invite_id == Message.invite_id,
        earlier.id < Message.id,
        earlier.status.in_(UNFINISHED),
    )
    return select(Message.id).where(_claimable(now), ~waits).order_by(Message.due_at, Message.id)


def _claimable(now: datetime) -> ColumnElement[bool]:
    return and_(
        Message.due_at <= now,
        or_(Message.status == "todo", and_(Message.status == "sending", Message.lease_until < now)),
    )


def _held_by(message_id: int, token: str) -> Update:
    return update(Message).where(
        Message.id == message_id, Message.lease_token == token, Message.status == "sending"
    )


def _claimed(row: Message, octets: bytes | None) -> ClaimedMessage:
    return ClaimedMessage(
        id=row.id,
        kind=row.kind,
        message_id=row.message_id,
        recipient=row.recipient,
        recipient_name=row.recipient_name,
        payload=row.payload,
        created_at=row.created_at,
        octets=octets,
    )
