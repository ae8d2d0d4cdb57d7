"""One opportunity as its partner sees it: what was said of it, what is missing, how it stands, its days."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.models import Leader, Partner, Placement, Site, Slot
from placement.services.offer_versions import of_opportunity, of_partner, of_site
from placement.services.opportunities import OfferFacts, facts_of, has_days, missing_parts
from placement.services.profiles import ProfileFacts, profile_of
from placement.services.reports.partner import Contact, Offer, coordinators_of, decided_in, offer_of
from placement.services.scope import Scope
from placement.services.sites import SiteFacts, sites_of
from placement.services.sites import facts_of as site_facts
from placement.services.slots import closed_reason


@dataclass(frozen=True)
class SiteChoice:
    """A site in one line."""

    id: int
    words: str


@dataclass(frozen=True)
class PartnerPlace:
    """A partner with its sites; `closed` says why nothing new can be offered, None while it can."""

    partner_id: int
    name: str
    cohort: str
    sites: tuple[SiteChoice, ...]
    closed: str | None
    coordinators: tuple[Contact, ...]


@dataclass(frozen=True)
class OpportunityPage:
    """One opportunity; `coming` are the names of who is confirmed on its days to come."""

    place: PartnerPlace
    offer: Offer
    facts: OfferFacts
    site: str
    missing: tuple[str, ...]
    deletable: bool
    coming: tuple[str, ...]
    version: str


@dataclass(frozen=True)
class SitePage:
    """One site with what takes place there."""

    place: PartnerPlace
    id: int
    facts: SiteFacts
    version: str


@dataclass(frozen=True)
class ProfilePage:
    """A partner's profile."""

    place: PartnerPlace
    facts: ProfileFacts
    version: str


def place_of_partner(scope: Scope, partner_id: int, *, now: datetime) -> PartnerPlace:
    """A partner of the actor's, with its sites."""
    partner = scope.partner(partner_id)
    return _place(scope, partner, now=now)


def opportunity_page(scope: Scope, partner_id: int, opportunity_id: int, *, now: datetime) -> OpportunityPage:
    """One opportunity of such a partner."""
    partner = scope.partner(partner_id)
    row = scope.opportunity_of(partner, opportunity_id)
    slots = scope.session.scalars(select(Slot).where(Slot.opportunity_id == row.id)).all()
    facts = facts_of(row)
    return OpportunityPage(
        place=_place(scope, partner, now=now),
        offer=offer_of(row, slots, decided=decided_in(scope.session, partner.cohort_id), now=now),
        facts=facts,
        site=site_words(row.site),
        missing=missing_parts(facts),
        deletable=row.status == "draft" and not has_days(scope.session, row),
        coming=names_on(scope.session, [slot.id for slot in slots if slot.ends_at > now]),
        version=of_opportunity(row),
    )


def site_page(scope: Scope, partner_id: int, site_id: int, *, now: datetime) -> SitePage:
    """One site of such a partner."""
    partner = scope.partner(partner_id)
    site = scope.site_of(partner, site_id)
    return SitePage(_place(scope, partner, now=now), site.id, site_facts(site), of_site(site))


def profile_page(scope: Scope, partner_id: int, *, now: datetime) -> ProfilePage:
    """The profile of such a partner."""
    partner = scope.partner(partner_id)
    return ProfilePage(_place(scope, partner, now=now), profile_of(partner), of_partner(partner))


def names_on(session: Session, slot_ids: Collection[int]) -> tuple[str, ...]:
    """The names of who is confirmed on these slots."""
    names = session.scalars(
        select(Leader.name)
        .join(Placement, Placement.leader_id == Leader.id)
        .where(Placement.slot_id.in_(slot_ids), Placement.status == "confirmed")
    )
    return tuple(sorted(set(names), key=str.casefold))


def site_words(site: Site) -> str:
    """A site in one line: its name, address and postcode."""
    return ", ".join(filter(None, (site.name, site.address, site.postcode)))


def _place(scope: Scope, partner: Partner, *, now: datetime) -> PartnerPlace:
    return PartnerPlace(
        partner_id=partner.id,
        name=partner.name,
        cohort=partner.cohort.name,
        sites=tuple(SiteChoice(site.id, site_words(site)) for site in sites_of(scope, partner.id)),
        closed=closed_reason(scope, partner.cohort, now=now),
        coordinators=coordinators_of(scope.session, partner),
    )
