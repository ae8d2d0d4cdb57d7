"""A viewer's whole way: the report to read, to print and to take along, and nothing else of the cohort."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from placement.db import unit_of_work
from placement.models import Cohort
from tests.browser.browser import make_app, served
from tests.browser.journey import Traveller, Way, in_each_way, travelling
from tests.databases import SqliteServer, dispose, settings
from tests.factories.people import make_coordinator, make_user
from tests.web.cohort_states import Found, found_in

pytestmark = pytest.mark.browser

VIEWER = "vera@board.example"


@pytest.fixture
def app(sqlite_server: SqliteServer, tmp_path: Path) -> Iterator[Flask]:
    with sqlite_server.database() as url:
        made = make_app(settings(url, tmp_path))
        yield made
        dispose(made)


@in_each_way
def test_a_viewer_reads_prints_and_downloads_the_report_and_sees_nothing_else(
    browser: Browser, app: Flask, way: Way
) -> None:
    found = found_in(app, "confirmed")
    with app.app_context(), unit_of_work() as session:
        user = make_user(session, name="Vera Viewer", email=VIEWER)
        make_coordinator(session, cohort=session.get_one(Cohort, found.cohort_id), user=user, role="viewer")
    with served(app) as address, travelling(browser, app, address, way) as viewer:
        viewer.enter(VIEWER)
        viewer.at("Your tasks")
        viewer.follow("The report:")
        viewer.at("Report")
        prints(viewer, way)
        takes_along(viewer)
        is_let_in_nowhere_else(viewer, found)


def prints(viewer: Traveller, way: Way) -> None:
    """Without script, the page says by which keys."""
    viewer.reads("press Ctrl and P")
    button = viewer.page.get_by_role("button", name="Print this report")
    expect(button).to_be_visible() if way.script else expect(button).to_be_hidden()
    viewer.page.emulate_media(media="print")
    expect(viewer.page.get_by_text("What is hidden, and why")).to_be_visible()
    expect(button).to_be_hidden()
    viewer.page.emulate_media(media="screen")


def takes_along(viewer: Traveller) -> None:
    rows = list(csv.reader(io.StringIO(viewer.fetch("Download as CSV").path().read_text("utf-8-sig"))))
    assert len(rows) > 5
    octets = viewer.fetch("Download as a workbook (XLSX)").path().read_bytes()
    book = openpyxl.load_workbook(io.BytesIO(octets), read_only=True)
    assert book.sheetnames
    book.close()


def is_let_in_nowhere_else(viewer: Traveller, found: Found) -> None:
    """Each page of others is not there, and leads out."""
    for path in (found.url(), found.url("people"), found.url("days.csv"), "/leader/1/", "/partner/1/"):
        answer = viewer.page.goto(viewer.address + path)
        assert answer is not None
        assert answer.status == 404, path
        viewer.fits()
    viewer.leave(viewer.page.get_by_role("main").get_by_role("link").first)
    expect(viewer.page.get_by_role("heading", level=1)).not_to_contain_text("not found")
    viewer.fits()
