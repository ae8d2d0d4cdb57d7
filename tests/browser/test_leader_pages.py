"""A leader's whole way in a real browser: choose, order, dates, submit, and what was decided."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.browser import DESKTOP, NARROWEST, PHONE, faults_at_all_widths, watch_console
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


@pytest.mark.parametrize("size", [DESKTOP, PHONE, NARROWEST], ids=["desktop", "phone", "narrowest"])
@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_leader_chooses_orders_answers_submits_and_sees_what_was_decided(
    browser: Browser, site: Site, script: bool, size: dict[str, int]
) -> None:
    context = site.context(browser, script=script, size=size)
    page = context.new_page()
    console = watch_console(page)
    page.goto(site.url())
    page.get_by_role("link", name="Choose placements").click()
    choose_three(page)
    page.get_by_role("button", name="Put my choices in order").first.click()
    press(page, "Up Night shelter")
    expect(page.get_by_role("button", name="Up Night shelter")).to_be_focused()
    press(page, "Down Food parcels")
    expect(page.get_by_role("status")).to_have_text("Food parcels is now choice 2 of 3.")
    assert titles(page) == ["Night shelter", "Food parcels", "Memory café and home visits"]
    page.get_by_role("button", name="Go on to dates").first.click()
    page.locator(".app-dates .nhsuk-form-group").first.get_by_label("I cannot").check()
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
    for name in ("opportunities", "choices"):
        page.goto(site.url(name))
        look(f"{name}, nothing chosen")
    page.goto(site.url("opportunities?within=5&day=sunday&possible=yes&theme=food"))
    look("narrowed down")
    page.goto(site.url("opportunities/2?theme=food"))
    look("one placement")
    press(page, "I would not go to this one")
    look("one placement that is refused")
    page.goto(site.url("opportunities"))
    choose_three(page, ("Food parcels", "Soup kitchen", "Night shelter"))
    look("three chosen")
    page.goto(site.url("opportunities?compare=1"))
    look("one to compare")
    for name in ("opportunities/compare?compare=1&compare=2", "opportunities/compare", "choices"):
        page.goto(site.url(name))
        look(name)
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
    for name in ("", "opportunities", "opportunities/2", "choices", "dates", "check", "placement"):
        page.goto(site.url(name))
        look(f"decided {name}")
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
