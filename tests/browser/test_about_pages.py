"""What is known of a leader, in a real browser: to see, to put right, to take away, to erase."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.choosing import Site
from tests.browser.journey import Way, in_each_way
from tests.browser.test_leader_pages import site

__all__ = ["site"]

pytestmark = pytest.mark.browser


@in_each_way
def test_a_leader_puts_right_what_is_known_and_erases_it_all(browser: Browser, site: Site, way: Way) -> None:
    page = site.context(browser, script=way.script, size=way.size).new_page()
    page.goto(site.url())
    page.get_by_role("link", name="Check what we know about you").click()
    page.get_by_role("link", name="Change postcode you start from").click()
    page.get_by_label("Postcode you start from").fill("PR1 1AA")
    page.get_by_label("My home").check()
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("PR1 1AA (your home)")).to_be_visible()
    page.get_by_role("link", name="Change conflicts of interest").click()
    page.get_by_label("Which charity?").select_option(label="Charity 1")
    page.get_by_label("I volunteer there").check()
    page.get_by_role("button", name="Add").press("Enter")
    expect(page.get_by_text("You said that you volunteer there.")).to_be_visible()
    page.goto(site.url("my-data"))
    page.get_by_role("link", name="Have it erased").click()
    page.get_by_label("Yes, erase it").check()
    page.get_by_role("button", name="Erase it now").press("Enter")
    expect(
        page.get_by_text("What was kept about you as a leader of Spring cohort is erased.")
    ).to_be_visible()
    page.goto(site.url("about"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
