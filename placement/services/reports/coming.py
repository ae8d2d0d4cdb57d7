"""Who is coming to a partner: all days on one page, and the sheet of one day to print."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from placement.domain.text import shorten
from placement.models import Partner, Slot
from placement.services import access, audit
from placement.services.reports.partner import (
    Contact,
    Day,
    Visitor,
    coordinators_of,
    day_of,
    decided_in,
    visitors_on,
)
from placement.services.scope import Scope

LONGEST_ACTIVITY = 300
LONGEST_NOTES = 300
"""How much of a description a sheet shows: it is one page, whatever was written."""


@dataclass(frozen=True)
class ComingDay:
    """One day with who is coming; `answers` counts their answers to the invite."""

    day: Day
    title: str
    place: str
    visitors: tuple[Visitor, ...]

    @property
    def answers(self) -> Mapping[str, int]:
        """How many gave which answer."""
        return Counter(visitor.reply for visitor in self.visitors)


@dataclass(frozen=True)
class WhoIsComing:
    """The days of a partner: those ahead by date, then those that are over, the last one first.

    Days that were withdrawn, and days gone by on which nobody came, are left out.
    """

    partner_id: int
    name: str
    cohort: str
    decided: bool
    ahead: tuple[ComingDay, ...]
    over: tuple[ComingDay, ...]
    coordinators: tuple[Contact, ...]


@dataclass(frozen=True)
class DaySheet:
    """All that somebody needs who receives the people of one day."""

    programme: str
    cohort: str
    partner: str
    contact_name: str
    contact_phone: str
    what_visitors_do: str
    what_to_know: str
    check_required: str
    coming: ComingDay
    coordinators: tuple[Contact, ...]


def who_is_coming(scope: Scope, partner_id: int, *, now: datetime) -> WhoIsComing:
    """Every day of a partner with who is coming, and with what these need who want it known.

    Whoever is coming has a placement that is not over. That the needs were read goes on record.
    """
    session, partner = scope.session, scope.partner(partner_id)
    decided = decided_in(session, partner.cohort_id)
    slots = session.scalars(
        select(Slot)
        .where(Slot.partner_id == partner.id, Slot.status != "withdrawn")
        .order_by(Slot.starts_at, Slot.id)
    ).all()
    visitors = visitors_on(session, [slot.id for slot in slots])
    ahead = {slot.id for slot in slots if slot.ends_at > now}
    visitors = _with_needs(scope, partner, visitors, ahead, now=now)
    days = [_coming(slot, visitors.get(slot.id, ()), decided=decided, now=now) for slot in slots]
    return WhoIsComing(
        partner_id=partner.id,
        name=partner.name,
        cohort=partner.cohort.name,
        decided=decided or bool(visitors),
        ahead=tuple(day for day in days if day.day.state != "past"),
        over=tuple(day for day in reversed(days) if day.day.state == "past" and day.visitors),
        coordinators=coordinators_of(session, partner),
    )


def sheet_for_partner(scope: Scope, partner_id: int, slot_id: int, *, now: datetime) -> DaySheet:
    """The sheet of a day of the actor's own."""
    partner = scope.partner(partner_id)
    return _sheet(scope, partner, scope.slot_of(partner, slot_id), now=now)


def sheet_for_coordinator(scope: Scope, cohort_id: int, slot_id: int, *, now: datetime) -> DaySheet:
    """The sheet of any day of a cohort that the actor coordinates."""
    slot = scope.slot_in(scope.cohort(cohort_id), slot_id)
    return _sheet(scope, slot.opportunity.partner, slot, now=now)


def _with_needs(
    scope: Scope,
    partner: Partner,
    visitors: Mapping[int, tuple[Visitor, ...]],
    ahead: Collection[int],
    *,
    now: datetime,
) -> dict[int, tuple[Visitor, ...]]:
    """The same people; those of days `ahead` with what they need and want this partner to know."""
    coming = {one.leader_id for slot_id in ahead for one in visitors.get(slot_id, ())}
    needs = access.shared_needs(scope.session, coming)
    if not needs:
        return dict(visitors)
    audit.record(
        scope,
        "read_needs",
        f"partner:{partner.id}",
        at=now,
        cohort_id=partner.cohort_id,
        leaders=sorted(needs),
    )
    return {
        slot_id: tuple(
            replace(one, need=needs.get(one.leader_id, "") if slot_id in ahead else "") for one in there
        )
        for slot_id, there in visitors.items()
    }


def _sheet(scope: Scope, partner: Partner, slot: Slot, *, now: datetime) -> DaySheet:
    visitors = visitors_on(scope.session, [slot.id]).get(slot.id, ())
    return DaySheet(
        programme=partner.cohort.programme.name,
        cohort=partner.cohort.name,
        partner=partner.name,
        contact_name=partner.contact_name,
        contact_phone=partner.phone,
        what_visitors_do=shorten(slot.opportunity.description, LONGEST_ACTIVITY),
        what_to_know=shorten(slot.opportunity.good_to_know(virtual=slot.virtual), LONGEST_NOTES),
        check_required=slot.opportunity.check_required,
        coming=_coming(slot, visitors, decided=decided_in(scope.session, slot.cohort_id), now=now),
        coordinators=coordinators_of(scope.session, partner),
    )


def _coming(slot: Slot, visitors: tuple[Visitor, ...], *, decided: bool, now: datetime) -> ComingDay:
    site = slot.opportunity.site
    return ComingDay(
        day=day_of(slot, decided=decided, now=now),
        title=slot.opportunity.title,
        place=", ".join(part for part in (site.address, site.postcode) if part),
        visitors=visitors,
    )
