"""Addresses that mail does not reach: a coordinator corrects them, or says that mail arrives again."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.change_errors import LeaderChangedMeanwhile
from placement.domain.door_errors import AddressTaken
from placement.domain.errors import UserUnknown
from placement.domain.sender import Sender
from placement.models import Cohort, Leader, Placement, User
from placement.services import audit, event_guests, event_news, news
from placement.services.cohorts import hold_cohort
from placement.services.erasing import refuse_erased
from placement.services.people import user_of, usual_address
from placement.services.reports.effects import Effect, Mail
from placement.services.scope import Scope


def clear_flag(scope: Scope, cohort_id: int, leader_id: int, *, now: datetime) -> Effect:
    """Take it back that mail to a leader's address does not arrive; doing so twice changes nothing."""
    cohort = scope.cohort(cohort_id)
    leader = scope.leader_of(cohort, leader_id)
    if leader.user.bounced_at is None:
        return Effect(leader.name, False, ("Nothing is noted on this address.",))
    leader.user.bounced_at, leader.user.bounce_reason = None, None
    audit.record(scope, "clear_address", f"user:{leader.user_id}", at=now, cohort_id=cohort.id)
    return Effect(leader.name, True, ("Mail to this address is taken to arrive again.",))


def clear_user_flag(scope: Scope, email: str, *, now: datetime) -> bool:
    """The same for whoever reads `email`, whatever they are; says whether that changed anything.

    Raises `UserUnknown`.
    """
    user = user_of(scope.session, usual_address(email))
    if user is None:
        raise UserUnknown(email=email)
    if user.bounced_at is None:
        return False
    user.bounced_at, user.bounce_reason = None, None
    audit.record(scope, "clear_address", f"user:{user.id}", at=now)
    return True


def correct_address(
    scope: Scope,
    cohort_id: int,
    leader_id: int,
    *,
    email: str,
    seen: str | None = None,
    sender: Sender,
    now: datetime,
) -> Effect:
    """Give a leader another address, and owe it the invites of the days to come.

    The leader becomes another user's: whoever reads the old mailbox can sign in to it no more, and what they
    are elsewhere stays theirs. Nothing is sent to the old address. `seen` is the address that is to be
    replaced, None for whichever it is. Raises `AddressUnusable`, `AddressTaken`, `PersonErased`, and
    `LeaderChangedMeanwhile` where it is another by now.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    leader = scope.leader_of(cohort, leader_id)
    refuse_erased(leader)
    address = usual_address(email)
    if address == leader.user.email:
        return Effect(leader.name, False, ("This is their address already; nothing is changed.",))
    if seen is not None and seen != leader.user.email:
        raise LeaderChangedMeanwhile(what="address", name=leader.name)
    _refuse_taken(session, cohort, leader, address)
    leader.matched_as = leader.match_id
    before, leader.user = leader.user_id, _user(session, address, leader.name)
    session.flush()
    mails = _invite_anew(session, leader, sender=sender, now=now)
    audit.record(
        scope,
        "correct_address",
        f"leader:{leader.id}",
        at=now,
        cohort_id=cohort.id,
        before=before,
        after=leader.user_id,
        invites=len(mails),
    )
    return Effect(leader.name, True, (f"The address of {leader.name} is {address} now.",), mails)


def _refuse_taken(session: Session, cohort: Cohort, leader: Leader, address: str) -> None:
    """Refuse an address that is, or was in match runs, that of another leader of the cohort."""
    others = session.scalars(select(Leader).where(Leader.cohort_id == cohort.id, Leader.id != leader.id))
    if any(address in {other.user.email, other.match_id} for other in others):
        raise AddressTaken(address=address)


def _user(session: Session, address: str, name: str) -> User:
    user = user_of(session, address)
    if user is None:
        user = User(email=address, name=name)
        session.add(user)
        session.flush()
    return user


def _invite_anew(session: Session, leader: Leader, *, sender: Sender, now: datetime) -> tuple[Mail, ...]:
    """Owe the invites of a leader's days to come once more, to the address that they have now."""
    placements = session.scalars(
        select(Placement)
        .where(Placement.leader_id == leader.id, Placement.status == "confirmed", Placement.starts_at > now)
        .order_by(Placement.id)
    ).all()
    event_guests.take_back(session, leader, now=now, for_good=False)
    news.take_back(session, placements, for_good=False)
    told = news.tell_anew(session, placements, sender=sender, now=now)
    for event in event_guests.events_to_come(session, leader, now=now):
        told += event_news.tell_anew(session, event, leader, sender=sender, now=now)
    news.owe(session, told, now=now)
    return told.mails
