"""The pages on which leaders see and put right what is known of them."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from placement.db import reading, unit_of_work
from placement.models import AccessNeed, Conflict, Leader, Partner
from placement.services.access import read_needs, record_need
from tests.factories.conflicts import make_conflict
from tests.web.browsing import Browser
from tests.web.coordinator_desk import queries_of
from tests.web.leading import NOON, Visit, World, make_world
from tests.web.page import check_page, record_unknown_names

FACTS = {"base_postcode": "pr11aa", "postcode_kind": "work", "max_km": "25 km", "check_held": "basic"}
PAGES = ("about", "about/travel", "about/role", "about/needs", "about/conflicts", "my-data", "my-data/erase")


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(site: Flask, visit: Visit) -> World:
    return make_world(site, visit)


def leader(world: World) -> Leader:
    with world.app.app_context(), reading() as session:
        found = session.get_one(Leader, world.leader_id)
        session.expunge(found)
        return found


def need(world: World) -> str:
    with world.app.app_context(), reading() as session:
        return read_needs(session, [world.leader_id]).get(world.leader_id, "")


def partner_id(world: World, number: int = 0) -> int:
    with world.app.app_context(), reading() as session:
        return session.scalars(select(Partner.id).order_by(Partner.id)).all()[number]


def send(world: World, page: str, form: dict[str, str]) -> int:
    """Fill in the form of a page and press its button; the status of what comes back."""
    shown = world.get(page).form_to(world.path(page)).values
    return world.post(page, {**shown, **form}).status_code


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_keeps_the_rules_and_prints_no_unknown_name(world: World, name: str, closed: bool) -> None:
    unknown = record_unknown_names(world.app)
    with world.app.app_context(), unit_of_work() as session:
        found = session.get_one(Leader, world.leader_id)
        record_need(session, found, "A quiet room", shared=True)
        make_conflict(session, leader=found, partner=session.get_one(Partner, partner_id(world)))
    if closed:
        world.close()
    world.get(name)
    assert unknown == []


def test_the_list_of_things_to_do_leads_there_until_it_was_looked_at(world: World) -> None:
    page = world.get()
    assert page.links["Check what we know about you"] == world.path("about")
    assert "Check what we know about you Postcode, travel, DBS check, access needs" in page.text
    assert page.text.count("Incomplete") == 3
    assert world.post("about", {}).status_code == 303
    assert leader(world).checked_at == NOON
    assert world.get().text.count("Incomplete") == 2
    assert [form.action for form in world.get("about").forms if form.action == world.path("about")] == []


def test_what_is_typed_is_kept_with_where_the_postcode_is(world: World) -> None:
    assert world.post("about/travel", {"seen": seen(world), **FACTS, "no_car": "y"}).status_code == 303
    kept = leader(world)
    assert (kept.base_postcode, kept.postcode_kind, kept.max_km) == ("PR1 1AA", "work", 25.0)
    assert (kept.no_car, kept.check_held) == (True, "basic")
    assert kept.latitude == pytest.approx(53.76, abs=0.05)
    page = world.get("about")
    for said in ("PR1 1AA (where you work)", "25 km", "Car for the day No car", "Basic"):
        assert said in page.text, said


def seen(world: World, page: str = "about/travel") -> str:
    return world.get(page).form_to(world.path(page)).values["seen"]


@pytest.mark.parametrize("odd", ["M1 1A", "ZZ9 9ZZ", "BT1 1AA"])
def test_an_odd_postcode_is_kept_and_asked_about(world: World, odd: str) -> None:
    assert "km away" in world.get("opportunities").text
    assert world.post("about/travel", {"seen": seen(world), **FACTS, "base_postcode": odd}).status_code == 303
    assert (leader(world).base_postcode, leader(world).latitude) == (odd, None)
    assert f"We cannot find the postcode {odd}" in world.get("about").text
    assert "We cannot find your postcode" in world.get().text
    assert "km away" not in world.get("opportunities").text


def test_no_limit_is_an_empty_box(world: World) -> None:
    world.post("about/travel", {"seen": seen(world), **FACTS, "max_km": ""})
    assert leader(world).max_km is None
    assert "No limit" in world.get("about").text


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("max_km", "far", "The distance must be a number, like 25"),
        ("max_km", "0", "The distance must be from 1 to 1000 km"),
        ("max_km", "nan", "The distance must be from 1 to 1000 km"),
        ("check_held", "", "Say which check you have"),
        ("base_postcode", "somewhere far away", "Use 10 characters or fewer"),
    ],
)
def test_what_cannot_be_right_is_said_at_its_field_and_stays_typed(
    world: World, field: str, typed: str, said: str
) -> None:
    answer = world.post("about/travel", {"seen": seen(world), **FACTS, field: typed})
    page = check_page(answer)
    assert (answer.status_code, page.errors) == (422, {field: said})
    if typed:
        assert page.form_to(world.path("about/travel")).values[field] == typed


def test_an_older_page_is_refused_with_what_is_kept_now_and_nothing_typed_is_lost(world: World) -> None:
    old = seen(world)
    world.post("about/travel", {"seen": old, **FACTS})
    answer = world.post("about/travel", {"seen": old, **FACTS, "max_km": "7"})
    page = check_page(answer)
    assert answer.status_code == 409
    assert ["Furthest you can travel", "25 km", "7 km"] in page.rows()
    assert leader(world).max_km == 25.0
    again = page.form_to(world.path("about/travel")).values
    assert (again["max_km"], world.post("about/travel", again).status_code) == ("7", 303)
    assert leader(world).max_km == 7.0


def test_after_the_deadline_the_facts_are_shown_and_a_page_opened_before_is_refused(world: World) -> None:
    old = seen(world)
    world.close()
    page = world.get("about/travel")
    assert [form for form in page.forms if form.action == world.path("about/travel")] == []
    assert "FY1 1AA" in page.text
    assert world.post("about/travel", {"seen": old, **FACTS}).status_code == 409
    assert leader(world).base_postcode == "FY1 1AA"
    shown = world.get("about")
    assert "ask your coordinator" in shown.text
    assert {world.path("about/role"), world.path("about/needs")} <= set(shown.links.values())


def test_the_role_is_changed_at_any_time(world: World) -> None:
    world.close()
    assert send(world, "about/role", {"role": "Matron"}) == 303
    assert leader(world).role == "Matron"
    answer = world.post("about/role", {"role": "Nurse", "seen": "ward manager"})
    assert answer.status_code == 409
    assert "Kept now: Matron" in check_page(answer).text


def test_needs_are_written_shared_changed_and_deleted_after_the_deadline_too(world: World) -> None:
    world.close()
    form = {"text": "Step-free, please", "shared": "y"}
    assert world.post("about/needs", {"seen": seen(world, "about/needs"), **form}).status_code == 303
    assert need(world) == "Step-free, please"
    told = world.get("about").text
    assert "only step-free days count; your partner may know" in told
    assert "Step-free, please" not in told
    page = world.get("about/needs").form_to(world.path("about/needs"))
    assert page.values["text"] == "Step-free, please"
    assert world.post("about/needs", {"seen": page.values["seen"], "delete": "yes"}).status_code == 303
    assert need(world) == ""
    with world.app.app_context(), reading() as session:
        assert session.get(AccessNeed, world.leader_id) is None


def test_an_older_page_of_needs_is_refused_and_shows_the_newer_ones(world: World) -> None:
    old = seen(world, "about/needs")
    world.post("about/needs", {"seen": old, "text": "A hearing loop"})
    answer = world.post("about/needs", {"seen": old, "text": "A quiet room"})
    page = check_page(answer)
    assert answer.status_code == 409
    assert "A hearing loop" in page.text
    assert page.form_to(world.path("about/needs")).values["text"] == "A quiet room"
    assert need(world) == "A hearing loop"


def test_a_conflict_is_said_shown_hinted_at_and_taken_off(world: World) -> None:
    chosen = str(partner_id(world))
    added = world.post("about/conflicts", {"partner": chosen, "kind": "board"})
    assert added.status_code == 303
    page = world.get("about/conflicts")
    assert "You said that you are on its board." in page.text
    hint = "you cannot be given this placement: you said that you are on its board."
    assert world.get("opportunities").text.count(hint) == 1
    assert "Partner 0" in world.get("check").text
    removed = world.post("about/conflicts/remove", {"partner": chosen})
    assert removed.status_code == 303
    with world.app.app_context(), reading() as session:
        assert session.scalars(select(Conflict)).all() == []


def test_what_a_coordinator_noted_is_shown_and_stays(world: World) -> None:
    with world.app.app_context(), unit_of_work() as session:
        make_conflict(
            session,
            leader=session.get_one(Leader, world.leader_id),
            partner=session.get_one(Partner, partner_id(world)),
            said_by="coordinator",
            note="On their web page",
        )
    page = world.get("about/conflicts")
    assert "Your coordinator has noted that you are on its board." in page.text
    assert "On their web page" in page.text
    assert [form for form in page.forms if form.action.endswith("remove")] == []


@pytest.mark.parametrize(
    ("form", "errors"),
    [
        ({}, {"partner": "Choose the charity", "kind": "Say what you are to the charity"}),
        ({"partner": "987654", "kind": "board"}, {"partner": "Not a valid choice."}),
    ],
)
def test_a_conflict_without_charity_or_kind_is_asked_for(
    world: World, form: dict[str, str], errors: dict[str, str]
) -> None:
    answer = world.post("about/conflicts", form)
    assert (answer.status_code, check_page(answer).errors) == (422, errors)


def test_after_the_deadline_conflicts_are_read_only(world: World) -> None:
    world.close()
    page = world.get("about/conflicts")
    assert [form for form in page.forms if "conflicts" in form.action] == []
    form = {"partner": str(partner_id(world)), "kind": "board"}
    assert world.post("about/conflicts", form).status_code == 409
    assert world.post("about/conflicts/remove", form).status_code == 409


def test_the_check_page_has_links_to_change_what_we_know(world: World) -> None:
    links = set(world.get("check").links.values())
    wanted = {world.path(page) for page in ("about", "about/travel", "about/needs", "about/conflicts")}
    assert wanted <= links
    world.close()
    assert world.path("about/travel") not in world.get("check").links.values()


def test_everything_kept_is_shown_and_can_be_taken_away(world: World) -> None:
    world.post("about/needs", {"seen": seen(world, "about/needs"), "text": "A hearing loop"})
    page = world.get("my-data")
    assert "A hearing loop" in {cell for row in page.rows() for cell in row}
    assert "FY1 1AA" in page.text
    as_json = world.browser.get(page.links["Download it for another program (JSON)"])
    assert as_json.mimetype == "application/json"
    assert as_json.json is not None
    assert as_json.json["access_need"][0]["What you need"] == "A hearing loop"
    as_csv = world.browser.get(page.links["Download it as a table (CSV)"])
    assert as_csv.mimetype == "text/csv"
    assert "attachment" in as_csv.headers["Content-Disposition"]
    assert '"Access needs","1","What you need","A hearing loop"' in as_csv.data.decode("utf-8-sig")


def test_erasing_is_shown_first_asked_for_and_ends_the_session(world: World) -> None:
    page = world.get("my-data/erase")
    assert "What is erased for good" in page.text
    answer = world.post("my-data/erase", {})
    assert (answer.status_code, "sure" in check_page(answer).errors) == (422, True)
    assert leader(world).erased_at is None
    assert world.post("my-data/erase", {"sure": "y"}).status_code == 303
    kept = leader(world)
    assert (kept.erased_at, kept.name, kept.base_postcode) == (NOON, "Erased person", "")
    gone = world.browser.get(world.path("about"))
    assert "/sign-in" in gone.headers["Location"]


def test_erasing_waits_for_a_day_that_is_still_to_come(world: World) -> None:
    world.decide(placed=True)
    page = world.get("my-data/erase")
    assert "Food parcels on" in page.text
    assert [form for form in page.forms if form.action.endswith("erase")] == []
    answer = world.post("my-data/erase", {"sure": "y"})
    assert (answer.status_code, leader(world).erased_at) == (409, None)


def test_the_privacy_page_leads_leaders_to_what_is_kept_about_them(
    world: World, site: Flask, visit: Callable[..., Browser]
) -> None:
    links = check_page(world.browser.get("/privacy")).links
    assert links["What is kept about you as a leader of Spring 2027"] == world.path("my-data")
    assert "open “Check what we know about you”" in check_page(visit().get("/privacy")).text


def test_the_number_of_queries_does_not_grow_with_what_is_kept(world: World) -> None:
    with queries_of(world.app) as before:
        world.get("about")
    with world.app.app_context(), unit_of_work() as session:
        found = session.get_one(Leader, world.leader_id)
        for row in session.scalars(select(Partner)).all():
            make_conflict(session, leader=found, partner=row)
    with queries_of(world.app) as after:
        world.get("about")
    assert len(after) == len(before)
