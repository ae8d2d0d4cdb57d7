"""A leader's whole way in a real browser: choose, order, dates, submit, and what was decided."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.app import create_app
from placement.db import unit_of_work
from placement.models import Cohort, Leader, Slot
from tests.browser.browser import DESKTOP, PHONE, faults_at_all_widths, served, watch_console
from tests.databases import SqliteServer, dispose, settings
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_leader, make_partner
from tests.factories.placements import make_invite, make_placement
from tests.factories.programmes import make_cohort
from tests.factories.runs import make_run
from tests.web.browsing import Browser as Visitor

pytestmark = pytest.mark.browser

TITLES = ("Food parcels", "Memory café and home visits", "Night shelter", "Soup kitchen")


@dataclass
class Site:
    """The served site, with one leader of a cohort that is still choosing."""

    app: Flask
    address: str
    leader_id: int
    email: str

    def url(self, page: str = "") -> str:
        return f"{self.address}/leader/{self.leader_id}/{page}"

    def context(
        self, browser: Browser, *, script: bool = True, size: dict[str, int] = DESKTOP
    ) -> BrowserContext:
        """A browser in which the leader is signed in."""
        cookie = Visitor(self.app, email=self.email).client.get_cookie("placement")
        assert cookie is not None
        context = browser.new_context(java_script_enabled=script, viewport=size)  # type: ignore[arg-type]  # a plain mapping of the two
        context.add_cookies([{"name": "placement", "value": cookie.value, "url": self.address}])
        return context

    def place(self) -> None:
        """Confirm a run that gives the leader their first day."""
        with self.app.app_context(), unit_of_work() as session:
            leader = session.get_one(Leader, self.leader_id)
            cohort, now = session.get_one(Cohort, leader.cohort_id), datetime.now(UTC)
            slot = session.scalars(select(Slot).order_by(Slot.starts_at)).first()
            assert slot is not None
            run = make_run(session, cohort=cohort, status="confirmed", confirmed_at=now)
            make_invite(session, placement=make_placement(session, leader=leader, slot=slot, run=run))


@pytest.fixture
def site(sqlite_server: SqliteServer, tmp_path: Path) -> Iterator[Site]:
    with sqlite_server.database() as url:
        app = create_app(settings(url, tmp_path))
        with app.app_context(), unit_of_work() as session:
            leader = _make_season(session)
            facts = leader.id, leader.user.email
        with served(app) as address:
            yield Site(app, address, *facts)
        dispose(app)


def _make_season(session: Session) -> Leader:
    today = datetime.now(UTC).replace(hour=9, minute=30, second=0, microsecond=0)
    cohort = make_cohort(session, name="Spring cohort", preferences_close_at=today + timedelta(days=14))
    for week, title in enumerate(TITLES):
        partner = make_partner(session, cohort=cohort, name=f"Charity {week}")
        check = "enhanced" if title.startswith("Memory") else "none"
        row = make_opportunity(session, partner=partner, title=title, check_required=check)
        make_slot(session, opportunity=row, starts_at=today + timedelta(days=40 + 7 * week))
    return make_leader(session, cohort=cohort)


def titles(page: Page) -> list[str]:
    return [text.strip() for text in page.locator(".app-ranking__title").all_inner_texts()]


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).press("Enter")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_leader_chooses_orders_answers_submits_and_sees_what_was_decided(
    browser: Browser, site: Site, script: bool, size: dict[str, int]
) -> None:
    context = site.context(browser, script=script, size=size)
    page = context.new_page()
    console = watch_console(page)
    page.goto(site.url())
    page.get_by_role("link", name="Choose placements").click()
    for title in TITLES[:3]:
        press(page, f"Add to my choices {title}")
    expect(page.get_by_role("status")).to_have_text("Night shelter is now choice 3 of 3.")
    press(page, "Up Night shelter")
    expect(page.get_by_role("button", name="Up Night shelter")).to_be_focused()
    press(page, "Down Food parcels")
    expect(page.get_by_role("status")).to_have_text("Food parcels is now choice 2 of 3.")
    assert titles(page) == ["Night shelter", "Food parcels", "Memory café and home visits"]
    page.get_by_role("button", name="Go on to dates").first.click()
    page.get_by_role("group").first.get_by_label("I cannot").check()
    press(page, "Save and go on")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Check your answers")
    press(page, "Submit my answers")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answers are in")
    site.place()
    page.goto(site.url("placement"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Add to my calendar").click()
    assert download.value.suggested_filename == "placement.ics"
    assert console == []
    context.close()


def test_no_page_of_a_leader_breaks_an_accessibility_rule_or_scrolls_sideways(
    browser: Browser, site: Site
) -> None:
    context = site.context(browser)
    page = context.new_page()
    console = watch_console(page)
    faults: list[str] = []

    def look(state: str) -> None:
        faults.extend(f"{state}: {fault}" for fault in faults_at_all_widths(page))

    page.goto(site.url())
    look("first page")
    page.goto(site.url("choices"))
    look("nothing chosen")
    for title in TITLES[:3]:
        press(page, f"Add to my choices {title}")
    look("three chosen")
    for name in ("dates", "check"):
        page.goto(site.url(name))
        look(name)
    press(page, "Submit my answers")
    look("receipt")
    page.goto(site.url("choices"))
    press(page, "Take off the list Night shelter")
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    look("refused")
    page.goto(site.url("placement"))
    look("not decided")
    site.place()
    for name in ("", "choices", "dates", "check", "placement"):
        page.goto(site.url(name))
        look(f"decided {name}")
    assert faults == []
    assert console == []
    context.close()


def test_two_pages_open_at_once_never_overwrite_each_other(browser: Browser, site: Site) -> None:
    context = site.context(browser)
    older, newer = context.new_page(), context.new_page()
    for page in (older, newer):
        page.goto(site.url("choices"))
    press(newer, "Add to my choices Food parcels")
    press(older, "Add to my choices Night shelter")
    expect(older.get_by_role("heading", name="Nothing was changed")).to_be_visible()
    assert titles(older) == ["Food parcels"]
    assert faults_at_all_widths(older) == []
    press(older, "Add to my choices Night shelter")
    expect(older.get_by_role("status")).to_have_text("Night shelter is now choice 2 of 2.")
    context.close()


def test_the_back_button_repeats_nothing(browser: Browser, site: Site) -> None:
    context = site.context(browser)
    page = context.new_page()
    page.goto(site.url("choices"))
    for title in TITLES[:3]:
        press(page, f"Add to my choices {title}")
    press(page, "Move to top Night shelter")
    expect(page.get_by_role("status")).to_have_text("Night shelter is now choice 1 of 3.")
    page.go_back()
    page.go_forward()
    page.reload()
    assert titles(page) == ["Night shelter", "Food parcels", "Memory café and home visits"]
    context.close()
