"""Sites, opportunities and slots of partners."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from placement.models import Activity, Cohort, Opportunity, Partner, Site, Slot
from tests.factories.clock import FIRST_DAY, FULL_DAY, next_number
from tests.factories.people import make_partner


def make_site(session: Session, *, partner: Partner | None = None, **facts: Any) -> Site:
    """A place of `partner`."""
    partner = partner or make_partner(session)
    defaults = {
        "address": f"{next_number()} High Street, Blackpool",
        "postcode": "FY1 2AB",
        "latitude": 53.8200,
        "longitude": -3.0480,
    }
    site = Site(**(defaults | {"cohort_id": partner.cohort_id, "partner_id": partner.id} | facts))
    session.add(site)
    session.flush()
    return site


def make_opportunity(
    session: Session,
    *,
    cohort: Cohort | None = None,
    partner: Partner | None = None,
    site: Site | None = None,
    **facts: Any,
) -> Opportunity:
    """What `partner` offers at `site`; both are made where none is given."""
    partner = partner or make_partner(session, cohort=cohort)
    site = site or make_site(session, partner=partner)
    number = next_number()
    defaults = {
        "reference": f"opp-{number}",
        "title": f"A morning at the food bank {number}",
        "description": "Sort donations and meet the volunteers.",
        "what_to_know": "Wear flat shoes.",
    }
    keys = {"cohort_id": partner.cohort_id, "partner_id": partner.id, "site_id": site.id}
    opportunity = Opportunity(**(defaults | keys | facts))
    session.add(opportunity)
    session.flush()
    return opportunity


def make_activity(session: Session, *, opportunity: Opportunity, kind: str = "serving_food") -> Activity:
    """Something that visitors do at `opportunity`."""
    activity = Activity(cohort_id=opportunity.cohort_id, opportunity_id=opportunity.id, kind=kind)
    session.add(activity)
    session.flush()
    return activity


def make_slot(
    session: Session,
    *,
    cohort: Cohort | None = None,
    opportunity: Opportunity | None = None,
    starts_at: datetime = FIRST_DAY,
    ends_at: datetime | None = None,
    **facts: Any,
) -> Slot:
    """A day of `opportunity` for one to four leaders; lasts six and a half hours where no end is given."""
    opportunity = opportunity or make_opportunity(session, cohort=cohort)
    defaults = {"reference": f"slot-{next_number()}", "capacity": 4, "minimum": 1}
    keys = {
        "cohort_id": opportunity.cohort_id,
        "partner_id": opportunity.partner_id,
        "opportunity_id": opportunity.id,
        "starts_at": starts_at,
        "ends_at": ends_at or starts_at + FULL_DAY,
    }
    slot = Slot(**(defaults | keys | facts))
    session.add(slot)
    session.flush()
    session.refresh(slot, ["taken"])  # counted by the database
    return slot


def make_slots(session: Session, *, opportunity: Opportunity, days: int, **facts: Any) -> list[Slot]:
    """Slots of one opportunity on `days` dates, a week apart."""
    return [
        make_slot(session, opportunity=opportunity, starts_at=FIRST_DAY + timedelta(weeks=week), **facts)
        for week in range(days)
    ]
