"""What is stored of a cohort, in the shape in which it is compared with the sheets.

Each kind of row is read in one query of its columns, however many rows there are.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.domain.geo import Position
from placement.domain.sheets.cells import sameness
from placement.domain.sheets.differences import Stored
from placement.domain.text import to_london
from placement.models import (
    DateAnswer,
    Leader,
    Opportunity,
    Organisation,
    Partner,
    Preference,
    Site,
    Slot,
    Team,
    User,
)
from placement.services import access

Rows = dict[str, Stored]
"""Stored rows by what they are known by: a name or reference as `sameness` sees it, or an e-mail address."""


@dataclass(frozen=True)
class StoredCohort:
    """Everything of a cohort that the sheets can say, empty for a cohort that is new."""

    partners: Rows = field(default_factory=dict)
    opportunities: Rows = field(default_factory=dict)
    slots: Rows = field(default_factory=dict)
    leaders: Rows = field(default_factory=dict)
    answers: Rows = field(default_factory=dict)
    organisations: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


def read_stored(session: Session, cohort_id: int) -> StoredCohort:
    """Read what is stored of a cohort."""
    leaders = _leaders(session, cohort_id)
    return StoredCohort(
        partners=_partners(session, cohort_id),
        opportunities=_opportunities(session, cohort_id),
        slots=_slots(session, cohort_id),
        leaders=leaders,
        answers=_answers(session, cohort_id, leaders.values()),
        organisations=tuple(
            session.scalars(select(Organisation.name).where(Organisation.cohort_id == cohort_id))
        ),
        teams=tuple(session.scalars(select(Team.name).where(Team.cohort_id == cohort_id))),
    )


def _partners(session: Session, cohort_id: int) -> Rows:
    rows = session.execute(
        select(
            Partner.id,
            Partner.name,
            User.email,
            Partner.theme,
            Partner.contact_name.label("contact"),
            Partner.phone,
            Partner.website,
            Partner.about,
        )
        .join(User, User.id == Partner.user_id)
        .where(Partner.cohort_id == cohort_id)
    )
    return {sameness(row.name): Stored(row.id, row.name, row._asdict()) for row in rows}


def _opportunities(session: Session, cohort_id: int) -> Rows:
    rows = session.execute(
        select(
            Opportunity.id,
            Opportunity.reference,
            Opportunity.site_id,
            Partner.name.label("partner"),
            Opportunity.title,
            Opportunity.check_required.label("dbs"),
            Opportunity.step_free,
            Opportunity.women_only,
            Site.address,
            Site.postcode,
            Site.latitude,
            Site.longitude,
        )
        .join(Partner, Partner.id == Opportunity.partner_id)
        .join(Site, Site.id == Opportunity.site_id)
        .where(Opportunity.cohort_id == cohort_id)
    )
    return {
        sameness(row.reference): Stored(
            row.id, row.reference, row._asdict() | {"position": _position(row.latitude, row.longitude)}
        )
        for row in rows
    }


def _slots(session: Session, cohort_id: int) -> Rows:
    rows = session.execute(
        select(
            Slot.id,
            Slot.reference,
            Opportunity.reference.label("opportunity"),
            Slot.starts_at,
            Slot.ends_at,
            func.coalesce(Slot.wanted_capacity, Slot.capacity).label("capacity"),
            Slot.minimum,
            Slot.taken,
            Slot.status,
        )
        .join(Opportunity, Opportunity.id == Slot.opportunity_id)
        .where(Slot.cohort_id == cohort_id)
    )
    return {
        sameness(row.reference): Stored(
            row.id, row.reference, row._asdict() | _local_hours(row.starts_at, row.ends_at)
        )
        for row in rows
    }


def _local_hours(starts_at: dt.datetime, ends_at: dt.datetime) -> dict[str, object]:
    """Date and hours as a sheet has them; an end on another day is none that a sheet could have."""
    start, end = to_london(starts_at), to_london(ends_at)
    same_day = start.date() == end.date()
    return {"date": start.date(), "start": start.time(), "end": end.time() if same_day else ends_at}


def _leaders(session: Session, cohort_id: int) -> Rows:
    rows = session.execute(
        select(
            Leader.id,
            User.email,
            Leader.name,
            Organisation.name.label("organisation"),
            Leader.sector,
            Leader.role,
            Leader.pay_band,
            Leader.gender,
            Leader.base_postcode,
            Leader.latitude,
            Leader.longitude,
            Leader.check_held.label("dbs"),
            Leader.travel,
            Leader.max_km,
            Leader.days,
            Team.name.label("place_team"),
            Leader.submitted_at,
            Leader.withdrawn_at,
            Leader.matched_as,
        )
        .join(User, User.id == Leader.user_id)
        .outerjoin(Organisation, Organisation.id == Leader.organisation_id)
        .outerjoin(Team, Team.id == Leader.team_id)
        .where(Leader.cohort_id == cohort_id)
    ).all()
    needs = access.read_needs(session, [row.id for row in rows])
    return {
        row.email: Stored(
            row.id,
            row.email,
            row._asdict()
            | {
                "organisation": row.organisation or "",
                "place_team": row.place_team or "",
                "access_needs": needs.get(row.id, ""),
                "position": _position(row.latitude, row.longitude),
            },
        )
        for row in rows
    }


def _answers(session: Session, cohort_id: int, leaders: Iterable[Stored]) -> Rows:
    """What each leader who said anything answered, by e-mail address; `id` is the leader's."""
    choices = _choices(session, cohort_id)
    days = _days(session, cohort_id)
    rows = (
        Stored(
            leader.id,
            leader.name,
            {
                "choices": tuple(choices.get(leader.id, ())),
                "cannot_do": tuple(sorted(days.get((leader.id, "cannot"), ()))),
                "if_need_be": tuple(sorted(days.get((leader.id, "if_need_be"), ()))),
                "submitted_at": leader.values["submitted_at"],
            },
        )
        for leader in leaders
    )
    return {row.name: row for row in rows if any(row.values.values())}


def _choices(session: Session, cohort_id: int) -> dict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    rows = session.execute(
        select(Preference.leader_id, Opportunity.reference)
        .join(Opportunity, Opportunity.id == Preference.opportunity_id)
        .where(Preference.cohort_id == cohort_id)
        .order_by(Preference.leader_id, Preference.rank)
    )
    for leader_id, reference in rows:
        found[leader_id].append(reference)
    return found


def _days(session: Session, cohort_id: int) -> dict[tuple[int, str], list[dt.date]]:
    found: defaultdict[tuple[int, str], list[dt.date]] = defaultdict(list)
    rows = session.execute(
        select(DateAnswer.leader_id, DateAnswer.answer, DateAnswer.date).where(
            DateAnswer.cohort_id == cohort_id
        )
    )
    for leader_id, answer, day in rows:
        found[leader_id, answer].append(day)
    return found


def _position(latitude: float | None, longitude: float | None) -> Position | None:
    return None if latitude is None or longitude is None else Position(latitude, longitude)
