"""What is kept about a leader of placement days: who came, what was said afterwards, what was fixed."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from placement.domain.attendance import PROMPTS
from placement.domain.states import SWAP_REASON_WORDS
from placement.models import (
    Attendance,
    Feedback,
    FixedPair,
    Leader,
    Opportunity,
    PartnerMessage,
    Placement,
    Reflection,
    Slot,
    SwapRequest,
)
from placement.services.reflections import answers_in
from placement.services.reports.subject_sections import Section, section
from placement.services.swap_rows import requests_with_days


def attended(session: Session, leader: Leader) -> Section:
    """How the leader took part in each day."""
    query = (
        select(Slot.starts_at, Attendance.state, Attendance.reason, Attendance.note, Attendance.marked_at)
        .join(Slot, Slot.id == Attendance.slot_id)
        .where(Attendance.leader_id == leader.id)
        .order_by(Slot.starts_at)
    )
    columns = ("Day", "How you took part", "Reason", "Note", "Noted")
    return section("attendance", "Who came", columns, session.execute(query))


def said_after(session: Session, leader: Leader) -> Section:
    """The feedback that the leader gave."""
    query = (
        select(Slot.starts_at, Feedback.went, Feedback.words, Feedback.saved_at)
        .join(Slot, Slot.id == Feedback.slot_id)
        .where(Feedback.leader_id == leader.id)
        .order_by(Slot.starts_at)
    )
    columns = ("Day", "How it went, of 5", "Your words", "Saved")
    return section("feedback", "Your feedback", columns, session.execute(query))


def reflections(session: Session, leader: Leader) -> Section:
    """What the leader wrote, which is told to nobody else who asks for their data."""
    query = select(Reflection).where(Reflection.leader_id == leader.id).order_by(Reflection.id)
    return section(
        "reflections",
        "Your reflections",
        (*PROMPTS.values(), "The partner may read it", "The coordinators may", "Evaluators may", "Saved"),
        (
            (
                *answers_in(session, row).values(),
                row.to_partner,
                row.to_coordinator,
                row.to_evaluators,
                row.saved_at,
            )
            for row in session.scalars(query)
        ),
    )


def messages(session: Session, leader: Leader) -> Section:
    """What partners wrote to all who were to come to a day while the leader was among them."""
    query = (
        select(Slot.starts_at, PartnerMessage.text, PartnerMessage.sent_at)
        .join(Slot, Slot.id == PartnerMessage.slot_id)
        .join(Placement, Placement.slot_id == PartnerMessage.slot_id)
        .where(
            Placement.leader_id == leader.id,
            Placement.confirmed_at <= PartnerMessage.sent_at,
            or_(Placement.cancelled_at.is_(None), Placement.cancelled_at > PartnerMessage.sent_at),
        )
        .order_by(PartnerMessage.id)
    )
    columns = ("Day", "What the partner wrote", "Sent")
    return section(
        "partner_messages", "Messages from partners to everybody who came", columns, session.execute(query)
    )


def _readers(row: Reflection) -> tuple[bool, bool, bool]:
    return row.to_partner, row.to_coordinator, row.to_evaluators


def swaps(session: Session, leader: Leader) -> Section:
    """What the leader asked for instead of a day, and what became of it."""
    query = requests_with_days().where(SwapRequest.leader_id == leader.id).order_by(SwapRequest.id)
    rows = (
        (
            row.placement.slot.opportunity.title,
            row.placement.starts_at,
            SWAP_REASON_WORDS[row.reason],
            row.words,
            ", ".join(row.wish) if row.wish else "Any of your choices",
            row.asked_at,
            row.status,
            row.answer,
            row.settled_at,
        )
        for row in session.scalars(query)
    )
    about = ("Placement", "Day", "Why", "Your words", "Days you would take")
    columns = (*about, "Asked", "State", "Answer", "Ended")
    return section("swap_requests", "Swaps that you asked for", columns, rows)


def fixed(session: Session, leader: Leader) -> Section:
    """What coordinators fixed for the leader or ruled out."""
    query = (
        select(Opportunity.title, FixedPair.kind, FixedPair.reason, FixedPair.made_at)
        .join(Opportunity, Opportunity.id == FixedPair.opportunity_id)
        .where(FixedPair.leader_id == leader.id)
        .order_by(FixedPair.id)
    )
    columns = ("Placement", "Fixed or ruled out", "Reason", "When")
    return section(
        "fixed_places", "Places that a coordinator fixed or ruled out", columns, session.execute(query)
    )
