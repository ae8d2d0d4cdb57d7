"""Everything that is kept about one leader, in sections of rows: for their own page, and to take away."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from placement.domain.states import CONFLICT_WORDS, EVENT_WORDS
from placement.models import (
    Assignment,
    DateAnswer,
    Event,
    EventGuest,
    HeldAnswer,
    Invite,
    Leader,
    Opportunity,
    Placement,
    Preference,
    RefusedOpportunity,
    Reply,
    SeatOffer,
)
from placement.services import audit
from placement.services.about_leader import need_of
from placement.services.conflicts import kept_conflicts
from placement.services.imports.batches import imports_about
from placement.services.reports.subject_days import (
    attended,
    fixed,
    messages,
    reflections,
    said_after,
    swaps,
)
from placement.services.reports.subject_sections import Cell, Section, section
from placement.services.reports.subject_user import mails, records, ways_in
from placement.services.scope import Scope

IMPORTS = "What imports changed about you: the values of before, sealed, for 30 days"


@dataclass(frozen=True)
class Subject:
    """All that is kept about a leader of one cohort. `complete`: the access need is told, too."""

    leader_id: int
    cohort_id: int
    name: str
    cohort: str
    made_at: datetime
    sections: tuple[Section, ...]
    complete: bool
    erased_at: datetime | None


def own_data(scope: Scope, leader_id: int, *, now: datetime) -> Subject:
    """Everything that is kept about the actor in one cohort."""
    return subject_of(scope.session, scope.leader(leader_id), complete=True, now=now)


def data_of(scope: Scope, cohort_id: int, leader_id: int, *, now: datetime) -> Subject:
    """The same for a coordinator, who is not told what somebody needs; the service itself is."""
    leader = scope.leader_of(scope.cohort(cohort_id), leader_id)
    return subject_of(scope.session, leader, complete=scope.everything, now=now)


def export_data(scope: Scope, cohort_id: int, leader_id: int, *, now: datetime) -> Subject:
    """The same to be taken away, which goes on record."""
    found = data_of(scope, cohort_id, leader_id, now=now)
    audit.record(
        scope,
        "export_subject",
        f"leader:{leader_id}",
        at=now,
        cohort_id=cohort_id,
        needs=found.complete,
    )
    return found


def subject_of(session: Session, leader: Leader, *, complete: bool, now: datetime) -> Subject:
    """What is kept about `leader`, in a fixed number of queries."""
    return Subject(
        leader_id=leader.id,
        cohort_id=leader.cohort_id,
        name=leader.name,
        cohort=leader.cohort.name,
        made_at=now,
        sections=(
            _about(leader),
            _need(session, leader, complete=complete),
            _conflicts(session, leader),
            _choices(session, leader),
            _refused(session, leader),
            _dates(session, leader),
            _days(session, leader),
            _offered(session, leader),
            swaps(session, leader),
            attended(session, leader),
            said_after(session, leader),
            *([reflections(session, leader)] if complete else []),
            fixed(session, leader),
            _events(session, leader),
            _answers(session, leader),
            mails(session, leader.user.email, leader.cohort_id),
            messages(session, leader),
            _replies(session, leader),
            ways_in(session, leader.user_id),
            section("imports", IMPORTS, ("Imported", "Facts kept"), imports_about(session, leader.id)),
            records(session, f"leader:{leader.id}", leader.user_id),
        ),
        complete=complete,
        erased_at=leader.erased_at,
    )


def _about(leader: Leader) -> Section:
    facts: dict[str, Cell] = {
        "Name": leader.name,
        "E-mail address": leader.user.email,
        "Organisation": leader.organisation.name if leader.organisation else "",
        "Sector": leader.sector,
        "Team": leader.team.name if leader.team else "",
        "Role": leader.role,
        "Pay band": leader.pay_band,
        "Gender": leader.gender,
        "Postcode you start from": leader.base_postcode,
        "Whose postcode that is": leader.postcode_kind or "",
        "Latitude": f"{leader.latitude:.4f}" if leader.latitude is not None else "",
        "Longitude": f"{leader.longitude:.4f}" if leader.longitude is not None else "",
        "Furthest you travel, in km": f"{leader.max_km:g}" if leader.max_km is not None else "",
        "Car for the day": "no car" if leader.no_car else "not said to be without one",
        "How you travel": leader.travel,
        "DBS check you have": "no check" if leader.check_held == "none" else leader.check_held,
        "Days to be given": leader.days,
        "You checked these facts": leader.checked_at,
        "Your organisation signed off your name": leader.signed_off_at,
        "You sent your answers": leader.submitted_at,
        "You left the cohort": leader.withdrawn_at,
        "Address in match runs": leader.match_id,
        "Mail has come back since": leader.user.bounced_at,
        "Why it came back": leader.user.bounce_reason,
    }
    said = ((name, value) for name, value in facts.items() if value not in ("", None))
    return section("about", "About you", ("What", "Kept"), said)


def _need(session: Session, leader: Leader, *, complete: bool) -> Section:
    need = need_of(session, leader)
    text = need.text if complete else "Kept encrypted, and not shown here"
    rows = [(text, need.shared)] if need.text else []
    return section("access_need", "Access needs", ("What you need", "Your partner may know"), rows)


def _conflicts(session: Session, leader: Leader) -> Section:
    return section(
        "conflicts",
        "Conflicts of interest",
        ("Charity", "What you are to it", "Said by", "When", "Note"),
        (
            (one.partner, CONFLICT_WORDS[one.kind], one.said_by, one.said_at, one.note)
            for one in kept_conflicts(session, leader)
        ),
    )


def _choices(session: Session, leader: Leader) -> Section:
    query = (
        select(Preference.rank, Opportunity.title)
        .join(Opportunity, Opportunity.id == Preference.opportunity_id)
        .where(Preference.leader_id == leader.id)
        .order_by(Preference.rank)
    )
    return section("choices", "Choices", ("Choice", "Placement"), session.execute(query))


def _refused(session: Session, leader: Leader) -> Section:
    query = (
        select(Opportunity.title, RefusedOpportunity.refused_at)
        .join(Opportunity, Opportunity.id == RefusedOpportunity.opportunity_id)
        .where(RefusedOpportunity.leader_id == leader.id)
        .order_by(RefusedOpportunity.id)
    )
    columns = ("Placement", "When")
    return section("refused", "Placements you would not go to", columns, session.execute(query))


def _dates(session: Session, leader: Leader) -> Section:
    query = select(DateAnswer).where(DateAnswer.leader_id == leader.id).order_by(DateAnswer.date)
    rows = ((row.date.isoformat(), row.answer.replace("_", " ")) for row in session.scalars(query))
    return section("dates", "Dates", ("Date", "Answer"), rows)


def _days(session: Session, leader: Leader) -> Section:
    query = select(Placement).where(Placement.leader_id == leader.id).order_by(Placement.starts_at)
    query = query.options(joinedload(Placement.slot))
    proposed = session.scalar(
        select(func.count(Assignment.match_run_id.distinct())).where(Assignment.leader_id == leader.id)
    )
    rows: list[tuple[Cell, ...]] = [
        (row.slot.opportunity.title, row.starts_at, row.rank, row.status)
        for row in session.scalars(query).unique()
    ]
    if proposed:
        rows.append(("Match runs that proposed a day for you", None, proposed, ""))
    return section("days", "Placement days", ("Placement", "When", "Choice, or number", "State"), rows)


def _offered(session: Session, leader: Leader) -> Section:
    query = select(SeatOffer).where(SeatOffer.leader_id == leader.id).order_by(SeatOffer.id)
    rows = (
        (row.slot.opportunity.title, row.offered_at, row.expires_at, row.state, row.settled_at)
        for row in session.scalars(query)
    )
    columns = ("Placement", "Offered", "Until", "State", "Ended")
    return section("seat_offers", "Seats that were offered to you", columns, rows)


def _events(session: Session, leader: Leader) -> Section:
    query = (
        select(Event.kind, Event.title, Event.starts_at, EventGuest.removed_at)
        .join(EventGuest, EventGuest.event_id == Event.id)
        .where(EventGuest.leader_id == leader.id)
        .order_by(Event.starts_at)
    )
    rows = (
        (EVENT_WORDS[kind], title, starts_at, removed_at)
        for kind, title, starts_at, removed_at in session.execute(query)
    )
    return section("events", "Events you are invited to", ("Kind", "Event", "When", "Taken off"), rows)


def _answers(session: Session, leader: Leader) -> Section:
    query = (
        select(HeldAnswer.given_at, HeldAnswer.partstat, HeldAnswer.way, HeldAnswer.note)
        .join(Invite, Invite.id == HeldAnswer.invite_id)
        .where(Invite.leader_id == leader.id)
        .order_by(HeldAnswer.id)
    )
    rows = ((at, partstat.lower(), way, note) for at, partstat, way, note in session.execute(query))
    return section("answers", "Answers to invites", ("When", "Answer", "How", "Your words"), rows)


def _replies(session: Session, leader: Leader) -> Section:
    query = (
        select(Reply.received_at, Reply.sender, Reply.action, Reply.comment)
        .outerjoin(Invite, Invite.id == Reply.invite_id)
        .where(or_(Invite.leader_id == leader.id, Reply.sender == leader.user.email))
        .order_by(Reply.id)
    )
    columns = ("Received", "From", "What was done with it", "Your words")
    return section("replies", "E-mails from you", columns, session.execute(query))
