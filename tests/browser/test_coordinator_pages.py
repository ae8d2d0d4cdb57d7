"""The coordinator's pages in a real browser, in each state of a cohort."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from placement.db import unit_of_work
from tests.browser.browser import make_app, served
from tests.databases import SqliteServer, dispose, settings
from tests.web.browsing import Browser as Client
from tests.web.cohort_states import Found, found_in, solve_run

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def app(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with sqlite_server.database() as url:
        app = make_app(settings(url, tmp_path_factory.mktemp("coordinator")))
        yield app
        dispose(app)


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


def sign_in(page: Page, app: Flask, address: str, found: Found) -> None:
    """Give the browser the session of the cohort's coordinator."""
    cookie = Client(app, email=found.email).client.get_cookie("placement")
    assert cookie is not None
    page.context.add_cookies([{"name": "placement", "value": cookie.value, "url": address}])


def test_a_page_that_refuses_leads_to_the_field(page: Page, app: Flask, address: str) -> None:
    found = found_in(app, "solved")
    sign_in(page, app, address, found)
    page.goto(address + found.url("runs/new"))
    page.get_by_label("Seed of the lottery").fill("")
    page.get_by_role("button", name="Run the match").click()
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    page.get_by_role("link", name="Enter a seed for the lottery").click()
    expect(page.get_by_label("Seed of the lottery")).to_be_focused()


def test_a_run_is_made_reviewed_and_confirmed_by_keyboard(page: Page, app: Flask, address: str) -> None:
    found = found_in(app, "filled")
    sign_in(page, app, address, found)
    page.goto(address + found.url())
    page.get_by_role("button", name="Run the match").press("Enter")
    page.get_by_role("radio", name="As many 1st choices as possible").press("Space")
    page.get_by_role("button", name="Run the match").press("Enter")
    expect(page.get_by_text("The match is waiting to be solved.")).to_be_visible()
    with app.app_context(), unit_of_work() as session:
        solve_run(session, int(page.url.rpartition("/")[2]))
    page.get_by_role("button", name="Go on to confirm").press("Enter")
    page.get_by_label("Show the mail to").select_option("Leader 002")
    page.get_by_role("button", name="Show").press("Enter")
    expect(page.get_by_text("Hello Leader 002,")).to_be_visible()
    page.get_by_role("button", name="Confirm and send 4 invites").press("Enter")
    expect(page.get_by_role("heading", name="Sending")).to_be_visible()
    expect(page.get_by_text("4 placements confirmed.")).to_be_visible()
    expect(page.get_by_role("row", name="Leader 002")).to_contain_text("Waiting")


def test_a_run_is_confirmed_without_script(browser: Browser, app: Flask, address: str) -> None:
    found = found_in(app, "solved")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, app, address, found)
    page.goto(address + found.url())
    page.get_by_role("button", name=f"Confirm run {found.run_id}").click()
    page.get_by_role("button", name="Confirm and send 4 invites").click()
    expect(page.get_by_text("4 placements confirmed.")).to_be_visible()
    page.get_by_role("link", name="Waiting (5)").click()  # one is for the partner
    expect(page.get_by_role("row", name="Leader 002")).to_contain_text("Waiting")
    context.close()
