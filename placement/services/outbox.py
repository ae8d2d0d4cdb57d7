"""The outbox: mail that is owed, claimed by a worker, and what became of it.

`owe` is called in the transaction of what causes the mail. The worker claims due rows with a lease and a
token, stores the rendered octets, sends outside any transaction, and records the answer; a late worker whose
lease was given to another changes nothing, because its token no longer stands on the row.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Update,
    and_,
    case,
    delete,
    exists,
    false,
    func,
    insert,
    null,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import Session, aliased

from placement.domain.letters import Letter
from placement.domain.retries import UNKNOWNS_RETRIED, next_try
from placement.domain.sending import ALL_MAIL, DOMAIN_HELD, DRY_RUN_HELD, SendingRules
from placement.domain.states import MESSAGE_STATUSES, DeliveryOutcome
from placement.models import DeliveryTry, Invite, Message, WrittenMail
from placement.services import mail_allowance
from placement.services.deliveries import note
from placement.services.mail_leases import LEASE, free_expired, written
from placement.services.scope import Scope

UNFINISHED = ("held", "todo", "sending")
QUEUED = ("held", "todo")
"""Owed, and not in the hands of a worker."""
WHO_IS_COMING = "who_is_coming"
"""The mails to partners. Each tells what is new since the one before, so they go one after the other."""
# What these mails carry lets somebody in; nothing of it is kept once it has gone.
SECRET_KINDS = ("sign_in",)
FOR_GOOD: tuple[DeliveryOutcome, ...] = ("refused", "unwritable")
"""What ends a mail: trying again would change nothing."""


@dataclass(frozen=True)
class ClaimedMessage:
    """A mail that this worker alone may send now."""

    id: int
    kind: str
    message_id: str
    recipient: str
    recipient_name: str
    payload: dict[str, object] = field(repr=False)
    domain: str
    created_at: datetime
    octets: bytes | None = field(repr=False)

    @property
    def secret(self) -> bool:
        """Whether it lets somebody in, so that nothing of it is kept once it has gone."""
        return self.kind in SECRET_KINDS


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


def claim_due(
    session: Session, *, token: str, now: datetime, limit: int = 20, rules: SendingRules = ALL_MAIL
) -> list[ClaimedMessage]:
    """Take up to `limit` mails that are due, oldest first, for the worker that holds `token`.

    What `rules` let nobody send is held back, and what they leave for another minute waits uncounted.
    """
    free_expired(session, now=now)
    if rules.holding:
        _hold_back(session, rules, now=now)
    taken = session.scalars(
        update(Message)
        .where(Message.id.in_(_chosen(session, rules, now=now, limit=limit)), Message.status == "todo")
        .values(status="sending", lease_until=now + LEASE, lease_token=token)
        .returning(Message.id)
    ).all()
    # Facts are needed to make a mail of them, and to look at a letter once more before each try.
    needed = or_(WrittenMail.message_id.is_(None), Message.invite_id.is_(None))
    facts = case((needed, Message.payload), else_=null()).label("facts")
    rows = session.execute(
        select(*_CLAIMED, facts)
        .outerjoin(WrittenMail, WrittenMail.message_id == Message.id)
        .where(Message.id.in_(taken))
        .order_by(Message.due_at, Message.id)
    ).all()
    return [_claimed(row) for row in rows]


def keep_octets(session: Session, octets: Mapping[int, bytes], *, token: str) -> None:
    """Store what will be sent by the id of each mail, so that every later try sends the same octets."""
    if not octets:
        return
    held = session.scalars(
        select(Message.id)
        .where(Message.id.in_(octets), Message.lease_token == token, Message.status == "sending", ~written())
        .with_for_update()
    ).all()
    if held:
        session.execute(insert(WrittenMail), [{"message_id": one, "octets": octets[one]} for one in held])


def record_sent(session: Session, message_id: int, *, token: str, now: datetime, said: str = "") -> bool:
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
    note(session, [message_id], "sent", at=now, said=said)
    if done.kind in SECRET_KINDS:
        session.execute(delete(WrittenMail).where(WrittenMail.message_id == message_id))
        session.execute(update(Message).where(Message.id == message_id).values(payload={}))
    if done.invite_id is not None:
        session.execute(
            update(Invite)
            .where(Invite.id == done.invite_id, Invite.state.in_(("owed", "undelivered")))
            .values(state="sent")
        )
    return True


def record_failure(
    session: Session,
    message_id: int,
    *,
    token: str,
    now: datetime,
    reason: str,
    outcome: Literal["put_off", "refused", "unknown", "unwritable"] = "put_off",
) -> str:
    """Record that a try failed, and plan the next; returns the mail's new status.

    "refused": the server said never; "unwritable": the mail cannot be made; "unknown": the answer to the
    whole mail was lost, so it may have arrived: it is tried once more under the same Message-ID, then
    given up.
    """
    row = session.scalars(
        select(Message)
        .where(Message.id == message_id, Message.lease_token == token)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None or row.status != "sending":
        return "taken over"
    row.attempts += 1
    row.unknowns += int(outcome == "unknown")
    row.last_error, row.lease_until, row.lease_token = reason[:2000], None, None
    again = next_try(attempts=row.attempts, first_due_at=row.created_at, now=now, message_id=row.message_id)
    if outcome in FOR_GOOD or again is None or row.unknowns > UNKNOWNS_RETRIED:
        row.status = "failed"
    else:
        row.status, row.due_at = "todo", again
    session.flush()
    note(session, [message_id], outcome, at=now, said=reason)
    return row.status


def give_back(
    session: Session, *, token: str, claimed_at: datetime, reason: str, rules: SendingRules = ALL_MAIL
) -> int:
    """Free what is held under `token` and was not tried, saying what it waits for; returns how many.

    It is due as before, and does not count any more against what `rules` let leave in a minute.
    """
    freed = session.execute(
        update(Message)
        .where(Message.status == "sending", Message.lease_token == token)
        .values(status="todo", lease_until=None, lease_token=None, last_error=reason[:2000])
        .returning(Message.domain)
    ).all()
    if rules.limited:
        mail_allowance.give_back_allowance(session, [domain for (domain,) in freed], taken_at=claimed_at)
    return len(freed)


def take_back(
    session: Session, invite_ids: Collection[int], *, status: Literal["cancelled", "superseded"]
) -> None:
    """Let none of these invites' mails leave that nobody is sending at this moment."""
    session.execute(
        update(Message)
        .where(Message.invite_id.in_(invite_ids), Message.status.in_(QUEUED))
        .values(status=status)
    )


def left(session: Session, invite_ids: Collection[int]) -> set[int]:
    """Those of the invites of which a mail has left, or may have.

    Asked after `take_back`, it misses none: whatever a worker had taken by then counts as having left, and
    so does what a worker was sending when it ended.
    """
    found = session.scalars(
        select(Message.invite_id).where(Message.invite_id.in_(invite_ids), may_have_left())
    )
    return {invite_id for invite_id in found if invite_id is not None}


def may_have_left() -> ColumnElement[bool]:
    """That a mail has left, or may have: a worker has it in hand or ended with it, or an answer was lost."""
    interrupted = exists().where(DeliveryTry.message_id == Message.id, DeliveryTry.outcome == "interrupted")
    return or_(Message.status.in_(("sending", "sent")), Message.unknowns > 0, interrupted)


def waiting_since(session: Session, *, now: datetime) -> datetime | None:
    """When the mail became due that has waited longest of those that may leave now; None without one."""
    return session.scalar(_due(now, SendingRules()).with_only_columns(Message.due_at).limit(1))


def counts(scope: Scope) -> dict[str, int]:
    """How many mails there are in each status."""
    rows = scope.session.execute(select(Message.status, func.count()).group_by(Message.status))
    found = {status: number for status, number in rows}  # noqa: C416  # a row is no pair to the type checker
    return {status: found.get(status, 0) for status in MESSAGE_STATUSES}


def _chosen(session: Session, rules: SendingRules, *, now: datetime, limit: int) -> list[int]:
    """The mails to be claimed; those that count against an allowance have taken it."""
    if not rules.limited:
        return list(session.scalars(_due(now, rules).limit(limit).with_for_update(skip_locked=True)))
    mail_allowance.hold_allowance(session)
    due = Message.status == "todo", Message.due_at <= now
    domains = session.scalars(select(Message.domain).where(*due).distinct()).all()
    closed = mail_allowance.used_up(session, domains, rules, now=now)
    query = _due(now, rules).add_columns(Message.domain).where(Message.domain.not_in(closed))
    wanted = session.execute(query.limit(limit).with_for_update(skip_locked=True)).all()
    return mail_allowance.within(session, [(row.id, row.domain) for row in wanted], rules, now=now)


def _hold_back(session: Session, rules: SendingRules, *, now: datetime) -> None:
    """Hold every due mail that may not leave this installation, and say why."""
    reason = DRY_RUN_HELD if rules.dry_run else DOMAIN_HELD
    held = session.scalars(
        update(Message)
        .where(Message.status == "todo", Message.due_at <= now, ~_may_leave(rules))
        .values(status="held", last_error=reason)
        .returning(Message.id)
    ).all()
    note(session, held, "held", at=now, said=reason)


def _may_leave(rules: SendingRules) -> ColumnElement[bool]:
    if rules.dry_run:
        return false()
    return Message.domain.in_(rules.allow_domains) if rules.allow_domains else true()


def _due(now: datetime, rules: SendingRules) -> Select[int]:
    return (
        select(Message.id)
        .where(Message.status == "todo", Message.due_at <= now, _in_turn(), _may_leave(rules))
        .order_by(Message.due_at, Message.id)
    )


@cache
def _in_turn() -> ColumnElement[bool]:
    """Whether nothing stands before a mail that must go first; made once, for making it takes long."""
    earlier = aliased(Message)
    # A later mail of an invite never goes before an earlier one: a CANCEL must not overtake its REQUEST.
    waits = exists().where(
        earlier.invite_id == Message.invite_id,
        earlier.id < Message.id,
        earlier.status.in_(UNFINISHED),
    )
    before = aliased(Message)
    follows = exists().where(
        before.cohort_id == Message.cohort_id,
        before.kind == Message.kind,
        before.recipient == Message.recipient,
        before.id < Message.id,
        before.status.in_(UNFINISHED),
    )
    return and_(~waits, or_(Message.kind != WHO_IS_COMING, ~follows))


def _held_by(message_id: int, token: str) -> Update:
    return update(Message).where(
        Message.id == message_id, Message.lease_token == token, Message.status == "sending"
    )


_CLAIMED = (
    Message.id,
    Message.kind,
    Message.message_id,
    Message.recipient,
    Message.recipient_name,
    Message.domain,
    Message.created_at,
    WrittenMail.octets,
)


def _claimed(row: Row[Any]) -> ClaimedMessage:
    return ClaimedMessage(
        id=row.id,
        kind=row.kind,
        message_id=row.message_id,
        recipient=row.recipient,
        recipient_name=row.recipient_name,
        payload=row.facts or {},
        domain=row.domain,
        created_at=row.created_at,
        octets=row.octets,
    )
