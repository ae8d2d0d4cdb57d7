"""Repairs: what stands is kept where it can be, and only those whose day changes hear of it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.change_errors import NothingToRepair, RepairNeeded
from placement.domain.errors import RunOutOfDate
from placement.domain.letters import thaw
from placement.models import AuditEvent, Leader, MatchRun, Message, Placement, Slot
from placement.services import confirmations, match_runs, repairs, run_input, slot_changes, withdrawals
from placement.services.confirmations import Confirmation
from placement.services.reports.confirming import confirming
from placement.services.scope import Scope
from placement.services.slot_changes import SlotChange
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.opportunities import make_slot
from tests.factories.people import make_leader
from tests.factories.placements import make_invite, make_placement
from tests.services.repairing import (
    at,
    confirmed_cohort,
    counts,
    invite_of,
    live,
    owed,
    send_all,
    solve_run,
    solved_repair,
)
from tests.services.small_cohort import SENDER, SmallCohort, make_small_cohort, solved_run

SENT = ("placement_confirmed", "sent", "REQUEST", 0)
CANCEL = ("placement_cancelled", "todo", "CANCEL", 1)
INVITE = ("placement_confirmed", "todo", "REQUEST", 0)


@pytest.fixture
def small(session: Session) -> SmallCohort:
    return confirmed_cohort(session)


def confirm(scope: Scope, run_id: int, **facts: Any) -> Confirmation:
    call: dict[str, Any] = {"sender": SENDER, "now": NOON} | facts
    return confirmations.confirm_run(scope, run_id, **call)


def change(scope: Scope, slot: Slot, **facts: Any) -> None:
    slot_changes.change_slot(
        scope, slot.cohort_id, slot.id, change=SlotChange(**facts), sender=SENDER, now=NOON
    )


def call_off(scope: Scope, slot: Slot) -> None:
    withdrawals.withdraw_slot(scope, slot.cohort_id, slot.id, sender=SENDER, now=NOON)


def test_a_repair_is_two_runs_that_say_what_they_are(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    runs = solved_repair(session, small)
    kept, fresh = session.get_one(MatchRun, runs.repair), session.get_one(MatchRun, runs.fresh)
    assert (kept.kind, fresh.kind) == ("repair", "fresh")
    pairs = {(small_email(session, leader), reference(session, slot)) for leader, slot in live(session)}
    assert set(run_input.standing_in(kept)) == set(run_input.standing_in(fresh)) == pairs
    assert repairs.runs_of(session, kept) == repairs.runs_of(session, fresh) == (kept, fresh)


def small_email(session: Session, leader_id: int) -> str:
    return session.get_one(Leader, leader_id).user.email


def reference(session: Session, slot_id: int) -> str:
    return session.get_one(Slot, slot_id).reference


def test_where_all_is_well_a_repair_changes_nothing_and_tells_nobody(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    before = counts(session)
    assert confirm(scope, solved_repair(session, small).repair) == Confirmation(made=0, kept=4)
    assert counts(session) == before


def test_those_of_a_withdrawn_day_get_another_and_the_others_stay_and_hear_nothing(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    another = make_slot(session, opportunity=small.food, capacity=2, starts_at=FIRST_DAY + timedelta(days=1))
    there, others = at(session, small.slots[0]), at(session, small.slots[1])
    call_off(scope, small.slots[0])
    assert confirm(scope, solved_repair(session, small).repair) == Confirmation(made=2, kept=2, partners=1)
    assert [leader.id for leader in at(session, another)] == [leader.id for leader in there]
    assert [owed(session, leader) for leader in there] == [[SENT, CANCEL, INVITE]] * 2
    assert [owed(session, leader) for leader in others] == [[SENT]] * 2


def test_a_leader_who_is_moved_gets_a_cancellation_and_a_new_invite_with_a_name_of_its_own(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    change(scope, small.slots[0], capacity=1)
    first, second = at(session, small.slots[0])
    before = {leader.id: invite_of(session, leader).uid for leader in (first, second)}
    done = confirm(scope, solved_repair(session, small).repair)
    assert done == Confirmation(made=1, ended=1, kept=3, partners=2)
    (stays,) = at(session, small.slots[0])
    moved = second if stays == first else first
    assert owed(session, stays) == [SENT]
    assert owed(session, moved) == [SENT, CANCEL, INVITE]
    cancelled, invited = (
        thaw(mail.payload) for mail in send_all(session) if mail.recipient == moved.user.email
    )
    assert cancelled.uid == before[moved.id]
    assert invited.uid not in before.values()
    assert "Wednesday 10 February 2027" in cancelled.reason
    assert "Wednesday 3 February 2027" in invited.reason
    slot = session.get_one(Slot, small.slots[0].id)
    assert (slot.capacity, slot.wanted_capacity, slot.taken) == (1, None, 1)


def test_a_moved_leader_whose_first_invite_never_left_gets_the_new_one_alone(
    session: Session, scope: Scope
) -> None:
    small = confirmed_cohort(session, sent=False)
    change(scope, small.slots[0], capacity=1)
    there = at(session, small.slots[0])
    confirm(scope, solved_repair(session, small).repair)
    (moved,) = [leader for leader in there if leader not in at(session, small.slots[0])]
    assert owed(session, moved) == [("placement_confirmed", "cancelled", "REQUEST", 0), INVITE]


def test_who_cannot_be_kept_is_told_that_there_is_no_other_day(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    change(scope, small.slots[0], capacity=1)
    change(scope, small.slots[1], capacity=2)
    there = at(session, small.slots[0])
    assert confirm(scope, solved_repair(session, small).repair) == Confirmation(
        made=0, ended=1, kept=3, partners=1
    )
    (out,) = [leader for leader in there if leader not in at(session, small.slots[0])]
    assert owed(session, out) == [SENT, CANCEL]
    mail, _partners = send_all(session)
    assert "There is no other day" in thaw(mail.payload).reason


def test_two_leaders_can_change_places_in_full_days(session: Session, scope: Scope) -> None:
    small = make_small_cohort(session)
    small.slots[1].capacity = 2
    session.flush()
    confirm(scope, solved_run(session, small.cohort).id)
    send_all(session)
    one, other = at(session, small.slots[0])[0], at(session, small.slots[1])[0]
    wanted = {(one.id, small.slots[1].id), (other.id, small.slots[0].id)}
    runs = repairs.request_repair(scope, small.cohort.id, seconds=5, now=NOON)
    stay = live(session) - {(one.id, small.slots[0].id), (other.id, small.slots[1].id)}
    assignments = [
        {"leader": small_email(session, leader), "slot": reference(session, slot), "rank": 1}
        for leader, slot in stay | wanted
    ]
    digest = session.get_one(MatchRun, runs.repair).input_digest
    found = {"status": "optimal", "stages": [], "assignments": assignments, "input_digest": digest}
    assert match_runs.record_allocation(session, runs.repair, found, now=NOON)
    session.expire_all()
    assert confirm(scope, runs.repair) == Confirmation(made=2, ended=2, kept=2, partners=2)
    assert live(session) == stay | wanted
    assert [session.get_one(Slot, slot.id).taken for slot in small.slots] == [2, 2]


def test_confirming_a_repair_twice_does_nothing(session: Session, scope: Scope, small: SmallCohort) -> None:
    change(scope, small.slots[0], capacity=1)
    run_id = solved_repair(session, small).repair
    confirm(scope, run_id)
    before = counts(session)
    assert confirm(scope, run_id) == Confirmation(made=0, before=True)
    assert counts(session) == before


@pytest.mark.parametrize(("first", "second"), [("repair", "fresh"), ("fresh", "repair")])
def test_of_the_two_runs_only_one_can_be_confirmed(
    session: Session, scope: Scope, small: SmallCohort, first: str, second: str
) -> None:
    change(scope, small.slots[0], capacity=1)
    runs = solved_repair(session, small)
    confirm(scope, getattr(runs, first))
    with pytest.raises(RunOutOfDate, match="confirmed or cancelled"):
        confirm(scope, getattr(runs, second))


def test_the_best_list_made_afresh_can_be_confirmed(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    change(scope, small.slots[0], capacity=4)
    runs = solved_repair(session, small)
    fresh = session.get_one(MatchRun, runs.fresh)
    wanted = {(pair.leader_id, pair.slot_id) for pair in fresh.assignments}
    assert wanted != live(session), "everybody who answered wants the food bank, which takes four now"
    confirm(scope, runs.fresh)
    assert live(session) == wanted


@pytest.mark.parametrize("what", ["leader", "slot", "capacity", "placement"])
@pytest.mark.parametrize("kind", ["repair", "fresh"])
def test_a_repair_of_what_has_changed_since_is_refused_and_nothing_is_done(
    session: Session, scope: Scope, small: SmallCohort, what: str, kind: str
) -> None:
    run_id = getattr(solved_repair(session, small), kind)
    if what == "leader":
        leader = small.leaders[0]
        withdrawals.withdraw_leader(scope, small.cohort.id, leader.id, sender=SENDER, now=NOON)
    elif what == "slot":
        call_off(scope, small.slots[0])
    elif what == "capacity":
        change(scope, small.slots[0], capacity=1)
    else:
        row = session.scalars(select(Placement)).first()
        assert row is not None
        row.status = "cancelled"
        session.flush()
    before = counts(session)
    with pytest.raises(RunOutOfDate):
        confirm(scope, run_id)
    assert counts(session) == before


def test_days_that_are_over_are_neither_moved_nor_given_again(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    been = at(session, small.slots[0])
    later = FIRST_DAY + timedelta(days=2)
    small.slots[0].minimum = 2
    been[0].days = 2
    session.flush()
    runs = repairs.request_repair(scope, small.cohort.id, seconds=5, now=later)
    run = solve_run(session, runs.repair)
    assert been[0].id in {pair.leader_id for pair in run.assignments}, "their second day is still to come"
    assert small.slots[0].id not in {pair.slot_id for pair in run.assignments}
    assert been[1].id not in {pair.leader_id for pair in run.assignments}
    assert confirm(scope, runs.repair, now=later).ended == 0
    assert {(leader.id, small.slots[0].id) for leader in been} < live(session)


def test_a_partner_where_a_leader_has_been_counts_against_the_limit_for_one_leader(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    small.cohort.max_per_partner = 1
    session.flush()
    leader = at(session, small.slots[0])[0]
    leader.days = 2
    again = make_slot(session, opportunity=small.food, starts_at=FIRST_DAY + timedelta(days=9))
    runs = repairs.request_repair(scope, small.cohort.id, seconds=5, now=FIRST_DAY + timedelta(days=2))
    run = solve_run(session, runs.repair)
    assert (leader.id, again.id) not in {(pair.leader_id, pair.slot_id) for pair in run.assignments}


def test_a_match_run_while_what_stands_is_impossible_says_what_to_run(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    change(scope, small.slots[0], capacity=1)
    with pytest.raises(RepairNeeded, match=f'placement match repair --cohort "{small.cohort.name}"'):
        match_runs.request_run(scope, small.cohort.id, seconds=5, now=NOON)


def test_a_run_made_before_a_capacity_was_lowered_says_so_when_it_is_confirmed(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    make_leader(session, cohort=small.cohort)
    run = solved_run(session, small.cohort)
    change(scope, small.slots[0], capacity=1)
    with pytest.raises(RunOutOfDate, match="capacity 2 is now 1"):
        confirm(scope, run.id)


def test_a_cohort_in_which_nothing_was_ever_confirmed_is_matched_not_repaired(
    session: Session, scope: Scope
) -> None:
    with pytest.raises(NothingToRepair, match="match run"):
        repairs.request_repair(scope, make_small_cohort(session).cohort.id, seconds=5, now=NOON)


def test_a_lottery_is_repaired_gently_and_drawn_anew_beside(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    small.cohort.objective = "lottery"
    runs = repairs.request_repair(scope, small.cohort.id, seconds=5, now=NOON)
    kinds = {run.kind: run.objective for run in session.scalars(select(MatchRun)) if run.kind != "match"}
    assert kinds == {"repair": "generous", "fresh": "lottery"}
    assert confirm(scope, solve_run(session, runs.repair).id).kept == 4


def test_unfinished_runs_of_the_same_repair_are_taken_up_again(scope: Scope, small: SmallCohort) -> None:
    first = repairs.request_repair(scope, small.cohort.id, seconds=5, now=NOON)
    assert repairs.request_repair(scope, small.cohort.id, seconds=5, now=NOON) == first


def test_a_fresh_run_that_was_left_behind_goes_with_the_newest_repair(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    first = repairs.request_repair(scope, small.cohort.id, seconds=5, now=NOON)
    solve_run(session, first.repair)
    second = repairs.request_repair(scope, small.cohort.id, seconds=5, now=NOON)
    assert second.repair != first.repair
    assert second.fresh == first.fresh
    newest = session.get_one(MatchRun, second.repair)
    assert repairs.runs_of(session, newest)[1] is session.get_one(MatchRun, second.fresh)


def test_the_days_of_a_leader_with_several_are_exchanged_one_for_one(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    leader = at(session, small.slots[0])[0]
    leader.days = 2
    extra = make_slot(session, opportunity=small.food, starts_at=FIRST_DAY + timedelta(days=3), capacity=1)
    make_invite(session, placement=make_placement(session, leader=leader, slot=extra), state="sent")
    change(scope, small.slots[0], capacity=1)
    make_slot(session, opportunity=small.food, starts_at=FIRST_DAY + timedelta(days=5), capacity=1)
    done = confirm(scope, solved_repair(session, small).repair)
    assert (done.ended, done.made) == (1, 1)
    assert (leader.id, extra.id) in live(session)


def test_what_confirming_would_send_is_shown_before_it_is_done(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    change(scope, small.slots[0], capacity=1)
    run_id = solved_repair(session, small).repair
    before = counts(session)
    shown = confirming(scope, small.cohort.id, run_id, sender=SENDER, now=NOON)
    assert not session.dirty
    assert counts(session) == before
    assert (len(shown.cancelled), len(shown.new), shown.problems) == (1, 1, ())
    confirm(scope, run_id)
    todo = select(Message).where(Message.status == "todo", Message.invite_id.is_not(None))
    told = [thaw(row.payload) for row in session.scalars(todo)]
    assert told[0] == shown.cancelled[0].details
    assert told[1].reason == shown.new[0].details.reason != ""


def test_what_a_repair_did_is_on_record(session: Session, scope: Scope, small: SmallCohort) -> None:
    change(scope, small.slots[0], capacity=1)
    confirm(scope, solved_repair(session, small).repair)
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert event.facts == {"placements": 1, "ended": 1}
