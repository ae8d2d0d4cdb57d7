"""Everything that is kept about a partner's contact in one cohort: for their own page, and to take away."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.hosting import TOLD_REASONS
from placement.models import Feedback, Opportunity, Partner, PartnerMessage, Site, Slot, Withdrawal
from placement.services.reports.partner import Contact, coordinators_of
from placement.services.reports.subject_sections import Cell, Section, section
from placement.services.reports.subject_user import mails, records, ways_in
from placement.services.scope import Scope


@dataclass(frozen=True)
class PartnerData:
    """All that is kept; `coordinators` are whom to ask to have it erased."""

    partner_id: int
    name: str
    cohort: str
    made_at: datetime
    sections: tuple[Section, ...]
    coordinators: tuple[Contact, ...]


def own_partner_data(scope: Scope, partner_id: int, *, now: datetime) -> PartnerData:
    """Everything that is kept about the actor as the contact of a partner, in a fixed number of queries."""
    session, partner = scope.session, scope.partner(partner_id)
    return PartnerData(
        partner_id=partner.id,
        name=partner.name,
        cohort=partner.cohort.name,
        made_at=now,
        sections=(
            _about(partner),
            _sites(session, partner),
            _offers(session, partner),
            _days(session, partner),
            _withdrawals(session, partner),
            _messages(session, partner),
            _feedback(session, partner),
            mails(session, partner.user.email, partner.cohort_id),
            ways_in(session, partner.user_id),
            records(session, f"partner:{partner.id}", partner.user_id),
        ),
        coordinators=coordinators_of(session, partner),
    )


def _about(partner: Partner) -> Section:
    facts: dict[str, Cell] = {
        "Organisation": partner.name,
        "Contact": partner.contact_name,
        "E-mail address": partner.user.email,
        "Name of the mailbox": partner.user.name,
        "Telephone": partner.phone,
        "Website": partner.website,
        "Theme": partner.theme,
        "About you": partner.about,
        "Most people over all days": partner.capacity_overall,
        "Days of rest between two days": partner.rest_days,
        "Mail has come back since": partner.user.bounced_at,
        "Why it came back": partner.user.bounce_reason,
    }
    said = ((name, value) for name, value in facts.items() if value not in ("", None))
    return section("about", "About you", ("What", "Kept"), said)


def _sites(session: Session, partner: Partner) -> Section:
    query = (
        select(Site.name, Site.address, Site.postcode, Site.directions, Site.parking)
        .where(Site.partner_id == partner.id)
        .order_by(Site.id)
    )
    columns = ("Name", "Address", "Postcode", "Directions", "Parking")
    return section("sites", "Your places", columns, session.execute(query))


def _offers(session: Session, partner: Partner) -> Section:
    query = (
        select(Opportunity.title, Opportunity.status, Opportunity.renewed_at, Opportunity.review_note)
        .where(Opportunity.partner_id == partner.id)
        .order_by(Opportunity.id)
    )
    columns = ("Placement", "State", "You last said that it holds", "A coordinator’s note")
    return section("opportunities", "What you offer", columns, session.execute(query))


def _days(session: Session, partner: Partner) -> Section:
    query = (
        select(Opportunity.title, Slot.starts_at, Slot.status, Slot.taken)
        .join(Opportunity, Opportunity.id == Slot.opportunity_id)
        .where(Slot.partner_id == partner.id)
        .order_by(Slot.starts_at, Slot.id)
    )
    return section("days", "Your days", ("Placement", "When", "State", "People"), session.execute(query))


def _withdrawals(session: Session, partner: Partner) -> Section:
    query = (
        select(Slot.starts_at, Withdrawal.reason, Withdrawal.words, Withdrawal.withdrawn_at)
        .join(Slot, Slot.id == Withdrawal.slot_id)
        .where(Slot.partner_id == partner.id)
        .order_by(Withdrawal.id)
    )
    rows = ((day, TOLD_REASONS[reason], words, at) for day, reason, words, at in session.execute(query))
    columns = ("Day", "Reason", "Your words", "When")
    return section("withdrawals", "Days that you withdrew while people were coming", columns, rows)


def _messages(session: Session, partner: Partner) -> Section:
    query = (
        select(Slot.starts_at, PartnerMessage.text, PartnerMessage.people, PartnerMessage.sent_at)
        .join(Slot, Slot.id == PartnerMessage.slot_id)
        .where(Slot.partner_id == partner.id)
        .order_by(PartnerMessage.id)
    )
    columns = ("Day", "Your words", "To how many", "Sent")
    return section(
        "partner_messages", "What you wrote to everybody who comes", columns, session.execute(query)
    )


def _feedback(session: Session, partner: Partner) -> Section:
    query = (
        select(
            Slot.starts_at,
            Feedback.went,
            Feedback.again,
            Feedback.words,
            Feedback.call_me,
            Feedback.saved_at,
        )
        .join(Slot, Slot.id == Feedback.slot_id)
        .where(Slot.partner_id == partner.id, Feedback.leader_id.is_(None))
        .order_by(Slot.starts_at)
    )
    columns = ("Day", "How it went, of 5", "Host again", "Your words", "Call me", "Saved")
    return section("feedback", "Your feedback", columns, session.execute(query))
