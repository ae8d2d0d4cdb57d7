"""The frame of all pages and their components, in a real browser."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.browser.browser import faults_at_all_widths, served, watch_console
from tests.web.gallery import gallery_app

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return gallery_app(tmp_path_factory.mktemp("gallery"))


@pytest.fixture(scope="module")
def site(gallery: Flask) -> Iterator[str]:
    with served(gallery) as address:
        yield address


@pytest.fixture
def without_script(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("address", ["/gallery", "/gallery?signed-in"])
def test_pages_break_no_accessibility_rule_fit_every_width_and_write_nothing_to_the_console(
    page: Page, site: str, address: str
) -> None:
    console = watch_console(page)
    page.goto(site + address)
    assert faults_at_all_widths(page) == []
    assert console == []


def test_a_page_with_errors_is_accessible_and_puts_the_focus_on_the_summary(page: Page, site: str) -> None:
    console = watch_console(page)
    page.goto(f"{site}/gallery?signed-in")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    assert faults_at_all_widths(page) == []
    page.get_by_role("link", name="Enter the date").click()
    expect(page.get_by_label("Day")).to_be_focused()
    page.get_by_role("link", name="Say whether you can come").click()
    expect(page.get_by_label("Can", exact=True)).to_be_focused()
    assert console == []


def test_the_focus_comes_back_to_the_button_that_was_pressed(page: Page, site: str) -> None:
    page.goto(f"{site}/gallery")
    page.get_by_role("button", name="Up Dementia café").press("Enter")
    expect(page.get_by_role("button", name="Up Dementia café")).to_be_focused()
    expect(page.get_by_role("status")).to_have_text("up 4")


def test_a_part_that_waits_is_fetched_until_the_work_is_done(page: Page, site: str, gallery: Flask) -> None:
    page.goto(f"{site}/gallery?waiting")
    for turn in ("Solving turn 1", "Solving turn 2", "Solving turn 3"):
        expect(page.locator("#run-state")).to_have_text(turn)
    gallery.config["WORK_IS_DONE"] = True
    expect(page.locator("#run-state")).to_have_text("Solved")


def test_the_first_key_leads_past_the_header(page: Page, site: str) -> None:
    page.goto(f"{site}/gallery?signed-in")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#maincontent")).to_be_focused()


def test_everything_can_be_reached_and_sent_without_script(without_script: Page, site: str) -> None:
    page = without_script
    page.goto(f"{site}/gallery")
    page.get_by_role("button", name="Down Food bank morning").click()
    expect(page.get_by_role("status")).to_have_text("down 7")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    assert page.title().startswith("Error: ")


def test_colours_chosen_by_the_reader_keep_filled_and_free_places_apart(browser: Browser, site: str) -> None:
    context = browser.new_context(forced_colors="active")
    page = context.new_page()
    page.goto(f"{site}/gallery")
    fills = [
        page.locator(f".app-pips__{kind}").first.evaluate("e => getComputedStyle(e).fill")
        for kind in ("taken", "free")
    ]
    assert fills[0] != fills[1]
    context.close()


def test_paper_shows_the_page_without_its_buttons(page: Page, site: str) -> None:
    page.goto(f"{site}/gallery?signed-in")
    page.emulate_media(media="print")
    for hidden in ("header.nhsuk-header", ".app-move >> nth=0", ".nhsuk-button >> nth=0"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.get_by_role("heading", name="Put in order")).to_be_visible()
