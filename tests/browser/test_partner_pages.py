"""A partner in a real browser: adding a day, changing it, seeing who comes; with script and without."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy.orm import Session

from placement.db import unit_of_work
from placement.models import Opportunity
from placement.services import sign_in
from placement.services.scope import Scope
from tests.browser.browser import axe_violations, faults_at_all_widths, make_app, served, watch_console
from tests.databases import SqliteServer, dispose, settings
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_coordinator, make_leader, make_partner, make_user
from tests.factories.placements import make_invite, make_placement
from tests.factories.programmes import make_cohort, make_organisation

pytestmark = pytest.mark.browser

YEAR = datetime.now(UTC).year + 1
JUNE = datetime(YEAR, 6, 10, 8, 30, tzinfo=UTC)
EMAIL, COORDINATOR = "placements@seaport.example", "chloe@programme.example"


@dataclass(frozen=True)
class Site:
    """A served site with one partner, and a way in."""

    app: Flask
    address: str
    partner_id: int
    matched_id: int

    def enter(self, page: Page, path: str = "") -> None:
        """Sign in and open one of the partner's pages."""
        with self.app.app_context(), unit_of_work() as session:
            link = sign_in.one_time_link(Scope.system(session), EMAIL, now=datetime.now(UTC))
        page.goto(self.address + link)
        page.get_by_role("button", name="Sign in").click()
        page.goto(f"{self.address}/partner/{self.partner_id}/{path}")


@pytest.fixture
def site(sqlite_server: SqliteServer, tmp_path: Path) -> Iterator[Site]:
    with sqlite_server.database() as url:
        app = make_app(settings(url, tmp_path))
        with app.app_context(), unit_of_work() as session:
            cohort = make_cohort(session, name="Fylde Coast")
            user = make_user(session, email=EMAIL, name="Kate Hooper")
            partner = make_partner(session, cohort=cohort, user=user, name="Seaport Food Bank")
            chloe = make_user(session, name="Chloe Coordinator", email=COORDINATOR)
            make_coordinator(session, cohort=cohort, user=chloe)
            opportunity = make_opportunity(session, partner=partner, title="Food parcels")
            keys = partner.id, _matched_day(session, opportunity)
        with served(app) as address:
            yield Site(app, address, *keys)
        dispose(app)


def _matched_day(session: Session, opportunity: Opportunity) -> int:
    """A day with two people, among days in other states."""
    cohort = opportunity.partner.cohort
    for days, facts in ((0, {}), (1, {"status": "withdrawn"}), (2, {"capacity": 30})):
        make_slot(session, opportunity=opportunity, starts_at=JUNE + timedelta(weeks=days), **facts)
    make_slot(session, opportunity=opportunity, starts_at=datetime(2020, 1, 7, 9, 0, tzinfo=UTC))
    slot = make_slot(session, opportunity=opportunity, starts_at=JUNE + timedelta(days=3), minimum=2)
    trust = make_organisation(session, cohort=cohort, name="Coastal Teaching Hospitals NHS Foundation Trust")
    for name, reply in (("Joanne Webster", "ACCEPTED"), ("Scott Williams", "NEEDS-ACTION")):
        leader = make_leader(session, cohort=cohort, name=name, organisation_id=trust.id, role="Matron")
        make_invite(session, placement=make_placement(session, leader=leader, slot=slot), partstat=reply)
    return slot.id


def part_of_date(page: Page, name: str) -> Locator:
    """One of the three boxes of the first date of the form."""
    return page.get_by_role("group", name="Date", exact=True).get_by_label(name, exact=True)


def fill_hours(page: Page) -> None:
    part_of_date(page, "Day").fill("17")
    part_of_date(page, "Month").fill("9")
    part_of_date(page, "Year").fill(str(YEAR))
    page.get_by_label("Start", exact=True).fill("9:30am")
    page.get_by_label("End", exact=True).fill("3pm")
    page.get_by_label("Most people", exact=True).fill("4")
    page.get_by_label("Fewest people", exact=True).fill("2")


def add_a_day(page: Page) -> None:
    """From my days to a saved day of what is offered already."""
    page.get_by_role("button", name="Add a day").or_(page.get_by_role("link", name="Add a day")).first.click()
    page.get_by_label("Food parcels").check()
    page.get_by_role("button", name="Continue").click()
    fill_hours(page)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Save this day").click()
    expect(page.get_by_text("Your day is saved.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"17 September {YEAR}")


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Save and continue").click()


def add_a_placement(page: Page) -> None:
    """From my days by way of another place to a placement that waits for approval."""
    page.get_by_role("button", name="Add a placement").click()
    page.get_by_role("link", name="It is at another place").click()
    page.get_by_label("Address", exact=True).fill("12 Sea View, Fleetwick")
    page.get_by_label("Postcode", exact=True).fill("FY7 8RG")
    page.get_by_role("group", name="without steps").get_by_label("Yes").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("Name of the placement").fill("Memory café")
    page.get_by_label("12 Sea View, Fleetwick, FY7 8RG").check()
    go_on(page)
    page.get_by_label("What happens on the day?").fill("Make tea. Sit and talk.")
    page.get_by_label("Who will visitors meet?").fill("Guests and volunteers")
    page.get_by_label("They watch and help").check()
    go_on(page)
    page.get_by_label("Visiting people at home, with staff").check()
    go_on(page)
    expect(page.get_by_label("Enhanced check")).to_be_checked()
    page.get_by_label("No, somebody of ours is always with them").check()
    go_on(page)
    page.get_by_label("Only when each person agrees").check()
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Memory café")
    page.get_by_role("button", name="Send for approval").click()
    expect(page.get_by_text("Waiting for approval")).to_be_visible()


def test_a_page_with_an_error_leads_to_its_field(page: Page, site: Site) -> None:
    site.enter(page, "days/new?opportunity=1")
    fill_hours(page)
    part_of_date(page, "Year").fill("2020")
    page.get_by_role("button", name="Continue").click()
    assert faults_at_all_widths(page) == []
    page.get_by_role("link", name="has gone by").click()
    expect(part_of_date(page, "Day")).to_be_focused()


def test_a_partner_adds_a_day_changes_it_and_takes_it_back(page: Page, site: Site) -> None:
    console = watch_console(page)
    site.enter(page)
    add_a_day(page)
    assert faults_at_all_widths(page) == []
    page.get_by_role("link", name="Change most people").click()
    page.get_by_label("Most people", exact=True).fill("6")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("You offer 6 places.")).to_be_visible()
    page.get_by_role("link", name="Withdraw this day").click()
    page.get_by_role("button", name="Withdraw this day").click()
    expect(page.get_by_text("This day is withdrawn")).to_be_visible()
    assert console == []


def test_who_gets_an_update_is_shown_on_an_accessible_page(page: Page, site: Site) -> None:
    site.enter(page, "opportunities/1/activities")
    page.get_by_label("Personal care").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("What it would do")
    assert faults_at_all_widths(page) == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Waiting for approval")).to_be_visible()


def test_a_day_is_added_by_keyboard_alone(page: Page, site: Site) -> None:
    site.enter(page, "days/new")
    page.keyboard.press("Tab")
    page.get_by_label("Something new").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("When is it, and for how many?")
    fill_hours(page)
    page.get_by_label("Fewest people", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Check your answers")
    page.get_by_role("button", name="Save this day").press("Enter")
    expect(page.get_by_text("Your day is saved.")).to_be_visible()
    assert axe_violations(page) == []


def test_the_check_page_is_accessible_and_leads_back_with_all_answers(page: Page, site: Site) -> None:
    site.enter(page, "days/new?opportunity=1")
    fill_hours(page)
    page.get_by_role("button", name="Continue").click()
    assert faults_at_all_widths(page) == []
    page.get_by_role("button", name="Change day or numbers").click()
    expect(page.get_by_label("Start", exact=True)).to_have_value("9:30am")
