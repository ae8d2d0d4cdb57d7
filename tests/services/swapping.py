"""Leaders of the small cohort who ask for swaps, and coordinators who grant them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.states import SwapReason
from placement.models import AuditEvent, Invite, Leader, Message, Placement, SwapRequest
from placement.services import swap_requests
from placement.services.reports.effects import Effect
from placement.services.scope import Scope
from placement.services.swaps import Target, grant_swap, preview_swap
from tests.factories.clock import NOON
from tests.services.small_cohort import SENDER


def day_of(session: Session, leader: Leader) -> Placement:
    """The day that a leader has."""
    query = select(Placement).where(Placement.leader_id == leader.id, Placement.status == "confirmed")
    return session.scalars(query).one()


def ask(
    session: Session,
    leader: Leader,
    *,
    wish: Collection[str] | None = None,
    reason: SwapReason = "work",
    words: str = "",
    now: datetime = NOON,
) -> SwapRequest:
    """Ask for another day, as the leader."""
    return swap_requests.ask_for_swap(
        Scope.of_user(session, leader.user_id),
        leader.id,
        day_of(session, leader).id,
        reason=reason,
        words=words,
        wish=wish,
        now=now,
    )


def grant(
    scope: Scope, row: SwapRequest, target: Target, *, seen: str | None = None, now: datetime = NOON
) -> Effect:
    """Grant a request as the page showed it."""
    keys = (scope, row.cohort_id, row.id, target)
    if seen is None:
        seen = preview_swap(*keys, sender=SENDER, now=now).version
    return grant_swap(*keys, seen=seen, sender=SENDER, now=now)


def statuses(session: Session) -> list[str]:
    """How all requests stand, as they are kept."""
    session.expire_all()
    return list(session.scalars(select(SwapRequest.status).order_by(SwapRequest.id)))


def verbs(session: Session) -> list[str]:
    """What was done, in order."""
    return list(session.scalars(select(AuditEvent.verb).order_by(AuditEvent.id)))


def mails_of(session: Session, kind: str) -> list[Message]:
    """The mails of one kind that are owed or have gone."""
    return list(session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))


def invites_of(session: Session, leader: Leader) -> list[tuple[str, int]]:
    """How the invites of a leader stand, in order, with the SEQUENCE of each."""
    session.expire_all()
    rows = session.scalars(select(Invite).where(Invite.leader_id == leader.id).order_by(Invite.id))
    return [(row.state, row.sequence) for row in rows]
