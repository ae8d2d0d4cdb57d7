"""The day and after in a real browser: every page in its states, with script and without, by keyboard."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from placement.db import unit_of_work
from placement.services import sign_in
from placement.services.scope import Scope
from tests.browser.browser import PHONE, make_app, served
from tests.databases import SqliteServer, dispose, settings
from tests.web.begun_day import ADA, PARTNER, BegunDay, make_begun_day

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Site:
    """A served site with a day that has begun, and a way in."""

    day: BegunDay
    address: str

    def enter(self, page: Page, email: str, path: str) -> None:
        """Sign in and open a page."""
        with self.day.app.app_context(), unit_of_work() as session:
            link = sign_in.one_time_link(Scope.system(session), email, now=datetime.now(UTC))
        page.goto(self.address + link)
        page.get_by_role("button", name="Sign in").click()
        page.goto(self.address + path)


@pytest.fixture
def site(sqlite_server: SqliteServer, tmp_path: Path) -> Iterator[Site]:
    with sqlite_server.database() as url:
        app = make_app(settings(url, tmp_path))
        day = make_begun_day(app)
        with served(app) as address:
            yield Site(day, address)
        dispose(app)


def test_a_partner_says_who_came_on_a_phone_without_script(without_script: Page, site: Site) -> None:
    page = without_script
    site.enter(page, PARTNER, f"/day/{site.day.slot_id}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Who came")
    page.get_by_role("button", name=re.compile("^Came.*Ada Abbot")).click()
    page.get_by_role("button", name=re.compile("^Did not come.*Ben Bright")).click()
    page.get_by_label("Do you know why?").select_option("travel")
    page.get_by_role("button", name="Save why Ben Bright did not come").click()
    expect(page.get_by_role("status")).to_have_text("Ben Bright: Did not come: travel went wrong.")
    assert site.day.states() == [("came", None), ("absent", "travel")]


def test_the_buttons_are_large_enough_for_a_thumb(page: Page, site: Site) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a mapping
    site.enter(page, PARTNER, f"{site.day.partner}/attendance")
    boxes = [button.bounding_box() for button in page.locator(".app-taps button").all()]
    assert len(boxes) == 12
    assert min(min(box["width"], box["height"]) for box in boxes if box) >= 44


def test_a_leader_writes_and_shares_by_keyboard_alone(page: Page, site: Site) -> None:
    site.enter(page, ADA, f"{site.day.leader}/reflection")
    page.get_by_label("What did you see?").focus()
    page.keyboard.type("How a kitchen runs.")
    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your reflection is saved.")).to_be_visible()
    expect(page.get_by_label("The partner where I was, with my name")).to_be_checked()
    expect(page.get_by_label("The coordinators of my programme, with my name")).not_to_be_checked()
