"""Living offers: which of them nobody has confirmed for a while, and a partner's word that they still hold.

An offer is alive when it is made, when its partner adds or changes a day of it, and when they say so.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from placement.domain.mail_errors import MailLinkWrong
from placement.domain.reminders import is_stale
from placement.models import Cohort, MatchRun, Opportunity, Partner, Slot
from placement.services import audit
from placement.services.mail_links import MailLinks
from placement.services.offered import on_offer
from placement.services.scope import Scope


@dataclass(frozen=True)
class StaleOffer:
    """An offer with free days to come that nobody has confirmed since `said_at`."""

    opportunity: Opportunity
    slots: Sequence[Slot]
    said_at: datetime


@dataclass(frozen=True)
class OfferState:
    """One offer on the page that a link opens: its open days to come, and when its partner confirmed it."""

    id: int
    title: str
    days: tuple[tuple[datetime, datetime], ...]
    said_at: datetime | None
    stale: bool


@dataclass(frozen=True)
class Renewal:
    """What a partner is asked about."""

    partner_id: int
    partner: str
    programme: str
    offers: tuple[OfferState, ...]


def stale_offers(session: Session, cohort: Cohort, *, now: datetime) -> list[StaleOffer]:
    """The offers of a cohort that must be asked about; none once places are decided."""
    if _decided(session, cohort.id):
        return []
    found = []
    for opportunity, slots in open_days(session, cohort_id=cohort.id, now=now).items():
        said_at = opportunity.renewed_at or cohort.created_at
        if is_stale(said_at, now=now):
            found.append(StaleOffer(opportunity, slots, said_at))
    return sorted(found, key=lambda offer: (offer.opportunity.partner_id, offer.opportunity.id))


def by_partner(offers: Collection[StaleOffer]) -> Mapping[Partner, list[StaleOffer]]:
    """The offers of each partner."""
    found: defaultdict[Partner, list[StaleOffer]] = defaultdict(list)
    for offer in offers:
        found[offer.opportunity.partner].append(offer)
    return found


def renewal(scope: Scope, token: str, *, links: MailLinks, now: datetime) -> Renewal:
    """What the link of a mail asks a partner; changes nothing. Raises `MailLinkWrong`."""
    partner = _meant(scope.session, token, links, now=now)
    offers = [
        OfferState(
            id=opportunity.id,
            title=opportunity.title,
            days=tuple((slot.starts_at, slot.ends_at) for slot in slots),
            said_at=opportunity.renewed_at,
            stale=is_stale(opportunity.renewed_at or partner.cohort.created_at, now=now),
        )
        for opportunity, slots in open_days(scope.session, partner_id=partner.id, now=now).items()
    ]
    offers.sort(key=lambda offer: (not offer.stale, offer.title.casefold(), offer.id))
    return Renewal(partner.id, partner.name, partner.cohort.programme.name, tuple(offers))


def renew(
    scope: Scope, token: str, opportunity_ids: Collection[int], *, links: MailLinks, now: datetime
) -> int:
    """Note that a partner says of these offers that they are still true; how many of theirs they are.

    Raises `MailLinkWrong`.
    """
    session, partner = scope.session, _meant(scope.session, token, links, now=now)
    offers = session.scalars(
        select(Opportunity)
        .where(Opportunity.partner_id == partner.id, Opportunity.id.in_(opportunity_ids))
        .with_for_update(key_share=True)
    ).all()
    for offer in offers:
        offer.renewed_at = now
    if offers:
        session.flush()
        audit.record(
            scope,
            "renew_offers",
            f"partner:{partner.id}",
            at=now,
            cohort_id=partner.cohort_id,
            offers=[offer.id for offer in offers],
        )
    return len(offers)


def renew_own(scope: Scope, partner_id: int, opportunity_id: int, *, now: datetime) -> Opportunity:
    """Note that an opportunity of the actor's own is still true; again is harmless."""
    partner = scope.partner(partner_id)
    row = scope.opportunity_of(partner, opportunity_id)
    row.renewed_at = now
    scope.session.flush()
    audit.record(
        scope, "renew_offers", f"partner:{partner.id}", at=now, cohort_id=partner.cohort_id, offers=[row.id]
    )
    return row


def _meant(session: Session, token: str, links: MailLinks, *, now: datetime) -> Partner:
    partner = session.get(Partner, links.read_renewal(token, now=now))
    if partner is None:
        raise MailLinkWrong
    return partner


def open_days(
    session: Session, *, now: datetime, cohort_id: int | None = None, partner_id: int | None = None
) -> dict[Opportunity, list[Slot]]:
    """The open days to come of each live opportunity that has any, by date."""
    query = select(Slot).where(Slot.status == "open", Slot.starts_at > now, on_offer())
    query = query.order_by(Slot.starts_at, Slot.id)
    if cohort_id is not None:
        query = query.where(Slot.cohort_id == cohort_id)
    if partner_id is not None:
        query = query.where(Slot.partner_id == partner_id)
    found: defaultdict[Opportunity, list[Slot]] = defaultdict(list)
    for slot in session.scalars(query):
        found[slot.opportunity].append(slot)
    return dict(found)


def _decided(session: Session, cohort_id: int) -> bool:
    confirmed = exists().where(MatchRun.cohort_id == cohort_id, MatchRun.status == "confirmed")
    return bool(session.scalar(select(confirmed)))
