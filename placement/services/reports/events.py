"""Events as coordinators and leaders find them: when and where, who is invited, what they have answered."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.states import EVENT_WORDS
from placement.models import Event, EventGuest, Invite, Leader, Team
from placement.services.event_guests import audience
from placement.services.events import EventFacts, facts_of, version_of
from placement.services.scope import Scope

NONE_YET = "NEEDS-ACTION"


@dataclass(frozen=True)
class Guest:
    """Somebody who is invited to an event, or (`removed`) no longer is; `reply` is their answer.

    `asked`: they have an invite that can be answered.
    """

    leader_id: int
    name: str
    organisation: str
    reply: str
    removed: bool
    asked: bool


@dataclass(frozen=True)
class EventShown:
    """One event with who is invited; `place` is empty where people meet online."""

    id: int
    cohort_id: int
    cohort: str
    reference: str
    kind: str
    title: str
    description: str
    starts_at: datetime
    ends_at: datetime
    virtual: bool
    place: str
    joining_link: str
    cancelled: bool
    over: bool
    team: str
    version: str
    facts: EventFacts
    guests: tuple[Guest, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether anything of it can still be changed."""
        return not (self.cancelled or self.over)

    @property
    def invited(self) -> tuple[Guest, ...]:
        """Who is invited at present."""
        return tuple(guest for guest in self.guests if not guest.removed)

    @property
    def answers(self) -> Counter[str]:
        """How many people have given each answer."""
        return Counter(guest.reply for guest in self.invited)


@dataclass(frozen=True)
class EventList:
    """All events of a cohort, those to come first, and the teams for which one can be planned."""

    cohort_id: int
    cohort: str
    events: tuple[EventShown, ...]
    teams: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class OwnEvents:
    """The events that a leader is invited to, and those that were cancelled for them."""

    leader_id: int
    cohort: str
    events: tuple[EventShown, ...]
    cancelled: tuple[EventShown, ...]


def events_of(scope: Scope, cohort_id: int, *, now: datetime) -> EventList:
    """All events of a cohort that the actor coordinates."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    rows = session.scalars(select(Event).where(Event.cohort_id == cohort.id).order_by(Event.starts_at)).all()
    shown = _shown(session, rows, now=now)
    teams = session.scalars(select(Team).where(Team.cohort_id == cohort.id).order_by(Team.name))
    return EventList(
        cohort.id,
        cohort.name,
        tuple(sorted(shown, key=lambda one: not one.open)),
        tuple((team.id, team.name) for team in teams),
    )


def event(scope: Scope, cohort_id: int, event_id: int, *, now: datetime) -> EventShown:
    """One event of such a cohort."""
    row = scope.event_in(scope.cohort(cohort_id), event_id)
    return _shown(scope.session, [row], now=now)[0]


def own_events(scope: Scope, leader_id: int, *, now: datetime) -> OwnEvents:
    """The events of a leader, in the order of time."""
    leader, session = scope.leader(leader_id), scope.session
    rows = session.execute(
        select(Event, EventGuest.removed_at)
        .join(EventGuest, EventGuest.event_id == Event.id)
        .where(EventGuest.leader_id == leader.id)
        .order_by(Event.starts_at, Event.id)
    ).all()
    shown = [(_one(row, (), (), now=now), removed is not None) for row, removed in rows]
    return OwnEvents(
        leader.id,
        leader.cohort.name,
        tuple(one for one, removed in shown if not (one.cancelled or removed)),
        tuple(one for one, removed in shown if one.cancelled or removed),
    )


def _shown(session: Session, rows: Sequence[Event], *, now: datetime) -> list[EventShown]:
    """Events of one cohort with their guests, in as many queries as one of them takes."""
    ids = [row.id for row in rows]
    replies = {
        (event_id, leader_id): reply
        for event_id, leader_id, reply in session.execute(
            select(Invite.event_id, Invite.leader_id, Invite.partstat).where(
                Invite.event_id.in_(ids), Invite.state != "cancelled"
            )
        )
    }
    guests: defaultdict[int, list[Guest]] = defaultdict(list)
    for event_id, leader, removed in session.execute(
        select(EventGuest.event_id, Leader, EventGuest.removed_at)
        .join(EventGuest, EventGuest.leader_id == Leader.id)
        .where(EventGuest.event_id.in_(ids))
        .order_by(Leader.name, Leader.id)
    ):
        guests[event_id].append(
            Guest(
                leader.id,
                leader.name,
                leader.organisation.name if leader.organisation else "",
                replies.get((event_id, leader.id), NONE_YET),
                removed=removed is not None,
                asked=(event_id, leader.id) in replies,
            )
        )
    everybody = audience(session, rows[0].cohort, None) if rows else []
    return [
        _one(row, tuple(guests[row.id]), _missing(row, guests[row.id], everybody), now=now) for row in rows
    ]


def _missing(row: Event, guests: Sequence[Guest], everybody: Sequence[Leader]) -> tuple[str, ...]:
    """Who was never invited to an event that takes place, of its cohort or team."""
    if row.status != "planned":
        return ()
    known = {guest.leader_id for guest in guests}
    return tuple(
        one.name
        for one in everybody
        if one.id not in known and (row.team_id is None or one.team_id == row.team_id)
    )


def _one(row: Event, guests: tuple[Guest, ...], missing: tuple[str, ...], *, now: datetime) -> EventShown:
    virtual = row.mode == "virtual"
    return EventShown(
        id=row.id,
        cohort_id=row.cohort_id,
        cohort=row.cohort.name,
        reference=row.reference,
        kind=EVENT_WORDS[row.kind],
        title=row.title,
        description=row.description,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        virtual=virtual,
        place="" if virtual else ", ".join(filter(None, (row.address, row.postcode))),
        joining_link=row.joining_link if virtual else "",
        cancelled=row.status == "cancelled",
        over=row.starts_at <= now,
        team=row.team.name if row.team else "",
        version=version_of(row),
        facts=facts_of(row),
        guests=guests,
        missing=missing,
    )
