"""The calendar feed's page in a real browser: made, copied, renewed and stopped, with and without script."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.browser import faults_at_all_widths, make_app, served, watch_console
from tests.browser.journey import Way, in_each_way
from tests.databases import SqliteServer, dispose, settings
from tests.web.feed_people import FeedPeople, make_feed_people

pytestmark = pytest.mark.browser


@pytest.fixture
def app(sqlite_server: SqliteServer, tmp_path: Path) -> Iterator[Flask]:
    with sqlite_server.database() as url:
        made = make_app(settings(url, tmp_path))
        yield made
        dispose(made)


@pytest.fixture
def people(app: Flask) -> FeedPeople:
    return make_feed_people(app)


@in_each_way
def test_a_leader_makes_renews_and_stops_a_feed(browser: Browser, people: FeedPeople, way: Way) -> None:
    with served(people.app) as address:
        context = browser.new_context(java_script_enabled=way.script, viewport=way.size)  # type: ignore[arg-type]
        sign_in(context, people, "leader", address)
        page = context.new_page()
        page.goto(f"{address}{people.pages['leader']}placement")
        page.get_by_role("link", name="Calendar feed").click()
        page.get_by_role("button", name="Make my calendar feed").click()
        first = page.get_by_label("Address of your feed").input_value()
        page.get_by_role("button", name="Make a new address").click()
        expect(page.get_by_label("Address of your feed")).not_to_have_value(first)
        page.get_by_role("button", name="Stop the feed").click()
        expect(page.get_by_text("The feed is stopped.")).to_be_visible()
        expect(page.get_by_role("button", name="Make my calendar feed")).to_be_visible()
        context.close()


def test_no_state_of_the_page_breaks_an_accessibility_rule_or_scrolls_sideways(
    browser: Browser, people: FeedPeople
) -> None:
    with served(people.app) as address:
        context = browser.new_context()
        sign_in(context, people, "leader", address)
        page = context.new_page()
        console = watch_console(page)
        page.goto(f"{address}{people.feed_page('leader')}")
        faults = [f"none yet: {fault}" for fault in faults_at_all_widths(page)]
        page.get_by_role("button", name="Make my calendar feed").click()
        page.get_by_text("How to add it by hand").click()
        faults += [f"made: {fault}" for fault in faults_at_all_widths(page)]
        older = context.new_page()
        older.goto(f"{address}{people.feed_page('leader')}")
        faults += [f"there: {fault}" for fault in faults_at_all_widths(older)]
        page.get_by_role("button", name="Make a new address").click()
        older.get_by_role("button", name="Stop the feed").click()
        expect(older.get_by_role("heading", name="Nothing was changed")).to_be_visible()
        faults += [f"refused: {fault}" for fault in faults_at_all_widths(older)]
        assert faults == []
        assert console == []
        context.close()


def sign_in(context: BrowserContext, people: FeedPeople, purpose: str, address: str) -> None:
    """Let a browser have the session of somebody."""
    cookie = people.browser(purpose).client.get_cookie("placement")
    assert cookie is not None
    context.add_cookies([{"name": "placement", "value": cookie.value, "url": address}])
