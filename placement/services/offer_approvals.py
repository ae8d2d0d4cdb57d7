"""Looking at what partners want to offer: approving it, or sending it back with a note."""

from datetime import datetime

from placement.domain.activities import is_regulated
from placement.domain.offer_errors import OfferNotWaiting, SafeguardingNeeded
from placement.domain.text import clean_text
from placement.models import Opportunity
from placement.services import audit, outbox
from placement.services.cohorts import hold_cohort
from placement.services.mail_links import MailLinks
from placement.services.offer_letters import offer_approved, offer_returned
from placement.services.offer_versions import of_opportunity, refuse_stale
from placement.services.reminders import season_of
from placement.services.scope import Scope


def approve_opportunity(
    scope: Scope,
    cohort_id: int,
    opportunity_id: int,
    *,
    safeguarding_agreed: bool,
    seen: str,
    links: MailLinks,
    now: datetime,
) -> Opportunity:
    """Put an opportunity on offer, and tell its partner; doing so twice is harmless.

    Raises
    ------
    SafeguardingNeeded
        Visitors take part in a regulated activity, and it was not said that the safeguarding lead agrees.
    OfferNotWaiting, OfferChangedMeanwhile
        It was taken back, decided on or changed meanwhile.

    """
    row = _waiting(scope, cohort_id, opportunity_id)
    if row.live:
        return row
    _refuse_decided(row, seen)
    regulated = is_regulated(row.kinds)
    if regulated and not safeguarding_agreed:
        raise SafeguardingNeeded
    row.status, row.decided_at, row.review_note = "live", now, ""
    row.safeguarding_at = now if regulated else None
    row.renewed_at = now
    scope.session.flush()
    outbox.owe(
        scope.session, offer_approved(season_of(scope.session, row.partner.cohort, links), row), now=now
    )
    audit.record(
        scope,
        "approve_opportunity",
        f"opportunity:{row.id}",
        at=now,
        cohort_id=row.cohort_id,
        regulated=regulated,
        safeguarding_agreed=regulated and safeguarding_agreed,
    )
    return row


def return_opportunity(
    scope: Scope,
    cohort_id: int,
    opportunity_id: int,
    *,
    note: str,
    seen: str,
    links: MailLinks,
    now: datetime,
) -> Opportunity:
    """Send an opportunity back to its partner with a note of what is to be changed, and tell them."""
    row = _waiting(scope, cohort_id, opportunity_id)
    _refuse_decided(row, seen)
    row.status, row.decided_at, row.review_note = "returned", now, clean_text(note)
    scope.session.flush()
    outbox.owe(
        scope.session, offer_returned(season_of(scope.session, row.partner.cohort, links), row), now=now
    )
    subject = f"opportunity:{row.id}"
    audit.record(scope, "return_opportunity", subject, at=now, cohort_id=row.cohort_id)
    return row


def _waiting(scope: Scope, cohort_id: int, opportunity_id: int) -> Opportunity:
    cohort = scope.cohort(cohort_id)
    hold_cohort(scope.session, cohort.id)
    row = scope.opportunity_in(cohort, opportunity_id)
    scope.session.refresh(row)
    return row


def _refuse_decided(row: Opportunity, seen: str) -> None:
    if row.status != "waiting":
        raise OfferNotWaiting(title=row.title)
    refuse_stale(of_opportunity(row), seen)
