"""What people do about mail that has not gone: hold it, release it, have it tried again."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from placement.domain.errors import NotFound
from placement.domain.sending_errors import MailOvertaken, MailPastChanging
from placement.domain.states import DeliveryOutcome, MessageStatus
from placement.models import Invite, Message
from placement.services import audit
from placement.services.cohorts import hold_cohort
from placement.services.deliveries import note
from placement.services.scope import Scope

HELD_BY_PERSON = "Somebody who looks after this mail holds it back."
STATES_IN_WORDS = {
    "held": "held back",
    "todo": "waiting",
    "sending": "being sent",
    "sent": "sent",
    "failed": "given up",
    "cancelled": "taken back",
    "superseded": "replaced by a newer one",
}
NEWER = "a newer mail about the same day takes its place."
OVER = "the day that it invites to was cancelled."


def hold(scope: Scope, message_id: int, *, now: datetime, cohort_id: int | None = None) -> None:
    """Let a mail that waits not leave until somebody releases it.

    `cohort_id` is the cohort on whose pages this is done; without it, for commands, any mail may be meant.
    Raises `NotFound`, or `MailPastChanging` where it does not wait any more.
    """
    row = _message(scope, message_id, cohort_id)
    _refuse_unless(row, "todo")
    _hold(row)
    _done(scope, "hold_mail", [row], "held", now=now, said=HELD_BY_PERSON)


def release(scope: Scope, message_id: int, *, now: datetime, cohort_id: int | None = None) -> None:
    """Let a mail that is held leave now. Raises `NotFound` or `MailPastChanging`."""
    row = _message(scope, message_id, cohort_id)
    _refuse_unless(row, "held")
    _make_due(row, now)
    _done(scope, "release_mail", [row], "released", now=now)


def try_again(scope: Scope, message_id: int, *, now: datetime, cohort_id: int | None = None) -> None:
    """Have a mail that waits, or was given up, tried at once.

    Raises `NotFound`, `MailPastChanging`, or `MailOvertaken` where what it says is no longer so.
    """
    row = _message(scope, message_id, cohort_id)
    _refuse_unless(row, "todo", "failed")
    if row.status == "failed":
        _refuse_overtaken(scope.session, row)
    _make_due(row, now)
    _done(scope, "try_mail_again", [row], "asked", now=now)


def hold_all(scope: Scope, *, now: datetime) -> int:
    """Hold every mail that waits, as after putting an old backup back; for the service itself alone."""
    rows = _all(scope, select(Message).where(Message.status == "todo"))
    for row in rows:
        _hold(row)
    _done(scope, "hold_mail", rows, "held", now=now, said=HELD_BY_PERSON)
    return len(rows)


def release_all(scope: Scope, *, now: datetime) -> int:
    """Release every mail that is held, whoever held it; for the service itself alone."""
    rows = _all(scope, select(Message).where(Message.status == "held"))
    for row in rows:
        _make_due(row, now)
    _done(scope, "release_mail", rows, "released", now=now)
    return len(rows)


def waiting_for(
    session: Session, cohort_id: int, addresses: Collection[str], status: MessageStatus
) -> dict[str, int]:
    """How many mails of a cohort stand at `status` for each of these addresses that has any."""
    rows = session.execute(
        select(Message.recipient, func.count())
        .where(
            Message.cohort_id == cohort_id, Message.status == status, Message.recipient.in_(list(addresses))
        )
        .group_by(Message.recipient)
    )
    return {address: number for address, number in rows}  # noqa: C416  # a row is no pair to the type checker


def hold_to(scope: Scope, cohort_id: int, addresses: Collection[str], *, now: datetime) -> int:
    """Hold every mail of a cohort that waits for one of these addresses; how many they are."""
    rows = _all_to(scope, cohort_id, addresses, "todo")
    for row in rows:
        _hold(row)
    _done(scope, "hold_mail", rows, "held", now=now, said=HELD_BY_PERSON, cohort_id=cohort_id)
    return len(rows)


def release_to(scope: Scope, cohort_id: int, addresses: Collection[str], *, now: datetime) -> int:
    """Release every mail of a cohort that is held for one of these addresses; how many they are."""
    rows = _all_to(scope, cohort_id, addresses, "held")
    for row in rows:
        _make_due(row, now)
    _done(scope, "release_mail", rows, "released", now=now, cohort_id=cohort_id)
    return len(rows)


def make_all_due(scope: Scope, *, now: datetime, failed: bool = False) -> int:
    """Make every mail due that waits for its next try, and with `failed` also what was given up.

    What is held stays held, and what is no longer so stays given up. Returns how many mails this moves.
    """
    waiting = (Message.status == "todo") & (Message.due_at > now)
    which = or_(waiting, (Message.status == "failed") & ~_overtaken()) if failed else waiting
    rows = _all(scope, select(Message).where(which))
    for row in rows:
        _make_due(row, now)
    _done(scope, "try_mail_again", rows, "asked", now=now)
    return len(rows)


def _message(scope: Scope, message_id: int, cohort_id: int | None) -> Message:
    """The mail, held against everybody else who would change it."""
    query = select(Message).where(Message.id == message_id)
    if cohort_id is not None:
        cohort = scope.cohort(cohort_id)
        hold_cohort(scope.session, cohort.id)  # nobody ends or moves a placement meanwhile
        query = query.where(Message.cohort_id == cohort.id)
    elif not scope.everything:
        raise NotFound(thing="mail")
    row = scope.session.scalars(query.with_for_update().execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound(thing="mail")
    return row


def _all(scope: Scope, query: Select[Message]) -> Sequence[Message]:
    if not scope.everything:
        raise NotFound(thing="mail")
    return scope.session.scalars(query.order_by(Message.id).with_for_update(skip_locked=True)).all()


def _all_to(
    scope: Scope, cohort_id: int, addresses: Collection[str], status: MessageStatus
) -> Sequence[Message]:
    cohort = scope.cohort(cohort_id)
    hold_cohort(scope.session, cohort.id)  # nobody ends or moves a placement meanwhile
    query = select(Message).where(
        Message.cohort_id == cohort.id, Message.status == status, Message.recipient.in_(list(addresses))
    )
    query = query.order_by(Message.id).with_for_update().execution_options(populate_existing=True)
    return scope.session.scalars(query).all()


def _hold(row: Message) -> None:
    row.status, row.last_error = "held", HELD_BY_PERSON


def _make_due(row: Message, now: datetime) -> None:
    if row.status == "held":
        row.last_error = None
    row.status, row.due_at = "todo", now


def _refuse_unless(row: Message, *states: str) -> None:
    if row.status not in states:
        raise MailPastChanging(state=STATES_IN_WORDS[row.status])


def _refuse_overtaken(session: Session, row: Message) -> None:
    """A mail that was given up may only go after all if nothing newer about its invite was written since."""
    if row.invite_id is None:
        return
    newer = select(Message.id).where(Message.invite_id == row.invite_id, Message.id > row.id).limit(1)
    if session.scalar(newer) is not None:
        raise MailOvertaken(reason=NEWER)
    state = session.scalar(select(Invite.state).where(Invite.id == row.invite_id))
    if state == "cancelled" and row.payload.get("method") != "CANCEL":
        raise MailOvertaken(reason=OVER)


def _overtaken() -> ColumnElement[bool]:
    """The same for many: there is a newer mail, or the day is cancelled and this mail does not say so."""
    newer = aliased(Message)
    over = exists().where(Invite.id == Message.invite_id, Invite.state == "cancelled")
    is_cancellation = Message.payload["method"].as_string() == "CANCEL"
    return or_(
        exists().where(newer.invite_id == Message.invite_id, newer.id > Message.id), over & ~is_cancellation
    )


def _done(
    scope: Scope,
    verb: str,
    rows: Sequence[Message],
    outcome: DeliveryOutcome,
    *,
    now: datetime,
    said: str = "",
    cohort_id: int | None = None,
) -> None:
    """Write down who did it: in each mail's history, and in the record of the service."""
    scope.session.flush()
    note(scope.session, [row.id for row in rows], outcome, at=now, said=said)
    if len(rows) == 1:
        (row,) = rows
        audit.record(scope, verb, f"message:{row.id}", at=now, cohort_id=row.cohort_id, status=row.status)
    elif rows:
        audit.record(scope, verb, "outbox", at=now, cohort_id=cohort_id, mails=len(rows))
