"""One free seat is given to one person: a pin for that run alone, confirmed as every repair is."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.change_errors import NothingToRepair, SeatRefused
from placement.domain.errors import NotFound, RunInfeasible, RunOutOfDate
from placement.models import AuditEvent, Leader, MatchRun, Slot
from placement.services import confirmations, repairs, run_input, seats, slot_changes, withdrawals
from placement.services.confirmations import Confirmation
from placement.services.reports.confirming import confirming
from placement.services.reports.repair import RepairReport, repair_report
from placement.services.scope import Scope
from placement.services.slot_changes import SlotChange
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.opportunities import make_slot
from tests.factories.people import make_coordinator, make_leader
from tests.factories.preferences import make_date_answer
from tests.services.repairing import at, confirmed_cohort, counts, live, owed, solve_run
from tests.services.small_cohort import SENDER, SmallCohort, make_small_cohort

SENT = ("placement_confirmed", "sent", "REQUEST", 0)
CANCEL = ("placement_cancelled", "todo", "CANCEL", 1)
INVITE = ("placement_confirmed", "todo", "REQUEST", 0)


@pytest.fixture
def small(session: Session) -> SmallCohort:
    """Everybody has a day; the food bank is full, and the café has one free seat."""
    return confirmed_cohort(session)


def ask(scope: Scope, slot: Slot, leader: Leader, **facts: Any) -> int:
    call: dict[str, Any] = {"seconds": 20, "now": NOON} | facts
    return seats.request_seat(scope, slot.cohort_id, slot.id, leader.id, **call)


def asked(session: Session, scope: Scope, slot: Slot, leader: Leader) -> MatchRun:
    """The same, worked out."""
    return solve_run(session, ask(scope, slot, leader))


def confirm(scope: Scope, run: MatchRun) -> Confirmation:
    return confirmations.confirm_run(scope, run.id, sender=SENDER, now=NOON)


def report_on(scope: Scope, run: MatchRun) -> RepairReport:
    return repair_report(scope, run.cohort_id, run.id, now=NOON)


def leave(scope: Scope, leader: Leader) -> None:
    withdrawals.withdraw_leader(scope, leader.cohort_id, leader.id, sender=SENDER, now=NOON)


def test_who_is_given_the_seat_has_it_although_nobody_asked_for_it(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    moved, stays = at(session, small.slots[0])
    others = at(session, small.slots[1])
    run = asked(session, scope, small.slots[1], moved)
    assert (run.kind, repairs.runs_of(session, run)) == ("repair", (run, None))
    assert confirm(scope, run) == Confirmation(made=1, ended=1, kept=3, partners=2)
    assert at(session, small.slots[0]) == [stays]
    assert set(at(session, small.slots[1])) == {moved, *others}
    assert owed(session, moved) == [SENT, CANCEL, INVITE]
    assert [owed(session, leader) for leader in (stays, *others)] == [[SENT]] * 3


def test_it_is_shown_before_and_after_like_every_repair(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    leader = at(session, small.slots[0])[0]
    before = counts(session)
    found = report_on(scope, asked(session, scope, small.slots[1], leader))
    assert found.seat is not None
    assert (found.seat.person.leader_id, found.seat.day.slot_id) == (leader.id, small.slots[1].id)
    assert (found.fresh, found.changes, found.confirmed) == (None, (), None)
    assert found.fewest is not None
    (move,) = found.fewest.moves
    assert move.before is not None
    assert move.after is not None
    assert (move.person.leader_id, move.before.slot_id) == (leader.id, small.slots[0].id)
    assert (move.after.slot_id, move.kind) == (small.slots[1].id, "moved")
    assert (found.fewest.kept, found.nothing.placed) == (3, 4)
    assert counts(session) == before, "nothing is changed until it is confirmed"


def test_the_seat_that_becomes_free_goes_to_who_waits_and_the_mails_are_seen_before(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    waiting = make_leader(session, cohort=small.cohort, name="Wanda Waiting")
    make_date_answer(session, leader=waiting, day=(FIRST_DAY + timedelta(days=7)).date(), answer="cannot")
    moved = at(session, small.slots[0])[0]
    run = asked(session, scope, small.slots[1], moved)
    shown = confirming(scope, small.cohort.id, run.id, sender=SENDER, now=NOON)
    assert {mail.leader_id for mail in shown.new} == {moved.id, waiting.id}
    assert [mail.leader_id for mail in shown.cancelled] == [moved.id]
    assert confirm(scope, run) == Confirmation(made=2, ended=1, kept=3, partners=2)
    assert waiting in at(session, small.slots[0])


def test_who_waits_is_given_a_seat_and_nobody_else_hears_of_it(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    waiting = make_leader(session, cohort=small.cohort)
    run = asked(session, scope, small.slots[1], waiting)
    assert confirm(scope, run) == Confirmation(made=1, kept=4, partners=1)
    assert owed(session, waiting) == [INVITE]
    assert [owed(session, leader) for leader in small.leaders] == [[SENT]] * 4


def test_the_pin_is_of_this_run_alone(session: Session, scope: Scope, small: SmallCohort) -> None:
    leader = at(session, small.slots[0])[0]
    run = asked(session, scope, small.slots[1], leader)
    pin = [leader.user.email, small.slots[1].reference]
    assert json.loads(run.frozen_input)["pins"] == [pin]
    after = repairs.request_repair(scope, small.cohort.id, seconds=20, now=NOON)
    for run_id in (after.repair, after.fresh):
        assert json.loads(session.get_one(MatchRun, run_id).frozen_input)["pins"] == []
    confirm(scope, run)
    assert run_input.given_in(session.get_one(MatchRun, after.repair)) == []


def test_asking_twice_before_it_is_worked_out_leads_to_the_same_run(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    one, other = at(session, small.slots[0])
    run_id = ask(scope, small.slots[1], one)
    assert ask(scope, small.slots[1], one) == run_id
    assert ask(scope, small.slots[1], other) != run_id
    events = session.scalars(select(AuditEvent).where(AuditEvent.verb == "request_seat")).all()
    assert events[0].facts == {"leader": one.id, "run": run_id}


def test_a_seat_given_by_lottery_draws_nothing_anew(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    leader = at(session, small.slots[0])[0]
    run = solve_run(session, ask(scope, small.slots[1], leader, objective="lottery", seed="new"))
    assert (run.objective, run.seed) == (repairs.GENTLE, "new")
    assert confirm(scope, run).kept == 3


@pytest.mark.parametrize("what", ["leader", "slot", "capacity", "full", "dates", "other"])
def test_a_seat_is_not_given_where_anything_has_changed_since_and_it_is_said_what(
    session: Session, scope: Scope, small: SmallCohort, what: str
) -> None:
    leader, other = at(session, small.slots[0])
    run, slot = asked(session, scope, small.slots[1], leader), small.slots[1]
    call: dict[str, Any] = {"sender": SENDER, "now": NOON}
    said = "Placements were confirmed or cancelled"
    if what == "leader":
        leave(scope, leader)
        said = f"The leader {leader.user.email} is gone."
    elif what == "slot":
        withdrawals.withdraw_slot(scope, slot.cohort_id, slot.id, **call)
        said = f"The day {slot.reference}: capacity 3 is now 0"
    elif what == "capacity":
        slot_changes.change_slot(scope, slot.cohort_id, slot.id, change=SlotChange(capacity=2), **call)
        said = f"The day {slot.reference}: capacity 3 is now 2."
    elif what == "full":
        waiting = make_leader(session, cohort=small.cohort)
        confirm(scope, asked(session, scope, slot, waiting))
    elif what == "dates":
        make_date_answer(session, leader=leader, day=slot.starts_at.date(), answer="cannot")
        said = f"The leader {leader.user.email}: days they cannot be given changed."
    else:
        leave(scope, other)
    before = counts(session)
    with pytest.raises(RunOutOfDate, match="can no longer be confirmed") as refusal:
        confirm(scope, run)
    assert said in str(refusal.value)
    assert counts(session) == before


def test_a_pin_that_became_impossible_is_told_by_what_changed_and_by_nothing_else(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    free = make_slot(session, opportunity=small.cafe, capacity=1, starts_at=FIRST_DAY + timedelta(days=9))
    run = asked(session, scope, free, at(session, small.slots[0])[0])
    withdrawals.withdraw_slot(scope, free.cohort_id, free.id, sender=SENDER, now=NOON)
    found = report_on(scope, session.get_one(MatchRun, run.id))
    assert found.changes == (f"The day {free.reference}: capacity 1 is now 0, minimum number 1 is now 0.",)


def refused(session: Session, scope: Scope, slot: Slot, leader: Leader, **facts: Any) -> str:
    """Why a seat is not given; no run is made of it."""
    session.flush()
    session.expire_all()
    before = len(session.scalars(select(MatchRun.id)).all())
    with pytest.raises(SeatRefused) as refusal:
        ask(scope, slot, leader, **facts)
    assert len(session.scalars(select(MatchRun.id)).all()) == before
    said = str(refusal.value)
    assert said.startswith(f"{leader.name} cannot be given a seat on ")
    return said


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("full", "The day has no free seat."),
        ("withdrawn", "The day has been withdrawn."),
        ("over", "The day has begun or is over."),
    ],
)
def test_a_day_without_a_free_seat_gives_none_and_says_why(
    session: Session, scope: Scope, small: SmallCohort, what: str, said: str
) -> None:
    slot, leader, now = small.slots[1], at(session, small.slots[0])[0], NOON
    if what == "full":
        leader, slot = at(session, slot)[0], small.slots[0]
    elif what == "withdrawn":
        withdrawals.withdraw_slot(scope, slot.cohort_id, slot.id, sender=SENDER, now=NOON)
    else:
        make_slot(session, opportunity=small.food, starts_at=FIRST_DAY + timedelta(days=30))
        now = slot.starts_at + timedelta(hours=1)
    assert refused(session, scope, slot, leader, now=now).endswith(said)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("left", seats.LEFT),
        ("there", seats.THERE),
        ("had", seats.HAD),
        ("check", seats.BARRED),
        ("date", seats.BARRED),
        ("unchosen", seats.UNCHOSEN),
    ],
)
def test_who_cannot_have_the_seat_is_refused_it_although_a_pin_would_beat_every_reason(
    session: Session, scope: Scope, small: SmallCohort, what: str, said: str
) -> None:
    slot, leader, now = small.slots[1], at(session, small.slots[0])[0], NOON
    if what == "left":
        leave(scope, leader)
    elif what == "there":
        leader = at(session, slot)[0]
    elif what == "had":
        now = FIRST_DAY + timedelta(days=1)
    elif what == "check":
        small.cafe.check_required = "enhanced"
    elif what == "date":
        make_date_answer(session, leader=leader, day=slot.starts_at.date(), answer="cannot")
    else:
        leader = make_leader(session, cohort=small.cohort)
        small.cohort.place_unranked = False
    assert refused(session, scope, slot, leader, now=now).endswith(said)


def test_a_seat_that_no_list_allows_is_said_so_and_cannot_be_confirmed(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    lonely = make_slot(session, opportunity=small.cafe, capacity=9, minimum=9)
    run = asked(session, scope, lonely, at(session, small.slots[0])[0])
    found = report_on(scope, run).fewest
    assert found is not None
    assert (found.impossible, found.moves, found.placed) == (True, (), 0)
    before = live(session)
    with pytest.raises(RunInfeasible):
        confirm(scope, run)
    assert live(session) == before


def test_nobody_is_given_a_seat_before_anything_was_confirmed(session: Session, scope: Scope) -> None:
    small = make_small_cohort(session)
    with pytest.raises(NothingToRepair):
        ask(scope, small.slots[0], small.leaders[0])


def test_a_seat_is_given_within_one_cohort_by_its_own_coordinator(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    other = confirmed_cohort(session)
    with pytest.raises(NotFound):
        ask(scope, small.slots[1], other.leaders[0])
    stranger = Scope.of_user(session, make_coordinator(session).user_id)
    with pytest.raises(NotFound):
        ask(stranger, small.slots[1], small.leaders[0])
