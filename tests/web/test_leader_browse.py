"""Looking through placements: filters in the address, what to loosen, one by itself, two, and the map."""

import gzip
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from placement.db import unit_of_work
from placement.models import Cohort, Leader
from tests.factories.clock import FIRST_DAY
from tests.factories.opportunities import make_opportunity, make_site, make_slot
from tests.factories.people import make_leader, make_partner
from tests.factories.programmes import make_cohort
from tests.web.browsing import Browser
from tests.web.coordinator_desk import queries_of
from tests.web.leading import NOON, Visit, World, make_world, rank
from tests.web.page import Page, check_page, record_unknown_names, text_of

HEAVIEST = 12_000
"""Octets of a page on the wire."""


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(site: Flask, visit: Visit) -> World:
    """Beside the four placements of the town, one far away on a Thursday, step-free and of another theme."""
    world = make_world(site, visit)
    with site.app_context(), unit_of_work() as session:
        cohort = session.get_one(Cohort, world.cohort_id)
        partner = make_partner(session, cohort=cohort, name="Far Out", theme="Farming")
        place = make_site(
            session, partner=partner, address="1 Mill Lane, Kendal", latitude=54.33, longitude=-2.74
        )
        row = make_opportunity(session, partner=partner, site=place, title="Lambing", step_free=True)
        make_slot(session, opportunity=row, starts_at=FIRST_DAY + timedelta(days=1))
        world.ids.append(row.id)
    return world


def cards(page: Page) -> list[str]:
    return [text_of(next(iter(card.iter("h3")))) for card in page.by_class("app-offer")]


def test_each_placement_is_a_short_card_that_leads_to_its_own_page(world: World) -> None:
    page = world.get("opportunities")
    assert cards(page) == ["Lambing", "Food parcels", "Soup kitchen", "Memory café", "Night shelter"]
    assert page.links["Lambing"] == world.path(f"opportunities/{world.ids[4]}")
    assert "Kendal · about 60 km away, roughly 80 to 160 minutes by car" in page.text
    assert "Sort donations" not in page.text


def test_who_has_no_car_is_not_told_how_long_a_drive_takes(world: World) -> None:
    with world.app.app_context(), unit_of_work() as session:
        session.get_one(Leader, world.leader_id).no_car = True
    page = world.get("opportunities")
    assert "Kendal · about 60 km away, check public transport" in page.text
    assert "minutes by car" not in page.text


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("theme=Farming", ["Lambing"]),
        ("area=Kendal", ["Lambing"]),
        ("day=thursday", ["Lambing"]),
        ("step_free=yes", ["Lambing"]),
        ("day=wednesday", ["Food parcels", "Soup kitchen", "Memory café", "Night shelter"]),
        ("within=5", ["Food parcels", "Soup kitchen", "Memory café", "Night shelter"]),
        ("possible=yes&day=wednesday", ["Food parcels", "Soup kitchen", "Memory café", "Night shelter"]),
        ("possible=yes&theme=Farming", []),
        ("theme=Nothing&day=someday&within=7&step_free=no&page=-3", None),
    ],
)
def test_the_address_says_which_are_shown_and_the_number_is_announced(
    world: World, asked: str, expected: list[str] | None
) -> None:
    page = world.get(f"opportunities?{asked}")
    told = text_of(next(e for e in page.root.iter() if e.get("role") == "status"))
    if expected is None:
        assert (len(cards(page)), told) == (5, "")
    else:
        assert cards(page) == expected
        assert told == f"{len(expected) or 'No'} placement{'s' if len(expected) != 1 else ''} found, of 5."


def test_the_form_shows_what_was_asked_and_every_link_keeps_it(world: World) -> None:
    asked = "theme=Farming&step_free=yes"
    page = world.get(f"opportunities?{asked}")
    chosen = [e.get("value") for e in page.root.iter("option") if e.get("selected") is not None]
    assert chosen == ["Farming"]
    assert page.links["Lambing"].endswith(f"?{asked}")
    assert page.links["Download this list (CSV)"].endswith(f".csv?{asked}")
    back = world.get(f"opportunities/{world.ids[4]}?{asked}").links["Back to the list"]
    assert back == world.path(f"opportunities?{asked}#opportunity-{world.ids[4]}")


def test_nothing_found_names_each_filter_that_could_be_left_out_with_how_many_there_would_be(
    world: World,
) -> None:
    page = world.get("opportunities?theme=Farming&within=5&day=thursday")
    assert "Nothing fits all of this: theme Farming, on a Thursday and within 5 km." in page.text
    assert page.links["Without “within 5 km”: 1 placement"] == world.path(
        "opportunities?theme=Farming&day=thursday"
    )
    assert not any("Without “theme" in text for text in page.links)
    assert page.links["Show all 5"] == world.path("opportunities")


def test_a_placement_has_a_page_of_its_own_with_all_that_is_known(world: World) -> None:
    page = world.get(f"opportunities/{world.ids[4]}")
    assert page.h1 == "Lambing"
    for said in (
        "Sort donations and meet the volunteers.",
        "Wear flat shoes.",
        "Far Out",
        "1 Mill Lane, Kendal",
        "check public transport",
        "Thursday 4 February 2027, 9:30am to 4pm",
        "it is 60 km away, and you travel 20 km at most",
        "I would not go to this one",
    ):
        assert said in page.text


def test_a_placement_that_is_not_there_or_is_another_cohorts_has_no_page(world: World) -> None:
    with world.app.app_context(), unit_of_work() as session:
        other = make_slot(session).opportunity_id
    for opportunity_id in (other, 987_654):
        assert world.browser.get(world.path(f"opportunities/{opportunity_id}")).status_code == 404
        assert world.post("opportunities", {"add": opportunity_id, "seen": ""}).status_code == 404
        assert world.post(f"opportunities/{opportunity_id}", {}).status_code == 404
        compared = world.browser.get(world.path(f"opportunities/compare?compare={opportunity_id}&compare=1"))
        assert compared.status_code == 404


def test_two_placements_are_compared_by_way_of_links(world: World) -> None:
    first = world.get("opportunities").links["Compare Lambing with another"]
    page = check_page(world.browser.get(first.partition("#")[0]))
    assert "Choose a placement to compare with Lambing." in page.text
    pair = page.links["Compare with this Soup kitchen"]
    compared = check_page(world.browser.get(pair))
    assert compared.h1 == "Compare two placements"
    rows = {row[0]: row[1:] for row in compared.rows()}
    assert rows["Theme"] == ["Farming", "food"]
    assert rows["Area"] == ["Kendal", "Blackpool"]
    assert rows["What it needs"] == ["Step-free", "Not step-free"]


@pytest.mark.parametrize("asked", ["", "?compare=1", "?compare=1&compare=1", "?compare=x&compare=2"])
def test_fewer_than_two_cannot_be_compared_and_the_page_says_how(world: World, asked: str) -> None:
    page = world.get(f"opportunities/compare{asked}")
    assert "Two placements are needed." in page.text
    assert page.links["See the list"] == world.path("opportunities")


def test_the_map_has_the_numbers_of_the_table_and_of_the_files(world: World) -> None:
    page = world.get("opportunities?theme=Farming")
    (picture,) = page.by_class("app-map")
    assert [text_of(e) for e in picture.iter() if e.get("class") == "app-map__number"] == ["1"]
    assert ["1. Lambing", "Kendal", "60 km"] in page.rows()
    drawn = world.browser.get(page.links["Download the map (SVG picture)"])
    assert drawn.mimetype == "image/svg+xml"
    assert drawn.get_data(as_text=True).startswith("<svg")
    rows = world.browser.get(page.links["Download this list (CSV)"]).get_data(as_text=True).splitlines()
    assert rows[1].startswith('"1","Lambing","Far Out","Farming","Kendal","60","Thursday 4 February 2027')


def test_where_no_place_is_known_there_is_a_table_and_no_map(world: World) -> None:
    with world.app.app_context(), unit_of_work() as session:
        cohort = make_cohort(session)
        partner = make_partner(session, cohort=cohort)
        row = make_opportunity(
            session, partner=partner, site=make_site(session, partner=partner, latitude=None, longitude=None)
        )
        make_slot(session, opportunity=row)
        leader = make_leader(
            session, cohort=cohort, user=None, base_postcode="", latitude=None, longitude=None
        )
        email, leader_id = leader.user.email, leader.id
    browser = Browser(world.app, email=email)
    page = check_page(browser.get(f"/leader/{leader_id}/opportunities?within=5"))
    assert page.by_class("app-map") == []
    assert "Not known" in page.text
    drawn = browser.get(f"/leader/{leader_id}/map.svg").get_data(as_text=True)
    assert "No place is known" in drawn


def test_what_is_held_online_is_near_everybody_and_not_on_the_map(world: World) -> None:
    with world.app.app_context(), unit_of_work() as session:
        cohort = session.get_one(Cohort, world.cohort_id)
        row = make_opportunity(session, cohort=cohort, title="Phone friends")
        make_slot(session, opportunity=row, joining_link="https://meet.example/1")
    page = world.get("opportunities?within=5&area=Online")
    assert cards(page) == ["Phone friends"]
    assert page.by_class("app-map") == []


def test_a_refused_press_in_the_list_shows_the_list_with_the_reason(world: World) -> None:
    seen = rank(world, 0)
    world.press("add", 1)
    answer = world.press("add", 2, seen, page="opportunities?theme=Farming")
    assert answer.status_code == 409
    page = check_page(answer)
    assert "changed on another page or device" in page.text
    assert cards(page) == ["Lambing"]


def test_after_the_deadline_the_list_is_to_be_read_only(world: World) -> None:
    world.close()
    for name in (
        "opportunities",
        f"opportunities/{world.ids[0]}",
        "opportunities/compare?compare=1&compare=2",
    ):
        page = world.get(name)
        assert [form for form in page.forms if form.method == "post" and "/leader/" in form.action] == []
    for action in ("add", "refuse", "allow"):
        answer = world.press(action, 0, page="opportunities")
        assert answer.status_code == 409
        assert "so nothing was changed" in check_page(answer).text


def test_no_page_prints_an_unknown_name(world: World) -> None:
    unknown = record_unknown_names(world.app)
    rank(world, 0)
    world.press("refuse", 4, page="opportunities")
    for name in ("opportunities", "opportunities?compare=1", "opportunities?possible=yes&theme=Farming"):
        world.get(name)
    world.get(f"opportunities/{world.ids[0]}")
    world.get(f"opportunities/{world.ids[4]}")
    world.get("opportunities/compare?compare=1&compare=2")
    world.browser.get(world.path("map.svg"))
    assert unknown == []


def test_a_long_list_is_paged_light_and_asks_the_database_as_often_as_a_short_one(world: World) -> None:
    names = ("opportunities", "choices", "dates", f"opportunities/{world.ids[0]}", "check")
    rank(world, 0, 1)
    before = {name: _queries(world, name) for name in names}
    with world.app.app_context(), unit_of_work() as session:
        cohort = session.get_one(Cohort, world.cohort_id)
        for number in range(160):
            row = make_opportunity(session, cohort=cohort, title=f"A long title of placement number {number}")
            for week in range(2):
                starts = FIRST_DAY + timedelta(weeks=week + number % 20)
                make_slot(session, opportunity=row, starts_at=starts)
    assert {name: _queries(world, name) for name in names} == before
    page = world.get("opportunities?page=2")
    assert len(cards(page)) == 20
    assert "21. " in page.text
    (further,) = [url for text, url in page.links.items() if "Page 3 of 9" in text]
    assert further == world.path("opportunities?page=3")
    for name in names:
        answer = world.browser.get(world.path(name))
        assert len(gzip.compress(answer.get_data(), 6)) <= HEAVIEST, name


def _queries(world: World, name: str) -> int:
    with queries_of(world.app) as said:
        world.get(name)
    return len(said)
