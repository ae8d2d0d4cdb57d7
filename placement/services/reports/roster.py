"""The days of a cohort and its people, as the coordinator finds them when plans change."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from placement.models import Invite, Leader, Organisation, Placement, Slot
from placement.services import opt_outs, preferences
from placement.services.aliases import aliases_of
from placement.services.conflicts import KeptConflict, kept_conflicts
from placement.services.match_rows import slots_over, slots_over_in
from placement.services.offered import on_offer
from placement.services.scope import Scope
from placement.services.slot_rows import slots_of
from placement.services.slots import version_of

DayState = Literal["open", "withdrawn", "over"]
NONE_YET = "NEEDS-ACTION"


@dataclass(frozen=True)
class Attendee:
    """Somebody who is confirmed on a day, with what their calendar answered."""

    leader_id: int
    name: str
    organisation: str
    reply: str
    placement_id: int
    invited: bool


@dataclass(frozen=True)
class RosterDay:
    """One slot with who is confirmed on it.

    `capacity` is what is offered; a smaller one than the people there waits for a repair. `version` goes into
    forms that change the day.
    """

    id: int
    reference: str
    title: str
    partner: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    capacity: int
    minimum: int
    state: DayState
    version: str
    people: tuple[Attendee, ...]
    opportunity_id: int
    partner_id: int
    address: str
    joining_link: str

    @property
    def free(self) -> int:
        """How many seats are free."""
        return max(0, self.capacity - len(self.people)) if self.state == "open" else 0

    @property
    def amiss(self) -> bool:
        """Whether more people are confirmed than there is to be room for, or fewer than it takes."""
        return self.state == "open" and (
            len(self.people) > self.capacity or 0 < len(self.people) < self.minimum
        )


@dataclass(frozen=True)
class Roster:
    """All days of a cohort: those still to come by date, then those withdrawn and those that are over."""

    cohort_id: int
    cohort: str
    days: tuple[RosterDay, ...]


@dataclass(frozen=True)
class HeldDay:
    """A day that a leader has, or had, with what their calendar answered."""

    slot_id: int
    title: str
    partner: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    rank: int | None
    cancelled: bool
    reply: str
    placement_id: int
    invited: bool


@dataclass(frozen=True)
class Person:
    """A leader as their coordinator sees them; `dates` are those with something on offer, and the answers.

    `comes_back` is what a mail server said of mail to their address, empty while it arrives.
    `stopped` are the sorts of mail that they want none of. `erased_at`: since when only numbers are left.
    """

    leader_id: int
    cohort_id: int
    cohort: str
    name: str
    email: str
    organisation: str
    submitted_at: dt.datetime | None
    left_at: dt.datetime | None
    needed: int
    days: tuple[HeldDay, ...]
    dates: Mapping[dt.date, str]
    aliases: tuple[tuple[int, str], ...]
    comes_back: str = ""
    comes_back_since: dt.datetime | None = None
    stopped: tuple[str, ...] = ()
    conflicts: tuple[KeptConflict, ...] = ()
    no_car: bool = False
    erased_at: dt.datetime | None = None


def roster(scope: Scope, cohort_id: int, *, now: dt.datetime) -> Roster:
    """Every day of a cohort that the actor coordinates, with who is confirmed on it.

    Of an offer that is not live only the days on which somebody is confirmed are shown.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    slots = slots_of(
        session, select(Slot).where(Slot.cohort_id == cohort.id, or_(on_offer(), Slot.taken > 0))
    )
    over, people = slots_over(slots, now=now), _people(session, cohort.id)
    days = [_day(slot, people.get(slot.id, ()), over=slot.id in over) for slot in slots]
    return Roster(
        cohort.id,
        cohort.name,
        tuple(sorted(days, key=lambda day: (day.state != "open", day.starts_at, day.title, day.id))),
    )


def roster_day(scope: Scope, cohort_id: int, slot_id: int, *, now: dt.datetime) -> RosterDay:
    """One day of such a cohort."""
    slot = scope.slot_in(scope.cohort(cohort_id), slot_id)
    people = _people(scope.session, slot.cohort_id)
    return _day(
        slot, people.get(slot.id, ()), over=slot.id in slots_over_in(scope.session, slot.cohort_id, now=now)
    )


def person(scope: Scope, cohort_id: int, leader_id: int, *, now: dt.datetime) -> Person:
    """One leader of a cohort that the actor coordinates, also one who has left."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    leader = scope.leader_of(cohort, leader_id)
    rows = session.scalars(
        select(Placement)
        .options(joinedload(Placement.slot))
        .where(Placement.leader_id == leader.id)
        .order_by(Placement.starts_at, Placement.id)
    )
    replies = _replies(session, cohort.id)
    offered = preferences.open_dates(session, cohort.id, now=now)
    return Person(
        leader_id=leader.id,
        cohort_id=cohort.id,
        cohort=cohort.name,
        name=leader.name,
        email=leader.user.email,
        organisation=leader.organisation.name if leader.organisation else "",
        submitted_at=leader.submitted_at,
        left_at=leader.withdrawn_at,
        needed=leader.days,
        days=tuple(_held(row, replies) for row in rows),
        dates=preferences.effective_answers(preferences.date_answers(session, leader.id), offered),
        comes_back=leader.user.bounce_reason or "",
        comes_back_since=leader.user.bounced_at,
        conflicts=kept_conflicts(session, leader),
        no_car=leader.no_car,
        erased_at=leader.erased_at,
        stopped=opt_outs.sorts_of(session, leader.user_id),
        aliases=tuple((alias.id, alias.email) for alias in aliases_of(session, leader.user_id)),
    )


def _people(session: Session, cohort_id: int) -> dict[int, list[Attendee]]:
    """Who is confirmed on each slot, by name: only the columns that are shown, of many rows."""
    rows = session.execute(
        select(
            Placement.slot_id,
            Placement.id,
            Leader.id,
            Leader.name,
            Organisation.name,
            Invite.partstat,
        )
        .join(Leader, Leader.id == Placement.leader_id)
        .outerjoin(Organisation, Organisation.id == Leader.organisation_id)
        .outerjoin(Invite, Invite.placement_id == Placement.id)
        .where(Placement.cohort_id == cohort_id, Placement.status == "confirmed")
        .order_by(Placement.id)
    )
    found: defaultdict[int, list[Attendee]] = defaultdict(list)
    for slot_id, placement_id, leader_id, name, organisation, partstat in rows:
        invited = partstat is not None
        found[slot_id].append(
            Attendee(leader_id, name, organisation or "", partstat or NONE_YET, placement_id, invited)
        )
    return {slot: sorted(there, key=lambda one: one.name.casefold()) for slot, there in found.items()}


def _replies(session: Session, cohort_id: int) -> dict[int, str]:
    """What calendars have answered, by placement."""
    rows = session.execute(select(Invite.placement_id, Invite.partstat).where(Invite.cohort_id == cohort_id))
    return {placement_id: reply for placement_id, reply in rows if placement_id is not None}


def _day(slot: Slot, people: Sequence[Attendee], *, over: bool) -> RosterDay:
    return RosterDay(
        id=slot.id,
        reference=slot.reference,
        title=slot.opportunity.title,
        partner=slot.opportunity.partner.name,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        capacity=slot.offered_capacity,
        minimum=slot.minimum,
        state="withdrawn" if slot.status == "withdrawn" else "over" if over else "open",
        version=version_of(slot),
        people=tuple(people),
        opportunity_id=slot.opportunity_id,
        partner_id=slot.partner_id,
        address=", ".join(filter(None, (slot.opportunity.site.address, slot.opportunity.site.postcode))),
        joining_link=slot.joining_link or "",
    )


def _held(row: Placement, replies: Mapping[int, str]) -> HeldDay:
    opportunity = row.slot.opportunity
    return HeldDay(
        slot_id=row.slot_id,
        title=opportunity.title,
        partner=opportunity.partner.name,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        rank=row.rank,
        cancelled=row.status == "cancelled",
        reply=replies.get(row.id, NONE_YET),
        placement_id=row.id,
        invited=row.id in replies,
    )
