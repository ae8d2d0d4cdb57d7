"""What is known of a leader, in a real browser: to see, to put right, to take away, to erase."""

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from sqlalchemy import select

from placement.db import unit_of_work
from placement.models import Leader, Partner
from placement.services.access import record_need
from tests.browser.browser import DESKTOP, PHONE, faults_at_all_widths, watch_console
from tests.browser.choosing import Site
from tests.browser.test_leader_pages import site
from tests.factories.conflicts import make_conflict
from tests.factories.people import make_coordinator
from tests.web.browsing import Browser as Visitor

__all__ = ["site"]

pytestmark = pytest.mark.browser

PAGES = ("about", "about/travel", "about/role", "about/needs", "about/conflicts", "my-data", "my-data/erase")


def fill(site: Site) -> tuple[str, int]:
    """Something of each kind; the coordinator's address and the cohort's number."""
    with site.app.app_context(), unit_of_work() as session:
        leader = session.get_one(Leader, site.leader_id)
        record_need(session, leader, "A hearing loop", shared=True)
        first, second = session.scalars(select(Partner).order_by(Partner.id)).all()[:2]
        make_conflict(session, leader=leader, partner=first)
        make_conflict(session, leader=leader, partner=second, said_by="coordinator", note="On their page")
        return make_coordinator(session, cohort=leader.cohort).user.email, leader.cohort_id


def signed_in(site: Site, browser: Browser, email: str) -> BrowserContext:
    cookie = Visitor(site.app, email=email).client.get_cookie("placement")
    assert cookie is not None
    context = browser.new_context()
    context.add_cookies([{"name": "placement", "value": cookie.value, "url": site.address}])
    return context


@pytest.mark.parametrize("state", ["filled", "error", "closed"])
def test_every_page_about_the_leader_is_without_faults(browser: Browser, site: Site, state: str) -> None:
    fill(site)
    if state == "closed":
        site.place()
    page = site.context(browser).new_page()
    console = watch_console(page)
    pages = {"error": ("about/travel", "about/conflicts", "my-data/erase")}.get(state, PAGES)
    for path in pages:
        page.goto(site.url(path))
        if path == "about/travel" and state == "error":
            page.get_by_label("Furthest you can travel").fill("far")
        if state == "error":
            page.locator("main form button[type=submit]").last.click()
            expect(page.get_by_role("alert")).to_be_visible()
        assert faults_at_all_widths(page) == [], path
    assert console == []


@pytest.mark.parametrize("state", ["filled", "blocked"])
def test_every_page_of_privacy_is_without_faults(browser: Browser, site: Site, state: str) -> None:
    email, cohort_id = fill(site)
    if state == "blocked":
        site.place()
    page = signed_in(site, browser, email).new_page()
    console = watch_console(page)
    person = f"leaders/{site.leader_id}"
    for path in ("privacy?q=person", f"{person}/conflicts", f"{person}/data", f"{person}/erase"):
        page.goto(f"{site.address}/coordinator/{cohort_id}/{path}")
        assert faults_at_all_widths(page) == [], path
    assert console == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_leader_puts_right_what_is_known_and_erases_it_all(
    browser: Browser, site: Site, script: bool, size: dict[str, int]
) -> None:
    page = site.context(browser, script=script, size=size).new_page()
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
