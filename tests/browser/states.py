"""Everybody and everything that an address can name, in each state in which a page can be found.

`STATES` says how each is made. Its first is the crowd of the route matrix, so that a page which is new there
is looked at here as well; the ids of an address are filled by their names.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, Table, select, update
from sqlalchemy.orm import Session

from placement.db import UtcDateTime, db
from placement.models import (
    Cohort,
    FixedPair,
    Invite,
    Leader,
    Message,
    Opportunity,
    Organisation,
    Partner,
    Placement,
    Reflection,
    Reply,
    SeatOffer,
    Slot,
    User,
)
from placement.services import withdrawals
from placement.services.access import record_need
from placement.services.scope import Scope
from tests.factories.attendance import make_attendance, make_feedback
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.conflicts import make_conflict
from tests.factories.fixing import make_fixing_step
from tests.factories.opportunities import make_opportunity, make_site, make_slot
from tests.factories.people import make_coordinator, make_leader, make_partner, make_user
from tests.factories.placements import make_invite, make_placement
from tests.factories.programmes import make_cohort
from tests.factories.signing_in import make_feed, make_second_step
from tests.factories.swaps import make_swap_request
from tests.services.small_cohort import SENDER
from tests.web.cohort_states import STATES as COHORT_STATES
from tests.web.crowd import make_crowd

ROLES = ("leader", "partner", "coordinator", "viewer", "signed out")
WEEK = timedelta(weeks=1)
NEVER_CHANGED = "audit_event"


@dataclass(frozen=True)
class People:
    """The e-mail address of each visitor, and ids by the name that addresses give them."""

    emails: Mapping[str, str]
    ids: Mapping[str, int] = field(default_factory=dict)


def move_in_time(session: Session, by: timedelta) -> None:
    """Let everything in the database have happened so much later, but for the log of who did what."""
    for table in db.metadata.sorted_tables:
        moments = [
            column.name
            for column in table.columns
            if isinstance(column.type, UtcDateTime | Date)
            and not column.foreign_keys  # follows what it points at
        ]
        if moments and table.name != NEVER_CHANGED:
            _move_rows(session, table, moments, by)
    session.expire_all()


def _move_rows(session: Session, table: Table, names: list[str], by: timedelta) -> None:
    key = list(table.primary_key.columns)
    for row in session.execute(select(table)).mappings().all():
        moved = {name: _later(row[name], by) for name in names if row[name] is not None}
        if moved:
            same = [column == row[column.name] for column in key]
            session.execute(update(table).where(*same).values(**moved))


def _later(value: datetime | date, by: timedelta) -> datetime | date:
    return value + by


def _crowd(session: Session, *, present: datetime) -> People:
    """The crowd as it is at `present`, a moment of its own time."""
    crowd = make_crowd(session)
    move_in_time(session, (datetime.now(UTC) - present) // WEEK * WEEK)
    return People({who: email for who, email in crowd.emails.items() if who in ROLES}, crowd.own)


def _filled(session: Session) -> People:
    people = _crowd(session, present=NOON)
    _cohort(session, people).preferences_close_at = datetime.now(UTC) + WEEK
    return people


def _busy(session: Session) -> People:
    """Something of everything that waits for somebody, or that somebody can take back."""
    people, now = _filled(session), datetime.now(UTC)
    cohort, leader = _cohort(session, people), session.get_one(Leader, people.ids["leader_id"])
    partner = session.get_one(Partner, people.ids["partner_id"])
    cohort.second_approval = True
    organisation = session.get_one(Organisation, people.ids["organisation_id"])
    organisation.signed_off_by, organisation.signed_off_at = "Amina Khan, chief nurse", now
    leader.user.bounced_at, leader.user.bounce_reason = now, f"5.1.1: {'x' * 60}@people.example"
    session.get_one(Message, people.ids["message_id"]).status = "held"
    offer = session.get_one(Opportunity, people.ids["opportunity_id"])
    offer.status, offer.waiting_since = "waiting", now
    reply = session.get_one(Reply, people.ids["reply_id"])
    reply.settled_at, reply.settled_by, reply.outcome = now, "user:1", "nothing"
    make_conflict(session, leader=leader, partner=partner)
    make_conflict(session, leader=leader, said_by="coordinator", note="On their page")
    make_fixing_step(session, pair=session.get_one(FixedPair, people.ids["pair_id"]))
    record_need(session, leader, "A hearing loop", shared=True)
    later = make_slot(
        session, opportunity=make_opportunity(session, partner=partner), starts_at=now + 6 * WEEK
    )
    seat = session.get_one(SeatOffer, people.ids["offer_id"])
    seat.slot_id, seat.offered_at, seat.expires_at = later.id, now, now + timedelta(days=2)
    for role, subject in (("partner", "partner_id"), ("coordinator", "cohort_id")):
        make_feed(session, user=_user(session, people, role), purpose=role, subject_id=people.ids[subject])
    make_second_step(session, user=_user(session, people, "coordinator"))
    make_second_step(session, user=_user(session, people, "viewer"), begun_at=now, on_since=None)
    return people


def _user(session: Session, people: People, role: str) -> User:
    return session.scalars(select(User).where(User.email == people.emails[role])).one()


def _gone(session: Session) -> People:
    """The leader left the cohort, and the day was withdrawn."""
    people = _filled(session)
    scope, cohort_id, now = Scope.system(session), people.ids["cohort_id"], datetime.now(UTC)
    withdrawals.withdraw_leader(scope, cohort_id, people.ids["leader_id"], sender=SENDER, now=now)
    withdrawals.withdraw_slot(scope, cohort_id, people.ids["slot_id"], sender=SENDER, now=now)
    return people


def _sent_back(session: Session) -> People:
    """The partner is asked to change what they offer, which nobody goes to."""
    people, now = _filled(session), datetime.now(UTC)
    scope, cohort_id = Scope.system(session), people.ids["cohort_id"]
    withdrawals.withdraw_leader(scope, cohort_id, people.ids["leader_id"], sender=SENDER, now=now)
    offer = session.get_one(Opportunity, people.ids["opportunity_id"])
    offer.status, offer.review_note = "returned", "Which entrance?"
    return people


def _closed(session: Session) -> People:
    """After the deadline for choices, before the day."""
    people = _crowd(session, present=NOON)
    _cohort(session, people).preferences_close_at = datetime.now(UTC) - timedelta(days=1)
    return people


def _after(session: Session) -> People:
    """After the day: one came and wrote of it, one did not come, one is not marked yet."""
    people = _crowd(session, present=FIRST_DAY + timedelta(days=8))
    cohort, slot = _cohort(session, people), session.get_one(Slot, people.ids["slot_id"])
    missing, unmarked = (make_leader(session, cohort=cohort) for _ in range(2))
    slot.capacity = 5
    for leader in (missing, unmarked):
        make_invite(session, placement=make_placement(session, leader=leader, slot=slot), partstat="ACCEPTED")
    make_attendance(session, slot=slot, leader=missing, state="absent", reason="ill", note="Rang at 9")
    make_feedback(
        session, slot=slot, leader=None, went=2, again="maybe", words="The bus was late.", call_me=True
    )
    shared = session.scalars(select(Reflection).where(Reflection.slot_id == slot.id)).one()
    shared.to_partner, shared.to_coordinator = True, True
    return people


def _reported(session: Session) -> People:
    """After the day, when the list of who came is closed."""
    people = _after(session)
    _cohort(session, people).attendance_closed_at = datetime.now(UTC) - timedelta(days=1)
    return people


def _empty(session: Session) -> People:
    """A cohort of one person for each role, who have done nothing yet."""
    cohort = make_cohort(session)
    leader, partner = make_leader(session, cohort=cohort), make_partner(session, cohort=cohort)
    users = {
        "leader": leader.user,
        "partner": partner.user,
        "coordinator": make_coordinator(session, cohort=cohort).user,
        "viewer": make_coordinator(session, cohort=cohort, role="viewer").user,
    }
    make_second_step(session, user=users["viewer"])
    make_second_step(session, user=users["coordinator"], begun_at=datetime.now(UTC), on_since=None)
    ids = {"cohort_id": cohort.id, "leader_id": leader.id, "partner_id": partner.id}
    return People({who: user.email for who, user in users.items()}, ids)


def _of_cohort(make: Callable[[Session, Cohort], int]) -> Callable[[Session], People]:
    """A cohort as the tests of the coordinator's pages know it, seen by everybody in it."""

    def made(session: Session) -> People:
        cohort = make_cohort(session)
        staff = {
            role: make_coordinator(session, cohort=cohort, role=role, user=make_user(session))
            for role in ("coordinator", "viewer")
        }
        run_id = make(session, cohort)
        session.flush()
        leader = _first(session, Leader, cohort, after=1)
        partner = _first(session, Partner, cohort)
        site = make_site(session, partner=partner)
        placement = _first(session, Placement, cohort, leader_id=leader.id)
        found = {
            "cohort_id": cohort,
            "leader_id": leader,
            "partner_id": partner,
            "site_id": site,
            "opportunity_id": _first(session, Opportunity, cohort),
            "slot_id": _first(session, Slot, cohort),
            "placement_id": placement,
            "invite_id": placement and _first(session, Invite, cohort, placement_id=placement.id),
            "message_id": _first(session, Message, cohort),
        }
        ids = {name: row.id for name, row in found.items() if row is not None}
        emails = {role: row.user.email for role, row in staff.items()}
        emails |= {"leader": leader.user.email, "partner": partner.user.email}
        return People(emails, ids | ({"run_id": run_id} if run_id else {}))

    return made


def _swapping(session: Session) -> People:
    """Two who have a day would each take the other's; at one of the two days a seat is free besides."""
    people = _of_cohort(COHORT_STATES["confirmed"])(session)
    rows = session.scalars(
        select(Placement)
        .where(Placement.cohort_id == people.ids["cohort_id"], Placement.status == "confirmed")
        .order_by(Placement.slot_id, Placement.id)
    ).all()
    own, other = rows[0], next(row for row in rows if row.slot_id != rows[0].slot_id)
    asked = [make_swap_request(session, placement=row, words="A meeting") for row in (own, other)]
    for row in (own, other):
        session.scalars(select(Invite).where(Invite.placement_id == row.id)).one().partstat = "ACCEPTED"
    ids = {
        "leader_id": own.leader_id,
        "placement_id": own.id,
        "slot_id": other.slot_id,
        "request_id": asked[0].id,
        "other_id": asked[1].id,
    }
    return People({**people.emails, "leader": own.leader.user.email}, {**people.ids, **ids})


def _first(session: Session, model: type[Any], cohort: Cohort, *, after: int = 0, **facts: int) -> Any:
    rows = select(model).filter_by(cohort_id=cohort.id, **facts).order_by(model.id)
    return session.scalars(rows.offset(after)).first()


def _cohort(session: Session, people: People) -> Cohort:
    return session.get_one(Cohort, people.ids["cohort_id"])


STATES: Mapping[str, Callable[[Session], People]] = {
    "filled": _filled,
    "busy": _busy,
    "sent back": _sent_back,
    "gone": _gone,
    "closed": _closed,
    "after": _after,
    "reported": _reported,
    "empty": _empty,
    "swapping": _swapping,
    **{f"cohort {name}": _of_cohort(make) for name, make in COHORT_STATES.items() if name != "empty"},
}
