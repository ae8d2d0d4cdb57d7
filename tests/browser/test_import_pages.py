"""Importing in a real browser: with the keyboard, without script, at every width."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, FilePayload, Page, expect

from placement.domain.sheets.tables import Kind
from tests.browser.browser import faults_at_all_widths, make_app, served, watch_console
from tests.browser.test_coordinator_pages import sign_in
from tests.databases import SqliteServer, dispose, settings
from tests.unit.adapters.sheets.files import csv_bytes
from tests.unit.domain.sheets.samples import Tables, grid, small_cohort
from tests.web.cohort_states import found_in

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def app(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with sqlite_server.database() as url:
        app = make_app(settings(url, tmp_path_factory.mktemp("imports")))
        yield app
        dispose(app)


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


def files_of(tables: Tables) -> list[FilePayload]:
    return [
        {"name": f"{kind}.csv", "mimeType": "text/csv", "buffer": csv_bytes(grid(table))}
        for kind, table in tables.items()
    ]


def spoilt() -> Tables:
    tables = small_cohort()
    tables[Kind.LEADERS][0]["days"] = "many"
    tables[Kind.SLOTS][1] |= {"capacity": "1", "end": "9am"}
    return tables


def changed() -> Tables:
    tables = small_cohort()
    tables[Kind.LEADERS][0] |= {"role": "Director of nursing and midwifery", "access_needs": "A quiet room"}
    tables[Kind.LEADERS].append(tables[Kind.LEADERS][1] | {"email": "di@trust.example", "name": "Di"})
    tables[Kind.PARTNERS][0]["phone"] = "01632 960009"
    return tables


def test_sending_looking_importing_and_undoing_break_no_accessibility_rule_at_any_width(
    page: Page, app: Flask, address: str
) -> None:
    found = found_in(app, "empty")
    sign_in(page, app, address, found)
    console = watch_console(page)
    page.goto(address + found.url("import"))
    page.get_by_role("button", name="See what would happen").press("Enter")
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    faults = faults_at_all_widths(page)
    page.get_by_role("link", name="Choose the files to import").click()
    expect(page.get_by_label("Files to import")).to_be_focused()
    assert [line for line in console if "422" not in line] == []
    console.clear()
    for tables, title in (
        (spoilt(), "What to fix before the import"),
        (small_cohort(), "What the import would do"),
        (changed(), "What the import would do"),
    ):
        page.goto(address + found.url("import"))
        page.get_by_label("Files to import").set_input_files(files_of(tables))
        page.get_by_role("button", name="See what would happen").press("Enter")
        expect(page.get_by_role("heading", name=title)).to_be_visible()
        faults += faults_at_all_widths(page)
        if tables[Kind.LEADERS][0]["days"] != "many":
            page.get_by_role("button", name="Import these").press("Enter")
            expect(page.get_by_text("Imported: ")).to_be_visible()
    faults += faults_at_all_widths(page)
    page.get_by_role("link", name="Undo").last.press("Enter")
    expect(page.get_by_role("button", name="Undo this import")).to_be_visible()
    faults += faults_at_all_widths(page)
    assert faults == []
    assert console == []


def test_an_import_is_done_and_undone_without_script(browser: Browser, app: Flask, address: str) -> None:
    found = found_in(app, "empty")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, app, address, found)
    page.goto(address + found.url())
    page.get_by_role("button", name="Import spreadsheets").click()
    page.get_by_label("Files to import").set_input_files(files_of(small_cohort()))
    page.get_by_role("button", name="See what would happen").click()
    page.get_by_role("button", name="Import these 14 rows").click()
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_text("3 leaders removed")).to_be_visible()
    context.close()
