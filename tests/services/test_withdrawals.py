"""Leaders who leave and days that are called off: placements end, and exactly those concerned are told."""

from datetime import timedelta
from typing import Literal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from placement.domain.errors import NotFound, PreferencesClosed, SlotOver
from placement.domain.letters import thaw
from placement.models import AuditEvent, Leader, Message, Slot
from placement.services import choices, outbox, withdrawals
from placement.services.imports import cohort_counts
from placement.services.match_problem import build_problem
from placement.services.reports.cohort import answer_list, cohort_report
from placement.services.reports.effects import Effect
from placement.services.reports.home import due
from placement.services.scope import Scope
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.people import make_coordinator
from tests.services.repairing import (
    at,
    confirmed_cohort,
    counts,
    invite_of,
    live,
    owed,
    placement_of,
    send_all,
)
from tests.services.small_cohort import SENDER, SmallCohort

SENT = ("placement_confirmed", "sent", "REQUEST", 0)
CANCEL = ("placement_cancelled", "todo", "CANCEL", 1)


@pytest.fixture
def small(session: Session) -> SmallCohort:
    return confirmed_cohort(session)


def leave(scope: Scope, leader: Leader, **facts: object) -> Effect:
    call = {"sender": SENDER, "now": NOON} | facts
    return withdrawals.withdraw_leader(scope, leader.cohort_id, leader.id, **call)  # type: ignore[arg-type]


def call_off(scope: Scope, slot: Slot, **facts: object) -> Effect:
    call = {"sender": SENDER, "now": NOON} | facts
    return withdrawals.withdraw_slot(scope, slot.cohort_id, slot.id, **call)  # type: ignore[arg-type]


def test_a_leader_who_leaves_is_kept_and_their_seat_is_free(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    leader = at(session, small.slots[0])[0]
    before = live(session)
    leave(scope, leader)
    assert live(session) == before - {(leader.id, small.slots[0].id)}
    assert session.get_one(Leader, leader.id).withdrawn_at == NOON
    assert session.get_one(Slot, small.slots[0].id).taken == 1
    assert invite_of(session, leader).state == "cancelled"
    assert placement_of(invite_of(session, leader)).status == "cancelled"
    assert placement_of(invite_of(session, leader)).cancelled_at == NOON


def test_only_the_leader_who_leaves_is_told_with_a_cancellation_of_the_same_entry(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    leader = at(session, small.slots[0])[0]
    first = thaw(session.scalars(select(Message).where(Message.recipient == leader.user.email)).one().payload)
    leave(scope, leader, now=NOON + timedelta(hours=1))
    assert owed(session, leader) == [SENT, CANCEL]
    (mail,) = session.scalars(select(Message).where(Message.status == "todo", Message.invite_id.is_not(None)))
    told = thaw(mail.payload)
    assert (told.uid, told.starts_at, told.ends_at) == (first.uid, first.starts_at, first.ends_at)
    assert told.dtstamp == NOON + timedelta(hours=1)
    assert told.message_id != first.message_id
    assert small.cohort.name in told.reason
    partner = small.food.partner.user.email
    assert [mail.recipient for mail in send_all(session)] == [leader.user.email, partner]


def test_a_leader_who_was_never_told_is_told_nothing(session: Session, scope: Scope) -> None:
    small = confirmed_cohort(session, sent=False)
    leader = at(session, small.slots[0])[0]
    effect = leave(scope, leader)
    assert owed(session, leader) == [("placement_confirmed", "cancelled", "REQUEST", 0)]
    assert (effect.mails, [person.email for person in effect.quiet]) == ((), [leader.user.email])
    assert leader.user.email not in {mail.recipient for mail in send_all(session)}


def test_an_invite_that_is_being_sent_at_this_moment_is_followed_by_its_cancellation(
    session: Session, scope: Scope
) -> None:
    small = confirmed_cohort(session, sent=False)
    leader = at(session, small.slots[0])[0]
    outbox.claim_due(session, token="worker", now=NOON)
    leave(scope, leader)
    assert owed(session, leader) == [("placement_confirmed", "sending", "REQUEST", 0), CANCEL]
    assert outbox.claim_due(session, token="another", now=NOON) == [], "the cancellation waits its turn"
    session.execute(update(Message).values(status="sent").where(Message.status == "sending"))
    partner = small.food.partner.user.email
    assert [mail.recipient for mail in send_all(session)] == [leader.user.email, partner]


@pytest.mark.parametrize(("outcome", "told"), [("unknown", 1), ("refused", 0)])
def test_an_invite_that_may_have_arrived_is_cancelled_and_one_that_was_refused_is_not(
    session: Session, scope: Scope, outcome: Literal["unknown", "refused"], told: int
) -> None:
    small = confirmed_cohort(session, sent=False)
    leader = at(session, small.slots[0])[0]
    for mail in outbox.claim_due(session, token="worker", now=NOON):
        outbox.record_failure(session, mail.id, token="worker", now=NOON, reason="?", outcome=outcome)
    assert len(leave(scope, leader).mails) == told
    assert owed(session, leader)[1:] == [CANCEL] * told


def test_leaving_twice_changes_nothing_and_says_so(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    leave(scope, small.leaders[0])
    before = counts(session)
    again = leave(scope, small.leaders[0], now=NOON + timedelta(days=1))
    assert not again.changed
    assert "Tuesday 12 January 2027" in again.sentences[0]
    assert counts(session) == before


def test_days_that_are_over_stay_on_record(session: Session, scope: Scope, small: SmallCohort) -> None:
    been, coming = at(session, small.slots[0])[0], at(session, small.slots[1])[0]
    later = FIRST_DAY + timedelta(days=2)
    leave(scope, been, now=later)
    leave(scope, coming, now=later)
    assert (been.id, small.slots[0].id) in live(session)
    assert (coming.id, small.slots[1].id) not in live(session)
    assert owed(session, been) == [SENT]


def test_who_has_left_is_matched_no_more_and_cannot_change_answers(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    gone = small.leaders[0]
    leave(scope, gone)
    problem = build_problem(session, small.cohort, objective="generous", seed="", now=NOON)
    assert gone.user.email not in {leader.id for leader in problem.leaders}
    with pytest.raises(PreferencesClosed, match="when you left"):
        choices.add_choice(scope, leader_id=gone.id, opportunity_id=small.food.id, seen=(), now=NOON)
    (leading,) = due(Scope.of_user(session, gone.user_id), keep_days=365, now=NOON).leading
    assert (leading.window.is_open, leading.days_given) == (False, 0)


def test_figures_and_lists_leave_out_who_has_left(session: Session, scope: Scope, small: SmallCohort) -> None:
    leave(scope, small.leaders[0])
    report = cohort_report(scope, small.cohort.id, now=NOON)
    assert (report.leaders, report.answered, report.placed, report.capacity.needed) == (3, 2, 3, 3)
    assert {row.chosen for row in report.demand} == {2}
    listed = {row.id for row in answer_list(scope, small.cohort.id, now=NOON).leaders}
    assert listed == {leader.id for leader in small.leaders[1:]}
    (counted,) = [row for row in cohort_counts(scope) if row.name == small.cohort.name]
    assert (counted.leaders, counted.answered, counted.confirmed) == (3, 2, 3)


def test_a_day_that_is_called_off_takes_nobody_and_tells_everybody_there_why(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    there, others = at(session, small.slots[0]), at(session, small.slots[1])
    effect = call_off(scope, small.slots[0])
    slot = session.get_one(Slot, small.slots[0].id)
    session.refresh(slot)
    assert (slot.status, slot.taken) == ("withdrawn", 0)
    assert [owed(session, leader) for leader in there] == [[SENT, CANCEL]] * 2
    assert [owed(session, leader) for leader in others] == [[SENT]] * 2
    assert {mail.person.leader_id for mail in effect.mails} == {leader.id for leader in there}
    assert all("cannot host" in mail.details.reason for mail in effect.mails)
    assert {leader.id for leader in at(session, small.slots[1])} == {leader.id for leader in others}


def test_calling_a_day_off_twice_changes_nothing_and_says_so(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    call_off(scope, small.slots[0])
    before = counts(session)
    assert not call_off(scope, small.slots[0]).changed
    assert counts(session) == before


def test_a_day_that_has_begun_cannot_be_called_off(scope: Scope, small: SmallCohort) -> None:
    with pytest.raises(SlotOver):
        call_off(scope, small.slots[0], now=FIRST_DAY + timedelta(minutes=1))


def test_what_no_longer_holds_is_said(session: Session, scope: Scope, small: SmallCohort) -> None:
    small.slots[0].minimum = 2
    session.flush()
    leader = at(session, small.slots[0])[0]
    (sentence,) = leave(scope, leader).broken
    assert small.slots[0].reference in sentence
    assert "1 leader is confirmed, and it needs at least 2" in sentence


def test_a_preview_says_the_same_and_writes_nothing(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    leader, slot = at(session, small.slots[0])[0], small.slots[1]
    before = counts(session), owed(session, leader)
    call = {"sender": SENDER, "now": NOON}
    leaving = withdrawals.preview_leader(scope, small.cohort.id, leader.id, **call)  # type: ignore[arg-type]
    calling = withdrawals.preview_slot(scope, small.cohort.id, slot.id, **call)  # type: ignore[arg-type]
    assert not session.dirty
    assert (counts(session), owed(session, leader)) == before
    assert leave(scope, leader) == leaving
    assert call_off(scope, slot) == calling


def test_what_happened_is_on_record_without_names(session: Session, scope: Scope, small: SmallCohort) -> None:
    leave(scope, small.leaders[0])
    call_off(scope, small.slots[1])
    events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()[-2:]
    assert [event.verb for event in events] == ["withdraw_leader", "withdraw_slot"]
    assert events[0].facts == {"placements": 1, "mails": 1}


def test_a_coordinator_of_another_cohort_finds_neither_leader_nor_day(
    session: Session, small: SmallCohort
) -> None:
    stranger = Scope.of_user(session, make_coordinator(session).user_id)
    with pytest.raises(NotFound):
        leave(stranger, small.leaders[0])
    with pytest.raises(NotFound):
        call_off(stranger, small.slots[0])


def test_a_leader_and_a_day_are_found_in_their_own_cohort_alone(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    other = confirmed_cohort(session)
    for call in (
        lambda: scope.leader_of(other.cohort, small.leaders[0].id),
        lambda: scope.slot_in(other.cohort, small.slots[0].id),
        lambda: scope.leader_named(other.cohort, small.leaders[0].user.email),
        lambda: scope.slot_named(other.cohort, small.slots[0].reference),
    ):
        with pytest.raises(NotFound):
            call()
    assert scope.leader_named(small.cohort, small.leaders[0].user.email.upper()) is small.leaders[0]


def test_a_preview_names_the_same_rules_that_would_not_hold(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    small.slots[0].minimum = 2
    session.flush()
    leader, slot = at(session, small.slots[0])[0], small.slots[0]
    cohort_id = small.cohort.id
    shown = withdrawals.preview_leader(scope, cohort_id, leader.id, sender=SENDER, now=NOON)
    without_day = withdrawals.preview_slot(scope, cohort_id, slot.id, sender=SENDER, now=NOON)
    assert (len(shown.broken), without_day.broken) == (1, ())
    assert leave(scope, leader).broken == shown.broken
