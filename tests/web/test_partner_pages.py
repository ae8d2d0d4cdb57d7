"""The partner's pages: what they show, what they refuse, and that nothing typed is lost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from placement.db import unit_of_work
from placement.domain.text import to_london
from placement.models import Opportunity
from tests.factories.people import make_partner
from tests.web.browsing import Browser
from tests.web.page import check_page
from tests.web.partners import HOURS, JUNE, YEAR, Partners, partner

__all__ = ["partner"]


def test_a_partner_without_anything_is_led_to_the_first_place_and_placement(
    site: Flask, visit: Callable[..., Browser]
) -> None:
    with site.app_context(), unit_of_work() as session:
        row = make_partner(session)
        email, partner_id = row.user.email, row.id
    page = check_page(visit(email=email).get(f"/partner/{partner_id}/"))
    assert page.h1 == "My days"
    new = page.links["Add a placement"]
    assert new == f"/partner/{partner_id}/opportunities/new"
    assert check_page(visit(email=email).get(new)).links["Add your first place"]
    assert visit(email=email).get(f"/partner/{partner_id}/days/new").location == new


def test_my_days_tells_each_days_hours_places_and_state_in_words(partner: Partners) -> None:
    partner.make_day(ends_at=JUNE + timedelta(hours=5, minutes=30), capacity=5)
    partner.make_day(starts_at=JUNE + timedelta(days=1), status="withdrawn")
    partner.make_day(starts_at=datetime(2020, 1, 7, 9, 0, tzinfo=UTC))
    matched = partner.make_day(starts_at=JUNE + timedelta(days=2))
    partner.place(matched)
    rows = [row[1:] for row in partner.get().rows()[1:]]
    assert rows == [
        ["9:30am to 3pm", "0 of 5", "Open"],
        ["9:30am to 4pm", "1 of 4", "People are coming"],
        ["9am to 3:30pm", "0 of 4", "Over"],
        ["9:30am to 4pm", "0 of 4", "Withdrawn"],
    ]


def test_the_first_step_asks_which_opportunity_and_insists_on_an_answer(partner: Partners) -> None:
    page = partner.get("days/new")
    assert (page.h1, page.title) == ("What is this day for?", "What is this day for? – Placement")
    assert {"Food parcels", "Something new"} <= set(page.labels.values())
    refused = partner.get("days/new?asked=1")
    assert (refused.status, list(refused.errors.values())) == (422, ["Say what the day is for"])
    chosen = partner.get(f"days/new?asked=1&opportunity={partner.opportunity_id}")
    assert chosen.h1 == "When is it, and for how many?"
    new = partner.browser.get(f"{partner.new_url}?asked=1&opportunity=new")
    assert new.location == f"{partner.url}opportunities/new"


def test_the_hours_of_the_latest_day_are_not_asked_for_again(partner: Partners) -> None:
    partner.make_day(ends_at=JUNE + timedelta(hours=5, minutes=30), capacity=5, minimum=2)
    hours = partner.get(f"days/new?opportunity={partner.opportunity_id}").form_to(partner.new_url).values
    assert [hours[name] for name in ("starts", "ends", "capacity", "minimum", "day-day")] == [
        "9:30am",
        "3pm",
        "5",
        "2",
        "",
    ]


def test_a_day_of_a_known_opportunity_is_checked_then_saved(partner: Partners) -> None:
    check = partner.checked(partner.add(step="check"))
    assert check.h1 == "Check your answers"
    assert f"10 June {YEAR}" in check.text
    assert "9:30am to 3pm" in check.text
    assert partner.slots() == []
    form = check.form_to(partner.new_url)
    saved = partner.browser.post(partner.new_url, {**form.values, "step": "save"})
    slot = partner.slot()
    assert (saved.status_code, saved.location) == (303, f"{partner.url}days/{slot.id}")
    assert (slot.starts_at, slot.capacity, slot.minimum) == (JUNE, 4, 2)
    assert "Your day is saved." in partner.get(f"days/{slot.id}").text


def test_going_back_from_the_last_step_keeps_every_answer(partner: Partners) -> None:
    check = partner.checked(partner.add(step="check")).form_to(partner.new_url)
    shown = partner.post("days/new", {**check.values, "step": "when"}).form_to(partner.new_url)
    assert {name: shown.values[name] for name in HOURS} == HOURS


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"day-year": "2020"}, "day-day", "Wednesday 10 June 2020 at 9:30am has gone by."),
        ({"day-year": str(YEAR + 100)}, "day-day", "is too far ahead"),
        ({"day-day": "31"}, "day-day", "Date must be a real date"),
        ({"day-day": "", "day-month": "", "day-year": ""}, "day-day", "Enter the date"),
        ({"day-year": "27"}, "day-year", "Year must be 4 numbers"),
        ({"starts": "half nine"}, "starts", "Enter a time, like 9:30am or 14:00"),
        ({"ends": ""}, "ends", "Enter the end"),
        ({"ends": "9:30"}, "ends", "The end must be later than the start."),
        ({"capacity": "1"}, "minimum", "must be no more than the 1 you have places for"),
        ({"capacity": "four"}, "capacity", "Most people must be a whole number, like 4"),
        ({"capacity": "9" * 5000}, "capacity", "Most people must be a whole number, like 4"),
        ({"capacity": "201"}, "capacity", "Most people must be from 1 to 200"),
        ({"minimum": "0"}, "minimum", "Fewest people must be from 1 to 200"),
        ({"minimum": ""}, "minimum", "Enter the fewest people"),
    ],
)
def test_a_wrong_answer_is_named_at_its_field_and_all_answers_stay(
    partner: Partners, wrong: dict[str, str], field: str, said: str
) -> None:
    for step in ("check", "save"):
        page = partner.checked(partner.add(**wrong, step=step))
        assert page.status == 422
        assert list(page.errors) == [field]
        assert said in page.errors[field]
        kept = page.form_to(partner.new_url).values
        assert {name: kept[name] for name in HOURS} == {**HOURS, **wrong}
    assert partner.slots() == []


@pytest.mark.parametrize(("at", "said"), [("starts", "happens twice on"), ("ends", "happens twice on")])
def test_an_hour_that_the_clocks_show_twice_is_refused(partner: Partners, at: str, said: str) -> None:
    days = [datetime(YEAR, 10, day, 12, tzinfo=UTC) for day in range(25, 32)]
    sunday = next(day for day in days if to_london(day).weekday() == 6)
    hours = {"starts": "12:15am", "ends": "4am", at: "1:30am"}
    page = partner.checked(
        partner.add(**{"day-day": str(sunday.day), "day-month": "10", **hours}, step="check")
    )
    assert said in page.errors[at]


def test_an_hour_that_the_clocks_leave_out_is_refused(partner: Partners) -> None:
    days = [datetime(YEAR, 3, day, 12, tzinfo=UTC) for day in range(25, 32)]
    sunday = next(day for day in days if day.weekday() == 6)
    when = {"day-day": str(sunday.day), "day-month": "3", "starts": "1:30am", "ends": "4am"}
    page = partner.checked(partner.add(**when, step="check"))
    assert "There is no 01:30 on" in page.errors["starts"]


def test_a_day_with_the_same_start_is_refused_before_the_last_step(partner: Partners) -> None:
    partner.add()
    page = partner.checked(partner.add(capacity="6", step="check"))
    assert "You already offer “Food parcels” on" in page.errors["day-day"]
    assert "You already offer" in partner.checked(partner.add(capacity="6")).errors["day-day"]
    assert partner.slot().capacity == 4


def test_saving_twice_makes_one_day_and_says_so_kindly(partner: Partners) -> None:
    first, second = partner.add(), partner.add()
    assert first.location == second.location
    assert "nothing was added twice" in check_page(partner.browser.get(second.location)).text
    assert len(partner.slots()) == 1


def test_days_cannot_be_added_once_places_are_decided(partner: Partners) -> None:
    partner.decide()
    page = partner.get("days/new")
    assert page.h1 == "Days can no longer be added"
    assert page.links["chloe@programme.example"] == "mailto:chloe@programme.example"
    refused = partner.checked(partner.add())
    assert (refused.status, refused.h1) == (409, page.h1)
    assert "Add a day" not in partner.get().links
    assert partner.slots() == []


def test_before_the_match_a_day_says_that_results_come_later(partner: Partners) -> None:
    page = partner.get(f"days/{partner.make_day()}")
    assert "You offer 4 places. Nobody has been placed yet: results come later" in page.text
    assert page.links["chloe@programme.example"] == "mailto:chloe@programme.example"


def test_who_is_coming_is_told_without_access_needs(partner: Partners) -> None:
    with partner.app.app_context(), unit_of_work() as session:
        session.get_one(Opportunity, partner.opportunity_id).check_required = "basic"
    slot_id = partner.make_day()
    partner.place(slot_id, name="Ada Field", role="Matron", check_held="enhanced", need="Lip-reads planted")
    partner.place(slot_id, name="Ben Moss", role="", partstat="ACCEPTED")
    page = partner.get(f"days/{slot_id}")
    assert page.rows()[1:3] == [
        ["Ada Field", "–", "Matron", "Enhanced check", "No answer yet"],
        ["Ben Moss", "–", "–", "No check needed", "Coming"],
    ]
    assert "2 of 4 places filled" in page.text
    assert "planted" not in partner.browser.get(f"{partner.url}days/{slot_id}").get_data(as_text=True)


def test_checks_are_not_told_where_none_is_asked_for(partner: Partners) -> None:
    slot_id = partner.make_day()
    partner.place(slot_id, name="Ada Field", check_held="enhanced")
    page = partner.get(f"days/{slot_id}")
    assert page.rows()[1] == ["Ada Field", "–", "ward manager", "No answer yet"]


@pytest.mark.parametrize(
    ("facts", "decided", "said"),
    [
        ({}, True, "It does not run this time"),
        ({"status": "withdrawn"}, False, "This day is withdrawn"),
        ({"starts_at": datetime(2020, 1, 7, 9, 0, tzinfo=UTC)}, True, "This day is over."),
    ],
)
def test_days_without_people_say_why(
    partner: Partners, facts: dict[str, Any], decided: bool, said: str
) -> None:
    slot_id = partner.make_day(**facts)
    if decided:
        partner.decide()
    assert said in partner.get(f"days/{slot_id}").text


def test_the_number_of_places_is_changed_on_a_page_of_its_own(partner: Partners) -> None:
    slot_id = partner.make_day()
    form = partner.get(f"days/{slot_id}/places").forms[-1]
    answer = partner.browser.post(form.action, {**form.values, "capacity": "7", "minimum": "3"})
    assert answer.location == f"{partner.url}days/{slot_id}"
    assert "The number of places is saved." in partner.get(f"days/{slot_id}").text
    assert (partner.slot().capacity, partner.slot().minimum) == (7, 3)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"capacity": "2", "minimum": "3"}, "minimum"),
        ({"capacity": "none", "minimum": "1"}, "capacity"),
        ({"capacity": "500", "minimum": "1"}, "capacity"),
    ],
)
def test_wrong_places_are_refused_at_their_field(
    partner: Partners, typed: dict[str, str], field: str
) -> None:
    slot_id = partner.make_day()
    form = partner.get(f"days/{slot_id}/places").forms[-1]
    page = partner.post(f"days/{slot_id}/places", {**form.values, **typed})
    assert (page.status, list(page.errors)) == (422, [field])
    kept = page.forms[-1].values
    assert (kept["capacity"], kept["minimum"]) == (typed["capacity"], typed["minimum"])
    assert partner.slot().capacity == 4


def test_an_old_tab_is_shown_what_the_newer_one_saved(partner: Partners) -> None:
    slot_id = partner.make_day()
    old = partner.get(f"days/{slot_id}/places").forms[-1].values
    withdrawal = partner.get(f"days/{slot_id}/withdraw").forms[-1].values
    partner.browser.post(f"{partner.url}days/{slot_id}/places", {**old, "capacity": "7", "minimum": "3"})
    page = partner.post(f"days/{slot_id}/places", {**old, "capacity": "2", "minimum": "1"})
    assert page.status == 409
    assert "This day was changed since you opened the page" in page.text
    assert "You had typed 2 as the most people and 1 as the fewest." in page.text
    newer = page.forms[-1].values
    assert (newer["capacity"], newer["minimum"]) == ("7", "3")
    assert partner.post(f"days/{slot_id}/withdraw", withdrawal).status == 409
    assert (partner.slot().capacity, partner.slot().status) == (7, "open")
    partner.browser.post(f"{partner.url}days/{slot_id}/places", {**newer, "capacity": "2"})
    assert partner.slot().capacity == 7, "2 places are fewer than the minimum of 3"
    partner.browser.post(f"{partner.url}days/{slot_id}/places", {**newer, "capacity": "5"})
    assert partner.slot().capacity == 5


def test_a_day_is_withdrawn_after_saying_who_is_affected(partner: Partners) -> None:
    slot_id = partner.make_day()
    page = partner.get(f"days/{slot_id}/withdraw")
    assert "Nobody has been placed on it" in page.text
    for _ in range(2):
        partner.browser.post(f"{partner.url}days/{slot_id}/withdraw", page.forms[-1].values)
    assert "Nobody will be sent." in partner.get(f"days/{slot_id}").text
    assert partner.slot().status == "withdrawn"
    assert "already" in partner.get(f"days/{slot_id}/withdraw").text


def test_the_numbers_of_a_day_with_people_are_not_changed_also_from_pages_opened_before(
    partner: Partners,
) -> None:
    slot_id = partner.make_day()
    form = partner.get(f"days/{slot_id}/places").forms[-1].values
    partner.place(slot_id)
    answer = partner.browser.post(f"{partner.url}days/{slot_id}/places", form)
    assert answer.location == f"{partner.url}days/{slot_id}"
    assert "People have been told that they are coming" in partner.get(f"days/{slot_id}").text
    page = partner.get(f"days/{slot_id}/places")
    assert page.forms == [form for form in page.forms if "sign-out" in form.action]
    assert "chloe@programme.example" in page.links
    assert "Change most people" not in partner.get(f"days/{slot_id}").links
    assert (partner.slot().status, partner.slot().capacity) == ("open", 4)


def test_steps_and_opportunities_that_are_none_do_not_exist(partner: Partners) -> None:
    assert partner.add(step="publish").status_code == 404
    assert partner.add(opportunity="0").status_code == 404
    assert partner.browser.get(f"{partner.new_url}?opportunity=0").status_code == 404
    assert partner.browser.get(f"{partner.url}days/{10**30}").status_code == 404
