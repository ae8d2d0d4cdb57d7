"""Events on the pages, and days and offers that change after people were told of them."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from placement.db import reading
from placement.models import Event, EventGuest, Leader, Opportunity, Slot
from tests.web.browsing import Browser
from tests.web.coordinator_desk import Desk, Sit, seats
from tests.web.page import Page, check_page

LINK = "https://meet.example/j/1?pwd=two"
TYPED = {
    "kind": "workshop",
    "title": "Leading in a <system>",
    "day-day": "2",
    "day-month": "6",
    "day-year": "2030",
    "starts": "9:30am",
    "ends": "11am",
    "mode": "in_person",
    "address": "The Winter Gardens, Blackpool",
    "postcode": "FY1 1HW",
    "description": "Bring a pen.",
    "team": "0",
}


@pytest.fixture
def desk(site: Flask) -> Desk:
    sit: Sit = seats(site)
    return sit("confirmed")


def first(desk: Desk, model: type[Any]) -> Any:
    with desk.app.app_context(), reading() as session:
        row = session.scalars(select(model).where(model.cohort_id == desk.found.cohort_id)).first()
        assert row is not None
        session.expunge(row)
        return row


def through(desk: Desk, path: str, **typed: str) -> Page:
    """The page that shows what a form would do; then its button is pressed."""
    url = desk.found.url(path)
    form = desk.get(path).form_to(url)
    page = desk.checked(desk.post(path, {**form.values, **typed, "step": "check"}))
    check = page.form_to(url)
    back = desk.checked(desk.post(path, {**check.values, "step": "edit"}))
    assert back.form_to(url).values[next(iter(typed))] == next(iter(typed.values()))
    assert desk.post(path, {**check.values, "step": "save"}).status_code == 303
    return page


def pressed(desk: Desk, path: str) -> Page:
    """The page that asks, with nothing to fill in; then its button is pressed."""
    page = desk.get(path)
    assert desk.post(path, page.form_to(desk.found.url(path)).values).status_code == 303
    return page


def test_an_event_is_planned_held_online_and_cancelled_each_asking_first(desk: Desk) -> None:
    assert "Nothing is planned beside the placement days yet" in desk.get("events").text
    page = through(desk, "events/new", **TYPED)
    assert "gets an invite" in page.text
    assert "Nobody who is invited is given a placement day at that time." in page.text
    event = first(desk, Event)
    rows = desk.get("events").rows()
    assert rows[1][0] == "Leading in a <system>"
    shown = desk.get(f"events/{event.id}")
    assert "No answer yet" in shown.text
    page = through(desk, f"events/{event.id}/online", joining_link=LINK)
    assert "Everybody is asked to answer again." in page.text
    assert f"Online: {LINK}" in desk.get(f"events/{event.id}").text
    page = through(desk, f"events/{event.id}/in-person", address="The Winter Gardens, Blackpool")
    assert "People meet at The Winter Gardens" in page.text
    page = through(desk, f"events/{event.id}/change", title="Leading together")
    assert "Answers that were given stand." in page.text
    page = pressed(desk, f"events/{event.id}/cancel")
    assert "It does not take place." in page.text
    assert "This event is cancelled." in desk.get(f"events/{event.id}").text
    answer = desk.post(f"events/{event.id}/change", {**TYPED, "step": "check"})
    assert (answer.status_code, answer.location) == (303, desk.found.url(f"events/{event.id}"))
    assert "has been cancelled, so it can no longer be changed." in desk.get(f"events/{event.id}").text


def test_an_event_upon_placements_says_who_clashes_before_it_is_saved(desk: Desk) -> None:
    slot = first(desk, Slot)
    on = {
        "day-day": str(slot.starts_at.day),
        "day-month": str(slot.starts_at.month),
        "day-year": str(slot.starts_at.year),
    }
    page = through(desk, "events/new", **{**TYPED, **on})
    assert "Who would have to be in two places at once" in page.text
    assert f"Leader 001: {slot.reference}, " in page.text


def test_people_are_taken_off_and_invited_again_one_by_one(desk: Desk) -> None:
    through(desk, "events/new", **TYPED)
    event, guest = first(desk, Event), first(desk, EventGuest)
    person = f"events/{event.id}/leaders/{guest.leader_id}"
    assert "Nobody else is told." in pressed(desk, f"{person}/remove").text
    assert "Not invited any more" in desk.get(f"events/{event.id}").text
    assert "is not invited; nothing is changed" in desk.get(f"{person}/remove").text
    assert "Invited as well: " in pressed(desk, f"{person}/add").text
    assert "Everybody is invited already" in desk.get(f"events/{event.id}/missing").text


def test_an_answer_to_an_event_is_written_down_seen_and_undone(desk: Desk) -> None:
    through(desk, "events/new", **TYPED)
    event, guest = first(desk, Event), first(desk, EventGuest)
    path = f"events/{event.id}/leaders/{guest.leader_id}/answers"
    assert desk.found.url(path) in desk.get(f"events/{event.id}").links.values()
    page = desk.get(path)
    assert "They have not answered yet" in page.text
    assert page.form_to(desk.found.url(path)).values["seen"] == "0"
    nothing = desk.checked(desk.post(path, {"seen": "0"}))
    assert nothing.errors == {"answer": "Choose what they have said"}
    sent = {"answer": "DECLINED", "note": "Rang: <b>a tribunal</b>", "seen": "0"}
    assert desk.post(path, sent).status_code == 303
    assert f"The answer of {name_of(desk, guest.leader_id)} is written down." in desk.get(path).text
    (row,) = desk.get(path).rows()[1:]
    assert row[1:4] == ["Cannot come", "Written down by Chloe Coordinator", "Rang: <b>a tribunal</b>"]
    assert "Cannot come" in desk.get(f"events/{event.id}").text
    undo = f"{path}/undo"
    answer_id = desk.get(path).form_to(desk.found.url(undo)).values["answer"]
    assert desk.post(undo, {"answer": answer_id}).status_code == 303
    assert "Cannot come" not in desk.get(f"events/{event.id}").text
    desk.post(undo, {"answer": answer_id})
    assert "does not count any more" in desk.get(path).text


def name_of(desk: Desk, leader_id: int) -> str:
    with desk.app.app_context(), reading() as session:
        return session.get_one(Leader, leader_id).name


def test_an_answer_to_an_event_that_moved_is_asked_again_and_one_that_ended_takes_none(desk: Desk) -> None:
    through(desk, "events/new", **TYPED)
    event, guest = first(desk, Event), first(desk, EventGuest)
    person = f"events/{event.id}/leaders/{guest.leader_id}"
    moved = desk.post(f"{person}/answers", {"answer": "ACCEPTED", "seen": "4"})
    assert moved.status_code == 409
    form = desk.checked(moved).form_to(desk.found.url(f"{person}/answers"))
    assert (form.values["answer"], form.values["seen"]) == ("ACCEPTED", "0")
    pressed(desk, f"{person}/remove")
    assert desk.found.url(f"{person}/answers") not in desk.get(f"events/{event.id}").links.values()
    assert "answers stay as they are" in desk.get(f"{person}/answers").text
    assert desk.post(f"{person}/answers", {"answer": "ACCEPTED", "seen": "0"}).status_code == 303
    assert "has been cancelled, so it takes no answer" in desk.get(f"{person}/answers").text
    assert desk.browser.get(desk.found.url(f"events/{event.id}/leaders/987654/answers")).status_code == 404


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"title": ""}, "title"),
        ({"address": ""}, "address"),
        ({"mode": "virtual"}, "joining_link"),
        ({"joining_link": "http://meet.example"}, "joining_link"),
        ({"ends": "9am"}, "ends"),
        ({"day-year": "2020"}, "day-day"),
        ({"day-year": "2090"}, "day-day"),
        ({"day-day": "31", "day-month": "3", "day-year": "2030", "starts": "1:30am"}, "starts"),
        ({"kind": "party"}, "kind"),
        ({"team": "987654321"}, "team"),
    ],
)
def test_what_cannot_be_is_named_at_its_field(desk: Desk, typed: dict[str, str], field: str) -> None:
    answer = desk.post("events/new", {**TYPED, **typed, "step": "check"})
    assert answer.status_code == 422
    page = desk.checked(answer)
    assert field in page.errors
    assert desk.count(Event) == 0


def test_a_day_is_held_online_and_at_its_site_again(desk: Desk) -> None:
    slot = first(desk, Slot)
    page = through(desk, f"days/{slot.id}/online", joining_link=LINK)
    assert "It takes place online, not at " in page.text
    assert "gets a changed invite" in page.text
    shown = desk.get(f"days/{slot.id}")
    assert f"Online: {LINK}" in shown.text
    assert "How far people travel" not in shown.text
    assert "It takes place in person: " in pressed(desk, f"days/{slot.id}/in-person").text
    assert first(desk, Slot).joining_link is None


def test_words_place_and_contact_change_with_an_update_to_those_concerned(desk: Desk) -> None:
    offer = first(desk, Opportunity)
    page = through(desk, f"opportunities/{offer.id}/words", title="Food parcels and tea")
    assert "gets an update" in page.text
    page = through(desk, f"partners/{offer.partner_id}/contact", name="Somebody Else")
    assert "gets an update" in page.text
    place = {"address": "2 Low Street, Blackpool", "postcode": "FY1 2AB", "same": "no"}
    page = through(desk, f"opportunities/{offer.id}/place", **place)
    assert "gets a changed invite" in page.text
    assert first(desk, Opportunity).title == "Food parcels and tea"


def test_a_leader_finds_their_events_with_where_to_go(desk: Desk) -> None:
    leader = first(desk, Leader)
    with desk.app.app_context(), reading() as session:
        email = session.get_one(Leader, leader.id).user.email
    own = Browser(desk.app, email=email)
    assert "You are not invited to anything" in check_page(own.get(f"/leader/{leader.id}/events")).text
    through(desk, "events/new", **{**TYPED, "mode": "virtual", "joining_link": LINK})
    page = check_page(own.get(f"/leader/{leader.id}/events"))
    assert "Leading in a <system>" in page.text
    assert page.links[LINK] == LINK
    assert "My events" in check_page(own.get(f"/leader/{leader.id}/")).text
