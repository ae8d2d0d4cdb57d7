"""The second step in a real browser: set up, signed in with, turned off; each page at all widths."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from placement.db import unit_of_work
from placement.models import SecondStep
from placement.services import sign_in
from placement.services.scope import Scope
from tests.browser.browser import faults_at_all_widths, make_app, served, watch_console
from tests.browser.journey import Way, in_each_way
from tests.databases import SqliteServer, dispose, settings
from tests.factories.people import make_coordinator, make_user
from tests.factories.signing_in import app_code

pytestmark = pytest.mark.browser

CAT = "cat@programme.example"
HOW_MANY = 10


@pytest.fixture
def app(sqlite_server: SqliteServer, tmp_path: Path) -> Iterator[Flask]:
    """The site with a coordinator."""
    with sqlite_server.database() as url:
        made = make_app(settings(url, tmp_path))
        with made.app_context(), unit_of_work() as session:
            make_coordinator(session, user=make_user(session, email=CAT, name="Cat Orr"))
        yield made
        dispose(made)


def press_link(app: Flask, page: Page, address: str) -> None:
    """Let the mail in."""
    with app.app_context(), unit_of_work() as session:
        link = sign_in.one_time_link(Scope.system(session), CAT, now=datetime.now(UTC))
    page.goto(address + link)
    page.get_by_role("button", name="Sign in").click()


def forget_used(app: Flask) -> None:
    """Let the present code count once more, so that nobody waits for the next half minute."""
    with app.app_context(), unit_of_work() as session:
        session.execute(update(SecondStep).values(last_used=None))


def code_now(key: str) -> str:
    return app_code(datetime.now(UTC), key=key)


def set_up(page: Page, address: str) -> str:
    """Go to the page on which it is set up; returns the key that stands there."""
    page.goto(f"{address}/account")
    page.get_by_role("button", name="Set up the second step").click()
    page.get_by_text("I cannot use the picture").click()
    return page.locator(".app-key code").inner_text().replace(" ", "")


@in_each_way
def test_a_coordinator_sets_it_up_signs_in_with_it_and_turns_it_off(
    browser: Browser, app: Flask, way: Way
) -> None:
    with served(app) as address:
        context = browser.new_context(java_script_enabled=way.script, viewport=way.size)  # type: ignore[arg-type]
        page = context.new_page()
        press_link(app, page, address)
        key = set_up(page, address)
        page.get_by_label("Code from the app").fill(code_now(key))
        page.get_by_role("button", name="Turn it on").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
        codes = page.locator(".app-codes code").all_inner_texts()
        assert len(codes) == HOW_MANY
        with page.expect_download() as saved:
            page.get_by_role("link", name="Save them as a text file").click()
        assert saved.value.suggested_filename == "placement-recovery-codes.txt"
        assert Path(saved.value.path()).read_text(encoding="utf-8").split()[-HOW_MANY:] == codes
        page.get_by_role("button", name="I have kept them").click()
        page.get_by_role("button", name="Sign out").click()

        forget_used(app)
        press_link(app, page, address)
        code = code_now(key)
        page.get_by_label("Code from the app").fill(f"{code[:3]} {code[3:]}")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your tasks")

        page.goto(f"{address}/account")
        page.get_by_role("button", name="Turn it off").click()
        page.get_by_text("I do not have my phone").click()
        page.get_by_label("Recovery code").fill(codes[0])
        page.get_by_role("button", name="Turn it off").click()
        expect(page.get_by_text("The second step is off.")).to_be_visible()
        context.close()


def test_no_page_of_it_breaks_an_accessibility_rule_or_scrolls_sideways(app: Flask, page: Page) -> None:
    console = watch_console(page)
    faults: list[str] = []

    def look(where: str) -> None:
        faults.extend(f"{where}: {fault}" for fault in faults_at_all_widths(page))

    with served(app) as address:
        press_link(app, page, address)
        page.goto(f"{address}/account")
        look("off")
        key = set_up(page, address)
        look("set up")
        page.get_by_label("Code from the app").fill("12")
        page.get_by_role("button", name="Turn it on").click()
        look("set up, refused")
        page.get_by_label("Code from the app").fill(code_now(key))
        page.get_by_role("button", name="Turn it on").click()
        look("codes")
        page.goto(f"{address}/account")
        look("on")
        for path in ("codes", "off"):
            page.goto(f"{address}/account/second-step/{path}")
            page.get_by_text("I do not have my phone").click()
            look(path)
        page.get_by_role("button", name="Sign out").click()
        press_link(app, page, address)
        look("asked at sign-in")
        page.get_by_text("I do not have my phone").click()
        page.get_by_label("Recovery code").fill("lost")
        page.locator("main").get_by_role("button", name="Sign in").click()
        expect(page.locator(".nhsuk-error-summary")).to_be_focused()
        expect(page.get_by_label("Recovery code")).to_be_visible()
        look("asked at sign-in, refused")
    assert (faults, console) == ([], [])
