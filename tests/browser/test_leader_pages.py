"""A leader's whole way in a real browser: choose, order, dates, submit, and what was decided."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.browser import faults_at_all_widths, watch_console
from tests.browser.choosing import TITLES, Site, served_site
from tests.databases import SqliteServer

pytestmark = pytest.mark.browser


@pytest.fixture
def site(sqlite_server: SqliteServer, tmp_path: Path) -> Iterator[Site]:
    with served_site(sqlite_server, tmp_path) as found:
        yield found


def titles(page: Page) -> list[str]:
    return [text.strip() for text in page.locator(".app-ranking__title").all_inner_texts()]


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).press("Enter")


def choose_three(page: Page, names: tuple[str, ...] = TITLES[:3]) -> None:
    """Choose these in the list, waiting for each to be said."""
    for number, title in enumerate(names, start=1):
        press(page, f"Add to my choices {title}")
        expect(page.get_by_role("status")).to_have_text(f"{title} is now choice {number} of {number}.")


def test_pages_that_refuse_a_press_or_confirm_it_are_without_faults(browser: Browser, site: Site) -> None:
    context = site.context(browser)
    page = context.new_page()
    console = watch_console(page)
    faults: list[str] = []

    def look(state: str) -> None:
        faults.extend(f"{state}: {fault}" for fault in faults_at_all_widths(page))

    page.goto(site.url("opportunities/2?theme=food"))
    press(page, "I would not go to this one")
    look("one placement that is refused")
    page.goto(site.url("opportunities"))
    choose_three(page, ("Food parcels", "Soup kitchen", "Night shelter"))
    look("three chosen")
    page.goto(site.url("check"))
    press(page, "Submit my answers")
    page.goto(site.url("choices"))
    press(page, "Take off the list Night shelter")
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    look("refused")
    assert faults == []
    assert console == []
    context.close()


def test_two_pages_open_at_once_never_overwrite_each_other(browser: Browser, site: Site) -> None:
    context = site.context(browser)
    older, newer = context.new_page(), context.new_page()
    for page in (older, newer):
        page.goto(site.url("opportunities"))
    press(newer, "Add to my choices Food parcels")
    expect(newer.get_by_role("status")).to_have_text("Food parcels is now choice 1 of 1.")
    press(older, "Add to my choices Night shelter")
    expect(older.get_by_role("heading", name="Nothing was changed")).to_be_visible()
    expect(older.get_by_text("Your 1st choice")).to_be_visible()
    assert faults_at_all_widths(older) == []
    press(older, "Add to my choices Night shelter")
    expect(older.get_by_role("status")).to_have_text("Night shelter is now choice 2 of 2.")
    context.close()


def test_the_back_button_repeats_nothing(browser: Browser, site: Site) -> None:
    context = site.context(browser)
    page = context.new_page()
    page.goto(site.url("opportunities"))
    choose_three(page)
    page.goto(site.url("choices"))
    press(page, "Move to top Night shelter")
    expect(page.get_by_role("status")).to_have_text("Night shelter is now choice 1 of 3.")
    page.go_back()
    page.go_forward()
    page.reload()
    assert titles(page) == ["Night shelter", "Food parcels", "Memory café and home visits"]
    context.close()
