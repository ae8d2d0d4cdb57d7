"""Replies to invites: each is decided on once, and an answer that passes every test is held.

One door for all ways that a reply can come: whoever fetches a mail reads it into a `ReplyMail` first. A
decline never ends a placement; that is for a coordinator to do.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.domain.errors import AddressUnusable
from placement.domain.invites import ascii_address
from placement.domain.replies import (
    ANSWERS,
    BOUNCE,
    SENDER_UNCHECKED,
    HeldInvite,
    ReplyMail,
    Verdict,
    judge,
)
from placement.domain.sender import Sender
from placement.domain.states import ReplyAction, known_action
from placement.models import Invite, Leader, Placement, Reply, Slot, User
from placement.services import audit, bounces
from placement.services.scope import Scope

REPLIES_LOCK = 7_305_114


@dataclass(frozen=True)
class Ingested:
    """What became of a reply: of whose invite, to which slot, with what answer, where that can be told.

    `changed` says whether anything new was written down; `kept` what was decided on the mail, now or when it
    came before.
    """

    verdict: Verdict
    changed: bool
    kept: ReplyAction
    leader: str | None = None
    slot: str | None = None
    partstat: str | None = None
    comment: str = ""


def ingest(scope: Scope, mail: ReplyMail, *, now: datetime, sender: Sender | None = None) -> Ingested:
    """Decide on a reply and hold the answer that it gives.

    The same mail again changes nothing, unless nobody had checked its sender then and somebody has now.
    `sender` writes to the coordinators where an address is found that mail does not reach.
    """
    session = scope.session
    _one_at_a_time(session)
    known = _known(session, mail)
    invite = _invite(session, mail)
    settled = _is_settled(known, mail)
    verdict = judge(mail, _held(session, invite), seen=settled, now=now)
    if verdict.reason == BOUNCE and mail.bounce is not None:
        verdict, invite = bounces.take_in(scope, mail.bounce, sender=sender, now=now)
    if not settled:
        _write(scope, known, mail, invite, verdict, now=now)
    kept = known.action if known is not None else verdict.action
    return _ingested(session, mail, invite, verdict, changed=not settled, kept=known_action(kept))


def _one_at_a_time(session: Session) -> None:
    """Let nobody else decide on a reply until this transaction ends: the same mail may come in twice."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(REPLIES_LOCK)))


def _known(session: Session, mail: ReplyMail) -> Reply | None:
    return session.scalars(
        select(Reply).where(Reply.message_id == mail.message_id, Reply.digest == mail.digest)
    ).one_or_none()


def _is_settled(known: Reply | None, mail: ReplyMail) -> bool:
    """Whether this mail was decided on, and nothing can be known of it now that was not known then."""
    if known is None:
        return False
    return known.reason != SENDER_UNCHECKED or mail.sender_check == "unchecked"


def _invite(session: Session, mail: ReplyMail) -> Invite | None:
    """The invite that a reply names, held fast until the transaction ends."""
    uid = mail.answer.uid if mail.answer else ""
    return session.scalars(
        select(Invite).where(Invite.uid == uid).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()


def _held(session: Session, invite: Invite | None) -> HeldInvite | None:
    if invite is None:
        return None
    # Only what is needed: the rows of a leader and a placement bring half of the cohort with them.
    address = session.scalars(
        select(User.email).join(Leader, Leader.user_id == User.id).where(Leader.id == invite.leader_id)
    ).one()
    return HeldInvite(
        live=invite.state != "cancelled",
        leader=_as_sent(address),
        sequence=invite.sequence,
        stamp=invite.partstat_stamp,
    )


def _as_sent(address: str) -> str:
    """An address as the invite writes it."""
    try:
        return ascii_address(address)
    except AddressUnusable:
        return address


def _write(
    scope: Scope,
    known: Reply | None,
    mail: ReplyMail,
    invite: Invite | None,
    verdict: Verdict,
    *,
    now: datetime,
) -> None:
    """Keep what was decided, and the answer in its invite where it counts."""
    row = known or Reply(message_id=mail.message_id, digest=mail.digest, received_at=now)
    row.cohort_id = invite.cohort_id if invite else None
    row.invite_id = invite.id if invite else None
    row.sender = mail.sender
    row.action, row.reason = verdict.action, verdict.reason
    row.partstat = _partstat(mail)
    row.comment = mail.answer.comment if mail.answer else ""
    row.octets = mail.octets if verdict.action == "review" else None
    scope.session.add(row)
    if invite is not None and mail.answer is not None and verdict.action == "applied":
        invite.partstat = ANSWERS[mail.answer.attendees[0].partstat]
        invite.partstat_stamp, invite.partstat_seq = mail.answer.stamp, mail.answer.sequence
        if invite.state == "undelivered":  # whoever answers has it
            invite.state = "sent"
    scope.session.flush()
    audit.record(
        scope,
        "ingest_reply",
        f"reply:{row.id}",
        at=now,
        cohort_id=row.cohort_id,
        invite=row.invite_id,
        action=verdict.action,
        reason=verdict.reason,
    )


def _ingested(
    session: Session,
    mail: ReplyMail,
    invite: Invite | None,
    verdict: Verdict,
    *,
    changed: bool,
    kept: ReplyAction,
) -> Ingested:
    if invite is None:
        return Ingested(verdict, changed, kept)
    about = session.execute(
        select(User.email, Slot.reference)
        .select_from(Placement)
        .join(Leader, Leader.id == Placement.leader_id)
        .join(User, User.id == Leader.user_id)
        .join(Slot, Slot.id == Placement.slot_id)
        .where(Placement.id == invite.placement_id)
    ).one_or_none()
    return Ingested(
        verdict,
        changed,
        kept,
        leader=about[0] if about else None,
        slot=about[1] if about else None,
        partstat=_partstat(mail),
        comment=mail.answer.comment if mail.answer else "",
    )


def _partstat(mail: ReplyMail) -> str | None:
    """The answer that a reply gives, where it gives one."""
    told = [attendee.partstat for attendee in mail.answer.attendees] if mail.answer else []
    return ANSWERS.get(told[0]) if len(told) == 1 else None
