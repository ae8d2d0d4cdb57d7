"""Erasing a leader: what says who they are goes, what was counted stays as numbers.

Rows that other rows hang on (placements, invites, mails, runs) stay, with nothing in them that tells who it
was. What was done stays on record by ids. A row of a new table about people must be named here: a test sees
to it that each is either removed or, with a reason, kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from placement.domain.about_errors import ErasureBlocked, PersonErased
from placement.domain.text import day_in_words
from placement.models import (
    AccessNeed,
    Assignment,
    Conflict,
    DateAnswer,
    EventGuest,
    Feedback,
    HeldAnswer,
    Invite,
    Leader,
    MatchRun,
    Message,
    Placement,
    Preference,
    Reflection,
    RefusedOpportunity,
    Reply,
    SwapRequest,
)
from placement.services import audit, outbox
from placement.services.cohorts import hold_cohort
from placement.services.erasing_rows import WAYS_IN, erase_rows, is_elsewhere, mails_to, replies_from
from placement.services.event_guests import events_to_come
from placement.services.scope import Scope

AT_WORK = ("queued", "solving")
Counts = tuple[tuple[str, int], ...]
"""What there is of each thing, in words."""


@dataclass(frozen=True)
class Erasure:
    """What erasing would do to a leader of one cohort, or that it cannot be done yet.

    `blocked` says what must be done first; nothing is erased while there is any of it. `elsewhere`: the
    same person is something else too, in this cohort or another, and that stays.
    """

    leader_id: int
    cohort_id: int
    name: str
    cohort: str
    blocked: tuple[str, ...]
    goes: Counts
    stays: Counts
    elsewhere: bool
    erased_at: datetime | None


def preview_self(scope: Scope, leader_id: int, *, now: datetime) -> Erasure:
    """What `erase_self` would do; nothing is written."""
    return _preview(scope.session, scope.leader(leader_id), now=now)


def preview_leader(scope: Scope, cohort_id: int, leader_id: int, *, now: datetime) -> Erasure:
    """What `erase_leader` would do; nothing is written."""
    return _preview(scope.session, scope.leader_of(scope.cohort(cohort_id), leader_id), now=now)


def erase_self(scope: Scope, leader_id: int, *, now: datetime) -> Erasure:
    """Erase what is kept about the actor as a leader; they are signed out where they are nothing else.

    Raises `ErasureBlocked`.
    """
    leader = scope.leader(leader_id)
    return _erase(scope, leader, now=now)


def erase_leader(scope: Scope, cohort_id: int, leader_id: int, *, now: datetime) -> Erasure:
    """Erase a leader of a cohort that the actor coordinates; twice changes nothing.

    Raises `ErasureBlocked`.
    """
    leader = scope.leader_of(scope.cohort(cohort_id), leader_id)
    return _erase(scope, leader, now=now)


def refuse_erased(leader: Leader) -> None:
    """Raise `PersonErased` for a leader of whom only numbers are left."""
    if leader.erased_at is not None:
        raise PersonErased(when=day_in_words(leader.erased_at))


def _erase(scope: Scope, leader: Leader, *, now: datetime) -> Erasure:
    session = scope.session
    hold_cohort(session, leader.cohort_id)
    session.refresh(leader)
    found = _preview(session, leader, now=now)
    if found.erased_at is not None:
        return found
    if found.blocked:
        raise ErasureBlocked(reason=" ".join(found.blocked))
    audit.record(
        scope,
        "erase_leader",
        f"leader:{leader.id}",
        at=now,
        cohort_id=leader.cohort_id,
        removed=sum(number for _, number in found.goes),
    )
    erase_rows(session, leader, now=now)
    return found


def _preview(session: Session, leader: Leader, *, now: datetime) -> Erasure:
    return Erasure(
        leader_id=leader.id,
        cohort_id=leader.cohort_id,
        name=leader.name,
        cohort=leader.cohort.name,
        blocked=() if leader.erased_at else tuple(_blocked(session, leader, now=now)),
        goes=() if leader.erased_at else _goes(session, leader),
        stays=_stays(session, leader),
        elsewhere=is_elsewhere(session, leader),
        erased_at=leader.erased_at,
    )


def _blocked(session: Session, leader: Leader, *, now: datetime) -> Iterator[str]:
    """What is still to come, or on its way, each with what to do first."""
    placements = session.scalars(
        select(Placement)
        .options(joinedload(Placement.slot))
        .where(Placement.leader_id == leader.id, Placement.status == "confirmed", Placement.ends_at > now)
        .order_by(Placement.starts_at)
    )
    for row in placements.unique():
        title, day = row.slot.opportunity.title, day_in_words(row.starts_at)
        yield f"{title} on {day} is still to come. A coordinator must cancel it first."
    for event in events_to_come(session, leader, now=now):
        day = day_in_words(event.starts_at)
        yield f"{event.title} on {day} is still to come. A coordinator must cancel it first."
    if _number(session, MatchRun, MatchRun.cohort_id == leader.cohort_id, MatchRun.status.in_(AT_WORK)):
        yield "A match run is being worked out: try again when it is done."
    owed = _number(
        session,
        Message,
        mails_to(leader),
        Message.invite_id.is_not(None),
        Message.status.in_(outbox.UNFINISHED),
    )
    if owed:
        mails = "1 e-mail" if owed == 1 else f"{owed} e-mails"
        yield f"{mails} about a day must still leave, so that calendars stay right. Try again afterwards."


def _goes(session: Session, leader: Leader) -> Counts:
    user_id = leader.user_id
    counted = [
        ("Name, address, role, postcode and all other facts about the person", 1),
        ("Access needs", _number(session, AccessNeed, AccessNeed.leader_id == leader.id)),
        ("Conflicts of interest", _number(session, Conflict, Conflict.leader_id == leader.id)),
        ("Choices", _number(session, Preference, Preference.leader_id == leader.id)),
        (
            "Placements refused",
            _number(session, RefusedOpportunity, RefusedOpportunity.leader_id == leader.id),
        ),
        ("Reflections", _number(session, Reflection, Reflection.leader_id == leader.id)),
        ("Words of feedback", _number(session, Feedback, Feedback.leader_id == leader.id)),
        ("Words of requests for swaps", _number(session, SwapRequest, SwapRequest.leader_id == leader.id)),
        ("Answers to dates", _number(session, DateAnswer, DateAnswer.leader_id == leader.id)),
        ("Texts and addresses of e-mails to the person", _number(session, Message, mails_to(leader))),
        ("Texts and addresses of e-mails from the person", _number(session, Reply, replies_from(leader))),
    ]
    if not is_elsewhere(session, leader):
        ways = sum(_number(session, table, table.user_id == user_id) for table in WAYS_IN)
        counted.append(("Sign-ins, calendar feeds, further addresses, mails not wanted", ways))
    return tuple((what, number) for what, number in counted if number)


def _stays(session: Session, leader: Leader) -> Counts:
    answers = HeldAnswer.invite_id.in_(select(Invite.id).where(Invite.leader_id == leader.id))
    counted = (
        ("Placement days, as numbers", _number(session, Placement, Placement.leader_id == leader.id)),
        (
            "Proposals of match runs, as numbers",
            _number(session, Assignment, Assignment.leader_id == leader.id),
        ),
        (
            "Invitations to events, as numbers",
            _number(session, EventGuest, EventGuest.leader_id == leader.id),
        ),
        ("Answers to invites, without words", _number(session, HeldAnswer, answers)),
    )
    return tuple((what, number) for what, number in counted if number)


def _number(session: Session, table: type, *which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*which)) or 0
