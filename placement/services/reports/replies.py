"""Replies that wait for a person, and those that somebody has settled."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from placement.domain.errors import NotFound
from placement.domain.replies import REASONS, domain_of
from placement.models import Cohort, HeldAnswer, Invite, Leader, Placement, Reply, User, UserAlias
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
    people = _people(session, rows, cohort)
    lines = [_line(row, people) for row in rows]
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
    line = _line(row, _people(session, [row], cohort))
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
    ).all()
    people = _people(scope.session, rows, None)
    return [_line(row, people) for row in rows] if scope.everything else []


def reply_anywhere(scope: Scope, reply_id: int) -> tuple[ReplyLine, bytes | None]:
    """One reply with its octets, for whoever runs the service."""
    row = scope.session.get(Reply, reply_id) if scope.everything else None
    if row is None:
        raise NotFound(thing=f"reply {reply_id}")
    return _line(row, _people(scope.session, [row], None)), row.octets


def _line(row: Reply, people: "_People") -> ReplyLine:
    return ReplyLine(
        id=row.id,
        received_at=row.received_at,
        sender=row.sender,
        checked=row.sender_check == "passed",
        reason=row.reason,
        why=REASONS[row.reason][1] if row.reason in REASONS else row.reason,
        partstat=row.partstat or "",
        comment=row.comment,
        leader=people.concerned(row),
        settled_at=row.settled_at,
        settled_by=people.actor(row.settled_by or ""),
        outcome=row.outcome or "",
    )


@dataclass(frozen=True)
class _People:
    """Whom replies may concern, by the invite's id and the sender's address; who settled them, by label."""

    invited: Mapping[int, Person]
    senders: Mapping[str, Person]
    actors: Mapping[str, str]

    def concerned(self, row: Reply) -> Person | None:
        """Whom a reply concerns: whose invite it names, else who writes from that address."""
        if row.invite_id is not None:
            return self.invited[row.invite_id]
        return self.senders.get(row.sender.casefold())

    def actor(self, label: str) -> str:
        """The name behind the label of an actor; the label itself where there is none."""
        return self.actors.get(label, label)


def _people(session: Session, rows: Sequence[Reply], cohort: Cohort | None) -> _People:
    invited = session.execute(
        select(Invite.id, Leader)
        .join(Leader, Leader.id == Invite.leader_id)
        .where(Invite.id.in_({row.invite_id for row in rows if row.invite_id is not None}))
    )
    actors = {row.settled_by for row in rows if row.settled_by}
    numbers = {number for label in actors if (number := label.removeprefix("user:")).isdigit()}
    users = session.scalars(select(User).where(User.id.in_({int(number) for number in numbers})))
    unnamed = {row.sender.casefold() for row in rows if row.invite_id is None and row.sender}
    return _People(
        invited={invite_id: _person(leader) for invite_id, leader in invited},
        senders=_senders(session, unnamed, cohort) if cohort else {},
        actors={f"user:{user.id}": user.name or user.email for user in users},
    )


def _senders(session: Session, addresses: Collection[str], cohort: Cohort) -> dict[str, Person]:
    """The leaders of a cohort who write from these addresses, their own or further ones."""
    leaders = select(Leader).where(Leader.cohort_id == cohort.id)
    own = session.scalars(leaders.join(User, User.id == Leader.user_id).where(User.email.in_(addresses)))
    further = session.execute(
        leaders.add_columns(UserAlias.email)
        .join(UserAlias, UserAlias.user_id == Leader.user_id)
        .where(UserAlias.email.in_(addresses))
    )
    return {
        **{email: _person(leader) for leader, email in further},
        **{leader.user.email: _person(leader) for leader in own},
    }


def _person(leader: Leader) -> Person:
    return Person(leader.id, leader.name, leader.user.email)


def _days(
    session: Session, cohort: Cohort, row: Reply, line: ReplyLine, *, now: datetime
) -> Iterator[PossibleDay]:
    named = session.get_one(Invite, row.invite_id).placement_id if row.invite_id else None
    rows = session.scalars(
        select(Placement)
        .options(joinedload(Placement.slot), joinedload(Placement.leader))
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
