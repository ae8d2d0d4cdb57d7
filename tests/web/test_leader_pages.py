"""The leader's pages: what they show in each state, what they save, and what they refuse."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from placement.db import unit_of_work
from placement.models import Leader, Slot
from tests.factories.clock import FIRST_DAY
from tests.factories.placements import make_placement
from tests.factories.preferences import make_date_answer
from tests.web.leading import NOON, TITLES, Visit, World, make_world, rank
from tests.web.page import check_page, record_unknown_names

PAGES = ("", "opportunities", "choices", "dates", "check", "placement")


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(site: Flask, visit: Visit) -> World:
    return make_world(site, visit)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_keeps_the_rules_and_prints_no_unknown_name_whatever_the_state(
    world: World, name: str
) -> None:
    unknown = record_unknown_names(world.app)
    world.get(name)
    rank(world, 0, 1, 2)
    world.get(name)
    world.submit()
    world.get(name)
    world.decide(placed=True)
    world.get(name)
    world.close()
    world.get(name)
    assert unknown == []


def test_the_first_page_says_what_is_to_be_done_and_until_when(world: World) -> None:
    page = world.get()
    assert page.h1 == "Choose your placement"
    assert "until Wednesday 20 January 2027, 5pm" in page.text
    assert "about 10 minutes" in page.text
    assert "Cannot start yet" in page.text
    assert {"Choose placements", "Say which dates you can do", "My placement"} <= page.links.keys()


def test_tasks_are_completed_one_by_one(world: World) -> None:
    rank(world, 0, 1, 2)
    assert world.get().text.count("Completed") == 2
    world.post("dates", world.get("dates").form_to(world.path("dates")).values)
    assert world.get().text.count("Completed") == 3
    world.submit()
    assert world.get().text.count("Completed") == 4


def test_nothing_on_offer_says_to_come_back(world: World) -> None:
    with world.app.app_context(), unit_of_work() as session:
        for slot in session.scalars(select(Slot)):
            slot.status = "withdrawn"
    assert "No charity has offered a day yet" in world.get("choices").text
    assert "no dates to answer" in world.get("dates").text
    assert "Submit my answers" not in world.get("check").text


def test_the_check_page_shows_all_answers_with_links_to_change_them(world: World) -> None:
    rank(world, 2, 0, 1)
    with world.app.app_context(), unit_of_work() as session:
        leader = session.get_one(Leader, world.leader_id)
        make_date_answer(session, leader=leader, answer="cannot")
    page = world.get("check")
    assert page.text.index("Memory café") < page.text.index("Food parcels") < page.text.index("Soup kitchen")
    assert "I cannot Wednesday 3 February 2027" in page.text
    assert "The other 3 dates" in page.text
    assert "Furthest you can travel 20 km" in page.text
    assert page.links["Change your choices"] == world.path("choices")
    assert page.links["Change your dates"] == world.path("dates")


def test_a_leader_who_can_do_no_date_is_told_what_that_means(world: World) -> None:
    values = world.get("dates").form_to(world.path("dates")).values
    world.post("dates", {name: "cannot" if name.startswith("day_") else at for name, at in values.items()})
    assert "With these answers you cannot be given a placement." in world.get("check").text


def test_submitting_leads_to_a_receipt(world: World) -> None:
    rank(world, 0, 1, 2)
    answer = world.submit()
    assert (answer.status_code, answer.headers["Location"]) == (303, world.path("submitted"))
    page = world.get("submitted")
    assert page.h1 == "Your answers are in"
    assert "Submitted on Tuesday 12 January 2027, 12pm (midday)" in page.text
    assert world.submitted_at == NOON


def test_sending_the_submitted_page_again_changes_nothing(
    world: World, at_noon: time_machine.Traveller
) -> None:
    rank(world, 0, 1, 2)
    values = world.get("check").form_to(world.path("check")).values
    world.post("check", values)
    at_noon.shift(timedelta(minutes=1))
    assert world.post("check", values).headers["Location"] == world.path("submitted")
    assert world.submitted_at == NOON


def test_too_few_choices_cannot_be_submitted(world: World) -> None:
    rank(world, 0)
    page = world.get("check")
    assert "Choose 2 more" in page.text
    assert "Submit my answers" not in page.text
    form = {"ranking": str(world.ids[0]), "dates": dates_shown()}
    answer = world.post("check", form)
    assert answer.status_code == 422
    assert "Choose 2 more, then submit." in check_page(answer).text
    assert world.submitted_at is None


def dates_shown() -> str:
    return " ".join(f"{FIRST_DAY.date() + timedelta(weeks=week)}:can" for week in range(len(TITLES)))


def test_answers_changed_since_the_check_page_are_shown_before_they_are_submitted(world: World) -> None:
    rank(world, 0, 1, 2)
    values = world.get("check").form_to(world.path("check")).values
    world.press("up", 2)
    answer = world.post("check", values)
    assert answer.status_code == 409
    assert "changed on another page or device" in check_page(answer).text
    assert world.submitted_at is None


def test_there_is_no_receipt_before_the_answers_are_in(world: World) -> None:
    assert world.browser.get(world.path("submitted")).headers["Location"] == world.path("check")


def test_changes_after_submitting_count_at_once_and_the_pages_say_so(world: World) -> None:
    rank(world, 0, 1, 2)
    world.submit()
    said = "Your answers are in. Changes you make until Wednesday 20 January 2027, 5pm count at once."
    for page in ("", "choices", "dates", "check"):
        assert said in world.get(page).text
    world.press("add", 3)
    assert world.ranked == world.ids


def test_a_choice_that_is_needed_cannot_be_taken_off_answers_that_are_in(world: World) -> None:
    rank(world, 0, 1, 2)
    world.submit()
    answer = world.press("remove", 0)
    assert answer.status_code == 422
    assert "must keep at least 3" in check_page(answer).text
    assert len(world.ranked) == 3


@pytest.mark.parametrize("how", ["deadline", "decision"])
def test_a_page_opened_before_choices_closed_is_refused_with_a_plain_sentence(world: World, how: str) -> None:
    seen = rank(world, 0, 1, 2)
    dates = world.get("dates").form_to(world.path("dates")).values
    check = world.get("check").form_to(world.path("check")).values
    if how == "deadline":
        world.close()
    else:
        world.decide(placed=False)
    answers = [
        world.press("up", 1, seen),
        world.post("dates", {**dates, "day_2027_02_03": "cannot"}),
        world.post("dates", {}),
        world.post("check", check),
    ]
    for answer in answers:
        assert answer.status_code == 409
        page = check_page(answer)
        assert "so nothing was changed" in page.text
        assert [form for form in page.forms if form.action.startswith("/leader/")] == []
    assert (world.ranked, world.dates, world.submitted_at) == (seen, {}, None)


def test_pages_are_to_be_read_only_after_the_deadline(world: World) -> None:
    rank(world, 0, 1, 2)
    world.close()
    for page in ("choices", "dates", "check"):
        shown = world.get(page)
        assert "Choices closed on Tuesday 12 January 2027, 12pm (midday)." in shown.text
        assert [form for form in shown.forms if form.action.startswith("/leader/")] == []
    assert "Food parcels" in world.get("choices").text
    assert "You did not submit your answers" in world.get("check").text


def test_before_the_decision_the_placement_page_says_when_to_expect_it(world: World) -> None:
    page = world.get("placement")
    assert page.h1 == "My placement"
    assert "Places have not been decided yet." in page.text
    assert page.links["Go on with my answers"] == world.path()


def test_a_leader_without_a_place_is_told_kindly_and_whom_to_ask(world: World) -> None:
    world.decide(placed=False)
    text = world.get("placement").text
    assert "there is no placement for you yet" in text
    assert "placements@placement.example" in text


def test_a_placement_says_where_when_and_which_choice_it_was(world: World) -> None:
    rank(world, 1, 0, 2)
    world.submit()
    world.decide(placed=True)
    text = world.get("placement").text
    for said in (
        "Wednesday 3 February 2027, 9:30am to 4pm",
        "Food parcels",
        "This was your 2nd choice.",
        "Sam Synthetic, 01632 960000",
        "Wear flat shoes.",
    ):
        assert said in text


def test_a_placement_is_downloaded_as_the_same_calendar_entry_as_the_invite(world: World) -> None:
    placement_id = world.decide(placed=True)
    link = world.get("placement").links["Add to my calendar"]
    answer = world.browser.get(link)
    assert link == world.path(f"placement/{placement_id}.ics")
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="placement.ics"'
    (event,) = Calendar.from_ical(answer.get_data()).walk("VEVENT")
    assert str(event["UID"]).startswith("invite-")
    assert str(event["SUMMARY"]).startswith("Placement: Food parcels")


def test_a_cancelled_placement_is_told_and_has_no_calendar_entry(world: World) -> None:
    placement_id = world.decide(placed=True, status="cancelled")
    page = world.get("placement")
    assert "You do not need to go." in page.text
    assert "Add to my calendar" not in page.text
    assert world.browser.get(world.path(f"placement/{placement_id}.ics")).status_code == 404


def test_two_days_are_two_parts_of_the_page(world: World) -> None:
    with world.app.app_context(), unit_of_work() as session:
        leader = session.get_one(Leader, world.leader_id)
        leader.days = 3
        for slot in session.scalars(select(Slot).order_by(Slot.starts_at).limit(2)).all():
            make_placement(session, leader=leader, slot=slot)
    page = world.get("placement")
    assert page.h1 == "My placements"
    assert "You are to have 3 days, and 1 day is still missing." in page.text
    assert len(page.by_class("app-given")) == 2


def test_a_number_larger_than_any_database_holds_is_no_page(world: World) -> None:
    assert world.browser.get(f"/leader/{10**25}/").status_code == 404
