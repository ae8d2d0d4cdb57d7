"""What partners offer: describing a new opportunity, and checking one before it is saved."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.domain.errors import OpportunityKnown
from placement.domain.geo import Position
from placement.domain.references import next_reference
from placement.domain.states import Check
from placement.domain.text import clean_line, clean_text
from placement.models import Opportunity, Partner, Site
from placement.services import audit
from placement.services.cohorts import hold_cohort
from placement.services.scope import Scope

FIRST_REFERENCE = "OPP01"


@dataclass(frozen=True)
class OpportunityFacts:
    """What a partner says of an opportunity; `position` (WGS84 degrees) is None where nobody knows it."""

    title: str
    description: str
    what_to_know: str
    address: str
    postcode: str
    position: Position | None
    check_required: Check
    step_free: bool
    women_only: bool


def offer_opportunity(
    scope: Scope, partner_id: int, *, facts: OpportunityFacts, now: datetime
) -> Opportunity:
    """Add an opportunity of a partner, at a site that is added with it where it is new.

    The same facts again give the opportunity that is there, so that sending a form twice adds nothing.
    Raises `OpportunityKnown` where another one at that site has the title.
    """
    partner = scope.partner(partner_id)
    session, cleaned = scope.session, _cleaned(facts)
    hold_cohort(session, partner.cohort_id)
    if (known := _known(session, partner, cleaned)) is not None:
        return known
    site = _site(session, partner, cleaned) or _new_site(session, partner, cleaned)
    opportunity = _new_opportunity(session, site, cleaned)
    opportunity.renewed_at = now
    subject = f"opportunity:{opportunity.id}"
    audit.record(scope, "offer_opportunity", subject, at=now, cohort_id=partner.cohort_id)
    return opportunity


def check_opportunity(scope: Scope, partner_id: int, *, facts: OpportunityFacts) -> None:
    """Refuse what `offer_opportunity` would refuse, and save nothing."""
    _known(scope.session, scope.partner(partner_id), _cleaned(facts))


def opportunities_of(scope: Scope, partner_id: int) -> list[Opportunity]:
    """The opportunities of a partner, by title."""
    partner = scope.partner(partner_id)
    query = select(Opportunity).where(Opportunity.partner_id == partner.id)
    return list(scope.session.scalars(query.order_by(Opportunity.title, Opportunity.id)))


def _cleaned(facts: OpportunityFacts) -> OpportunityFacts:
    return replace(
        facts,
        title=clean_line(facts.title),
        description=clean_text(facts.description),
        what_to_know=clean_text(facts.what_to_know),
        address=clean_line(facts.address),
    )


def _known(session: Session, partner: Partner, facts: OpportunityFacts) -> Opportunity | None:
    """The opportunity that these facts describe, if there; refuses others of the same title and site."""
    site = _site(session, partner, facts)
    if site is None:
        return None
    query = select(Opportunity).where(Opportunity.partner_id == partner.id, Opportunity.site_id == site.id)
    for opportunity in session.scalars(query):
        if opportunity.title.casefold() == facts.title.casefold():
            if _facts_of(opportunity, facts.position) != facts:
                raise OpportunityKnown(title=opportunity.title)
            return opportunity
    return None


def _facts_of(opportunity: Opportunity, position: Position | None) -> OpportunityFacts:
    """The facts of a row; the position is not compared, because a site may have been placed more exactly."""
    return OpportunityFacts(
        title=opportunity.title,
        description=opportunity.description,
        what_to_know=opportunity.what_to_know,
        address=opportunity.site.address,
        postcode=opportunity.site.postcode,
        position=position,
        check_required=opportunity.check_required,  # type: ignore[arg-type]  # the database knows the words
        step_free=opportunity.step_free,
        women_only=opportunity.women_only,
    )


def _site(session: Session, partner: Partner, facts: OpportunityFacts) -> Site | None:
    return session.scalars(
        select(Site).where(
            Site.partner_id == partner.id,
            func.lower(Site.address) == func.lower(facts.address),
            Site.postcode == facts.postcode,
        )
    ).first()


def _new_site(session: Session, partner: Partner, facts: OpportunityFacts) -> Site:
    site = Site(
        cohort_id=partner.cohort_id,
        partner_id=partner.id,
        address=facts.address,
        postcode=facts.postcode,
        latitude=facts.position.latitude if facts.position else None,
        longitude=facts.position.longitude if facts.position else None,
    )
    session.add(site)
    session.flush()
    return site


def _new_opportunity(session: Session, site: Site, facts: OpportunityFacts) -> Opportunity:
    taken = session.execute(
        select(Opportunity.reference, Opportunity.partner_id).where(Opportunity.cohort_id == site.cohort_id)
    ).all()
    opportunity = Opportunity(
        cohort_id=site.cohort_id,
        partner_id=site.partner_id,
        site_id=site.id,
        reference=next_reference(
            [reference for reference, _ in taken],
            own=[reference for reference, partner_id in taken if partner_id == site.partner_id],
            first=FIRST_REFERENCE,
        ),
        title=facts.title,
        description=facts.description,
        what_to_know=facts.what_to_know,
        check_required=facts.check_required,
        step_free=facts.step_free,
        women_only=facts.women_only,
    )
    session.add(opportunity)
    session.flush()
    return opportunity
