"""Putting the whole list in order at once, and undoing the last change."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from placement.domain.choice_errors import NothingToUndo
from placement.domain.errors import AnswersChanged, ChoicesNeeded, NotFound, PreferencesClosed
from placement.services import choices, refusals
from placement.services.choices import RankingChange
from tests.services.choosing import NOON, World, build


@pytest.fixture
def world(session: Session) -> World:
    return build(session)


def reorder(world: World, order: list[int], seen: list[int] | None = None) -> RankingChange:
    return choices.reorder_choices(
        world.scope,
        leader_id=world.leader.id,
        opportunity_id=order[0],
        order=order,
        seen=world.ranked if seen is None else seen,
        now=NOON,
    )


def undo(world: World, seen: list[int] | None = None) -> RankingChange:
    shown = world.ranked if seen is None else seen
    return choices.undo_change(world.scope, leader_id=world.leader.id, seen=shown, now=NOON)


def test_the_whole_list_is_put_into_another_order_at_once(world: World) -> None:
    first, second, third = world.rank(0, 1, 2)
    change = reorder(world, [third, first, second])
    assert world.ranked == [third, first, second]
    assert (change.rank, change.choices, change.changed) == (1, 3, True)


@pytest.mark.parametrize("places", [(0, 1), (0, 1, 2, 3), (0, 1, 1), (0, 1, 4)])
def test_an_order_of_other_choices_than_those_shown_changes_nothing(
    world: World, places: tuple[int, ...]
) -> None:
    seen = world.rank(0, 1, 2)
    with pytest.raises(AnswersChanged):
        reorder(world, [world.ids[place] for place in places])
    assert world.ranked == seen


def test_an_order_from_an_older_page_changes_nothing(world: World) -> None:
    first, second, third = world.rank(0, 1, 2)
    world.do(choices.move_choice_up, third)
    with pytest.raises(AnswersChanged):
        reorder(world, [second, first, third], seen=[first, second, third])
    assert world.ranked == [first, third, second]


@given(st.permutations(range(5)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)
def test_any_order_is_kept_as_it_was_sent_and_undone_to_what_it_was(
    session: Session, places: list[int]
) -> None:
    with session.begin_nested() as undone:
        world = build(session)
        before = world.rank(0, 1, 2, 3, 4)
        wanted = [before[place] for place in places]
        changed = reorder(world, wanted).changed
        assert world.ranked == wanted
        assert changed == (wanted != before)
        if changed:
            undo(world)
            assert world.ranked == before
        undone.rollback()


def test_undoing_twice_brings_the_change_back_and_a_second_press_of_one_page_does_not(world: World) -> None:
    first, second = world.rank(0, 1)
    world.do(choices.move_choice_up, second)
    shown = world.ranked
    assert undo(world, shown).changed
    assert not undo(world, shown).changed
    assert world.ranked == [first, second]
    undo(world)
    assert world.ranked == [second, first]


def test_what_was_taken_off_comes_back_to_its_place(world: World) -> None:
    seen = world.rank(0, 1, 2)
    world.do(choices.remove_choice, seen[1])
    assert undo(world).choices == 3
    assert world.ranked == seen


def test_there_is_nothing_to_undo_before_the_first_change_or_after_an_import(world: World) -> None:
    world.rank(0, 1)
    with pytest.raises(NothingToUndo):
        undo(world)


def test_undoing_from_an_older_page_changes_nothing(world: World) -> None:
    world.rank(0, 1, 2)
    seen = world.ranked
    world.do(choices.move_choice_up, seen[1])
    newer = world.ranked
    world.do(choices.move_choice_up, seen[2])
    with pytest.raises(AnswersChanged):
        undo(world, newer)


def test_undoing_brings_back_what_was_refused_and_then_it_is_not_refused_any_more(world: World) -> None:
    seen = world.rank(0, 1, 2)
    world.cohort.choices_minimum = 2
    world.do(refusals.refuse_opportunity, seen[0])
    undo(world)
    assert world.ranked == seen
    assert refusals.refused_in(world.scope.session, world.cohort.id) == {}


def test_an_addition_to_answers_that_are_in_is_not_undone_below_what_is_needed(world: World) -> None:
    world.cohort.choices_minimum = 3
    world.rank(0, 1)
    world.do(choices.add_choice, world.ids[2])
    world.submit()
    with pytest.raises(ChoicesNeeded):
        undo(world)
    assert len(world.ranked) == 3


def test_neither_order_nor_undoing_is_possible_after_the_deadline(world: World) -> None:
    seen = world.rank(0, 1)
    world.do(choices.move_choice_up, seen[1])
    world.cohort.preferences_close_at = NOON - timedelta(minutes=1)
    world.scope.session.flush()
    with pytest.raises(PreferencesClosed):
        undo(world)
    with pytest.raises(PreferencesClosed):
        reorder(world, seen)
    assert world.ranked == seen[::-1]


def test_an_order_with_a_choice_of_another_cohort_does_not_exist(world: World, session: Session) -> None:
    other = build(session)
    world.rank(0, 1)
    with pytest.raises(NotFound):
        reorder(world, [other.ids[0], *world.ranked])
