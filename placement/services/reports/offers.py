"""What people are told of an offer, for those who want to change it."""

from dataclasses import dataclass

from placement.services.offer_changes import Contact, OfferWords
from placement.services.offer_versions import of_opportunity, of_partner
from placement.services.scope import Scope


@dataclass(frozen=True)
class OfferShown:
    """An opportunity with its words and place, and whom to ask at its partner."""

    id: int
    cohort_id: int
    title: str
    partner: str
    words: OfferWords
    address: str
    postcode: str
    version: str


def offer(scope: Scope, cohort_id: int, opportunity_id: int) -> OfferShown:
    """One opportunity of a cohort that the actor coordinates."""
    row = scope.opportunity_in(scope.cohort(cohort_id), opportunity_id)
    return OfferShown(
        row.id,
        row.cohort_id,
        row.title,
        row.partner.name,
        OfferWords(row.title, row.what_to_know),
        row.site.address,
        row.site.postcode,
        of_opportunity(row),
    )


@dataclass(frozen=True)
class ContactShown:
    """Whom people ask for at a partner."""

    partner: str
    contact: Contact
    version: str


def contact(scope: Scope, cohort_id: int, partner_id: int) -> ContactShown:
    """Whom people ask for at a partner of such a cohort."""
    row = scope.partner_in(scope.cohort(cohort_id), partner_id)
    return ContactShown(row.name, Contact(row.contact_name, row.phone), of_partner(row))
