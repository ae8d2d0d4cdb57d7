"""The review board in a real browser: fixing, changing, undoing, approving, the pictures, a run in work."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from placement.db import reading, unit_of_work
from placement.models import MatchRun
from tests.browser.browser import faults_at_all_widths, make_app, served, watch_console
from tests.browser.test_coordinator_pages import sign_in
from tests.databases import SqliteServer, dispose, settings
from tests.web.cohort_states import Found, found_in, leader_of, solve_run

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def app(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with sqlite_server.database() as url:
        app = make_app(settings(url, tmp_path_factory.mktemp("board")))
        yield app
        dispose(app)


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


def ids(app: Flask, found: Found) -> tuple[int, int]:
    """The second leader, and the day that the run gives them."""
    with app.app_context(), reading() as session:
        leader = leader_of(session, found, 1)
        run = session.get_one(MatchRun, found.run_id)
        return leader.id, next(pair.slot_id for pair in run.assignments if pair.leader_id == leader.id)


def solve_queued(app: Flask, found: Found) -> int:
    """Do what the worker does; the run that was solved."""
    with app.app_context(), unit_of_work() as session:
        query = select(MatchRun.id).where(MatchRun.cohort_id == found.cohort_id, MatchRun.status == "queued")
        run_id = session.scalars(query).one()
        solve_run(session, run_id)
        return run_id


def test_a_run_in_work_shows_its_steps_and_can_be_cancelled(page: Page, app: Flask, address: str) -> None:
    found = found_in(app, "solving")
    with app.app_context(), unit_of_work() as session:
        run = session.get_one(MatchRun, found.run_id)
        run.stage, run.stages_done, run.stages_all = "profile", 2, 9
    sign_in(page, app, address, found)
    console = watch_console(page)
    page.goto(address + found.url("runs/RUN"))
    expect(page.get_by_text("Step 3 of 9: giving people their choices.")).to_be_visible()
    assert faults_at_all_widths(page) == []
    page.get_by_role("button", name="Cancel this run").click()
    expect(page.get_by_text("This run was cancelled, so it has no result.")).to_be_visible()
    assert faults_at_all_widths(page) == []
    assert console == []


@pytest.mark.parametrize("script", [True, False])
def test_a_place_is_changed_seen_before_and_undone_with_and_without_script(
    browser: Browser, app: Flask, address: str, script: bool
) -> None:
    found = found_in(app, "solved")
    leader, _ = ids(app, found)
    page = browser.new_context(java_script_enabled=script).new_page()
    sign_in(page, app, address, found)
    page.goto(address + found.url(f"runs/RUN/leaders/{leader}"))
    page.get_by_role("button", name="Change what they get").click()
    page.get_by_role("link", name="Memory café").click()
    expect(page.get_by_role("heading", name="Check the change")).to_be_visible()
    page.get_by_role("button", name="Make a run with this change").click()
    expect(page.get_by_role("link", name="Say why, in a few words")).to_be_visible()
    page.get_by_label("Why?").fill("Agreed by phone")
    page.get_by_role("button", name="Make a run with this change").click()
    new_run = solve_queued(app, found)
    page.goto(f"{address}/coordinator/{found.cohort_id}/runs/{new_run}")
    expect(page.get_by_text(f"This list changes run {found.run_id}")).to_be_visible()
    page.get_by_role("button", name="Undo: change the place of Leader 001").click()
    expect(page.get_by_text(f"This is run {found.run_id}, which goes with it.")).to_be_visible()
    expect(page.get_by_role("button", name="Do again: change the place of Leader 001")).to_be_visible()
    page.context.close()
