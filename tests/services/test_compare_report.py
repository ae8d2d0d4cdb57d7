"""Two runs of a cohort side by side."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from placement.domain.errors import NotFound
from placement.models import Leader, MatchRun, Slot
from placement.services.match_problem import build_problem
from placement.services.reports.compare import Comparison, compare_runs, runs_to_compare
from placement.services.scope import Scope
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.opportunities import make_slot
from tests.factories.people import make_coordinator, make_leader
from tests.factories.preferences import make_date_answer
from tests.factories.runs import make_assignment, make_run
from tests.services.small_cohort import SmallCohort, make_small_cohort

Pair = tuple[Leader, Slot, int | None]


@pytest.fixture
def small(session: Session) -> SmallCohort:
    return make_small_cohort(session)


def run_of(session: Session, small: SmallCohort, pairs: Sequence[Pair], **facts: Any) -> MatchRun:
    """A run of the cohort as it stands, with these pairs as its list."""
    problem = build_problem(session, small.cohort, objective="generous", seed="a seed", now=NOON)
    run = make_run(session, cohort=small.cohort, frozen_input=json.dumps(problem.to_json()), **facts)
    for leader, slot, rank in pairs:
        make_assignment(session, run=run, leader=leader, slot=slot, rank=rank)
    session.expire_all()
    return run


def compared(session: Session, small: SmallCohort, first: MatchRun, second: MatchRun) -> Comparison:
    return compare_runs(Scope.system(session), small.cohort.id, first.id, second.id)


def test_each_leader_is_told_apart_by_what_the_second_run_changes_for_them(
    session: Session, small: SmallCohort
) -> None:
    ada, ben, cyd, silent = small.leaders
    food, cafe = small.slots
    other = make_slot(session, opportunity=small.food, starts_at=FIRST_DAY + timedelta(days=14))
    first = run_of(
        session, small, [(ada, food, 1), (ben, cafe, 2), (cyd, food, 1), (silent, cafe, None)], seed="x"
    )
    second = run_of(session, small, [(ada, other, 1), (ben, food, 1), (cyd, cafe, 2)], seed="y")
    found = compared(session, small, first, second)
    assert {row.leader_id: row.kind for row in found.leaders} == {
        silent.id: "unplaced",
        cyd.id: "loses",
        ben.id: "gains",
        ada.id: "moves",
    }
    assert [row.kind for row in found.leaders] == ["unplaced", "loses", "gains", "moves"]
    back = compared(session, small, second, first)
    assert [row.kind for row in back.of_kind("placed")] == ["placed"]
    assert (found.alike, found.only_one, found.changes) == (0, (), ())


def test_who_gets_the_same_days_is_counted_and_not_listed(session: Session, small: SmallCohort) -> None:
    ada, ben, *_ = small.leaders
    food, cafe = small.slots
    first = run_of(session, small, [(ada, food, 1), (ben, cafe, 2)])
    second = run_of(session, small, [(ada, food, 1), (ben, food, 1)])
    found = compared(session, small, first, second)
    assert ([row.leader_id for row in found.leaders], found.alike) == ([ben.id], 3)


def test_several_days_are_compared_best_choice_first(session: Session, small: SmallCohort) -> None:
    ada = small.leaders[0]
    ada.days = 2
    food, cafe = small.slots
    later = make_slot(session, opportunity=small.cafe, starts_at=FIRST_DAY + timedelta(days=14))
    first = run_of(session, small, [(ada, cafe, 2), (ada, later, 2)])
    second = run_of(session, small, [(ada, food, 1), (ada, later, None)])
    found = compared(session, small, first, second)
    assert [row.kind for row in found.leaders] == ["gains"]
    assert [row.kind for row in compared(session, small, second, first).leaders] == ["loses"]


def test_the_figures_of_both_runs_are_counted(session: Session, small: SmallCohort) -> None:
    ada, ben, *_ = small.leaders
    for leader, north in ((ada, 53.82), (ben, 53.92)):  # the site is at 53.82; a tenth of a degree is 11 km
        leader.latitude, leader.longitude = north, -3.048
    food, cafe = small.slots
    make_date_answer(session, leader=ada, day=FIRST_DAY.date(), answer="if_need_be")
    first = run_of(session, small, [(ada, food, 1), (ben, food, 1)])
    second = run_of(session, small, [(ada, cafe, 2)])
    found = compared(session, small, first, second)
    sides = [found.first, found.second]
    assert [(side.days, side.missing, side.if_need_be, side.running) for side in sides] == [
        (2, 2, 1, 1),
        (1, 3, 0, 1),
    ]
    assert [dict(side.profile) for side in sides] == [{"1": 2}, {"2": 1}]
    assert [round(side.kilometres) for side in sides] == [11, 0]


def test_slots_that_run_in_one_of_the_runs_only_open_or_close(session: Session, small: SmallCohort) -> None:
    ada, ben, *_ = small.leaders
    food, cafe = small.slots
    first = run_of(session, small, [(ada, food, 1), (ben, food, 1)])
    new = make_slot(session, opportunity=small.food, starts_at=FIRST_DAY + timedelta(days=14))
    second = run_of(session, small, [(ada, cafe, 2), (ben, new, 1)])
    found = compared(session, small, first, second)
    assert [(row.slot.id, row.opens, row.leaders) for row in found.slots] == [
        (food.id, False, 2),
        (cafe.id, True, 1),
        (new.id, True, 1),
    ]


def test_runs_of_different_answers_say_what_had_changed(session: Session, small: SmallCohort) -> None:
    first = run_of(session, small, [])
    late = make_leader(session, cohort=small.cohort, name="Late Leader")
    small.slots[0].capacity = 1
    second = run_of(session, small, [])
    found = compared(session, small, first, second)
    assert found.only_one == ("Late Leader",)
    assert found.changes == (
        f"The day {small.slots[0].reference}: capacity 2 is now 1.",
        f"New leader: {late.user.email}.",
    )


def test_only_runs_with_a_list_can_be_compared(session: Session, small: SmallCohort) -> None:
    solved = run_of(session, small, [])
    run_of(session, small, [], status="failed", result=None)
    run_of(session, small, [], result=json.dumps({"status": "infeasible"}))
    confirmed = run_of(session, small, [], status="confirmed", confirmed_at=NOON)
    known = runs_to_compare(Scope.system(session), small.cohort.id)
    assert [run.id for run in known] == [confirmed.id, solved.id]


def test_a_run_of_another_cohort_cannot_be_compared(session: Session, small: SmallCohort) -> None:
    mine, foreign = run_of(session, small, []), make_run(session)
    actor = Scope.of_user(session, make_coordinator(session, cohort=small.cohort).user_id)
    with pytest.raises(NotFound):
        compare_runs(actor, small.cohort.id, mine.id, foreign.id)
    with pytest.raises(NotFound):
        runs_to_compare(actor, foreign.cohort_id)
