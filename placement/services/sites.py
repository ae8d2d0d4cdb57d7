"""The places of a partner, kept by the partner: where they are, how to get there, how to get in."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.domain.geo import Position
from placement.domain.offer_errors import SiteKnown
from placement.domain.sender import Sender
from placement.domain.text import clean_line, clean_text
from placement.models import Opportunity, Partner, Site
from placement.services import audit
from placement.services.cohorts import hold_cohort
from placement.services.offer_effects import Change, carry_out, preview, to_come
from placement.services.offer_versions import of_site, refuse_stale
from placement.services.reports.effects import Effect
from placement.services.scope import Scope


@dataclass(frozen=True)
class SiteFacts:
    """What a partner says of a site; `position` (WGS84 degrees) is None where nobody knows it."""

    name: str
    address: str
    postcode: str
    position: Position | None
    directions: str
    parking: str
    step_free: bool | None


def sites_of(scope: Scope, partner_id: int) -> list[Site]:
    """The sites of a partner, by name and address."""
    partner = scope.partner(partner_id)
    rows = scope.session.scalars(select(Site).where(Site.partner_id == partner.id))
    return sorted(rows, key=lambda row: ((row.name or row.address).casefold(), row.id))


def add_site(scope: Scope, partner_id: int, *, facts: SiteFacts, now: datetime) -> Site:
    """Add a site of a partner; the same facts again give the site that is there.

    Raises `SiteKnown` where another one has the address.
    """
    partner = scope.partner(partner_id)
    session, cleaned = scope.session, _cleaned(facts)
    hold_cohort(session, partner.cohort_id)
    if (known := _with_address(session, partner, cleaned)) is not None:
        if facts_of(known) == cleaned:
            return known
        raise SiteKnown
    site = Site(cohort_id=partner.cohort_id, partner_id=partner.id)
    _write(site, cleaned)
    session.add(site)
    session.flush()
    audit.record(scope, "add_site", f"site:{site.id}", at=now, cohort_id=partner.cohort_id)
    return site


def preview_site(
    scope: Scope,
    partner_id: int,
    site_id: int,
    *,
    facts: SiteFacts,
    same: bool,
    seen: str,
    sender: Sender,
    now: datetime,
) -> Effect:
    """What `change_site` would do; nothing is written."""
    partner, site = _found(scope, partner_id, site_id, facts, seen)
    offers = _offers_at(scope.session, site)
    there = to_come(scope.session, partner.cohort, [row.id for row in offers], now=now)
    make = partial(_change, site, offers, _cleaned(facts), same=same)
    return preview(scope.session, partner.cohort, there, make, sender=sender, now=now)


def change_site(
    scope: Scope,
    partner_id: int,
    site_id: int,
    *,
    facts: SiteFacts,
    same: bool,
    seen: str,
    sender: Sender,
    now: datetime,
) -> Effect:
    """Change a site for everything that takes place there.

    Where people go to another place (`same` is False) their calendar entries move and they are asked again;
    otherwise the entries read anew, and answers stand. Raises `SiteKnown` and `OfferChangedMeanwhile`.
    """
    hold_cohort(scope.session, scope.partner(partner_id).cohort_id)
    partner, site = _found(scope, partner_id, site_id, facts, seen)
    offers = _offers_at(scope.session, site)
    there = to_come(scope.session, partner.cohort, [row.id for row in offers], now=now)
    make = partial(_change, site, offers, _cleaned(facts), same=same)
    return carry_out(scope, partner.cohort, there, make, sender=sender, now=now)


def facts_of(site: Site) -> SiteFacts:
    """What is known of a site."""
    known = site.latitude is not None and site.longitude is not None
    return SiteFacts(
        name=site.name,
        address=site.address,
        postcode=site.postcode,
        position=Position(site.latitude or 0.0, site.longitude or 0.0) if known else None,
        directions=site.directions,
        parking=site.parking,
        step_free=site.step_free,
    )


def _found(scope: Scope, partner_id: int, site_id: int, facts: SiteFacts, seen: str) -> tuple[Partner, Site]:
    partner = scope.partner(partner_id)
    site = scope.site_of(partner, site_id)
    refuse_stale(of_site(site), seen)
    known = _with_address(scope.session, partner, _cleaned(facts))
    if known is not None and known.id != site.id:
        raise SiteKnown
    return partner, site


def _with_address(session: Session, partner: Partner, facts: SiteFacts) -> Site | None:
    return session.scalars(
        select(Site).where(
            Site.partner_id == partner.id,
            func.lower(Site.address) == func.lower(facts.address),
            Site.postcode == facts.postcode,
        )
    ).first()


def _offers_at(session: Session, site: Site) -> list[Opportunity]:
    return list(session.scalars(select(Opportunity).where(Opportunity.site_id == site.id)))


def _cleaned(facts: SiteFacts) -> SiteFacts:
    return replace(
        facts,
        name=clean_line(facts.name),
        address=clean_line(facts.address),
        directions=clean_text(facts.directions),
        parking=clean_text(facts.parking),
    )


def _change(site: Site, offers: list[Opportunity], facts: SiteFacts, *, same: bool) -> Change:
    before = facts_of(site)
    said = _said(before, facts)
    moves = (before.address, before.postcode) != (facts.address, facts.postcode) and not same
    _write(site, facts)
    if facts.step_free is not None and facts.step_free != before.step_free:
        for row in offers:
            row.step_free = facts.step_free
    return Change(facts.name or facts.address, said, "change_site", f"site:{site.id}", moves=moves)


def _said(before: SiteFacts, after: SiteFacts) -> list[str]:
    said = []
    if (before.address, before.postcode) != (after.address, after.postcode):
        said.append(f"The place was {_where(before)} and is {_where(after)}.")
    elif before.position != after.position:
        said.append("The place has another spot on the map.")
    for name, words in (
        ("name", "The name of the site is another one."),
        ("directions", "How to find it is another text."),
        ("parking", "Where to park is another text."),
    ):
        if getattr(before, name) != getattr(after, name):
            said.append(words)
    if before.step_free != after.step_free:
        said.append(
            "People can get in and around without steps."
            if after.step_free
            else "People cannot get in and around without steps: whoever needs that is sent elsewhere."
        )
    return said


def _write(site: Site, facts: SiteFacts) -> None:
    site.name, site.address, site.postcode = facts.name, facts.address, facts.postcode
    site.directions, site.parking, site.step_free = facts.directions, facts.parking, facts.step_free
    place = facts.position
    site.latitude, site.longitude = (place.latitude, place.longitude) if place else (None, None)


def _where(facts: SiteFacts) -> str:
    return ", ".join(filter(None, (facts.address, facts.postcode)))
