"""Lists, audit log and report in a real browser: every width, by keyboard, without script, on paper."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from placement.db import unit_of_work
from placement.models import Cohort
from placement.services.audit_chain import check_whole
from placement.services.scope import Scope
from tests.browser.browser import PHONE, faults_at_all_widths, make_app, served
from tests.databases import SqliteServer, dispose, settings
from tests.factories.people import make_coordinator, make_user
from tests.web.browsing import Browser as Client
from tests.web.cohort_states import Found, found_in, now

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def app(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with sqlite_server.database() as url:
        app = make_app(settings(url, tmp_path_factory.mktemp("lists")))
        yield app
        dispose(app)


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


def sign_in(page: Page, app: Flask, address: str, email: str) -> None:
    cookie = Client(app, email=email).client.get_cookie("placement")
    assert cookie is not None
    page.context.add_cookies([{"name": "placement", "value": cookie.value, "url": address}])


def viewer(app: Flask, found: Found) -> str:
    with app.app_context(), unit_of_work() as session:
        user = make_user(session, name="Vera Viewer")
        cohort = session.get_one(Cohort, found.cohort_id)
        make_coordinator(session, cohort=cohort, user=user, role="viewer")
        return user.email


def test_the_alarm_of_a_broken_log_is_accessible(
    page: Page, sqlite_server: SqliteServer, tmp_path: Path
) -> None:
    with sqlite_server.database() as url:
        own = make_app(settings(url, tmp_path))
        found = found_in(own, "filled")
        cookie_of = found.email
        with served(own) as address:
            sign_in(page, own, address, cookie_of)
            with own.app_context(), unit_of_work() as session:
                session.execute(text("DROP TRIGGER audit_event_no_update"))
                session.execute(text("UPDATE audit_event SET verb = 'x' WHERE id = 1"))
                check_whole(Scope.system(session), now=now())
            page.goto(address + found.url())
            page.get_by_role("link", name="The audit log has been tampered with").click()
            expect(page.get_by_text("Entry 1 is not as it was written.")).to_be_visible()
            assert faults_at_all_widths(page) == []
        dispose(own)


def test_several_people_are_reminded_by_keyboard(page: Page, app: Flask, address: str) -> None:
    found = found_in(app, "filled")
    sign_in(page, app, address, found.email)
    page.goto(address + found.url("people?show=silent"))
    page.get_by_role("checkbox", name="Leader 003").press("Space")
    page.get_by_role("checkbox", name="Leader 004").press("Space")
    page.get_by_role("button", name="For those ticked").press("Enter")
    expect(page.get_by_role("heading", name="Remind them to choose: 2 people")).to_be_visible()
    page.get_by_role("button", name="Send 2 reminders").press("Enter")
    expect(page.get_by_text("2 reminders on the way.")).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_text("Nobody of those you chose would be affected.")).to_be_visible()


def test_a_view_is_kept_and_opened_without_script_on_a_phone(
    browser: Browser, app: Flask, address: str
) -> None:
    found = found_in(app, "filled")
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]  # a mapping
    page = context.new_page()
    sign_in(page, app, address, found.email)
    page.goto(address + found.url("people?show=silent"))
    page.get_by_text("Saved views").click()
    page.get_by_label("Keep the list as it is shown now").fill("Silent ones")
    page.get_by_role("button", name="Save this view").click()
    expect(page.get_by_text("The view “Silent ones” is saved.")).to_be_visible()
    page.get_by_text("Saved views (1)").click()
    page.get_by_role("link", name="Silent ones").click()
    expect(page.get_by_role("checkbox")).to_have_count(2)
    context.close()


def test_a_viewer_reads_and_prints_the_report(page: Page, app: Flask, address: str, tmp_path: Path) -> None:
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("no pdftotext found (package poppler-utils)")
    found = found_in(app, "confirmed")
    sign_in(page, app, address, viewer(app, found))
    page.goto(f"{address}/home")
    page.get_by_role("link", name="The report:").click()
    expect(page.get_by_role("button", name="Print this report")).to_be_visible()
    file = tmp_path / "report.pdf"
    file.write_bytes(page.pdf(prefer_css_page_size=True))
    printed = subprocess.run(
        [reader, "-layout", str(file), "-"], capture_output=True, check=True
    ).stdout.decode()
    for there in (
        "Figures as they stood on",
        "All leaders of the cohort",
        "What is hidden, and why",
        "hidden",
    ):
        assert there in printed
    for around in ("Sign out", "Download", "To print this page", "Crown copyright", "Your tasks", "Leader 0"):
        assert around not in printed
