"""A leader's whole way: from the mail's link to the reflection, in each way of using the site."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from placement.db import unit_of_work
from tests.browser.choosing import TITLES, Site, served_site
from tests.browser.journey import Traveller, Way, in_each_way, travelling
from tests.browser.states import move_in_time
from tests.databases import SqliteServer

pytestmark = pytest.mark.browser


@pytest.fixture
def site(sqlite_server: SqliteServer, tmp_path: Path) -> Iterator[Site]:
    with served_site(sqlite_server, tmp_path, choices_minimum=5) as found:
        yield found


@in_each_way
def test_a_leader_goes_from_the_link_in_the_mail_to_the_reflection(
    browser: Browser, site: Site, way: Way
) -> None:
    with travelling(browser, site.app, site.address, way) as leader:
        leader.enter(site.email)
        tells_about_themselves_and_their_dates(leader, site)
        chooses_and_submits(leader)
        site.place()
        answers(leader, site)
        with site.app.app_context(), unit_of_work() as session:
            move_in_time(session, timedelta(days=-41))
        leader.enter(site.email)
        reflects(leader, site)


def tells_about_themselves_and_their_dates(leader: Traveller, site: Site) -> None:
    leader.at("Your tasks")
    leader.follow("Choose your placement")
    leader.at("Choose your placement")
    leader.follow("Check what we know about you")
    leader.at("About you")
    leader.press("All of this is right")
    leader.at("Choose your placement")
    leader.follow("Say which dates you can do")
    leader.page.locator(".app-dates .nhsuk-form-group").first.get_by_label("I cannot").check()
    leader.press("Save and go on")
    leader.at("Check your answers")
    leader.go(f"/leader/{site.leader_id}/")


def chooses_and_submits(leader: Traveller) -> None:
    leader.follow("Choose placements")
    status = leader.page.get_by_role("status")
    for number, title in enumerate(TITLES[:5], start=1):
        leader.press(f"Add to my choices {title}")
        expect(status).to_have_text(f"{title} is now choice {number} of {number}.")
    leader.press("Put my choices in order")
    leader.press("Move to top Walking group")
    expect(status).to_have_text("Walking group is now choice 1 of 5.")
    leader.press("Down Food parcels")
    expect(status).to_have_text("Food parcels is now choice 3 of 5.")
    leader.fits()
    leader.press("Go on to dates")
    leader.press("Save and go on")
    leader.at("Check your answers")
    leader.press("Submit my answers")
    leader.at("Your answers are in")


def answers(leader: Traveller, site: Site) -> None:
    leader.go(f"/leader/{site.leader_id}/")
    leader.follow("My placement")
    leader.at("My placement")
    assert leader.fetch("Add to my calendar").suggested_filename == "placement.ics"
    leader.press("Say whether you are coming")
    leader.at("Are you coming on")
    leader.page.get_by_role("radio").first.check()
    leader.press("Send my answer")
    leader.at("My placement")
    leader.reads("You are coming")


def reflects(leader: Traveller, site: Site) -> None:
    leader.go(f"/leader/{site.leader_id}/")
    leader.follow("Write my reflection")
    leader.at("My reflection")
    leader.page.get_by_label("What did you see?").fill("How a kitchen runs.")
    leader.page.get_by_label("The partner where I was, with my name").check()
    leader.press("Finish")
    leader.reads("Your reflection is saved.")
    leader.follow("Page to print")
    leader.reads("How a kitchen runs.")
    leader.page.go_back()
    leader.follow("Short feedback for the programme")
    leader.at("How was my day?")
    leader.page.get_by_role("radio").first.check()
    leader.press("Save feedback")
    leader.fits()
