"""Choosing placements and putting them in order: what each button saves, says and refuses."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from placement.db import unit_of_work
from placement.models import Cohort, Leader, Slot
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.preferences import make_previous_ranking
from tests.web.leading import NOON, Visit, World, make_world, rank
from tests.web.page import check_page


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(site: Flask, visit: Visit) -> World:
    return make_world(site, visit)


def test_an_opportunity_is_added_and_the_list_goes_on_where_it_was(world: World) -> None:
    page = "opportunities?possible=yes"
    answer = world.press("add", 1, page=page)
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"{world.path(page)}#opportunity-{world.ids[1]}",
    )
    shown = world.get(page)
    assert "Soup kitchen is now choice 1 of 1." in shown.text
    assert "Your 1st choice" in shown.text
    assert world.ranked == [world.ids[1]]


def test_an_opportunity_is_added_on_its_own_page(world: World) -> None:
    page = f"opportunities/{world.ids[1]}"
    answer = world.press("add", 1, page=page)
    assert answer.headers["Location"] == world.path(page)
    assert "Your 1st choice" in world.get(page).text


@pytest.mark.parametrize(
    ("action", "place", "expected", "anchor", "sentence"),
    [
        ("up", 2, [0, 2, 1], "up", "Memory café is now choice 2 of 3."),
        ("down", 0, [1, 0, 2], "down", "Food parcels is now choice 2 of 3."),
        ("top", 2, [2, 0, 1], "up", "Memory café is now choice 1 of 3."),
        ("up", 0, [0, 1, 2], "up", "Food parcels is choice 1 of 3."),
        ("refuse", 1, [0, 2], "refused", "Soup kitchen is ruled out: you are never given it."),
        ("remove", 1, [0, 2], "my-choices", "Soup kitchen is off your list. You have 2 choices now."),
    ],
)
def test_a_button_does_what_it_says_and_the_page_says_so(
    world: World, action: str, place: int, expected: list[int], anchor: str, sentence: str
) -> None:
    rank(world, 0, 1, 2)
    answer = world.press(action, place)
    fragment = anchor if anchor in {"my-choices", "refused"} else f"{anchor}-{world.ids[place]}"
    assert answer.headers["Location"] == f"{world.path('choices')}#{fragment}"
    assert world.ranked == [world.ids[one] for one in expected]
    page = world.get("choices")
    assert sentence in page.text
    assert fragment in page.ids


def test_the_forms_of_the_page_carry_the_list_that_it_shows(world: World) -> None:
    first, second = rank(world, 0, 1)
    forms = [form for form in world.get("choices").forms if form.action == world.path("choices")]
    assert {form.values["seen"] for form in forms} == {f"{first} {second}"}
    assert len(forms) == 2
    forms = [form for form in world.get("opportunities").forms if form.method == "post"]
    assert [form.values["seen"] for form in forms if "seen" in form.values] == [f"{first} {second}"] * 2


def test_an_older_page_is_told_and_shown_the_newer_list(world: World) -> None:
    seen = rank(world, 0, 1)
    world.press("add", 2)
    answer = world.press("up", 1, seen)
    page = check_page(answer)
    assert answer.status_code == 409
    assert "changed on another page or device" in page.text
    assert world.ranked == [*seen, world.ids[2]]
    assert page.form_to(world.path("choices")).values["seen"] == " ".join(map(str, world.ranked))


def test_the_same_button_pressed_twice_counts_once(world: World) -> None:
    seen = rank(world, 0, 1, 2)
    for _ in range(2):
        assert world.press("down", 0, seen).status_code == 303
    assert world.ranked == [seen[1], seen[0], seen[2]]


@pytest.mark.parametrize("form", [{}, {"up": "x"}, {"up": "1", "down": "1"}, {"up": "9" * 30}, {"fly": "1"}])
def test_a_form_without_one_of_the_buttons_changes_nothing(world: World, form: dict[str, str]) -> None:
    answer = world.post("choices", form)
    assert answer.status_code == 422
    assert check_page(answer).title.startswith("Error: ")


def test_an_opportunity_that_cannot_be_given_may_be_chosen_and_says_why_not(world: World) -> None:
    with world.app.app_context(), unit_of_work() as session:
        cohort = session.get_one(Cohort, world.cohort_id)
        row = make_opportunity(
            session, cohort=cohort, title="Hospice visit", check_required="enhanced", women_only=True
        )
        make_slot(session, opportunity=row)
        world.ids.append(row.id)
    why = (
        "As things stand you cannot be given this placement: it needs an enhanced DBS check, "
        "which we do not have for you; it is for women only."
    )
    assert why in world.get("opportunities").text
    world.press("add", 4)
    assert why in world.get("choices").text
    assert why in world.get(f"opportunities/{world.ids[4]}").text


def test_a_choice_whose_days_are_gone_is_marked_and_can_be_taken_off(world: World) -> None:
    rank(world, 0, 1)
    with world.app.app_context(), unit_of_work() as session:
        slot = session.scalars(select(Slot).where(Slot.opportunity_id == world.ids[0])).one()
        slot.status = "withdrawn"
    assert "has no days any more. Take it off your list." in world.get("choices").text
    world.press("remove", 0)
    assert world.ranked == [world.ids[1]]
    answer = world.press("add", 0, page="opportunities")
    assert answer.status_code == 422
    assert "has no days any more, so it was not added" in check_page(answer).text


def test_a_dragged_order_is_kept_whole_and_the_page_says_where_the_choice_is_now(world: World) -> None:
    first, second, third = rank(world, 0, 1, 2)
    sent = {"move": third, "order": f"{third} {first} {second}", "seen": f"{first} {second} {third}"}
    answer = world.post("choices", sent)
    assert answer.headers["Location"] == f"{world.path('choices')}#up-{third}"
    assert world.ranked == [third, first, second]
    assert "Memory café is now choice 1 of 3." in world.get("choices").text


@pytest.mark.parametrize("order", ["", "1", "1 2 3 4", "3 2 x"])
def test_an_order_that_is_not_of_the_list_changes_nothing(world: World, order: str) -> None:
    seen = rank(world, 0, 1, 2)
    answer = world.post("choices", {"move": seen[0], "order": order, "seen": " ".join(map(str, seen))})
    assert answer.status_code == 409
    assert world.ranked == seen


def test_the_last_change_is_undone_by_one_button_and_the_page_says_when_it_was_saved(world: World) -> None:
    seen = rank(world, 0, 1, 2)
    world.press("top", 2)
    page = world.get("choices")
    assert "Saved at 12pm (midday)." in page.text
    undo = next(form for form in page.forms if "Undo the last change" in form.buttons)
    answer = world.post("choices", {**undo.values, "undo": "1"})
    assert answer.headers["Location"] == f"{world.path('choices')}#undo"
    assert "The last change is undone. You have 3 choices now." in world.get("choices").text
    assert world.ranked == seen


def test_there_is_nothing_to_undo_once_something_else_has_changed_the_list(world: World) -> None:
    with world.app.app_context(), unit_of_work() as session:
        leader = session.get_one(Leader, world.leader_id)
        make_previous_ranking(session, leader=leader, before=[], after=[world.ids[0]])
    assert "Undo the last change" not in world.get("choices").text
    answer = world.post("choices", {"undo": "1", "seen": ""})
    assert answer.status_code == 409
    assert "no change that can be undone" in check_page(answer).text


def test_what_a_leader_would_not_go_to_is_listed_and_can_be_taken_back(world: World) -> None:
    choose_one(world)
    world.press("refuse", 3, page=f"opportunities/{world.ids[3]}")
    page = world.get("choices")
    assert "You would not go to" in page.text
    assert "Night shelter" in page.text
    assert "Few placements are left for you" in page.text
    assert "You would not go to: Night shelter." in world.get("check").text
    assert "You would not go" in world.get("opportunities").text
    answer = world.press("allow", 3)
    assert answer.headers["Location"] == f"{world.path('choices')}#my-choices"
    assert "Night shelter is possible again." in world.get("choices").text


def test_ruling_out_too_much_is_refused_with_how_many_must_be_left(world: World) -> None:
    choose_one(world)
    for place in (1, 2):
        world.press("refuse", place)
    answer = world.press("refuse", 3, page=f"opportunities/{world.ids[3]}")
    assert answer.status_code == 303
    answer = world.press("refuse", 0)
    assert answer.status_code == 422
    assert "Too few placements would be left that you would go to (1 at least)" in check_page(answer).text
    assert world.ranked == [world.ids[0]]


def test_what_is_refused_and_has_no_days_any_more_can_still_be_read_and_taken_back(world: World) -> None:
    choose_one(world)
    world.press("refuse", 3)
    with world.app.app_context(), unit_of_work() as session:
        slot = session.scalars(select(Slot).where(Slot.opportunity_id == world.ids[3])).one()
        slot.status = "withdrawn"
    link = world.get("choices").links["Night shelter"]
    assert "No days any more" in check_page(world.browser.get(link)).text
    world.press("allow", 3)
    assert "Night shelter" not in world.get("choices").text.partition("Your choices")[2]


def choose_one(world: World) -> None:
    """One choice is enough in this cohort, and it is made."""
    with world.app.app_context(), unit_of_work() as session:
        session.get_one(Cohort, world.cohort_id).choices_minimum = 1
    rank(world, 0)
