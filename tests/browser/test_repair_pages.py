"""Comparing, explaining and repairing in a real browser, from a leader who drops out to the mails."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from placement.db import reading, unit_of_work
from placement.models import MatchRun, Slot
from tests.browser.browser import faults_at_all_widths, make_app, served, watch_console
from tests.browser.test_coordinator_pages import sign_in
from tests.databases import SqliteServer, dispose, settings
from tests.web.cohort_states import Found, found_in, leader_of, solve_run

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def app(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with sqlite_server.database() as url:
        app = make_app(settings(url, tmp_path_factory.mktemp("repair")))
        yield app
        dispose(app)


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


def first_slot(app: Flask, found: Found) -> int:
    with app.app_context(), reading() as session:
        query = select(Slot.id).where(Slot.cohort_id == found.cohort_id).order_by(Slot.id)
        return session.scalars(query).first() or 0


def leader_id(app: Flask, found: Found, number: int) -> int:
    with app.app_context(), reading() as session:
        return leader_of(session, found, number).id


def solve_queued(app: Flask, found: Found) -> None:
    """Do what the worker does."""
    with app.app_context(), unit_of_work() as session:
        query = select(MatchRun.id).where(MatchRun.cohort_id == found.cohort_id, MatchRun.status == "queued")
        for run_id in session.scalars(query).all():
            solve_run(session, run_id)


def test_a_leader_drops_out_and_the_match_is_repaired_by_keyboard(
    page: Page, app: Flask, address: str
) -> None:
    found = found_in(app, "changed")
    sign_in(page, app, address, found)
    console, faults = watch_console(page), []
    page.goto(address + found.url())
    page.get_by_role("link", name="When plans change").press("Enter")
    page.get_by_role("link", name="A leader leaves, comes back, or can come on other dates").press("Enter")
    page.get_by_role("link", name="Leader 003").press("Enter")
    page.get_by_role("link", name="They leave the cohort").press("Enter")
    expect(page.get_by_text("Their placement ends, and its seat is free")).to_be_visible()
    faults += faults_at_all_widths(page)
    page.get_by_role("button", name="They leave").press("Enter")
    expect(page.get_by_text("Leader 003 has left the cohort.")).to_be_visible()
    faults += faults_at_all_widths(page)
    page.get_by_role("button", name="Work out a repair").press("Enter")
    expect(page.get_by_text("It is safe to close this page.")).to_be_visible()
    faults += faults_at_all_widths(page)
    solve_queued(app, found)
    expect(page.get_by_text("2 people would get a day.").first).to_be_visible()
    faults += faults_at_all_widths(page)
    page.get_by_role("button", name="Go on with the fewest moves").press("Enter")
    expect(page.get_by_text("Hello Leader 001,")).to_be_visible()
    faults += faults_at_all_widths(page)
    page.get_by_role("button", name="Confirm and send 3 mails").press("Enter")
    expect(page.get_by_text("The repair is done: ")).to_be_visible()
    assert faults == []
    assert console == []


def test_a_free_seat_is_given_by_keyboard(page: Page, app: Flask, address: str) -> None:
    found = found_in(app, "confirmed")
    sign_in(page, app, address, found)
    console, faults = watch_console(page), []
    page.goto(address + found.url(f"days/{first_slot(app, found) + 1}"))
    page.get_by_role("link", name="Who could take a free seat").press("Enter")
    faults += faults_at_all_widths(page)
    page.get_by_role("button", name="Give this seat to Leader 001").press("Enter")
    expect(page.get_by_text("It is safe to close this page.")).to_be_visible()
    faults += faults_at_all_widths(page)
    solve_queued(app, found)
    go_on = page.get_by_role("button", name="Go on and give the seat")
    expect(go_on).to_be_visible()
    faults += faults_at_all_widths(page)
    go_on.press("Enter")
    page.get_by_role("button", name="Confirm and send").press("Enter")
    expect(page.get_by_text("The repair is done: 1 placement ended, 1 placement made")).to_be_visible()
    page.goto(address + found.url(f"days/{first_slot(app, found) + 1}"))
    expect(page.get_by_role("link", name="Leader 001", exact=True)).to_be_visible()
    assert faults == []
    assert console == []


def test_a_seat_is_given_without_script_and_one_that_cannot_be_says_so(
    browser: Browser, app: Flask, address: str
) -> None:
    found = found_in(app, "confirmed")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, app, address, found)
    page.goto(address + found.url(f"days/{first_slot(app, found) + 1}/seats"))
    page.get_by_role("button", name="Give this seat to Leader 002").click()
    with app.app_context(), unit_of_work() as session:
        session.get_one(Slot, first_slot(app, found) + 1).minimum = 3
    solve_queued(app, found)
    page.reload()
    expect(page.get_by_text("This repair is out of date")).to_be_visible()
    page.get_by_role("button", name="Look again who could take a seat").click()
    expect(page.get_by_role("button", name="Give this seat to Leader 002")).to_be_visible()
    context.close()


def test_a_leader_who_left_is_brought_back_by_keyboard(page: Page, app: Flask, address: str) -> None:
    found = found_in(app, "confirmed")
    sign_in(page, app, address, found)
    console, faults = watch_console(page), []
    page.goto(address + found.url(f"leaders/{leader_id(app, found, 3)}/withdraw"))
    page.get_by_role("button", name="They leave").press("Enter")
    page.goto(address + found.url("answers"))
    faults += faults_at_all_widths(page)
    page.get_by_role("table").last.get_by_role("link", name="Leader 003").press("Enter")
    faults += faults_at_all_widths(page)
    page.get_by_role("button", name="Bring them back").press("Enter")
    expect(
        page.get_by_text("Leader 003 is back in the cohort, without the days that were cancelled.")
    ).to_be_visible()
    page.goto(address + found.url(f"days/{first_slot(app, found)}/withdraw"))
    page.get_by_role("button", name="Withdraw").press("Enter")
    page.goto(address + found.url(f"days/{first_slot(app, found)}"))
    faults += faults_at_all_widths(page)
    page.get_by_role("button", name="Bring this day back").press("Enter")
    expect(page.get_by_text("The day takes people again: ")).to_be_visible()
    assert faults == []
    assert console == []


def test_a_day_is_changed_and_repaired_without_script(browser: Browser, app: Flask, address: str) -> None:
    found = found_in(app, "confirmed")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, app, address, found)
    page.goto(address + found.url("days"))
    page.locator("table a").first.click()
    page.get_by_role("link", name="Change the date, hours, seats or minimum number").click()
    page.get_by_label("Seats").fill("1")
    page.get_by_role("button", name="See what it would do").click()
    page.get_by_role("button", name="Change the day").click()
    expect(page.get_by_text("and there is to be room for 1.")).to_be_visible()
    page.get_by_role("button", name="Work out a repair").click()
    solve_queued(app, found)
    page.reload()
    page.get_by_role("button", name="Go on with the fewest moves").click()
    page.get_by_role("button", name="Confirm and send").click()
    expect(page.get_by_text("The repair is done: 1 placement ended, 1 placement made")).to_be_visible()
    context.close()
