"""Mails that came back: the address is flagged, the invite is undelivered, and the coordinators are told.

A report is believed only with the Message-ID of a mail of ours, which nobody can know before that was sent.
Who forges one, having got a mail, can do no more than raise the flag on their own address.
"""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from placement.domain.bounces import Bounce, Outcome
from placement.domain.invites import Mailbox
from placement.domain.letters import Letter
from placement.domain.replies import BOUNCE, REASONS, Verdict
from placement.domain.sender import Sender
from placement.domain.text import shorten
from placement.models import Coordinator, Invite, Leader, Message, Partner, User
from placement.services import audit, outbox
from placement.services.scope import Scope

KIND = "address_bounced"
LONGEST_REASON = 400
PERSON_PATH = "/coordinator/{cohort_id}/leaders/{leader_id}"
SENDING_PATH = "/coordinator/{cohort_id}/sending?show=returned"


def take_in(
    scope: Scope, bounce: Bounce, *, sender: Sender | None, now: datetime
) -> tuple[Verdict, Invite | None]:
    """Act on a mail server's report; returns what was decided, and the invite that the mail was about."""
    session = scope.session
    message = _ours(session, bounce)
    if message is None:
        return _verdict(BOUNCE), None
    outcome: Outcome = bounce.worst.outcome
    invite = session.get(Invite, message.invite_id, with_for_update=True) if message.invite_id else None
    user = session.scalars(select(User).where(User.email == message.recipient)).one_or_none()
    if outcome != "returned":
        return _verdict(outcome), invite
    if user is None:
        return _verdict("returned_before"), invite
    _flag(scope, user, message, bounce.worst.reason, sender=sender, now=now)
    if invite is not None and invite.state in {"owed", "sent"} and _is_newest(session, message):
        invite.state = "undelivered"
    return _verdict("returned"), invite


def _verdict(reason: str) -> Verdict:
    action, sentence = REASONS[reason]
    return Verdict(action, reason, sentence)


def _ours(session: Session, bounce: Bounce) -> Message | None:
    """The mail of ours that is given back; one that cannot have left is not it."""
    left = or_(Message.status.in_(("sending", "sent")), Message.attempts > 0)
    return session.scalars(
        select(Message).where(Message.message_id.in_(bounce.message_ids), left).order_by(Message.id).limit(1)
    ).first()


def _is_newest(session: Session, message: Message) -> bool:
    """Whether no later mail of the same invite has left."""
    later = select(Message.id).where(
        Message.invite_id == message.invite_id, Message.id > message.id, Message.status == "sent"
    )
    return session.scalars(later.limit(1)).first() is None


def _flag(
    scope: Scope, user: User, message: Message, reason: str, *, sender: Sender | None, now: datetime
) -> None:
    """Note on an address that mail to it comes back; the first time, its coordinators are told."""
    already = user.bounced_at is not None
    user.bounced_at, user.bounce_reason = user.bounced_at or now, shorten(reason, LONGEST_REASON)
    scope.session.flush()
    audit.record(
        scope, "flag_address", f"user:{user.id}", at=now, cohort_id=message.cohort_id, message=message.id
    )
    # A mail about an address that comes back itself is told of to nobody, or mails could go round in circles.
    if sender is not None and not already and message.kind != KIND:
        for cohort_id in _cohorts(scope.session, user, message):
            _tell(scope.session, user, cohort_id, sender=sender, now=now)


def _cohorts(session: Session, user: User, message: Message) -> list[int]:
    """The cohort that the mail was about, or else all in which its reader is leader or partner."""
    if message.cohort_id is not None:
        return [message.cohort_id]
    rows = [
        session.scalars(select(kind.cohort_id).where(kind.user_id == user.id)) for kind in (Leader, Partner)
    ]
    return sorted({cohort_id for found in rows for cohort_id in found})


def _tell(session: Session, user: User, cohort_id: int, *, sender: Sender, now: datetime) -> None:
    """Owe each coordinator of a cohort whose own mail arrives a mail about the address."""
    leader = session.scalars(
        select(Leader).where(Leader.user_id == user.id, Leader.cohort_id == cohort_id)
    ).one_or_none()
    path = SENDING_PATH if leader is None else PERSON_PATH
    coordinators = session.scalars(
        select(Coordinator).where(
            Coordinator.cohort_id == cohort_id,
            Coordinator.role == "coordinator",
            Coordinator.user_id != user.id,
        )
    )
    for coordinator in coordinators:
        if coordinator.user.bounced_at is not None:
            continue
        subject = f"{KIND}:{user.id}:{cohort_id}:{now.isoformat()}"
        letter = Letter(
            kind=KIND,
            subject=subject,
            recipient=Mailbox(coordinator.user.name, coordinator.user.email),
            message_id=_message_id(subject, coordinator.user.email, sender),
            payload={
                "name": leader.name if leader else user.name,
                "address": user.email,
                "reason": user.bounce_reason,
                "link": sender.link(path.format(cohort_id=cohort_id, leader_id=leader.id if leader else 0)),
            },
            cohort_id=cohort_id,
        )
        outbox.owe(session, letter, now=now)


def _message_id(subject: str, recipient: str, sender: Sender) -> str:
    told = sha256(f"{subject}\0{recipient}".encode()).hexdigest()
    return f"<{told[:40]}@{sender.domain}>"
