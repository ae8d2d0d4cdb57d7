"""Changing one leader's place in a run: what it does to others, before and after it is saved."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from placement.domain.fixing_errors import ChangeRefused, PairRefused
from placement.models import Leader, MatchRun
from placement.services import confirmations, fixing, place_changes
from placement.services.reports.place_change import PlaceChange, place_options
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.preferences import make_date_answer
from tests.services.repairing import solve_run, solved_repair
from tests.services.small_cohort import SENDER, SmallCohort, make_small_cohort, solved_run


@pytest.fixture
def small(session: Session) -> SmallCohort:
    return make_small_cohort(session)


def options(scope: Scope, run: MatchRun, leader: Leader, **facts: Any) -> PlaceChange:
    call: dict[str, Any] = {"seconds": 20, "now": NOON} | facts
    return place_options(scope, run.cohort_id, run.id, leader.id, **call)


def change(scope: Scope, run: MatchRun, leader: Leader, slot_id: int, **facts: Any) -> int:
    call: dict[str, Any] = {"reason": "Agreed by phone", "seconds": 20, "now": NOON} | facts
    return place_changes.change_place(scope, run.cohort_id, run.id, leader.id, slot_id, **call)


def given(run: MatchRun) -> dict[int, int]:
    return {pair.leader_id: pair.slot_id for pair in run.assignments}


def at(run: MatchRun, small: SmallCohort, slot: int) -> list[Leader]:
    return [leader for leader in small.leaders if given(run).get(leader.id) == small.slots[slot].id]


@pytest.mark.parametrize("names", ["abcd", "dcba", "bdac", "cadb"])
def test_what_is_shown_before_is_what_the_new_run_gives_and_the_old_run_stays(
    session: Session, scope: Scope, small: SmallCohort, names: str
) -> None:
    for leader, name in zip(small.leaders, names, strict=True):  # equally good lists differ by these
        leader.user.email = f"{name}@people.example"
    session.flush()
    run = solved_run(session, small.cohort)
    before = given(run)
    moved = next(leader for leader in at(run, small, 1) if leader.submitted_at)
    found = options(scope, run, moved, slot_id=small.slots[0].id)
    (option,) = found.options
    assert option.day.slot_id == small.slots[0].id
    assert (found.placed, option.placed) == (4, 4)
    assert (found.profile, option.profile) == (
        {"1": 2, "2": 1, "unranked": 1},
        {"1": 2, "2": 1, "unranked": 1},
    )
    (other,) = option.others
    assert other.after is not None
    assert other.after.slot_id == small.slots[1].id

    new = solve_run(session, change(scope, run, moved, small.slots[0].id))
    assert given(run) == before
    assert given(new) == before | {moved.id: small.slots[0].id, other.person.leader_id: small.slots[1].id}


def test_everybody_else_stays_where_a_fresh_run_would_move_them(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    run = solved_run(session, small.cohort)
    moved = at(run, small, 0)[0]
    (option,) = options(scope, run, moved).options
    assert option.others == ()
    new = solve_run(session, change(scope, run, moved, small.slots[1].id))
    assert given(new) == given(run) | {moved.id: small.slots[1].id}


def test_a_change_is_undone_and_the_old_run_fits_again(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    run = solved_run(session, small.cohort)
    moved = at(run, small, 0)[0]
    new_id = change(scope, run, moved, small.slots[1].id)
    assert place_changes.why_unchangeable(session, run, now=NOON) == place_changes.OUTDATED
    step = fixing.last_step(scope, small.cohort)
    assert step is not None
    assert (step.run_id, step.new_run_id) == (run.id, new_id)
    fixing.undo(scope, small.cohort.id, step_id=step.id, now=NOON)
    assert place_changes.why_unchangeable(session, run, now=NOON) == ""


def test_a_second_change_of_the_same_leader_takes_the_place_of_the_first(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    run = solved_run(session, small.cohort)
    moved = at(run, small, 0)[0]
    second = solve_run(session, change(scope, run, moved, small.slots[1].id))
    third = solve_run(session, change(scope, second, moved, small.slots[0].id))
    assert given(third)[moved.id] == small.slots[0].id


def test_a_day_that_the_leader_cannot_have_is_no_option_and_is_refused(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    moved = small.leaders[0]
    for slot in small.slots[:1]:
        make_date_answer(session, leader=moved, day=slot.starts_at.date(), answer="cannot")
    run = solved_run(session, small.cohort)
    assert options(scope, run, moved).options == ()
    with pytest.raises(PairRefused):
        change(scope, run, moved, small.slots[0].id)


def test_only_a_solved_run_that_is_up_to_date_can_be_changed(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    run = solved_run(session, small.cohort)
    small.slots[0].capacity = 3
    session.flush()
    assert options(scope, run, small.leaders[0]).refused == place_changes.OUTDATED
    with pytest.raises(ChangeRefused):
        change(scope, run, small.leaders[0], small.slots[1].id)
    newer = solved_run(session, small.cohort)
    confirmations.confirm_run(scope, newer.id, sender=SENDER, now=NOON)
    session.expire_all()
    assert options(scope, newer, small.leaders[0]).refused == place_changes.CONFIRMED
    repair = session.get_one(MatchRun, solved_repair(session, small).repair)
    assert options(scope, repair, small.leaders[0]).refused == place_changes.REPAIR


def test_what_is_not_worked_out_in_time_is_counted(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    run = solved_run(session, small.cohort)
    found = options(scope, run, small.leaders[0], seconds=timedelta(0).total_seconds())
    assert (found.options, found.unknown) == ((), 1)
