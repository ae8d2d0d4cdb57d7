"""What leaders would not go to: never given, counted, undone, and never so much that nothing is left."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from placement.domain.choice_errors import TooFewLeft
from placement.domain.errors import AnswersChanged, ChoicesNeeded, NotFound, PreferencesClosed
from placement.services import choices, match_problem, preferences, refusals
from placement.services.reports import leader as report
from placement.services.scope import Scope
from tests.factories.people import make_leader
from tests.services.choosing import NOON, World, build


@pytest.fixture
def world(session: Session) -> World:
    world = build(session)
    world.cohort.choices_minimum = 2
    session.flush()
    return world


def excluded(world: World) -> set[str]:
    problem = match_problem.build_problem(
        world.scope.session, world.cohort, objective="generous", seed="a seed", now=NOON
    )
    (leader,) = problem.leaders
    return set(leader.excluded)


def references(world: World, *places: int) -> set[str]:
    slots = preferences.open_slots(world.scope.session, world.cohort.id, now=NOON)
    wanted = {world.ids[place] for place in places}
    return {slot.reference for slot in slots if slot.opportunity_id in wanted}


def allow(world: World, opportunity_id: int) -> refusals.Refusal:
    return refusals.allow_opportunity(
        world.scope, leader_id=world.leader.id, opportunity_id=opportunity_id, now=NOON
    )


@pytest.mark.parametrize("submitted", [True, False])
def test_a_leader_is_never_given_what_they_refuse_and_again_when_they_take_it_back(
    world: World, submitted: bool
) -> None:
    world.rank(0, 1)
    if submitted:
        world.submit()
    assert excluded(world) == set()
    outcome = world.do(refusals.refuse_opportunity, world.ids[3])
    assert (outcome.title, outcome.refused, outcome.left) == (world.offered[3].title, True, 4)
    assert excluded(world) == references(world, 3)
    assert allow(world, world.ids[3]).left == 5
    assert excluded(world) == set()


def test_refusing_takes_it_off_the_list_and_choosing_it_takes_the_refusal_back(world: World) -> None:
    first, second, third = world.rank(0, 1, 2)
    world.do(refusals.refuse_opportunity, second)
    assert world.ranked == [first, third]
    world.do(choices.add_choice, second)
    assert world.ranked == [first, third, second]
    assert preferences.refused_by(world.scope.session, world.leader.id) == frozenset()


def test_pressing_twice_is_harmless_and_each_refusal_is_recorded_once(world: World) -> None:
    seen = world.rank(0, 1)
    for _ in range(2):
        world.do(refusals.refuse_opportunity, world.ids[4], seen)
    for _ in range(2):
        allow(world, world.ids[4])
    assert world.verbs() == ["refuse_opportunity", "allow_opportunity"]


def test_as_many_must_be_left_as_are_to_be_chosen(world: World) -> None:
    for place in (0, 1, 2):
        outcome = world.do(refusals.refuse_opportunity, world.ids[place])
    assert (outcome.left, outcome.few) == (2, True)
    with pytest.raises(TooFewLeft):
        world.do(refusals.refuse_opportunity, world.ids[3])
    assert len(preferences.refused_by(world.scope.session, world.leader.id)) == 3


def test_a_choice_that_answers_that_are_in_need_is_not_refused(world: World) -> None:
    first, _ = world.rank(0, 1)
    world.submit()
    with pytest.raises(ChoicesNeeded):
        world.do(refusals.refuse_opportunity, first)
    assert preferences.refused_by(world.scope.session, world.leader.id) == frozenset()


def test_an_older_page_refuses_nothing(world: World) -> None:
    first, second = world.rank(0, 1)
    world.do(choices.move_choice_up, second)
    with pytest.raises(AnswersChanged):
        world.do(refusals.refuse_opportunity, first, [first, second])
    assert len(world.ranked) == 2


def test_nothing_is_refused_or_taken_back_after_the_deadline(world: World) -> None:
    world.do(refusals.refuse_opportunity, world.ids[0])
    world.cohort.preferences_close_at = NOON - timedelta(minutes=1)
    world.scope.session.flush()
    with pytest.raises(PreferencesClosed):
        world.do(refusals.refuse_opportunity, world.ids[1])
    with pytest.raises(PreferencesClosed):
        allow(world, world.ids[0])


def test_another_cohorts_opportunity_and_another_leader_do_not_exist(world: World, session: Session) -> None:
    other = build(session)
    with pytest.raises(NotFound):
        world.do(refusals.refuse_opportunity, other.ids[0])
    stranger = Scope.of_user(session, make_leader(session, cohort=world.cohort).user_id)
    with pytest.raises(NotFound):
        refusals.refuse_opportunity(
            stranger, leader_id=world.leader.id, opportunity_id=world.ids[0], seen=(), now=NOON
        )


def test_fewer_choices_are_needed_where_fewer_are_left(world: World) -> None:
    world.cohort.choices_minimum = 5
    offered = preferences.offered_opportunities(
        preferences.open_slots(world.scope.session, world.cohort.id, now=NOON)
    )
    assert preferences.choices_needed(world.cohort, offered) == 5
    assert preferences.choices_needed(world.cohort, offered, {world.ids[0]}) == 4


def test_the_report_says_what_is_refused_when_it_was_saved_and_what_can_be_undone(world: World) -> None:
    world.rank(0, 1)
    before = report.answers(world.scope, leader_id=world.leader.id, now=NOON)
    assert (before.saved_at, before.undoable, before.refused) == (None, False, ())
    world.do(refusals.refuse_opportunity, world.ids[1])
    after = report.answers(world.scope, leader_id=world.leader.id, now=NOON)
    assert (after.saved_at, after.undoable) == (NOON, True)
    assert [offer.id for offer in after.refused] == [world.ids[1]]
    assert after.offer(world.ids[1]).hints == ("refused",)
    assert not after.offer(world.ids[0]).refused
