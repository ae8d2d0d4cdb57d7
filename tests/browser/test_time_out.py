"""The warning before a session ends, and what becomes of a form that is sent too late, in a real browser."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import update

from placement.db import unit_of_work
from placement.models import SignedIn
from placement.services import sign_in
from placement.services.scope import Scope
from tests.browser.browser import faults_at_all_widths, make_app, served, watch_console
from tests.databases import SqliteServer, dispose, settings
from tests.factories.people import make_coordinator
from tests.factories.programmes import make_cohort

pytestmark = pytest.mark.browser


@dataclass
class Desk:
    """A coordinator at the page on which a cohort is set up."""

    app: Flask
    page: Page
    address: str
    path: str
    email: str

    def sign_in(self) -> None:
        """Open the link of a mail and press its button."""
        with self.app.app_context(), unit_of_work() as session:
            link = sign_in.one_time_link(Scope.system(session), self.email, now=datetime.now(UTC))
        self.page.goto(self.address + link)
        self.page.get_by_role("button", name="Sign in").click()


@pytest.fixture
def desk(
    sqlite_server: SqliteServer, tmp_path: Path, page: Page, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    monkeypatch.setattr(sign_in, "IDLE", timedelta(seconds=122))
    with sqlite_server.database() as url:
        app = make_app(settings(url, tmp_path))
        with app.app_context(), unit_of_work() as session:
            cohort = make_cohort(session)
            user = make_coordinator(session, cohort=cohort).user
            path, email = f"/coordinator/{cohort.id}/set-up", user.email
        with served(app) as address:
            made = Desk(app, page, address, path, email)
            made.sign_in()
            page.goto(address + path)
            yield made
        dispose(app)


def leave_alone(desk: Desk) -> None:
    """As if an hour had passed without anybody at the desk."""
    with desk.app.app_context(), unit_of_work() as session:
        session.execute(update(SignedIn).values(seen_at=datetime.now(UTC) - timedelta(hours=1)))


def test_somebody_who_stays_is_not_signed_out(desk: Desk) -> None:
    console = watch_console(desk.page)
    name = desk.page.get_by_label("Name of the cohort")
    name.fill("Half typed")
    dialog = desk.page.get_by_role("dialog", name="You will soon be signed out")
    expect(dialog).to_be_visible(timeout=15_000)
    expect(dialog.get_by_role("button", name="Stay signed in")).to_be_focused()
    assert faults_at_all_widths(desk.page) == []
    with desk.page.expect_response(lambda answer: answer.url.endswith("/signed-in")) as answered:
        desk.page.keyboard.press("Enter")
    assert answered.value.request.method == "POST"
    assert answered.value.json()["seconds"] > 100
    expect(dialog).to_be_hidden()
    expect(name).to_be_focused()
    assert name.input_value() == "Half typed"
    assert console == []


def test_what_is_sent_too_late_is_there_again_after_signing_in(desk: Desk) -> None:
    desk.page.get_by_label("Name of the cohort").fill("Typed too late")
    leave_alone(desk)
    desk.page.get_by_role("button", name="Save").click()
    expect(desk.page.get_by_text("What you typed is kept: sign in to get back to it.")).to_be_visible()
    assert faults_at_all_widths(desk.page) == []
    desk.sign_in()
    expect(desk.page).to_have_url(desk.address + desk.path)
    expect(desk.page.get_by_label("Name of the cohort")).to_have_value("Typed too late")
    expect(desk.page.get_by_text("It is not saved yet.")).to_be_visible()
