"""Asking for a swap: who can, for which days, what it changes (nothing), and when it lapses."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from placement.domain.answers import GivenAnswer
from placement.domain.errors import NotFound
from placement.domain.states import AnswerWord
from placement.domain.swap_errors import SwapClosed, SwapOver, SwapWaiting, SwapWishUnusable
from placement.models import Leader, MatchStamp, Message, SwapRequest
from placement.services import answers, fixing, leaving, slot_changes, swap_requests, withdrawals
from placement.services.reports.own_swaps import own_requests, swap_asking
from placement.services.reports.swaps import swap_details, swap_list, swaps_waiting
from placement.services.scope import Scope
from placement.services.slot_changes import SlotChange
from tests.factories.clock import NOON
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_coordinator, make_leader
from tests.factories.placements import make_placement
from tests.factories.preferences import make_date_answer
from tests.factories.swaps import make_swap_request
from tests.services.repairing import at, confirmed_cohort, counts, invite_of
from tests.services.small_cohort import SENDER, SmallCohort
from tests.services.swapping import ask, day_of, statuses, verbs


@pytest.fixture
def small(session: Session) -> SmallCohort:
    """Two have the food bank, which is full; two the café, which has a free seat."""
    return confirmed_cohort(session)


@pytest.fixture
def ada(session: Session, small: SmallCohort) -> Leader:
    """At the food bank, her first choice; the café is her second."""
    return at(session, small.slots[0])[0]


def own(session: Session, leader: Leader) -> Scope:
    return Scope.of_user(session, leader.user_id)


def asked_days(session: Session, leader: Leader) -> list[tuple[str, int | None]]:
    found = swap_asking(own(session, leader), leader.id, day_of(session, leader).id, now=NOON)
    return [(day.reference, day.choice) for day in found.days]


def test_asking_changes_nothing_but_that_it_is_asked(
    session: Session, scope: Scope, small: SmallCohort, ada: Leader
) -> None:
    before = counts(session)
    stamp = session.scalar(select(MatchStamp.stamp).where(MatchStamp.cohort_id == small.cohort.id))
    row = ask(session, ada, words="  A meeting that I cannot move  ")
    assert (row.status, row.wish, row.words) == ("waiting", None, "A meeting that I cannot move")
    assert counts(session) == before
    assert verbs(session)[-1] == "ask_for_swap"
    assert session.scalar(select(MatchStamp.stamp).where(MatchStamp.cohort_id == small.cohort.id)) == stamp
    assert swaps_waiting(scope, small.cohort.id, now=NOON) == 1
    (told,) = own_requests(own(session, ada), ada.id, now=NOON).values()
    assert (told.status, told.waits, told.wish) == ("waiting", True, ())


def test_the_days_to_ask_for_are_those_that_the_leader_could_be_given_full_or_not(
    session: Session, small: SmallCohort, ada: Leader
) -> None:
    cafe = small.slots[1].reference
    assert asked_days(session, ada) == [(cafe, 2)]
    other = make_slot(session, opportunity=small.food, starts_at=small.slots[0].starts_at + timedelta(days=2))
    assert asked_days(session, ada) == [(other.reference, 1), (cafe, 2)]
    unchosen = make_slot(session, opportunity=make_opportunity(session, cohort=small.cohort), capacity=1)
    make_placement(session, leader=make_leader(session, cohort=small.cohort), slot=unchosen)
    assert asked_days(session, ada) == [(other.reference, 1), (cafe, 2), (unchosen.reference, None)]
    make_date_answer(session, leader=ada, day=other.starts_at.date(), answer="cannot")
    assert asked_days(session, ada) == [(cafe, 2), (unchosen.reference, None)]
    withdrawals.withdraw_slot(Scope.system(session), small.cohort.id, unchosen.id, sender=SENDER, now=NOON)
    assert asked_days(session, ada) == [(cafe, 2)]


def test_days_that_were_named_are_kept_as_they_are(session: Session, small: SmallCohort, ada: Leader) -> None:
    cafe = small.slots[1]
    row = ask(session, ada, wish=[cafe.reference])
    assert row.wish == [cafe.reference]
    (told,) = own_requests(own(session, ada), ada.id, now=NOON).values()
    assert told.wish == ((small.cafe.title, cafe.starts_at),)


@pytest.mark.parametrize("wish", [[], ["no-such-slot"]])
def test_without_a_day_that_is_possible_nothing_is_asked(
    session: Session, ada: Leader, wish: list[str]
) -> None:
    with pytest.raises(SwapWishUnusable):
        ask(session, ada, wish=wish)
    assert statuses(session) == []


def test_a_second_request_for_the_same_day_is_refused_while_one_waits(session: Session, ada: Leader) -> None:
    row = ask(session, ada)
    with pytest.raises(SwapWaiting, match="already"):
        ask(session, ada)
    swap_requests.take_back_request(own(session, ada), ada.id, row.id, now=NOON)
    ask(session, ada)
    assert statuses(session) == ["withdrawn", "waiting"]


def test_the_database_itself_lets_no_second_one_wait(session: Session, ada: Leader) -> None:
    row = ask(session, ada)
    with pytest.raises(IntegrityError), session.begin_nested():
        make_swap_request(session, placement=row.placement)


def test_a_request_is_taken_back_once_and_then_is_over(session: Session, ada: Leader) -> None:
    row = ask(session, ada)
    swap_requests.take_back_request(own(session, ada), ada.id, row.id, now=NOON)
    assert (row.status, row.settled_at, row.version) == ("withdrawn", NOON, 2)
    with pytest.raises(SwapOver, match="has been taken back"):
        swap_requests.take_back_request(own(session, ada), ada.id, row.id, now=NOON)
    assert own_requests(own(session, ada), ada.id, now=NOON) == {}


def test_nobody_asks_for_or_takes_back_what_is_somebody_elses(
    session: Session, small: SmallCohort, ada: Leader
) -> None:
    row, other = ask(session, ada), at(session, small.slots[1])[0]
    with pytest.raises(NotFound):
        swap_requests.take_back_request(own(session, other), other.id, row.id, now=NOON)
    with pytest.raises(NotFound):
        swap_requests.take_back_request(own(session, other), ada.id, row.id, now=NOON)
    with pytest.raises(NotFound):
        swap_asking(own(session, other), other.id, row.placement_id, now=NOON)
    stranger = make_coordinator(session)
    with pytest.raises(NotFound):
        swap_details(Scope.of_user(session, stranger.user_id), small.cohort.id, row.id, now=NOON)
    with pytest.raises(NotFound):
        swap_details(Scope.of_user(session, stranger.user_id), stranger.cohort_id, row.id, now=NOON)


def decline(session: Session, leader: Leader, partstat: AnswerWord = "DECLINED") -> None:
    invite = invite_of(session, leader)
    answers.give_answer(
        own(session, leader),
        leader.id,
        invite.placement_id or 0,
        GivenAnswer(partstat=partstat, way="page", given_at=NOON),
        seen=invite.sequence,
        now=NOON,
    )


@pytest.mark.parametrize("how", ["begun", "cancelled", "declined"])
def test_a_day_that_has_begun_is_cancelled_or_declined_is_not_swapped_and_its_request_lapses(
    session: Session, scope: Scope, small: SmallCohort, ada: Leader, how: str
) -> None:
    row, now = ask(session, ada), NOON
    day = row.placement
    if how == "begun":
        now = day.starts_at
    elif how == "cancelled":
        leaving.leave_day(scope, small.cohort.id, day.id, bar_date=False, sender=SENDER, now=NOON)
    else:
        decline(session, ada)
    assert swaps_waiting(scope, small.cohort.id, now=now) == 0
    assert swap_list(scope, small.cohort.id, now=now).requests[0].status == "lapsed"
    assert own_requests(own(session, ada), ada.id, now=now)[day.id].status == "lapsed"
    assert swap_asking(own(session, ada), ada.id, day.id, now=now).closed == how
    with pytest.raises(SwapClosed):
        swap_requests.ask_for_swap(
            own(session, ada), ada.id, day.id, reason="work", words="", wish=None, now=now
        )
    with pytest.raises(SwapOver, match="has lapsed"):
        swap_requests.take_back_request(own(session, ada), ada.id, row.id, now=now)
    assert swap_requests.lapse_requests(scope, now=now) == 1
    assert statuses(session) == ["lapsed"]
    assert (verbs(session)[-1], row.settled_at) == ("lapse_swap_requests", now)
    assert swap_requests.lapse_requests(scope, now=now) == 0


def test_who_may_come_after_all_can_ask_again(session: Session, scope: Scope, ada: Leader) -> None:
    ask(session, ada)
    decline(session, ada)
    swap_requests.lapse_requests(scope, now=NOON)
    decline(session, ada, "ACCEPTED")
    ask(session, ada)
    assert statuses(session) == ["lapsed", "waiting"]


def test_a_request_goes_on_when_its_day_moves_and_runs_look_away_from_it(
    session: Session, scope: Scope, small: SmallCohort, ada: Leader
) -> None:
    ask(session, ada)
    slot = small.slots[0]
    moved = (slot.starts_at + timedelta(days=1)).date()
    slot_changes.change_slot(
        scope, small.cohort.id, slot.id, change=SlotChange(date=moved), sender=SENDER, now=NOON
    )
    swap_requests.lapse_requests(scope, now=NOON)
    assert statuses(session) == ["waiting"]


def test_the_coordinator_sees_the_ways_and_why_other_days_are_not_possible(
    session: Session, scope: Scope, small: SmallCohort, ada: Leader
) -> None:
    full = make_slot(
        session, opportunity=small.food, capacity=1, starts_at=small.slots[0].starts_at + timedelta(1)
    )
    make_placement(session, leader=make_leader(session, cohort=small.cohort), slot=full)
    row = ask(session, ada)
    found = swap_details(scope, small.cohort.id, row.id, now=NOON)
    assert [(way.day.slot_id, way.day.choice, way.other_id) for way in found.line.ways] == [
        (small.slots[1].id, 2, None)
    ]
    assert [(day.slot_id, why) for day, why in found.blocked] == [
        (full.id, "No seat is free, or it is held for somebody.")
    ]


def test_a_day_that_would_have_too_few_people_is_named_as_the_reason(
    session: Session, scope: Scope, small: SmallCohort, ada: Leader
) -> None:
    small.slots[0].minimum = 2
    session.flush()
    row = ask(session, ada)
    found = swap_details(scope, small.cohort.id, row.id, now=NOON)
    assert found.line.ways == ()
    assert [why for _, why in found.blocked] == ["The day that they have would then have too few people."]


def test_a_place_that_a_coordinator_fixed_is_not_swapped(
    session: Session, scope: Scope, small: SmallCohort, ada: Leader
) -> None:
    row = ask(session, ada)
    fixing.keep_place(scope, small.cohort.id, ada.id, small.slots[0].id, reason="Knows the team", now=NOON)
    found = swap_details(scope, small.cohort.id, row.id, now=NOON)
    assert (found.fixed, found.line.ways, found.blocked) == (True, (), ())


def test_asking_sends_nothing(session: Session, ada: Leader) -> None:
    before = session.scalar(select(func.count()).select_from(Message))
    ask(session, ada)
    assert session.scalar(select(func.count()).select_from(Message)) == before
    assert session.scalar(select(func.count()).select_from(SwapRequest)) == 1
