"""A run as the coordinator reviews it, and what confirming it would do."""

import json
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from placement.domain.errors import NotFound
from placement.services import confirmations, match_runs
from placement.services.reports.confirming import Confirming, confirming
from placement.services.reports.review import Fitting, Review, changes, review
from placement.services.scope import Scope
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.events import make_event, make_guest
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_coordinator, make_leader
from tests.factories.placements import make_placement
from tests.factories.preferences import make_date_answer
from tests.factories.programmes import make_cohort
from tests.factories.runs import make_run
from tests.services.small_cohort import SENDER, SmallCohort, make_small_cohort, solved_run


@pytest.fixture
def small(session: Session) -> SmallCohort:
    return make_small_cohort(session)


def reviewed(session: Session, small: SmallCohort) -> Review:
    run = solved_run(session, small.cohort)
    return review(Scope.system(session), small.cohort.id, run.id)


def preview(session: Session, small: SmallCohort, run_id: int) -> Confirming:
    return confirming(Scope.system(session), small.cohort.id, run_id, sender=SENDER, now=NOON)


def test_each_leader_is_told_with_day_choice_and_if_need_be(session: Session, small: SmallCohort) -> None:
    for leader in small.leaders[:3]:
        make_date_answer(session, leader=leader, date=FIRST_DAY.date(), answer="if_need_be")
    found = reviewed(session, small)
    told = {leader.id: leader for leader in found.leaders}
    first = [leader.id for leader in found.leaders if leader.given[0].rank == 1]
    assert len(first) == 2
    assert all(told[one].given[0].if_need_be for one in first)
    silent = told[small.leaders[3].id]
    assert (silent.answered, silent.given[0].rank, silent.given[0].if_need_be) == (False, None, False)
    assert found.profile == {"1": 2, "2": 1, "unranked": 1}


def test_each_day_is_told_with_who_goes_there(session: Session, small: SmallCohort) -> None:
    found = reviewed(session, small)
    assert [(slot.title, len(slot.leaders), slot.capacity) for slot in found.slots] == [
        (small.food.title, 2, 2),
        (small.cafe.title, 2, 3),
    ]
    assert (found.unplaced, found.closed) == ((), ())
    assert changes(Scope.system(session), small.cohort.id, found.run.id, now=NOON) == ()


def test_who_is_without_a_day_comes_first_with_what_became_of_the_days_that_fit(
    session: Session, small: SmallCohort
) -> None:
    for slot in small.slots:
        slot.capacity = 1
    make_slot(session, opportunity=small.cafe, starts_at=FIRST_DAY + timedelta(days=9), minimum=4, capacity=4)
    nowhere = make_leader(session, cohort=small.cohort, check_held="none", max_km=0)
    found = reviewed(session, small)
    assert len(found.unplaced) == 5 - sum(bool(leader.given) for leader in found.leaders)
    assert found.leaders[: len(found.unplaced)] == found.unplaced
    fitting = {leader.id: leader.fitting for leader in found.unplaced}
    assert fitting.pop(nowhere.id) == Fitting(full=0, closed=0, free=0, unchosen=0)
    assert set(fitting.values()) <= {Fitting(full=2, closed=1, free=0, unchosen=0), None}


def test_days_that_were_not_chosen_are_told_where_only_chosen_days_are_given(
    session: Session, small: SmallCohort
) -> None:
    small.cohort.place_unranked = False
    (silent,) = reviewed(session, small).unplaced
    assert silent.fitting == Fitting(full=0, closed=0, free=0, unchosen=2)


def test_a_closed_day_says_how_many_could_go_and_whether_it_was_withdrawn(
    session: Session, small: SmallCohort
) -> None:
    later = FIRST_DAY + timedelta(days=20)
    lonely = make_slot(session, opportunity=small.cafe, starts_at=later, capacity=9, minimum=9)
    gone = make_slot(session, opportunity=small.food, starts_at=later, capacity=9, status="withdrawn")
    closed = {slot.id: slot for slot in reviewed(session, small).closed}
    assert set(closed) == {lonely.id, gone.id}
    assert (closed[lonely.id].could_go, closed[lonely.id].minimum, closed[lonely.id].withdrawn) == (
        4,
        9,
        False,
    )
    assert (closed[gone.id].withdrawn, closed[gone.id].capacity) == (True, 9)


def test_a_day_that_had_begun_is_told_as_over(session: Session, small: SmallCohort) -> None:
    begun = make_slot(session, opportunity=small.cafe, starts_at=NOON - timedelta(hours=1))
    assert [slot.id for slot in reviewed(session, small).slots if slot.over] == [begun.id]


def test_people_and_days_added_later_are_not_part_of_an_older_run(
    session: Session, small: SmallCohort
) -> None:
    run = solved_run(session, small.cohort)
    make_leader(session, cohort=small.cohort)
    make_slot(session, opportunity=small.cafe, starts_at=FIRST_DAY + timedelta(days=20))
    found = review(Scope.system(session), small.cohort.id, run.id)
    assert (len(found.leaders), len(found.slots)) == (4, 2)
    assert len(changes(Scope.system(session), small.cohort.id, run.id, now=NOON)) == 2


def test_a_confirmed_run_is_never_out_of_date(session: Session, scope: Scope, small: SmallCohort) -> None:
    run = solved_run(session, small.cohort)
    confirmations.confirm_run(scope, run.id, sender=SENDER, now=NOON)
    small.leaders[0].days = 2
    found = review(scope, small.cohort.id, run.id)
    assert len(found.leaders) == 4
    assert changes(scope, small.cohort.id, run.id, now=NOON) == ()


@pytest.mark.parametrize("status", ["queued", "solving", "failed", "cancelled"])
def test_a_run_without_a_result_has_empty_lists(session: Session, small: SmallCohort, status: str) -> None:
    run = make_run(session, cohort=small.cohort, status=status, result=None)
    found = review(Scope.system(session), small.cohort.id, run.id)
    assert (found.leaders, found.slots) == ((), ())
    assert changes(Scope.system(session), small.cohort.id, run.id, now=NOON) == ()


def test_a_run_of_another_cohort_does_not_exist(session: Session, scope: Scope, small: SmallCohort) -> None:
    foreign = make_run(session)
    mine = Scope.of_user(session, make_coordinator(session, cohort=small.cohort).user_id)
    for reach in (scope, mine):
        with pytest.raises(NotFound):
            review(reach, small.cohort.id, foreign.id)
        with pytest.raises(NotFound):
            confirming(reach, small.cohort.id, foreign.id, sender=SENDER, now=NOON)


def test_confirming_shows_every_mail_and_writes_nothing(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    run = solved_run(session, small.cohort)
    found = preview(session, small, run.id)
    assert (found.placements, len(found.new), found.unplaced, found.problems) == (4, 4, (), ())
    names = [mail.details.attendee.name for mail in found.new]
    assert names == sorted(names, key=str.casefold)
    assert not session.new
    assert not session.dirty
    done = confirmations.confirm_run(scope, run.id, sender=SENDER, now=NOON)
    assert done.made == len(found.new)


def test_only_placements_that_do_not_stand_yet_are_new(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    first = solved_run(session, small.cohort)
    confirmations.confirm_run(scope, first.id, sender=SENDER, now=NOON)
    late = make_leader(session, cohort=small.cohort)
    second = solved_run(session, small.cohort)
    found = preview(session, small, second.id)
    assert (found.placements, [mail.leader_id for mail in found.new]) == (5, [late.id])


def test_who_misses_a_day_is_named_also_with_some_of_their_days(session: Session, small: SmallCohort) -> None:
    small.leaders[0].days = 3
    run = solved_run(session, small.cohort)
    assert small.leaders[0].name in preview(session, small, run.id).unplaced


def test_a_mail_that_cannot_be_sent_is_named_before_anything_is_confirmed(
    session: Session, small: SmallCohort
) -> None:
    small.leaders[0].user.email = SENDER.mailbox.address
    session.flush()
    run = solved_run(session, small.cohort)
    (problem,) = preview(session, small, run.id).problems
    assert problem.leader_id == small.leaders[0].id
    assert problem.problem == "the attendee is the organizer, so no calendar would ask for an answer"


def test_changes_are_told_before_confirming(session: Session, small: SmallCohort) -> None:
    run = solved_run(session, small.cohort)
    make_leader(session, cohort=small.cohort)
    (change,) = preview(session, small, run.id).changes
    assert change.startswith("New leader:")


def test_a_run_under_way_has_nothing_to_confirm(session: Session, scope: Scope, small: SmallCohort) -> None:
    run_id = match_runs.request_run(scope, small.cohort.id, seconds=5, now=NOON)
    found = preview(session, small, run_id)
    assert (found.placements, found.new, found.changes) == (0, (), ())
    assert json.loads(scope.run(run_id).frozen_input)["leaders"]


def test_new_days_that_leaders_can_do_only_if_need_be_are_named_before_confirming(
    session: Session, small: SmallCohort
) -> None:
    for leader in small.leaders[:2]:
        make_date_answer(session, leader=leader, date=FIRST_DAY.date(), answer="if_need_be")
    run = solved_run(session, small.cohort)
    found = preview(session, small, run.id)
    on_first = {mail.leader_id for mail in found.new if mail.details.starts_at == FIRST_DAY}
    assert {one.leader_id for one in found.if_need_be} == on_first & {
        leader.id for leader in small.leaders[:2]
    }
    assert {one.starts_at for one in found.if_need_be} == {FIRST_DAY}


def test_who_is_wanted_in_another_cohort_at_the_time_of_a_new_day_is_named(
    session: Session, small: SmallCohort
) -> None:
    run = solved_run(session, small.cohort)
    mail = preview(session, small, run.id).new[0].details
    user = next(one.user for one in small.leaders if one.user.email == mail.attendee.address)
    other = make_leader(session, cohort=make_cohort(session, name="Autumn"), user=user)
    beside = {"starts_at": mail.ends_at, "ends_at": mail.ends_at + timedelta(hours=1)}
    make_guest(session, event=make_event(session, cohort=other.cohort, **beside), leader=other)
    assert preview(session, small, run.id).busy_elsewhere == ()
    slot = make_slot(
        session,
        opportunity=make_opportunity(session, cohort=other.cohort),
        starts_at=mail.ends_at - timedelta(minutes=1),
        ends_at=mail.ends_at + timedelta(hours=1),
    )
    make_placement(session, leader=other, slot=slot)
    (caution,) = preview(session, small, run.id).busy_elsewhere
    assert (caution.starts_at, caution.cohort) == (mail.starts_at, "Autumn")


def test_an_event_of_another_cohort_counts_while_it_is_planned(session: Session, small: SmallCohort) -> None:
    run = solved_run(session, small.cohort)
    mail = preview(session, small, run.id).new[0].details
    user = next(one.user for one in small.leaders if one.user.email == mail.attendee.address)
    other = make_leader(session, cohort=make_cohort(session), user=user)
    planned = make_event(session, cohort=other.cohort, starts_at=mail.starts_at, ends_at=mail.ends_at)
    make_guest(session, event=planned, leader=other)
    assert len(preview(session, small, run.id).busy_elsewhere) == 1
    planned.status = "cancelled"
    session.flush()
    assert preview(session, small, run.id).busy_elsewhere == ()
