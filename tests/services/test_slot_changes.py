"""Changing a day on which people are confirmed: who is told, what is kept, what a repair mends."""

import datetime as dt
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from placement.domain.change_errors import SlotChangeClashes, SlotStartTaken
from placement.domain.errors import (
    LocalTimeMissing,
    MinimumAboveCapacity,
    NotFound,
    PlacementError,
    PlacesOutOfRange,
    SlotChangedMeanwhile,
    SlotEndsBeforeStart,
    SlotInPast,
    SlotOver,
    SlotTooFarAhead,
)
from placement.domain.letters import thaw
from placement.models import AuditEvent, Message, Placement, Slot
from placement.services import leaders, slot_changes, withdrawals
from placement.services.match_problem import build_problem
from placement.services.reports.effects import Effect
from placement.services.scope import Scope
from placement.services.slot_changes import SlotChange
from placement.services.slots import version_of
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.opportunities import make_slot
from tests.factories.people import make_leader
from tests.factories.placements import make_placement
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
CHANGED = ("placement_changed", "todo", "REQUEST", 1)
NEXT_WEEK = (FIRST_DAY + timedelta(days=6)).date()
ELSEWHEN = SlotChange(date=NEXT_WEEK, start=dt.time(10), end=dt.time(15, 30))


@pytest.fixture
def small(session: Session) -> SmallCohort:
    return confirmed_cohort(session)


def change(scope: Scope, slot: Slot, wanted: SlotChange, **facts: object) -> Effect:
    call: dict[str, Any] = {"sender": SENDER, "now": NOON} | facts
    return slot_changes.change_slot(scope, slot.cohort_id, slot.id, change=wanted, **call)


def test_a_new_time_moves_the_calendar_entries_of_those_there_and_of_nobody_else(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    slot = small.slots[0]
    there, others = at(session, slot), at(session, small.slots[1])
    before = {leader.id: invite_of(session, leader).uid for leader in there}
    pairs = live(session)
    effect = change(scope, slot, ELSEWHEN, now=NOON + timedelta(hours=1))
    assert live(session) == pairs
    for leader in there:
        assert owed(session, leader) == [SENT, CHANGED]
        invite = invite_of(session, leader)
        assert (invite.uid, invite.sequence) == (before[leader.id], 1)
        assert invite.dtstamp == NOON + timedelta(hours=1)
        assert placement_of(invite).starts_at == dt.datetime.combine(NEXT_WEEK, dt.time(10), dt.UTC)
    assert [owed(session, leader) for leader in others] == [[SENT]] * 2
    assert {mail.news for mail in effect.mails} == {"moved"}


def test_the_mail_says_how_it_was_and_how_it_is(session: Session, scope: Scope, small: SmallCohort) -> None:
    details = change(scope, small.slots[0], ELSEWHEN).mails[0].details
    assert "Wednesday 3 February 2027, 9:30am to 4pm" in details.reason
    assert details.starts_at == dt.datetime.combine(NEXT_WEEK, dt.time(10), dt.UTC)
    assert details.ends_at == dt.datetime.combine(NEXT_WEEK, dt.time(15, 30), dt.UTC)
    assert not details.unheard


def test_an_answer_to_the_old_time_is_asked_for_again(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    leader = at(session, small.slots[0])[0]
    invite_of(session, leader).partstat = "ACCEPTED"
    session.flush()
    change(scope, small.slots[0], ELSEWHEN)
    assert invite_of(session, leader).partstat == "NEEDS-ACTION"


def test_a_second_change_before_the_first_has_gone_takes_its_place(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    leader = at(session, small.slots[0])[0]
    change(scope, small.slots[0], ELSEWHEN)
    change(scope, small.slots[0], SlotChange(start=dt.time(11)))
    assert owed(session, leader) == [
        SENT,
        ("placement_changed", "superseded", "REQUEST", 1),
        ("placement_changed", "todo", "REQUEST", 2),
    ]
    gone = [thaw(mail.payload) for mail in send_all(session) if mail.recipient == leader.user.email]
    assert [(details.sequence, details.starts_at.hour) for details in gone] == [(2, 11)]


def test_who_was_never_told_hears_of_the_new_time_alone_as_of_a_first_invite(
    session: Session, scope: Scope
) -> None:
    small = confirmed_cohort(session, sent=False)
    leader = at(session, small.slots[0])[0]
    (details, *_) = [mail.details for mail in change(scope, small.slots[0], ELSEWHEN).mails]
    assert owed(session, leader) == [
        ("placement_confirmed", "superseded", "REQUEST", 0),
        ("placement_changed", "todo", "REQUEST", 0),
    ]
    assert (details.unheard, details.reason) == (True, "")
    assert len([mail for mail in send_all(session) if mail.recipient == leader.user.email]) == 1


def test_the_same_change_again_changes_nothing_and_says_so(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    change(scope, small.slots[0], ELSEWHEN)
    before = counts(session)
    again = change(scope, small.slots[0], ELSEWHEN)
    assert (again.changed, again.mails) == (False, ())
    assert counts(session) == before


def test_a_capacity_below_the_number_there_is_kept_and_lets_nobody_in(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    slot = small.slots[1]
    effect = change(scope, slot, SlotChange(capacity=1))
    session.refresh(slot)
    assert (slot.offered_capacity, slot.capacity, slot.wanted_capacity, slot.taken) == (1, 2, 1, 2)
    assert effect.mails == ()
    (sentence,) = effect.broken
    assert "2 leaders are confirmed, and there is to be room for 1" in sentence
    newcomer = make_leader(session, cohort=small.cohort)
    with pytest.raises(IntegrityError, match="taken_within_capacity"), session.begin_nested():
        make_placement(session, leader=newcomer, slot=slot)
    problem = build_problem(session, small.cohort, objective="generous", seed="", now=NOON, kind="repair")
    assert {one.id: one.capacity for one in problem.slots}[slot.reference] == 1


def test_the_lower_capacity_holds_as_soon_as_enough_have_gone(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    slot = small.slots[1]
    change(scope, slot, SlotChange(capacity=1))
    leader = at(session, slot)[0]
    withdrawals.withdraw_leader(scope, small.cohort.id, leader.id, sender=SENDER, now=NOON)
    session.refresh(slot)
    assert (slot.capacity, slot.wanted_capacity, slot.taken) == (1, None, 1)


def test_a_capacity_may_be_raised_again_before_any_repair(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    slot = small.slots[1]
    change(scope, slot, SlotChange(capacity=1))
    assert change(scope, slot, SlotChange(capacity=5)).broken == ()
    session.refresh(slot)
    assert (slot.capacity, slot.wanted_capacity) == (5, None)


def test_a_minimum_above_the_number_there_is_kept_and_said(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    slot = small.slots[1]
    (sentence,) = change(scope, slot, SlotChange(minimum=3)).broken
    assert "2 leaders are confirmed, and it needs at least 3" in sentence
    assert session.get_one(Slot, slot.id).minimum == 3
    assert len(at(session, slot)) == 2


def test_a_date_that_somebody_there_cannot_do_is_said(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    leader, free_day = at(session, small.slots[0])[0], NEXT_WEEK
    make_slot(session, opportunity=small.cafe, starts_at=FIRST_DAY + timedelta(days=6))
    leaders.change_dates(scope, small.cohort.id, leader.id, answers={free_day: "cannot"}, now=NOON)
    (sentence,) = change(scope, small.slots[0], SlotChange(date=free_day)).broken
    assert leader.name in sentence
    assert len(at(session, small.slots[0])) == 2, "they stay until a repair"


@pytest.mark.parametrize(
    ("wanted", "refused"),
    [
        (SlotChange(date=dt.date(2026, 12, 1)), SlotInPast),
        (SlotChange(date=dt.date(2060, 12, 1)), SlotTooFarAhead),
        (SlotChange(end=dt.time(9)), SlotEndsBeforeStart),
        (SlotChange(date=dt.date(2027, 3, 28), start=dt.time(1, 30)), LocalTimeMissing),
        (SlotChange(capacity=1, minimum=2), MinimumAboveCapacity),
        (SlotChange(minimum=3), MinimumAboveCapacity),
        (SlotChange(capacity=0), PlacesOutOfRange),
        (SlotChange(capacity=201), PlacesOutOfRange),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_changed(
    session: Session, scope: Scope, small: SmallCohort, wanted: SlotChange, refused: type[PlacementError]
) -> None:
    before = counts(session), version_of(small.slots[0])
    with pytest.raises(refused):
        change(scope, small.slots[0], wanted)
    assert (counts(session), version_of(small.slots[0])) == before


def test_a_day_that_is_over_or_withdrawn_is_not_changed(scope: Scope, small: SmallCohort) -> None:
    with pytest.raises(SlotOver, match="begun"):
        change(scope, small.slots[0], ELSEWHEN, now=FIRST_DAY + timedelta(hours=1))
    withdrawals.withdraw_slot(scope, small.cohort.id, small.slots[1].id, sender=SENDER, now=NOON)
    with pytest.raises(SlotOver, match="withdrawn"):
        change(scope, small.slots[1], SlotChange(capacity=2))


def test_a_day_cannot_move_onto_another_day_of_its_opportunity(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    other = make_slot(session, opportunity=small.food, starts_at=FIRST_DAY + timedelta(days=1))
    with pytest.raises(SlotStartTaken, match=other.reference):
        change(scope, small.slots[0], SlotChange(date=other.starts_at.date()))


def test_a_day_cannot_move_to_where_somebody_there_has_another_day(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    leader = at(session, small.slots[0])[0]
    leader.days = 2
    make_placement(session, leader=leader, slot=small.slots[1])
    with pytest.raises(SlotChangeClashes, match=leader.name):
        change(scope, small.slots[0], SlotChange(date=small.slots[1].starts_at.date()))


def test_a_day_that_ends_after_midnight_still_does_on_another_date(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    slot = small.slots[0]
    slot.ends_at = slot.starts_at + timedelta(hours=18)
    session.flush()
    change(scope, slot, SlotChange(date=NEXT_WEEK))
    assert slot.ends_at - slot.starts_at == timedelta(hours=18)


def test_a_page_that_is_out_of_date_changes_nothing(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    seen = version_of(small.slots[1])
    change(scope, small.slots[1], SlotChange(capacity=5), seen=seen)
    with pytest.raises(SlotChangedMeanwhile):
        change(scope, small.slots[1], SlotChange(capacity=6), seen=seen)
    assert not change(scope, small.slots[1], SlotChange(capacity=5), seen=seen).changed


@pytest.mark.parametrize("wanted", [ELSEWHEN, SlotChange(capacity=1), SlotChange(capacity=7, minimum=3)])
def test_a_preview_says_the_same_and_writes_nothing(
    session: Session, scope: Scope, small: SmallCohort, wanted: SlotChange
) -> None:
    slot = small.slots[0]
    before = counts(session), version_of(slot)
    shown = slot_changes.preview_change(
        scope, small.cohort.id, slot.id, change=wanted, sender=SENDER, now=NOON
    )
    assert not session.dirty
    assert (counts(session), version_of(slot)) == before
    assert change(scope, slot, wanted) == shown


def test_an_empty_day_moves_without_a_word(session: Session, scope: Scope, small: SmallCohort) -> None:
    slot = make_slot(session, opportunity=small.food, starts_at=FIRST_DAY + timedelta(days=1))
    assert change(scope, slot, ELSEWHEN).mails == ()
    assert session.scalars(select(Message).where(Message.status == "todo")).all() == []


def test_a_changed_day_is_on_record(session: Session, scope: Scope, small: SmallCohort) -> None:
    change(scope, small.slots[0], ELSEWHEN)
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert (event.verb, event.facts["mails"]) == ("change_slot", 2)


def test_dates_can_change_after_places_are_decided_and_nobody_is_told(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    leader = at(session, small.slots[0])[0]
    answers = {FIRST_DAY.date(): "cannot"}
    call: dict[str, Any] = {"answers": answers, "now": NOON}
    effect = leaders.change_dates(scope, small.cohort.id, leader.id, **call)
    assert (effect.changed, effect.mails) == (True, ())
    assert leader.name in effect.broken[0]
    assert (leader.id, small.slots[0].id) in live(session)
    assert not leaders.change_dates(scope, small.cohort.id, leader.id, **call).changed
    with pytest.raises(NotFound):
        leaders.change_dates(
            scope, small.cohort.id, leader.id, answers={dt.date(2027, 5, 1): "can"}, now=NOON
        )


def test_hours_of_placements_follow_their_day(session: Session, scope: Scope, small: SmallCohort) -> None:
    change(scope, small.slots[0], ELSEWHEN)
    session.expire_all()
    rows = session.scalars(select(Placement).where(Placement.slot_id == small.slots[0].id)).all()
    assert {(row.starts_at, row.ends_at) for row in rows} == {
        (small.slots[0].starts_at, small.slots[0].ends_at)
    }
