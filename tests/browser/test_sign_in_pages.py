"""Signing in with a real browser: by link, by code, in the demo; each page on its way at all widths."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from placement.db import reading, unit_of_work
from placement.models import Message
from placement.web.sign_in import DEMO
from tests.browser.browser import faults_at_all_widths, make_app, served, watch_console
from tests.databases import SqliteServer, dispose, settings
from tests.factories.people import make_coordinator, make_leader, make_partner, make_user
from tests.factories.programmes import make_cohort

pytestmark = pytest.mark.browser

ADA = "ada@people.example"


@pytest.fixture
def demo(sqlite_server: SqliteServer, tmp_path: Path) -> Iterator[tuple[Flask, str]]:
    """A demo in which Ada is leader, partner, coordinator and viewer, and its address."""
    with sqlite_server.database() as url:
        app = make_app(replace(settings(url, tmp_path), demo=True))
        with app.app_context(), unit_of_work() as session:
            cohort = make_cohort(session, name="Fylde Coast")
            user = make_user(session, email=ADA, name="Ada Field")
            make_leader(session, cohort=cohort, user=user)
            make_partner(session, cohort=cohort, user=user, name="Food bank")
            make_coordinator(session, cohort=cohort, user=user)
            make_coordinator(session, cohort=make_cohort(session, name="Cheshire"), user=user, role="viewer")
        app.extensions[DEMO] = {"leader": ADA, "partner": ADA, "coordinator": ADA}
        with served(app) as address:
            yield app, address
        dispose(app)


def newest_mail(app: Flask) -> dict[str, object]:
    with app.app_context(), reading() as session:
        return session.scalars(select(Message.payload).order_by(Message.id.desc())).first() or {}


def ask_for_mail(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail address").fill(ADA)
    page.get_by_role("button", name="Send me the e-mail").click()


def test_every_page_on_the_way_in_is_accessible_and_quiet(demo: tuple[Flask, str], page: Page) -> None:
    app, address = demo
    console = watch_console(page)
    faults: list[str] = []

    def look(where: str) -> None:
        faults.extend(f"{where} {fault}" for fault in faults_at_all_widths(page))

    page.goto(address)
    look("start")
    page.goto(f"{address}/sign-in")
    look("sign in")
    page.get_by_role("button", name="Send me the e-mail").click()
    look("sign in with an error")
    ask_for_mail(page, address)
    look("check your e-mail")
    page.get_by_role("button", name="Sign in").click()
    look("check your e-mail with an error")
    link = address + str(newest_mail(app)["link"]).removeprefix("http://127.0.0.1:8000")
    page.goto(link)
    look("link")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your tasks")
    look("tasks")
    page.goto(link)
    look("spent")
    assert (faults, console) == ([], [])


def test_a_pasted_code_signs_in_without_script(demo: tuple[Flask, str], browser: Browser) -> None:
    app, address = demo
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    ask_for_mail(page, address)
    page.get_by_label("Code from the e-mail").fill(f"{newest_mail(app)['code']} ")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{address}/home")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{address}/")
    context.close()


@pytest.mark.parametrize("role", ["leader", "partner", "coordinator"])
def test_one_press_lets_people_look_around_the_demo(demo: tuple[Flask, str], page: Page, role: str) -> None:
    page.goto(demo[1])
    page.get_by_role("button", name=f"Look around as a {role}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your tasks")
    expect(page.get_by_role("banner")).to_contain_text("Ada Field")
