"""The answers to invites: of one day, with their history, and of a whole cohort, with who is silent."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Result, Row, func, select
from sqlalchemy.orm import Session

from placement.domain.answers import LinkFacts
from placement.models import (
    Event,
    HeldAnswer,
    Invite,
    Leader,
    Message,
    Opportunity,
    Organisation,
    Partner,
    Placement,
    Reply,
    Slot,
    Task,
    User,
)
from placement.services.answers import (
    closed_words,
    counting_answer,
    event_invite,
    invite_of,
    linked_invite,
)
from placement.services.reviews import for_cohort
from placement.services.scope import Scope
from placement.services.tasks import waiting

NONE_YET = "NEEDS-ACTION"


@dataclass(frozen=True)
class AnswerDay:
    """One day of one leader as it is asked about; `closed` says why it takes no answer, empty where it does.

    `sequence` is that of the invite: it goes into the form, so that nobody answers to a day that has moved.
    `placement_id` and `slot_id` are empty for an event, which has no partner either, `event_id` for a
    placement; `joining_link` is set where people meet online.
    """

    placement_id: int | None
    leader_id: int
    leader: str
    cohort: str
    slot_id: int | None
    title: str
    partner: str
    address: str
    postcode: str
    starts_at: datetime
    ends_at: datetime
    sequence: int
    partstat: str
    note: str
    closed: str
    joining_link: str = ""
    event_id: int | None = None
    moved: bool = False


@dataclass(frozen=True)
class PastAnswer:
    """One answer of the history; `counts`: it is the one that is held, so that it can be undone."""

    id: int
    partstat: str
    way: str
    by: str
    note: str
    given_at: datetime
    sequence: int
    undone_at: datetime | None
    counts: bool


@dataclass(frozen=True)
class AnswerHistory:
    """All answers to one invite, the newest first, with how its day stands."""

    day: AnswerDay
    answers: tuple[PastAnswer, ...]


@dataclass(frozen=True)
class PlacementAnswers(AnswerHistory):
    """Those to the invite of a placement, which is on a slot."""

    slot_id: int


@dataclass(frozen=True)
class InviteLine:
    """One placement with what its leader has answered, and the last mail about it."""

    placement_id: int
    leader_id: int
    leader: str
    email: str
    organisation: str
    title: str
    partner: str
    starts_at: datetime
    ends_at: datetime
    partstat: str
    answered_at: datetime | None
    mail_kind: str
    mail_status: str
    mail_at: datetime | None
    past: bool

    @property
    def undelivered(self) -> bool:
        """Whether the last mail did not reach them."""
        return self.mail_status == "failed"


@dataclass(frozen=True)
class InviteList:
    """The invites of a cohort to days to come and, apart, to days past, each by day and name."""

    cohort_id: int
    cohort: str
    to_come: tuple[InviteLine, ...]
    past: tuple[InviteLine, ...]
    replies: int
    tasks: int

    @property
    def counts(self) -> Mapping[str, int]:
        """How many of those to come have which answer, and how many mails did not arrive."""
        found = Counter(line.partstat for line in self.to_come)
        return {**found, "undelivered": sum(line.undelivered for line in self.to_come)}


@dataclass(frozen=True)
class Waiting:
    """What of a cohort's answers waits for its coordinator."""

    replies: int
    tasks: int


def linked_day(session: Session, facts: LinkFacts, *, now: datetime) -> AnswerDay:
    """The day that a signed link is about; `moved` where its mail told of another time."""
    invite = linked_invite(session, facts)
    return _day(session, invite, now=now, moved=facts.sequence < invite.sequence)


def own_day(scope: Scope, leader_id: int, placement_id: int, *, now: datetime) -> AnswerDay:
    """A day of one's own."""
    leader = scope.leader(leader_id)
    invite = invite_of(scope.session, placement_id, cohort_id=leader.cohort_id, leader_id=leader.id)
    return _day(scope.session, invite, now=now)


def answer_history(scope: Scope, cohort_id: int, placement_id: int, *, now: datetime) -> PlacementAnswers:
    """All answers to the invite of one placement of a cohort that the actor coordinates."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    invite = invite_of(session, placement_id, cohort_id=cohort.id)
    slot_id = session.scalars(select(Placement.slot_id).where(Placement.id == placement_id)).one()
    return PlacementAnswers(_day(session, invite, now=now), _answers(session, invite), slot_id)


def event_answers(
    scope: Scope, cohort_id: int, event_id: int, leader_id: int, *, now: datetime
) -> AnswerHistory:
    """All answers of one person to their invite to an event of such a cohort."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    event, leader = scope.event_in(cohort, event_id), scope.leader_of(cohort, leader_id)
    invite = event_invite(session, event, leader)
    return AnswerHistory(_day(session, invite, now=now), _answers(session, invite))


def invite_list(scope: Scope, cohort_id: int, *, now: datetime) -> InviteList:
    """Who has answered their invite and who has not, with the last mail that each was sent."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    mails = _last_mails(session, cohort.id)
    lines = [_line(row, mails.get(row.invite_id), now=now) for row in _invited(session, cohort.id)]
    lines.sort(key=lambda line: (line.starts_at, line.title, line.leader.casefold()))
    waits = waiting_for(scope, cohort_id, now=now)
    return InviteList(
        cohort.id,
        cohort.name,
        tuple(line for line in lines if not line.past),
        tuple(line for line in reversed(lines) if line.past),
        waits.replies,
        waits.tasks,
    )


def waiting_for(scope: Scope, cohort_id: int, *, now: datetime) -> Waiting:
    """How many replies and declines wait for the coordinator of a cohort."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    replies = session.scalar(
        select(func.count()).select_from(Reply).where(for_cohort(session, cohort), Reply.settled_at.is_(None))
    )
    tasks = session.scalar(
        select(func.count())
        .select_from(Invite)
        .join(Placement, Placement.id == Invite.placement_id)
        .join(HeldAnswer, HeldAnswer.invite_id == Invite.id)
        .join(Task, Task.answer_id == HeldAnswer.id)
        .where(Task.cohort_id == cohort.id, waiting(now))
    )
    return Waiting(replies or 0, tasks or 0)


def _day(session: Session, invite: Invite, *, now: datetime, moved: bool = False) -> AnswerDay:
    leader, counting = session.get_one(Leader, invite.leader_id), counting_answer(session, invite)
    return AnswerDay(
        **_what(invite.day),
        placement_id=invite.placement_id,
        leader_id=leader.id,
        leader=leader.name,
        cohort=leader.cohort.name,
        starts_at=invite.day.starts_at,
        ends_at=invite.day.ends_at,
        sequence=invite.sequence,
        partstat=invite.partstat,
        note=counting.note if counting else "",
        closed=closed_words(invite, now=now),
        moved=moved,
    )


def _answers(session: Session, invite: Invite) -> tuple[PastAnswer, ...]:
    rows = session.scalars(
        select(HeldAnswer).where(HeldAnswer.invite_id == invite.id).order_by(HeldAnswer.id.desc())
    ).all()
    counting = counting_answer(session, invite)
    names = _names(session, {row.actor for row in rows})
    return tuple(
        PastAnswer(
            id=row.id,
            partstat=row.partstat,
            way=row.way,
            by=names.get(row.actor, "") if row.way == "coordinator" else "",
            note=row.note,
            given_at=row.given_at,
            sequence=row.sequence,
            undone_at=row.undone_at,
            counts=row is counting,
        )
        for row in rows
    )


def _what(day: Placement | Event) -> dict[str, Any]:
    """What a page tells of a placement or event beside its times."""
    if isinstance(day, Event):
        virtual = day.mode == "virtual"
        return {
            "slot_id": None,
            "event_id": day.id,
            "title": day.title,
            "partner": "",
            "address": "" if virtual else day.address,
            "postcode": "" if virtual else day.postcode,
            "joining_link": day.joining_link if virtual else "",
        }
    opportunity = day.slot.opportunity
    return {
        "slot_id": day.slot_id,
        "title": opportunity.title,
        "partner": opportunity.partner.name,
        "address": "" if day.slot.virtual else opportunity.site.address,
        "postcode": "" if day.slot.virtual else opportunity.site.postcode,
        "joining_link": day.slot.joining_link or "",
    }


def _names(session: Session, labels: set[str]) -> dict[str, str]:
    """The names behind the labels of actors."""
    ids = {int(label[5:]) for label in labels if label.startswith("user:")}
    users = session.scalars(select(User).where(User.id.in_(ids)))
    return {f"user:{user.id}": user.name or user.email for user in users}


def _invited(session: Session, cohort_id: int) -> Result[*tuple[Any, ...]]:
    """Every confirmed day with its leader and invite: only the columns that are shown, of many rows."""
    return session.execute(
        select(
            Placement.id.label("placement_id"),
            Invite.id.label("invite_id"),
            Leader.id.label("leader_id"),
            Leader.name.label("leader"),
            User.email,
            func.coalesce(Organisation.name, "").label("organisation"),
            Opportunity.title,
            Partner.name.label("partner"),
            Placement.starts_at,
            Placement.ends_at,
            Invite.partstat,
            Invite.partstat_stamp.label("answered_at"),
        )
        .join(Invite, Invite.placement_id == Placement.id)
        .join(Leader, Leader.id == Placement.leader_id)
        .join(User, User.id == Leader.user_id)
        .join(Slot, Slot.id == Placement.slot_id)
        .join(Opportunity, Opportunity.id == Slot.opportunity_id)
        .join(Partner, Partner.id == Slot.partner_id)
        .outerjoin(Organisation, Organisation.id == Leader.organisation_id)
        .where(Placement.cohort_id == cohort_id, Placement.status == "confirmed")
    )


def _last_mails(session: Session, cohort_id: int) -> dict[int, Row[*tuple[Any, ...]]]:
    """The newest mail of each invite that has left, waits or failed."""
    rows = session.execute(
        select(Message.invite_id, Message.kind, Message.status, Message.sent_at, Message.created_at)
        .where(
            Message.cohort_id == cohort_id,
            Message.invite_id.is_not(None),
            Message.status.not_in(("cancelled", "superseded")),
        )
        .order_by(Message.id)
    )
    return {row.invite_id: row for row in rows if row.invite_id is not None}


def _line(row: Row[*tuple[Any, ...]], mail: Row[*tuple[Any, ...]] | None, *, now: datetime) -> InviteLine:
    return InviteLine(
        placement_id=row.placement_id,
        leader_id=row.leader_id,
        leader=row.leader,
        email=row.email,
        organisation=row.organisation,
        title=row.title,
        partner=row.partner,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        partstat=row.partstat,
        answered_at=row.answered_at,
        mail_kind=mail.kind if mail else "",
        mail_status=mail.status if mail else "",
        mail_at=(mail.sent_at or mail.created_at) if mail else None,
        past=row.starts_at <= now,
    )
