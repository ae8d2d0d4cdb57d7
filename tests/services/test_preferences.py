import itertools
from collections.abc import Callable
from datetime import date, timedelta
from threading import Thread

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.db import unit_of_work
from placement.domain.errors import (
    AnswersChanged,
    ChoicesNeeded,
    NotFound,
    OpportunityGone,
    PreferencesClosed,
    TooFewChoices,
)
from placement.models import Opportunity, Preference
from placement.services import choices, preferences
from placement.services.choices import RankingChange
from placement.services.scope import Scope
from tests.factories.clock import FIRST_DAY
from tests.factories.opportunities import make_slot
from tests.factories.people import make_user
from tests.factories.preferences import make_date_answer
from tests.factories.runs import make_run
from tests.services.choosing import DATES, NOON, SENDER, World, build

CHANGES = (
    choices.add_choice,
    choices.move_choice_up,
    choices.move_choice_down,
    choices.move_choice_to_top,
    choices.remove_choice,
)
Change = Callable[..., RankingChange]


@pytest.fixture
def world(session: Session) -> World:
    return build(session)


def test_a_choice_is_added_at_the_end(world: World) -> None:
    first, second = world.rank(0, 1)
    change = world.do(choices.add_choice, world.ids[2])
    assert world.ranked == [first, second, world.ids[2]]
    assert (change.title, change.rank, change.choices, change.changed) == (
        world.offered[2].title,
        3,
        3,
        True,
    )


def test_a_choice_moves_up_past_the_one_before_it(world: World) -> None:
    first, second, third = world.rank(0, 1, 2)
    assert world.do(choices.move_choice_up, third).rank == 2
    assert world.ranked == [first, third, second]


def test_a_choice_moves_down_past_the_one_after_it(world: World) -> None:
    first, second, third = world.rank(0, 1, 2)
    assert world.do(choices.move_choice_down, first).rank == 2
    assert world.ranked == [second, first, third]


def test_a_choice_moves_to_the_top(world: World) -> None:
    first, second, third = world.rank(0, 1, 2)
    assert world.do(choices.move_choice_to_top, third).rank == 1
    assert world.ranked == [third, first, second]


def test_a_choice_is_taken_off_without_leaving_a_gap(world: World) -> None:
    first, second, third = world.rank(0, 1, 2)
    assert world.do(choices.remove_choice, second).rank is None
    assert world.ranked == [first, third]
    assert ranks(world) == [1, 2]


def test_the_first_up_and_the_last_down_change_nothing(world: World) -> None:
    first, second = world.rank(0, 1)
    assert not world.do(choices.move_choice_up, first).changed
    assert not world.do(choices.move_choice_down, second).changed
    assert world.ranked == [first, second]


def test_any_row_of_changes_keeps_ranks_without_gaps(world: World) -> None:
    moves = st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(0, 4)), max_size=8)

    @given(moves=moves)
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def keeps(moves: list[tuple[Change, int]]) -> None:
        expected: list[int] = world.ranked
        for change, place in moves:
            wanted = by_hand(change, expected, world.ids[place])
            if wanted is None:
                continue
            world.do(change, world.ids[place])
            expected = wanted
        assert world.ranked == expected
        assert ranks(world) == list(range(1, len(expected) + 1))

    keeps()


def by_hand(change: Change, order: list[int], chosen: int) -> list[int] | None:
    """What `change` should make of `order`, written out; None where it needs a ranked choice."""
    if change is choices.add_choice:
        return order if chosen in order else [*order, chosen]
    if change is choices.remove_choice:
        return [one for one in order if one != chosen]
    if chosen not in order:
        return None
    place = order.index(chosen)
    if change is choices.move_choice_to_top:
        return [chosen, *order[:place], *order[place + 1 :]]
    other = place - 1 if change is choices.move_choice_up else place + 1
    swapped = list(order)
    if 0 <= other < len(order):
        swapped[place], swapped[other] = swapped[other], swapped[place]
    return swapped


def ranks(world: World) -> list[int]:
    query = select(Preference.rank).where(Preference.leader_id == world.leader.id)
    return list(world.scope.session.scalars(query.order_by(Preference.rank)))


@pytest.mark.parametrize("change", CHANGES)
def test_a_page_with_older_answers_overwrites_nothing(world: World, change: Change) -> None:
    first, second, third = world.rank(0, 1, 2)
    with pytest.raises(AnswersChanged):
        world.do(change, second, [third, second])
    assert world.ranked == [first, second, third]


@pytest.mark.parametrize("change", CHANGES)
def test_the_same_button_pressed_twice_on_one_page_counts_once(world: World, change: Change) -> None:
    chosen = world.ids[3] if change is choices.add_choice else world.ids[1]
    seen = world.rank(0, 1, 2)
    world.do(change, chosen, seen)
    after = world.ranked
    assert not world.do(change, chosen, seen).changed
    assert world.ranked == after


def test_a_choice_that_is_not_on_the_list_cannot_be_moved(world: World) -> None:
    world.rank(0, 1)
    with pytest.raises(AnswersChanged):
        world.do(choices.move_choice_up, world.ids[4])


@pytest.mark.parametrize("change", CHANGES)
def test_an_opportunity_of_another_cohort_does_not_exist(world: World, change: Change) -> None:
    foreign = make_slot(world.scope.session)
    with pytest.raises(NotFound):
        world.do(change, foreign.opportunity_id)


@pytest.mark.parametrize("change", CHANGES)
def test_another_leaders_ranking_does_not_exist(world: World, change: Change) -> None:
    world.rank(0, 1)
    world.scope = Scope.of_user(world.scope.session, make_user(world.scope.session).id)
    with pytest.raises(NotFound):
        world.do(change, world.ids[1])


def test_an_opportunity_without_days_cannot_be_chosen_but_can_be_taken_off(world: World) -> None:
    first, second = world.rank(0, 1)
    for opportunity in (world.offered[1], world.offered[2]):
        withdraw(world, opportunity)
    with pytest.raises(OpportunityGone, match="has no days any more"):
        world.do(choices.add_choice, world.ids[2])
    world.do(choices.remove_choice, second)
    assert world.ranked == [first]


def withdraw(world: World, opportunity: Opportunity) -> None:
    for slot in preferences.open_slots(world.scope.session, world.cohort.id, now=NOON):
        if slot.opportunity_id == opportunity.id:
            slot.status = "withdrawn"
    world.scope.session.flush()


def test_answers_to_dates_are_kept_and_other_dates_stay(world: World) -> None:
    make_date_answer(world.scope.session, leader=world.leader, day=DATES[4], answer="cannot")
    world.answer({DATES[0]: "can", DATES[1]: "can"}, d0="cannot", d1="if_need_be")
    kept = preferences.date_answers(world.scope.session, world.leader.id)
    assert kept == {DATES[0]: "cannot", DATES[1]: "if_need_be", DATES[4]: "cannot"}


def test_a_date_without_an_answer_is_one_that_the_leader_can_do(world: World) -> None:
    slots = preferences.open_slots(world.scope.session, world.cohort.id, now=NOON)
    assert preferences.effective_answers({DATES[0]: "cannot"}, preferences.slot_dates(slots)) == {
        date: "cannot" if date == DATES[0] else "can" for date in DATES
    }


def test_a_page_with_older_dates_overwrites_nothing(world: World) -> None:
    make_date_answer(world.scope.session, leader=world.leader, day=DATES[0], answer="cannot")
    with pytest.raises(AnswersChanged):
        world.answer({DATES[0]: "can"}, d0="if_need_be")
    assert preferences.date_answers(world.scope.session, world.leader.id) == {DATES[0]: "cannot"}


def test_dates_sent_twice_from_one_page_count_once(world: World) -> None:
    world.leader.submitted_at = NOON
    for _ in range(2):
        world.answer({DATES[0]: "can"}, d0="cannot")
    assert preferences.date_answers(world.scope.session, world.leader.id) == {DATES[0]: "cannot"}
    assert world.verbs().count("change_dates") == 1


def test_a_date_on_which_nothing_is_offered_cannot_be_answered(world: World) -> None:
    with pytest.raises(NotFound):
        preferences.answer_dates(
            world.scope,
            leader_id=world.leader.id,
            answers={date(2031, 1, 1): "can"},
            seen={date(2031, 1, 1): "can"},
            now=NOON,
        )


def test_submitting_keeps_the_moment_and_is_recorded_once(world: World) -> None:
    world.rank(0, 1, 2)
    before = world.verbs().count("submit_preferences")
    assert world.submit() == NOON
    assert world.submit(now=NOON + timedelta(hours=1)) == NOON
    assert world.leader.submitted_at == NOON
    assert world.verbs().count("submit_preferences") - before == 1


def test_fewer_choices_than_the_cohort_asks_for_cannot_be_submitted(world: World) -> None:
    world.rank(0)
    with pytest.raises(TooFewChoices, match="Choose 2 more"):
        world.submit()
    assert world.leader.submitted_at is None


def test_all_that_is_offered_is_enough_where_less_is_offered_than_asked_for(world: World) -> None:
    world.rank(0, 1)
    for opportunity in world.offered[2:]:
        withdraw(world, opportunity)
    assert world.submit() == NOON


def test_nothing_can_be_submitted_while_nothing_is_offered(world: World) -> None:
    for opportunity in world.offered:
        withdraw(world, opportunity)
    with pytest.raises(TooFewChoices):
        world.submit()


def test_a_choice_that_has_no_days_any_more_does_not_count(world: World) -> None:
    world.rank(0, 1, 2)
    withdraw(world, world.offered[2])
    with pytest.raises(TooFewChoices):
        world.submit()


@pytest.mark.parametrize("stale", ["ranking", "dates"])
def test_answers_that_the_leader_did_not_see_are_not_submitted(world: World, stale: str) -> None:
    seen = world.rank(0, 1, 2)
    with pytest.raises(AnswersChanged):
        preferences.submit_preferences(
            world.scope,
            leader_id=world.leader.id,
            seen_ranking=seen[::-1] if stale == "ranking" else seen,
            seen_dates=dict.fromkeys(DATES, "cannot" if stale == "dates" else "can"),
            sender=SENDER,
            now=NOON,
        )
    assert world.leader.submitted_at is None


def test_changes_after_submitting_count_at_once_and_are_recorded(world: World) -> None:
    first, second, third = world.rank(0, 1, 2)
    world.submit()
    world.do(choices.move_choice_up, third)
    world.answer({DATES[0]: "can"}, d0="cannot")
    assert world.ranked == [first, third, second]
    assert world.verbs()[-2:] == ["change_ranking", "change_dates"]


def test_answers_that_are_in_keep_the_number_of_choices_asked_for(world: World) -> None:
    seen = world.rank(0, 1, 2)
    world.submit()
    with pytest.raises(ChoicesNeeded, match="at least 3"):
        world.do(choices.remove_choice, seen[0])
    world.do(choices.add_choice, world.ids[3])
    world.do(choices.remove_choice, seen[0])
    assert world.ranked == [*seen[1:], world.ids[3]]


def close(world: World, how: str) -> None:
    if how == "deadline":
        world.cohort.preferences_close_at = NOON
    else:
        make_run(world.scope.session, cohort=world.cohort, status="confirmed", confirmed_at=NOON)
    world.scope.session.flush()


@pytest.mark.parametrize("how", ["deadline", "decision"])
def test_every_change_is_refused_once_choices_are_closed(world: World, how: str) -> None:
    seen = world.rank(0, 1, 2)
    close(world, how)
    for change, chosen in itertools.product(CHANGES, seen):
        with pytest.raises(PreferencesClosed):
            world.do(change, chosen)
    with pytest.raises(PreferencesClosed):
        world.answer({DATES[0]: "can"}, d0="cannot")
    with pytest.raises(PreferencesClosed):
        world.submit()
    assert world.ranked == seen


def test_the_refusal_says_when_choices_closed(world: World) -> None:
    close(world, "deadline")
    with pytest.raises(PreferencesClosed, match="closed on Tuesday 12 January 2027, 12pm"):
        world.do(choices.add_choice, world.ids[0])


def test_a_receipt_can_be_asked_for_again_after_the_deadline(world: World) -> None:
    world.rank(0, 1, 2)
    world.submit()
    assert world.submit(now=NOON + timedelta(days=2)) == NOON


def test_a_run_that_is_not_confirmed_closes_nothing(world: World) -> None:
    make_run(world.scope.session, cohort=world.cohort, status="solved")
    assert world.do(choices.add_choice, world.ids[0]).rank == 1


def test_slots_that_have_begun_are_not_offered_unless_all_have(world: World) -> None:
    session, cohort_id = world.scope.session, world.cohort.id
    after_first = FIRST_DAY + timedelta(days=1)
    after_all = FIRST_DAY + timedelta(weeks=9)
    assert preferences.open_dates(session, cohort_id, now=after_first) == sorted(DATES)[1:]
    assert len(preferences.open_slots(session, cohort_id, now=after_first)) == len(DATES) - 1
    assert len(preferences.open_slots(session, cohort_id, now=after_all)) == len(DATES)


def test_two_pages_that_change_the_ranking_at_once_do_not_overwrite_each_other(app: Flask) -> None:
    with unit_of_work() as session:
        made = build(session)
        leader_id, ids, user_id = made.leader.id, made.ids, made.leader.user_id
    outcomes: list[str] = []

    def add(opportunity_id: int) -> None:
        with app.app_context():
            try:
                with unit_of_work() as session:
                    choices.add_choice(
                        Scope.of_user(session, user_id),
                        leader_id=leader_id,
                        opportunity_id=opportunity_id,
                        seen=[],
                        now=NOON,
                    )
                outcomes.append("kept")
            except AnswersChanged:
                outcomes.append("told")

    threads = [Thread(target=add, args=(one,)) for one in ids[:4]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["kept", "told", "told", "told"]
    with unit_of_work() as session:
        count = select(func.count()).where(Preference.leader_id == leader_id)
        assert session.scalar(count) == 1
