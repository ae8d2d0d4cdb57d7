"""Offering a free seat to somebody who waits: it is held, answered, runs out, and goes to the next."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.change_errors import SeatRefused
from placement.domain.errors import NotFound
from placement.domain.mail_errors import MailLinkWrong
from placement.domain.waiting_errors import OfferTimeUnusable, SeatGone, SeatHeld, SeatOfferOver
from placement.models import AuditEvent, Leader, Message, SeatOffer, Slot
from placement.services import reminder_checks, seat_offers, slot_changes, withdrawals
from placement.services.mail_links import MailLinks
from placement.services.reports.waiting_list import WaitingList, seats_to_offer, waiting_list
from placement.services.scope import Scope
from placement.services.slot_changes import SlotChange
from tests.factories.clock import NOON
from tests.factories.people import make_coordinator, make_leader
from tests.factories.preferences import make_date_answer
from tests.factories.programmes import make_organisation
from tests.services.repairing import at, confirmed_cohort
from tests.services.small_cohort import SENDER, SmallCohort

LINKS = MailLinks(SENDER, "a secret of the tests, long enough")
DAY = timedelta(days=1)


@pytest.fixture
def small(session: Session) -> SmallCohort:
    """Four have their day; the café has one free seat."""
    return confirmed_cohort(session)


@pytest.fixture
def wanda(session: Session, small: SmallCohort) -> Leader:
    return make_leader(session, cohort=small.cohort, name="Wanda Waiting")


def offer(scope: Scope, slot: Slot, leader: Leader, *, hours: int = 48, now: datetime = NOON) -> SeatOffer:
    return seat_offers.offer_seat(
        scope, slot.cohort_id, slot.id, leader.id, hours=hours, links=LINKS, now=now
    )


def accept(scope: Scope, row: SeatOffer, *, now: datetime = NOON) -> None:
    seat_offers.accept(scope, row, sender=SENDER, now=now)


def listed(scope: Scope, small: SmallCohort, *, now: datetime = NOON) -> WaitingList:
    return waiting_list(scope, small.cohort.id, now=now)


def mails(session: Session, kind: str) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))


def verbs(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.verb).order_by(AuditEvent.id)))


def test_the_waiting_list_says_who_waits_and_which_of_their_choices_are_possible(
    session: Session, scope: Scope, small: SmallCohort, wanda: Leader
) -> None:
    found = listed(scope, small)
    assert [(one.leader_id, one.days, one.possible, one.choices) for one in found.leaders] == [
        (wanda.id, 1, 1, ())
    ]
    assert [(day.slot_id, day.free, day.held) for day in found.days] == [(small.slots[1].id, 1, 0)]
    make_date_answer(session, leader=wanda, day=small.slots[1].starts_at.date(), answer="cannot")
    assert [one.possible for one in listed(scope, small).leaders] == [0]


def test_an_offer_holds_the_seat_and_asks_by_mail_with_a_link_that_opens_it(
    session: Session, scope: Scope, small: SmallCohort, wanda: Leader
) -> None:
    row = offer(scope, small.slots[1], wanda)
    (mail,) = mails(session, "seat_offer")
    assert (mail.recipient, mail.payload["about"]) == (wanda.user.email, {"offer_id": row.id})
    token = str(mail.payload["offer_url"]).rpartition("/")[2]
    assert seat_offers.linked_offer(scope, token, links=LINKS) is row
    found = listed(scope, small)
    assert [(one.id, one.expires_at) for one in found.offers] == [(row.id, NOON + 2 * DAY)]
    assert [day.held for day in found.days] == [1]
    assert [(one.offered, one.possible) for one in found.leaders] == [(True, 0)]


@pytest.mark.parametrize("token", ["", "x", "made-up.signature"])
def test_a_link_that_nobody_gave_opens_nothing(scope: Scope, token: str) -> None:
    with pytest.raises(MailLinkWrong):
        seat_offers.linked_offer(scope, token, links=LINKS)
    with pytest.raises(MailLinkWrong):
        seat_offers.linked_offer(scope, LINKS.seat_offer(987_654).rpartition("/")[2], links=LINKS)


def test_an_offer_never_stands_longer_than_until_the_day_begins(
    scope: Scope, small: SmallCohort, wanda: Leader
) -> None:
    slot = small.slots[1]
    row = offer(scope, slot, wanda, now=slot.starts_at - timedelta(hours=5))
    assert row.expires_at == slot.starts_at


@pytest.mark.parametrize("hours", [0, -1, seat_offers.MOST_HOURS + 1])
def test_an_offer_stands_for_an_hour_at_least_and_two_weeks_at_most(
    scope: Scope, small: SmallCohort, wanda: Leader, hours: int
) -> None:
    with pytest.raises(OfferTimeUnusable):
        offer(scope, small.slots[1], wanda, hours=hours)


def test_a_seat_that_is_held_is_offered_to_nobody_else_unless_there_are_more(
    session: Session, scope: Scope, small: SmallCohort, wanda: Leader
) -> None:
    other, slot = make_leader(session, cohort=small.cohort), small.slots[1]
    offer(scope, slot, wanda)
    with pytest.raises(SeatHeld, match="held for somebody"):
        offer(scope, slot, other)
    slot_changes.change_slot(
        scope, slot.cohort_id, slot.id, change=SlotChange(capacity=4), sender=SENDER, now=NOON
    )
    offer(scope, slot, other)
    with pytest.raises(SeatHeld, match="has an offer that is open"):
        offer(scope, slot, other)


def test_somebody_who_has_their_day_or_cannot_come_is_offered_none(
    session: Session, scope: Scope, small: SmallCohort, wanda: Leader
) -> None:
    with pytest.raises(SeatRefused, match="all the days that they need"):
        offer(scope, small.slots[1], at(session, small.slots[0])[0])
    with pytest.raises(SeatRefused, match="no free seat"):
        offer(scope, small.slots[0], wanda)
    make_date_answer(session, leader=wanda, day=small.slots[1].starts_at.date(), answer="cannot")
    with pytest.raises(SeatRefused, match="stands against it"):
        offer(scope, small.slots[1], wanda)
    assert mails(session, "seat_offer") == []


def test_a_seat_that_would_break_a_rule_about_who_is_there_is_not_offered(
    session: Session, scope: Scope, small: SmallCohort, wanda: Leader
) -> None:
    hospital = make_organisation(session, cohort=small.cohort)
    there = at(session, small.slots[1])[0]
    small.cohort.max_same_organisation = 1
    for leader in (there, wanda):
        leader.organisation_id = hospital.id
    session.flush()
    session.expire_all()
    with pytest.raises(SeatRefused, match="one organisation"):
        offer(scope, small.slots[1], wanda)


def test_a_yes_makes_the_placement_with_its_invite_and_tells_the_partner(
    session: Session, scope: Scope, small: SmallCohort, wanda: Leader
) -> None:
    row = offer(scope, small.slots[1], wanda)
    told = len(mails(session, "who_is_coming"))
    accept(scope, row)
    assert wanda in at(session, small.slots[1])
    assert [mail.recipient for mail in mails(session, "placement_confirmed")][-1] == wanda.user.email
    assert len(mails(session, "who_is_coming")) == told + 1
    assert (row.state, row.settled_at) == ("accepted", NOON)
    assert verbs(session)[-2:] == ["offer_seat", "accept_seat"]
    with pytest.raises(SeatOfferOver, match="has been accepted"):
        accept(scope, row)
    assert listed(scope, small).leaders == ()


def test_a_no_frees_the_seat_and_stands_before_the_coordinator_until_it_goes_to_the_next(
    session: Session, scope: Scope, small: SmallCohort, wanda: Leader
) -> None:
    other = make_leader(session, cohort=small.cohort)
    row = offer(scope, small.slots[1], wanda)
    seat_offers.decline(scope, row, now=NOON)
    assert [one.id for one in listed(scope, small).ended] == [row.id]
    assert seats_to_offer(scope, small.cohort.id, now=NOON) == 1
    offer(scope, small.slots[1], other)
    assert seats_to_offer(scope, small.cohort.id, now=NOON) == 0
    assert row.noted_at == NOON


def test_what_ended_can_be_put_away_once(
    session: Session, scope: Scope, small: SmallCohort, wanda: Leader
) -> None:
    row = offer(scope, small.slots[1], wanda)
    seat_offers.decline(scope, row, now=NOON)
    for _ in range(2):
        seat_offers.note_offer(scope, small.cohort.id, row.id, now=NOON)
    assert seats_to_offer(scope, small.cohort.id, now=NOON) == 0
    assert verbs(session).count("note_seat_offer") == 1


def test_an_offer_ends_by_its_time_whether_a_worker_has_looked_or_not(
    session: Session, scope: Scope, small: SmallCohort, wanda: Leader
) -> None:
    row, later = offer(scope, small.slots[1], wanda), NOON + 2 * DAY
    with pytest.raises(SeatOfferOver, match="has run out"):
        accept(scope, row, now=later)
    with pytest.raises(SeatOfferOver):
        seat_offers.decline(scope, row, now=later)
    assert seats_to_offer(scope, small.cohort.id, now=later) == 1
    assert [day.held for day in listed(scope, small, now=later).days] == [0]
    again = offer(scope, small.slots[1], wanda, now=later)
    session.expire_all()
    assert (row.state, again.state) == ("expired", "open")


def test_the_worker_ends_what_has_run_out_and_nothing_else(
    session: Session, scope: Scope, small: SmallCohort, wanda: Leader
) -> None:
    row = offer(scope, small.slots[1], wanda)
    assert seat_offers.expire_offers(scope, now=NOON + DAY) == 0
    assert seat_offers.expire_offers(scope, now=NOON + 2 * DAY) == 1
    assert seat_offers.expire_offers(scope, now=NOON + 2 * DAY) == 0
    session.expire_all()
    assert row.state == "expired"
    assert verbs(session).count("expire_seat_offers") == 1


def test_an_offer_that_is_taken_back_cannot_be_answered_and_its_mail_does_not_leave(
    session: Session, scope: Scope, small: SmallCohort, wanda: Leader
) -> None:
    row = offer(scope, small.slots[1], wanda)
    (mail,) = mails(session, "seat_offer")
    check: Any = reminder_checks.CHECKS["seat_offer"]
    assert check(session, mail.payload["about"], NOON)
    seat_offers.withdraw_offer(scope, small.cohort.id, row.id, now=NOON)
    assert not check(session, mail.payload["about"], NOON)
    assert seats_to_offer(scope, small.cohort.id, now=NOON) == 0
    with pytest.raises(SeatOfferOver, match="taken back"):
        accept(scope, row)
    with pytest.raises(SeatOfferOver):
        seat_offers.withdraw_offer(scope, small.cohort.id, row.id, now=NOON)


@pytest.mark.parametrize("what", ["full", "withdrawn", "date", "left"])
def test_a_yes_that_is_not_possible_any_more_makes_nothing(
    session: Session, scope: Scope, small: SmallCohort, wanda: Leader, what: str
) -> None:
    slot = small.slots[1]
    row = offer(scope, slot, wanda)
    call: dict[str, Any] = {"sender": SENDER, "now": NOON}
    if what == "full":
        slot_changes.change_slot(scope, slot.cohort_id, slot.id, change=SlotChange(capacity=2), **call)
    elif what == "withdrawn":
        withdrawals.withdraw_slot(scope, slot.cohort_id, slot.id, **call)
    elif what == "date":
        make_date_answer(session, leader=wanda, day=slot.starts_at.date(), answer="cannot")
    else:
        withdrawals.withdraw_leader(scope, slot.cohort_id, wanda.id, **call)
    with pytest.raises(SeatGone):
        accept(scope, row)
    assert wanda not in at(session, slot)
    seat_offers.end_impossible(scope, row, now=NOON)
    assert row.state == "expired"


def test_offers_are_made_and_taken_back_within_one_cohort_by_its_own_coordinator(
    session: Session, scope: Scope, small: SmallCohort, wanda: Leader
) -> None:
    row = offer(scope, small.slots[1], wanda)
    other = confirmed_cohort(session)
    stranger = Scope.of_user(session, make_coordinator(session, cohort=other.cohort).user_id)
    for cohort in (small.cohort, other.cohort):
        with pytest.raises(NotFound):
            seat_offers.withdraw_offer(stranger, cohort.id, row.id, now=NOON)
    with pytest.raises(NotFound):
        seat_offers.own_offer(Scope.of_user(session, other.leaders[0].user_id), wanda.id, row.id)
    assert seat_offers.own_offer(Scope.of_user(session, wanda.user_id), wanda.id, row.id) is row
