"""What partners see: their days, and who is coming on each."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from placement.domain.attendance import opens_at
from placement.domain.reminders import is_stale
from placement.models import (
    Coordinator,
    Invite,
    Leader,
    MatchRun,
    Opportunity,
    Partner,
    Placement,
    Slot,
    User,
)
from placement.services.opportunities import opportunities_of
from placement.services.scope import Scope
from placement.services.slots import closed_reason, version_of, version_with_people

DayState = Literal["open", "matched", "closed", "withdrawn", "past"]


@dataclass(frozen=True)
class Contact:
    """A coordinator whom partners may ask."""

    name: str
    email: str


@dataclass(frozen=True)
class Day:
    """A slot as its partner sees it; `taken` of `capacity` places are filled."""

    id: int
    reference: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    minimum: int
    taken: int
    state: DayState


@dataclass(frozen=True)
class Offer:
    """An opportunity with its days, the next one first and those gone by last.

    `said_at` is when its partner last confirmed it. `renewable`: it is worth saying that it is still true;
    `stale`: nobody has for a while.
    """

    id: int
    title: str
    description: str
    what_to_know: str
    address: str
    postcode: str
    check_required: str
    step_free: bool
    women_only: bool
    status: str
    review_note: str
    said_at: datetime | None
    renewable: bool
    stale: bool
    days: tuple[Day, ...]


@dataclass(frozen=True)
class PartnerDays:
    """All that a partner offers in one cohort; `closed` says why no day can be added, None while one can."""

    partner_id: int
    name: str
    cohort: str
    programme: str
    choices_close_at: datetime | None
    closed: str | None
    offers: tuple[Offer, ...]
    coordinators: tuple[Contact, ...]


@dataclass(frozen=True)
class Visitor:
    """Somebody who is coming; `reply` is the answer to the invite.

    `need` is what they need to take part, where they want the partner to know and it was asked for.
    """

    name: str
    organisation: str
    role: str
    check_held: str
    reply: str
    leader_id: int
    need: str = ""


@dataclass(frozen=True)
class DayDetails:
    """One day with who is coming.

    `version` goes into forms that change it, `version_coming` into those of which the people are told.
    `begun` says that it can be recorded who came, `withdrawable` that the day can still be taken back,
    `offerable` that days can still be added.
    """

    partner_id: int
    partner: str
    cohort: str
    programme: str
    day: Day
    offer: Offer
    visitors: tuple[Visitor, ...]
    changeable: bool
    decided: bool
    version: str
    version_coming: str
    coordinators: tuple[Contact, ...]
    begun: bool
    withdrawable: bool
    offerable: bool


def days_of_partner(scope: Scope, partner_id: int, *, now: datetime) -> PartnerDays:
    """Everything that a partner offers, with the state of each day at `now`."""
    partner = scope.partner(partner_id)
    decided = decided_in(scope.session, partner.cohort_id)
    slots = scope.session.scalars(select(Slot).where(Slot.partner_id == partner.id)).all()
    return PartnerDays(
        partner_id=partner.id,
        name=partner.name,
        cohort=partner.cohort.name,
        programme=partner.cohort.programme.name,
        choices_close_at=partner.cohort.preferences_close_at,
        closed=closed_reason(scope, partner.cohort, now=now),
        offers=tuple(
            offer_of(row, [slot for slot in slots if slot.opportunity_id == row.id], decided=decided, now=now)
            for row in opportunities_of(scope, partner.id)
        ),
        coordinators=coordinators_of(scope.session, partner),
    )


def day_details(scope: Scope, partner_id: int, slot_id: int, *, now: datetime) -> DayDetails:
    """One day of a partner, with who is confirmed on it."""
    partner = scope.partner(partner_id)
    slot = scope.slot_of(partner, slot_id)
    decided = decided_in(scope.session, partner.cohort_id)
    day = day_of(slot, decided=decided, now=now)
    visitors = visitors_on(scope.session, [slot.id]).get(slot.id, ())
    return DayDetails(
        partner_id=partner.id,
        partner=partner.name,
        cohort=partner.cohort.name,
        programme=partner.cohort.programme.name,
        day=day,
        offer=offer_of(slot.opportunity, [slot], decided=decided, now=now),
        visitors=visitors,
        changeable=slot.taken == 0 and slot.status == "open" and slot.starts_at > now,
        decided=decided,
        version=version_of(slot),
        version_coming=version_with_people(slot, [visitor.leader_id for visitor in visitors]),
        coordinators=coordinators_of(scope.session, partner),
        begun=opens_at(slot.starts_at) <= now,
        withdrawable=slot.status == "open" and slot.starts_at > now,
        offerable=closed_reason(scope, partner.cohort, now=now) is None,
    )


def decided_in(session: Session, cohort_id: int) -> bool:
    """Whether a match run of the cohort was confirmed, so that an empty day is a closed one."""
    confirmed = exists().where(MatchRun.cohort_id == cohort_id, MatchRun.status == "confirmed")
    return bool(session.scalar(select(confirmed)))


def offer_of(row: Opportunity, slots: Iterable[Slot], *, decided: bool, now: datetime) -> Offer:
    """An opportunity as its partner sees it."""
    days = [day_of(slot, decided=decided, now=now) for slot in slots]
    renewable = row.live and not decided and any(day.state == "open" for day in days)
    return Offer(
        id=row.id,
        title=row.title,
        description=row.description,
        what_to_know=row.what_to_know,
        address=row.site.address,
        postcode=row.site.postcode,
        check_required=row.check_required,
        step_free=row.step_free,
        women_only=row.women_only,
        status=row.status,
        review_note=row.review_note,
        said_at=row.renewed_at,
        renewable=renewable,
        stale=renewable and is_stale(row.renewed_at or row.partner.cohort.created_at, now=now),
        days=tuple(sorted(days, key=lambda day: (day.state in {"withdrawn", "past"}, day.starts_at, day.id))),
    )


def day_of(slot: Slot, *, decided: bool, now: datetime) -> Day:
    """A slot as its partner sees it."""
    return Day(
        id=slot.id,
        reference=slot.reference,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        capacity=slot.offered_capacity,
        minimum=slot.minimum,
        taken=slot.taken,
        state=_state(slot, decided=decided, now=now),
    )


def _state(slot: Slot, *, decided: bool, now: datetime) -> DayState:
    if slot.status == "withdrawn":
        return "withdrawn"
    if slot.ends_at <= now:
        return "past"
    if slot.taken > 0:
        return "matched"
    return "closed" if decided else "open"


def visitors_on(session: Session, slot_ids: Collection[int]) -> dict[int, tuple[Visitor, ...]]:
    """Who is confirmed on each of these slots, by name; a slot with nobody is left out."""
    rows = session.execute(
        select(Placement.slot_id, Leader, Invite.partstat)
        .join(Leader, Leader.id == Placement.leader_id)
        .outerjoin(Invite, Invite.placement_id == Placement.id)
        .where(Placement.slot_id.in_(slot_ids), Placement.status == "confirmed")
    ).all()
    found: defaultdict[int, list[Visitor]] = defaultdict(list)
    for slot_id, leader, reply in rows:
        found[slot_id].append(_visitor(leader, reply or "NEEDS-ACTION"))
    return {
        slot_id: tuple(sorted(there, key=lambda visitor: visitor.name.casefold()))
        for slot_id, there in found.items()
    }


def _visitor(leader: Leader, reply: str) -> Visitor:
    return Visitor(
        name=leader.name,
        organisation=leader.organisation.name if leader.organisation else "",
        role=leader.role,
        check_held=leader.check_held,
        reply=reply,
        leader_id=leader.id,
    )


def coordinators_of(session: Session, partner: Partner) -> tuple[Contact, ...]:
    """Whom a partner may ask."""
    rows = session.execute(
        select(User.name, User.email)
        .join(Coordinator, Coordinator.user_id == User.id)
        .where(Coordinator.cohort_id == partner.cohort_id, Coordinator.role == "coordinator")
        .order_by(Coordinator.id)
    )
    return tuple(Contact(name, email) for name, email in rows)
