"""Undoing a withdrawal: people and days are back, without the placements of before and without a mail."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.errors import NotFound, RunOutOfDate, SlotOver
from placement.models import AuditEvent, Leader, Preference, Slot
from placement.services import confirmations, restoring, withdrawals
from placement.services.match_problem import build_problem
from placement.services.reports.cohort import answer_list, cohort_report
from placement.services.reports.effects import Effect
from placement.services.scope import Scope
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.people import make_coordinator
from tests.services.repairing import at, confirmed_cohort, counts, live, owed, send_all, solved_repair
from tests.services.small_cohort import SENDER, SmallCohort

SENT = ("placement_confirmed", "sent", "REQUEST", 0)
CANCEL = ("placement_cancelled", "todo", "CANCEL", 1)
CANCELLED = ("placement_cancelled", "sent", "CANCEL", 1)
INVITE = ("placement_confirmed", "todo", "REQUEST", 0)
TOMORROW = NOON + timedelta(days=1)


@pytest.fixture
def small(session: Session) -> SmallCohort:
    return confirmed_cohort(session)


def leave(scope: Scope, leader: Leader) -> None:
    withdrawals.withdraw_leader(scope, leader.cohort_id, leader.id, sender=SENDER, now=NOON)


def call_off(scope: Scope, slot: Slot) -> None:
    withdrawals.withdraw_slot(scope, slot.cohort_id, slot.id, sender=SENDER, now=NOON)


def come_back(scope: Scope, leader: Leader) -> Effect:
    return restoring.restore_leader(scope, leader.cohort_id, leader.id, now=TOMORROW)


def hold_again(scope: Scope, slot: Slot) -> Effect:
    return restoring.restore_slot(scope, slot.cohort_id, slot.id, now=TOMORROW)


def test_a_leader_who_comes_back_is_matched_again_with_the_answers_of_before_and_has_no_place(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    leader = at(session, small.slots[0])[0]
    chosen = select(Preference.opportunity_id).where(Preference.leader_id == leader.id)
    before = session.scalars(chosen).all()
    leave(scope, leader)
    stood = live(session)
    effect = come_back(scope, leader)
    assert live(session) == stood
    assert session.get_one(Leader, leader.id).withdrawn_at is None
    assert session.scalars(chosen).all() == before
    problem = build_problem(session, small.cohort, objective="generous", seed="", now=NOON)
    assert leader.user.email in {one.id for one in problem.leaders}
    assert cohort_report(scope, small.cohort.id, now=NOON).leaders == 4
    assert "who left on Tuesday 12 January 2027" in effect.sentences[0]


def test_nobody_is_told_that_a_leader_is_back_and_what_was_cancelled_stays_so(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    leader = at(session, small.slots[0])[0]
    leave(scope, leader)
    before = counts(session)
    effect = come_back(scope, leader)
    assert (effect.mails, effect.quiet, counts(session)) == ((), (), before)
    assert owed(session, leader) == [SENT, CANCEL]


def test_a_repair_gives_a_leader_who_came_back_the_day_of_before_with_a_new_invite(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    leader, slot = at(session, small.slots[0])[0], small.slots[0]
    leave(scope, leader)
    send_all(session)
    come_back(scope, leader)
    confirmations.confirm_run(scope, solved_repair(session, small).repair, sender=SENDER, now=TOMORROW)
    assert leader in at(session, slot)
    assert owed(session, leader) == [SENT, CANCELLED, INVITE]


def test_who_has_had_their_day_and_comes_back_needs_no_other(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    been, later = at(session, small.slots[0])[0], FIRST_DAY + timedelta(days=2)
    withdrawals.withdraw_leader(scope, small.cohort.id, been.id, sender=SENDER, now=later)
    restoring.restore_leader(scope, small.cohort.id, been.id, now=later)
    assert (been.id, small.slots[0].id) in live(session)
    problem = build_problem(session, small.cohort, objective="generous", seed="", now=later)
    assert been.user.email not in {one.id for one in problem.leaders}


def test_a_run_of_the_time_without_them_can_no_longer_be_confirmed(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    leave(scope, small.leaders[0])
    run_id = solved_repair(session, small).repair
    come_back(scope, small.leaders[0])
    with pytest.raises(RunOutOfDate, match=f"New leader: {small.leaders[0].user.email}"):
        confirmations.confirm_run(scope, run_id, sender=SENDER, now=TOMORROW)


def test_who_has_left_is_listed_with_the_date_until_they_come_back(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    assert answer_list(scope, small.cohort.id, now=NOON).left == ()
    leave(scope, small.leaders[1])
    withdrawals.withdraw_leader(
        scope, small.cohort.id, small.leaders[2].id, sender=SENDER, now=NOON + timedelta(hours=1)
    )
    found = answer_list(scope, small.cohort.id, now=NOON)
    assert [(row.id, row.left_at) for row in found.left] == [
        (small.leaders[2].id, NOON + timedelta(hours=1)),
        (small.leaders[1].id, NOON),
    ]
    come_back(scope, small.leaders[1])
    found = answer_list(scope, small.cohort.id, now=NOON)
    assert [row.id for row in found.left] == [small.leaders[2].id]
    assert small.leaders[1].id in {row.id for row in found.leaders}


def test_a_day_that_is_on_again_is_empty_and_takes_people(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    there, slot = at(session, small.slots[0]), small.slots[0]
    call_off(scope, slot)
    send_all(session)
    before = counts(session)
    effect = hold_again(scope, slot)
    assert (session.get_one(Slot, slot.id).status, at(session, slot)) == ("open", [])
    assert (effect.mails, counts(session)) == ((), before)
    assert "it has 2 seats and needs at least 1" in effect.sentences[0]
    confirmations.confirm_run(scope, solved_repair(session, small).repair, sender=SENDER, now=TOMORROW)
    assert len(at(session, slot)) >= 1
    assert {leader.id for leader in there} <= {leader for leader, _ in live(session)}


def test_doing_so_twice_changes_nothing_and_says_so(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    events = len(session.scalars(select(AuditEvent.id)).all())
    for again in (come_back(scope, small.leaders[0]), hold_again(scope, small.slots[0])):
        assert not again.changed
        assert "nothing is changed" in again.sentences[0]
    assert len(session.scalars(select(AuditEvent.id)).all()) == events


def test_a_day_that_has_begun_meanwhile_stays_withdrawn(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    slot = small.slots[0]
    call_off(scope, slot)
    with pytest.raises(SlotOver):
        restoring.restore_slot(scope, slot.cohort_id, slot.id, now=FIRST_DAY + timedelta(minutes=1))
    assert session.get_one(Slot, slot.id).status == "withdrawn"


def test_what_does_not_hold_anyway_is_said_here_too(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    leader = at(session, small.slots[0])[0]
    small.slots[1].minimum = 3
    leave(scope, leader)
    (sentence,) = come_back(scope, leader).broken
    assert "2 leaders are confirmed, and it needs at least 3" in sentence


def test_it_is_on_record_without_names(session: Session, scope: Scope, small: SmallCohort) -> None:
    leave(scope, small.leaders[0])
    call_off(scope, small.slots[1])
    come_back(scope, small.leaders[0])
    hold_again(scope, small.slots[1])
    events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()[-2:]
    assert [(event.verb, event.facts) for event in events] == [
        ("restore_leader", {}),
        ("restore_slot", {"status": "open"}),
    ]


def test_a_coordinator_of_another_cohort_brings_neither_back(session: Session, small: SmallCohort) -> None:
    stranger = Scope.of_user(session, make_coordinator(session).user_id)
    with pytest.raises(NotFound):
        come_back(stranger, small.leaders[0])
    with pytest.raises(NotFound):
        hold_again(stranger, small.slots[0])
