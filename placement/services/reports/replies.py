"""Replies that wait for a person, and those that somebody has settled."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.errors import NotFound
from placement.domain.replies import REASONS, domain_of
from placement.models import Cohort, HeldAnswer, Invite, Leader, Placement, Reply, User
from placement.services.aliases import user_behind
from placement.services.reports.effects import Person
from placement.services.reviews import for_cohort, reply_of
from placement.services.scope import Scope


@dataclass(frozen=True)
class ReplyLine:
    """One reply: who wrote, why a person has to look, what it seems to answer, how it was settled.

    `leader` is whom it concerns, as far as that can be told. `checked`: our mail server confirmed the sender.
    """

    id: int
    received_at: datetime
    sender: str
    checked: bool
    reason: str
    why: str
    partstat: str
    comment: str
    leader: Person | None
    settled_at: datetime | None
    settled_by: str
    outcome: str


@dataclass(frozen=True)
class ReplyList:
    """The replies of a cohort: those that wait, the oldest first, then those settled, the newest first."""

    cohort_id: int
    cohort: str
    waiting: tuple[ReplyLine, ...]
    settled: tuple[ReplyLine, ...]


@dataclass(frozen=True)
class PossibleDay:
    """A placement to come that a reply may be about; `likely` where mail and sender speak for it."""

    placement_id: int
    leader_id: int
    leader: str
    title: str
    starts_at: datetime
    likely: bool


@dataclass(frozen=True)
class ReplyDetails:
    """One reply with all that is kept of it; `octets` is None once it was settled.

    `sender_known`: the address is somebody's already, as their own or a further one.
    `answered` is the answer that was made of it, with whether that still stands.
    """

    cohort_id: int
    cohort: str
    line: ReplyLine
    octets: bytes | None = field(repr=False)
    days: tuple[PossibleDay, ...]
    leaders: tuple[Person, ...]
    answered: tuple[str, bool] | None
    sender_known: bool


def replies_of(scope: Scope, cohort_id: int) -> ReplyList:
    """The replies that the coordinators of a cohort have to look at, or have settled."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    rows = session.scalars(select(Reply).where(for_cohort(session, cohort)).order_by(Reply.id)).all()
    lines = [_line(session, row, cohort) for row in rows]
    settled = [line for line in lines if line.settled_at is not None]
    return ReplyList(
        cohort.id,
        cohort.name,
        tuple(line for line in lines if line.settled_at is None),
        tuple(sorted(settled, key=lambda line: (line.settled_at, line.id), reverse=True)),
    )


def reply_details(scope: Scope, cohort_id: int, reply_id: int, *, now: datetime) -> ReplyDetails:
    """One of those replies, with the days that it may be about."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    row = reply_of(scope, cohort, reply_id)
    line = _line(session, row, cohort)
    days = sorted(_days(session, cohort, row, line, now=now), key=lambda day: (not day.likely, day.leader))
    leaders = session.scalars(
        select(Leader).where(Leader.cohort_id == cohort.id, Leader.withdrawn_at.is_(None))
    )
    people = [Person(one.id, one.name, one.user.email) for one in leaders]
    same = domain_of(row.sender)
    return ReplyDetails(
        cohort_id=cohort.id,
        cohort=cohort.name,
        line=line,
        octets=row.octets,
        days=tuple(days),
        leaders=tuple(sorted(people, key=lambda one: (domain_of(one.email) != same, one.name.casefold()))),
        answered=_answered(session, row),
        sender_known=bool(row.sender) and user_behind(session, row.sender) is not None,
    )


def waiting_everywhere(scope: Scope) -> list[ReplyLine]:
    """All replies that wait, of every cohort and of none: for whoever runs the service."""
    rows = scope.session.scalars(
        select(Reply).where(Reply.action == "review", Reply.settled_at.is_(None)).order_by(Reply.id)
    )
    return [_line(scope.session, row, None) for row in rows] if scope.everything else []


def reply_anywhere(scope: Scope, reply_id: int) -> tuple[ReplyLine, bytes | None]:
    """One reply with its octets, for whoever runs the service."""
    row = scope.session.get(Reply, reply_id) if scope.everything else None
    if row is None:
        raise NotFound(thing=f"reply {reply_id}")
    return _line(scope.session, row, None), row.octets


def _line(session: Session, row: Reply, cohort: Cohort | None) -> ReplyLine:
    return ReplyLine(
        id=row.id,
        received_at=row.received_at,
        sender=row.sender,
        checked=row.sender_check == "passed",
        reason=row.reason,
        why=REASONS[row.reason][1] if row.reason in REASONS else row.reason,
        partstat=row.partstat or "",
        comment=row.comment,
        leader=_concerned(session, row, cohort),
        settled_at=row.settled_at,
        settled_by=_actor_name(session, row.settled_by or ""),
        outcome=row.outcome or "",
    )


def _concerned(session: Session, row: Reply, cohort: Cohort | None) -> Person | None:
    """Whom a reply concerns: whose invite it names, else who writes from that address."""
    if row.invite_id is not None:
        leader = session.get_one(Leader, session.get_one(Invite, row.invite_id).leader_id)
        return Person(leader.id, leader.name, leader.user.email)
    user = user_behind(session, row.sender) if row.sender and cohort else None
    found = (
        user
        and session.scalars(
            select(Leader).where(Leader.user_id == user.id, Leader.cohort_id == (cohort.id if cohort else 0))
        ).one_or_none()
    )
    return Person(found.id, found.name, found.user.email) if found else None


def _days(
    session: Session, cohort: Cohort, row: Reply, line: ReplyLine, *, now: datetime
) -> Iterator[PossibleDay]:
    named = session.get_one(Invite, row.invite_id).placement_id if row.invite_id else None
    rows = session.scalars(
        select(Placement)
        .join(Invite, Invite.placement_id == Placement.id)
        .where(
            Placement.cohort_id == cohort.id,
            Placement.status == "confirmed",
            Placement.starts_at > now,
            Invite.state != "cancelled",
        )
        .order_by(Placement.starts_at, Placement.id)
    )
    for one in rows:
        theirs = line.leader is not None and one.leader_id == line.leader.leader_id
        yield PossibleDay(
            one.id,
            one.leader_id,
            one.leader.name,
            one.slot.opportunity.title,
            one.starts_at,
            likely=one.id == named if named else theirs,
        )


def _answered(session: Session, row: Reply) -> tuple[str, bool] | None:
    answer = session.scalars(
        select(HeldAnswer).where(HeldAnswer.reply_id == row.id).order_by(HeldAnswer.id.desc()).limit(1)
    ).first()
    return None if answer is None else (answer.partstat, answer.undone_at is None)


def _actor_name(session: Session, label: str) -> str:
    """The name behind the label of an actor; the label itself where there is none."""
    kind, _, number = label.partition(":")
    user = session.get(User, int(number)) if kind == "user" and number.isdigit() else None
    return (user.name or user.email) if user else label
