"""What a calendar feed holds now: rows of facts, and the days that are made from them when asked for.

The facts alone say whether anything has changed, so that a program which has the newest days already is told
so without making them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, or_, select
from sqlalchemy.orm import Session

from placement.domain import feeds as words
from placement.domain.feeds import CANCELLED_KEPT, PAST_KEPT, FeedEntry, slot_uid
from placement.domain.good_to_know import good_to_know
from placement.domain.sender import Sender
from placement.models import Invite, Leader, Opportunity, Organisation, Partner, Placement, Site, Slot
from placement.services.reports.event_feed import (
    event_of_cohort,
    events_of_cohort,
    events_of_leader,
    own_event,
)
from placement.services.scope import Scope

AnyRow = Row[*tuple[Any, ...]]
Rows = Sequence[AnyRow]

KNOWN = (
    Opportunity.what_to_know,
    Opportunity.what_to_wear,
    Opportunity.house_rules,
    Opportunity.photographs,
    Opportunity.confidentiality,
    Site.directions,
    Site.parking,
)
"""What somebody should know before they come, under the names of `good_to_know`."""

STANDS = Placement.status == "confirmed"
PLACE = (
    Opportunity.title,
    Partner.name.label("partner"),
    Site.address,
    Site.postcode,
    Site.latitude,
    Site.longitude,
)


@dataclass(frozen=True)
class FeedContents:
    """A feed as it is now.

    `facts` are all rows that it shows, `entries` makes its days from them; `changed_at` is the newest stamp
    of any day, `until` when the first of them leaves the feed by itself, both None without days.
    """

    name: str
    sender: Sender
    facts: tuple[Rows, ...]
    changed_at: datetime | None
    until: datetime | None
    entries: Callable[[], list[FeedEntry]]

    def digest(self, form: str) -> str:
        """A hash of everything shown, and of the `form` in which it is written."""
        installation = (self.sender.domain, self.sender.base_url)
        said = [form, *installation, self.name, *(repr(tuple(row)) for rows in self.facts for row in rows)]
        return sha256("\0".join(said).encode()).hexdigest()


def feed_contents(
    scope: Scope, purpose: str, subject_id: int, *, sender: Sender, now: datetime
) -> FeedContents:
    """What the actor's feed of these days holds; `NotFound` where they are not (or no longer) the actor's."""
    return CONTENTS[purpose](scope, subject_id, sender, now)


def _own_days(scope: Scope, leader_id: int, sender: Sender, now: datetime) -> FeedContents:
    """A leader's own days, under the names and numbers of the mails."""
    leader = scope.leader(leader_id)
    rows = scope.session.execute(_of_leader(leader.id, now=now)).all()
    page = sender.link(f"/leader/{leader.id}/placement")
    events = events_of_leader(scope.session, leader.id, now=now)
    return FeedContents(
        name=f"My placements: {leader.cohort.name}",
        sender=sender,
        facts=(rows, events),
        changed_at=_newest([*rows, *events]),
        until=_first_to_leave([*rows, *events]),
        entries=lambda: [
            *(_own_day(row, page) for row in rows),
            *(own_event(row, leader_id=leader.id, sender=sender) for row in events),
        ],
    )


def _days_at_partner(scope: Scope, partner_id: int, sender: Sender, now: datetime) -> FeedContents:
    """The days at a partner's sites, with who is coming."""
    partner = scope.partner(partner_id)
    rows = scope.session.execute(_of_slots(Slot.partner_id == partner.id, now=now)).all()
    places = _places(scope.session, Opportunity.partner_id == partner.id, rows)
    people = _people(scope.session, partner.id, rows)
    entry = partial(_day_at_partner, partner_id=partner.id, sender=sender)
    return FeedContents(
        name=f"{partner.name}: visitors, {partner.cohort.name}",
        sender=sender,
        facts=(rows, places, people),
        changed_at=_newest(rows),
        until=_first_to_leave(rows),
        entries=lambda: [entry(*facts) for facts in _put_together(rows, places, people)],
    )


def _days_of_cohort(scope: Scope, cohort_id: int, sender: Sender, now: datetime) -> FeedContents:
    """All days of a cohort, with how full they are."""
    cohort = scope.cohort(cohort_id)
    rows = scope.session.execute(_of_slots(Slot.cohort_id == cohort.id, now=now)).all()
    places = _places(scope.session, Opportunity.cohort_id == cohort.id, rows)
    events = events_of_cohort(scope.session, cohort.id, now=now)
    entry = partial(_day_of_cohort, cohort_id=cohort.id, sender=sender)
    return FeedContents(
        name=f"Placement days: {cohort.name}",
        sender=sender,
        facts=(rows, places, events),
        changed_at=_newest([*rows, *events]),
        until=_first_to_leave([*rows, *events]),
        entries=lambda: [
            *(entry(row, place) for row, place, _ in _put_together(rows, places, ())),
            *(event_of_cohort(row, cohort_id=cohort.id, sender=sender) for row in events),
        ],
    )


CONTENTS: dict[str, Callable[[Scope, int, Sender, datetime], FeedContents]] = {
    "leader": _own_days,
    "partner": _days_at_partner,
    "coordinator": _days_of_cohort,
}


def _of_leader(leader_id: int, *, now: datetime) -> Select[*tuple[Any, ...]]:
    """The placements of one leader that stand or were cancelled of late, with their invites."""
    return (
        select(
            Invite.uid,
            Invite.sequence,
            Invite.dtstamp,
            Invite.created_at,
            Placement.status,
            Placement.cancelled_at.label("left_at"),
            Slot.starts_at,
            Slot.ends_at,
            Slot.joining_link,
            *PLACE,
            Partner.contact_name,
            Partner.phone,
            *KNOWN,
        )
        .select_from(Invite)
        .join(Placement, Placement.id == Invite.placement_id)
        .join(Slot, Slot.id == Placement.slot_id)
        .join(Opportunity, Opportunity.id == Slot.opportunity_id)
        .join(Partner, Partner.id == Opportunity.partner_id)
        .join(Site, Site.id == Opportunity.site_id)
        .where(
            Placement.leader_id == leader_id,
            Slot.ends_at > now - PAST_KEPT,
            or_(STANDS, Placement.cancelled_at > now - CANCELLED_KEPT),
        )
        .order_by(Slot.starts_at, Placement.id)
    )


def _of_slots(which: ColumnElement[bool], *, now: datetime) -> Select[*tuple[Any, ...]]:
    """The slots on which somebody is coming, or was until of late.

    SEQUENCE counts who joined, who left and what they were told: no row of these is ever taken away, so it
    never falls.
    """
    coming = func.count(Placement.id).filter(STANDS)
    left = func.count(Placement.id).filter(Placement.status == "cancelled")
    told = func.coalesce(func.sum(Invite.revision), 0)
    return (
        select(
            Slot.id,
            Slot.opportunity_id,
            Slot.starts_at,
            Slot.ends_at,
            Slot.capacity,
            Slot.joining_link,
            coming.label("coming"),
            (func.count(Placement.id) - 1 + left + told).label("sequence"),
            func.max(func.coalesce(Invite.dtstamp, Placement.confirmed_at)).label("dtstamp"),
            func.min(Placement.confirmed_at).label("created_at"),
            case((coming == 0, func.max(Placement.cancelled_at))).label("left_at"),
        )
        .select_from(Slot)
        .join(Placement, Placement.slot_id == Slot.id)
        .outerjoin(Invite, Invite.placement_id == Placement.id)
        .where(which, Slot.ends_at > now - PAST_KEPT)
        .group_by(Slot.id)
        .having(or_(coming > 0, func.max(Placement.cancelled_at) > now - CANCELLED_KEPT))
        .order_by(Slot.starts_at, Slot.id)
    )


def _places(session: Session, which: ColumnElement[bool], slots: Rows) -> Rows:
    """What and where the `slots` are, by opportunity."""
    shown = {row.opportunity_id for row in slots}
    return [row for row in session.execute(_places_query(which)) if row.id in shown]


def _places_query(which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(Opportunity.id, *PLACE)
        .select_from(Opportunity)
        .join(Partner, Partner.id == Opportunity.partner_id)
        .join(Site, Site.id == Opportunity.site_id)
        .where(which)
        .order_by(Opportunity.id)
    )


def _people(session: Session, partner_id: int, slots: Rows) -> Rows:
    """Who is coming on the `slots` of a partner: name and organisation, nothing else."""
    shown = {row.id for row in slots}
    return [row for row in session.execute(_people_query(partner_id)) if row.slot_id in shown]


def _people_query(partner_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(Placement.slot_id, Leader.name, func.coalesce(Organisation.name, "").label("organisation"))
        .select_from(Placement)
        .join(Slot, Slot.id == Placement.slot_id)
        .join(Leader, Leader.id == Placement.leader_id)
        .outerjoin(Organisation, Organisation.id == Leader.organisation_id)
        .where(Slot.partner_id == partner_id, STANDS)
        .order_by(Placement.slot_id, Leader.name, Leader.id)
    )


def _put_together(slots: Rows, places: Rows, people: Rows) -> list[tuple[AnyRow, AnyRow, Rows]]:
    """Each slot with its place and with who is coming."""
    place_of = {row.id: row for row in places}
    coming: dict[int, list[AnyRow]] = {row.id: [] for row in slots}
    for person in people:
        coming[person.slot_id].append(person)
    return [(slot, place_of[slot.opportunity_id], coming[slot.id]) for slot in slots]


def _newest(rows: Rows) -> datetime | None:
    return max((row.dtstamp for row in rows), default=None)


def _first_to_leave(rows: Rows) -> datetime | None:
    """When the first of the days is too long over, or too long cancelled, to be shown."""
    over = (row.ends_at + PAST_KEPT for row in rows)
    cancelled = (row.left_at + CANCELLED_KEPT for row in rows if row.left_at)
    return min((*over, *cancelled), default=None)


def _own_day(row: AnyRow, page: str) -> FeedEntry:
    cancelled = row.status == "cancelled"
    return FeedEntry(
        uid=row.uid,
        cancelled=cancelled,
        summary=words.summary_for_leader(row.title, row.partner, cancelled=cancelled),
        notes=words.notes_for_leader((row.contact_name, row.phone), _known(row), cancelled=cancelled),
        page_url=page,
        **_when(row),
        **_where(row, row.joining_link),
    )


def _day_at_partner(
    slot: AnyRow, place: AnyRow, people: Rows, *, partner_id: int, sender: Sender
) -> FeedEntry:
    return FeedEntry(
        uid=slot_uid(slot.id, "partner", sender.domain),
        cancelled=not slot.coming,
        summary=words.summary_for_partner(place.title, slot.coming),
        notes=words.notes_for_partner((person.name, person.organisation) for person in people),
        page_url=sender.link(f"/partner/{partner_id}/days/{slot.id}"),
        **_when(slot),
        **_where(place, slot.joining_link),
    )


def _day_of_cohort(slot: AnyRow, place: AnyRow, *, cohort_id: int, sender: Sender) -> FeedEntry:
    return FeedEntry(
        uid=slot_uid(slot.id, "coordinator", sender.domain),
        cancelled=not slot.coming,
        summary=words.summary_for_coordinator(place.title, place.partner, slot.coming, slot.capacity),
        notes=words.notes_for_coordinator(slot.coming, slot.capacity),
        page_url=sender.link(f"/coordinator/{cohort_id}/days/{slot.id}"),
        **_when(slot),
        **_where(place, slot.joining_link),
    )


def _known(row: AnyRow) -> str:
    """What to know before one comes, as the mails tell it."""
    told = {column.key: getattr(row, column.key) for column in KNOWN}
    return good_to_know(**told, virtual=bool(row.joining_link))


def _when(row: AnyRow) -> dict[str, Any]:
    names = ("sequence", "dtstamp", "created_at", "starts_at", "ends_at")
    return {name: getattr(row, name) for name in names}


def _where(row: AnyRow, joining_link: str | None) -> dict[str, Any]:
    """Where people go; a day that is held online has a link in place of an address."""
    if joining_link:
        nowhere = {"address": "", "postcode": "", "latitude": None, "longitude": None}
        return {"partner": row.partner, **nowhere, "joining_link": joining_link}
    names = ("partner", "address", "postcode", "latitude", "longitude")
    return {name: getattr(row, name) for name in names}
