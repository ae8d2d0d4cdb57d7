"""What a page showed of a partner, site or opportunity: a form sends it back, so an old page is noticed."""

from hashlib import sha256

from placement.domain.offer_errors import OfferChangedMeanwhile
from placement.models import Opportunity, Partner, Site

PARTNER = ("name", "theme", "contact_name", "phone", "website", "about")
SITE = (
    "name",
    "address",
    "postcode",
    "latitude",
    "longitude",
    "directions",
    "parking",
    "step_free",
)
OPPORTUNITY = (
    "site_id",
    "title",
    "description",
    "what_to_know",
    "check_required",
    "step_free",
    "women_only",
    "status",
    "review_note",
    "who_they_meet",
    "part_taken",
    "lone_working",
    "language",
    "what_to_wear",
    "house_rules",
    "photographs",
    "confidentiality",
)


def of_partner(row: Partner) -> str:
    """The version of a partner's profile."""
    return _version(row, PARTNER)


def of_site(row: Site) -> str:
    """The version of a site."""
    return _version(row, SITE)


def of_opportunity(row: Opportunity) -> str:
    """The version of an opportunity, its activities and its site."""
    return _version(row, OPPORTUNITY, of_site(row.site), *row.kinds)


def refuse_stale(version: str, seen: str | None) -> None:
    """Raise `OfferChangedMeanwhile` where a page showed something else; None where there was no page."""
    if seen is not None and seen != version:
        raise OfferChangedMeanwhile


def _version(row: object, names: tuple[str, ...], *more: str) -> str:
    said = [repr(getattr(row, name)) for name in names]
    return sha256("\0".join([*said, *more]).encode()).hexdigest()[:16]
