"""What the partners of a cohort offer, for its coordinators: the list, and one opportunity to look at."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from placement.domain.activities import is_regulated
from placement.models import Opportunity, Slot
from placement.services.offer_versions import of_opportunity
from placement.services.opportunities import OfferFacts, facts_of
from placement.services.reports.opportunity import names_on, site_words
from placement.services.scope import Scope


@dataclass(frozen=True)
class OfferLine:
    """One opportunity in the list; `days` are those still to come, `people` who is confirmed on them."""

    id: int
    reference: str
    title: str
    partner: str
    place: str
    status: str
    check_required: str
    regulated: bool
    days: int
    seats: int
    people: int
    renewed_at: datetime | None
    waiting_since: datetime | None


@dataclass(frozen=True)
class OfferList:
    """All opportunities of a cohort, but for the drafts that only their partners see."""

    cohort_id: int
    cohort: str
    offers: tuple[OfferLine, ...]


@dataclass(frozen=True)
class OfferDetails:
    """One opportunity to be looked at; `coming` are the names of who is confirmed on days to come."""

    cohort_id: int
    id: int
    reference: str
    partner_id: int
    partner: str
    about: str
    contact: str
    email: str
    site: str
    directions: str
    parking: str
    step_free: bool
    facts: OfferFacts
    status: str
    review_note: str
    waiting_since: datetime | None
    decided_at: datetime | None
    safeguarding_at: datetime | None
    renewed_at: datetime | None
    days: tuple[tuple[int, datetime, datetime], ...]
    coming: tuple[str, ...]
    version: str


def offer_list(scope: Scope, cohort_id: int, *, now: datetime) -> OfferList:
    """What is offered, or waits for approval, in a cohort that the actor coordinates."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    rows = session.scalars(
        select(Opportunity)
        .where(Opportunity.cohort_id == cohort.id, Opportunity.status != "draft")
        .options(selectinload(Opportunity.activities))
    ).all()
    slots: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    days = session.execute(
        select(Slot.opportunity_id, Slot.capacity, Slot.wanted_capacity, Slot.taken).where(
            Slot.cohort_id == cohort.id, Slot.status == "open", Slot.ends_at > now
        )
    )
    for opportunity_id, capacity, wanted, taken in days:
        slots[opportunity_id].append((capacity if wanted is None else wanted, taken))
    return OfferList(cohort.id, cohort.name, tuple(_line(row, slots[row.id]) for row in rows))


def offer_details(scope: Scope, cohort_id: int, opportunity_id: int, *, now: datetime) -> OfferDetails:
    """One opportunity of such a cohort."""
    cohort = scope.cohort(cohort_id)
    row = scope.opportunity_in(cohort, opportunity_id)
    slots = scope.session.scalars(
        select(Slot)
        .where(Slot.opportunity_id == row.id, Slot.status == "open", Slot.ends_at > now)
        .order_by(Slot.starts_at, Slot.id)
    ).all()
    partner, site = row.partner, row.site
    return OfferDetails(
        cohort_id=cohort.id,
        id=row.id,
        reference=row.reference,
        partner_id=partner.id,
        partner=partner.name,
        about=partner.about,
        contact=", ".join(filter(None, (partner.contact_name, partner.phone))),
        email=partner.user.email,
        site=site_words(site),
        directions=site.directions,
        parking=site.parking,
        step_free=row.step_free,
        facts=facts_of(row),
        status=row.status,
        review_note=row.review_note,
        waiting_since=row.waiting_since,
        decided_at=row.decided_at,
        safeguarding_at=row.safeguarding_at,
        renewed_at=row.renewed_at,
        days=tuple((slot.id, slot.starts_at, slot.ends_at) for slot in slots),
        coming=names_on(scope.session, [slot.id for slot in slots]),
        version=of_opportunity(row),
    )


def _line(row: Opportunity, days: list[tuple[int, int]]) -> OfferLine:
    return OfferLine(
        id=row.id,
        reference=row.reference,
        title=row.title,
        partner=row.partner.name,
        place=site_words(row.site),
        status=row.status,
        check_required=row.check_required,
        regulated=is_regulated(row.kinds),
        days=len(days),
        seats=sum(seats for seats, _ in days),
        people=sum(taken for _, taken in days),
        renewed_at=row.renewed_at,
        waiting_since=row.waiting_since,
    )
