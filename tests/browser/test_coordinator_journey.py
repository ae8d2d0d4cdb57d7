"""A coordinator's whole season: from setting up to the report, in each way of using the site."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from placement.adapters.replies import read_reply
from placement.db import unit_of_work
from placement.models import Cohort, Leader, Placement
from placement.services import replies
from placement.services.scope import Scope
from tests.browser.browser import make_app, served
from tests.browser.journey import Traveller, Way, in_each_way, travelling
from tests.browser.test_import_pages import files_of
from tests.browser.test_repair_pages import solve_queued
from tests.databases import SqliteServer, dispose, settings
from tests.factories.replies import mail, text
from tests.unit.domain.sheets.samples import small_cohort
from tests.web.cohort_states import Found, fill, found_in, now

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture
def app(sqlite_server: SqliteServer, tmp_path: Path) -> Iterator[Flask]:
    with sqlite_server.database() as url:
        made = make_app(settings(url, tmp_path))
        yield made
        dispose(made)


@in_each_way
def test_a_coordinator_goes_from_setting_up_a_cohort_to_its_report(
    browser: Browser, app: Flask, way: Way
) -> None:
    found = found_in(app, "empty")
    with served(app) as address, travelling(browser, app, address, way) as coordinator:
        coordinator.enter(found.email)
        sets_up_and_imports(coordinator, found)
        with app.app_context(), unit_of_work() as session:
            fill(session, session.get_one(Cohort, found.cohort_id))
        runs_the_match(coordinator, found)
        changes_a_place(coordinator, found)
        confirms_and_sends(coordinator)
        name = let_somebody_decline_by_mail(app, found)
        reads_the_reply(coordinator, found, name)
        repairs(coordinator, found, name)
        coordinator.go(found.url())
        coordinator.follow("Report for boards and evaluators")
        coordinator.at("Report")


def sets_up_and_imports(coordinator: Traveller, found: Found) -> None:
    coordinator.at("Your tasks")
    coordinator.leave(coordinator.page.get_by_role("main").get_by_role("link").first)
    coordinator.reads("This cohort is empty.")
    coordinator.follow("Set up the cohort")
    coordinator.at("Set up the cohort")
    coordinator.page.get_by_label("Least number of choices").fill("2")
    coordinator.press("Save")
    coordinator.go(found.url())
    coordinator.press("Import spreadsheets")
    coordinator.page.get_by_label("Files to import").set_input_files(files_of(small_cohort()))
    coordinator.press("See what would happen")
    coordinator.at("What the import would do")
    coordinator.press("Import these 14 rows")
    coordinator.reads("Imported: ")
    coordinator.fits()


def runs_the_match(coordinator: Traveller, found: Found) -> None:
    coordinator.go(found.url())
    coordinator.follow("See whether everybody can be placed")
    coordinator.at("Ready for the match?")
    coordinator.press("Run the match")
    coordinator.at("Run the match")
    coordinator.press("Run the match")
    coordinator.reads("The match is waiting to be solved.")
    coordinator.fits()
    solved(coordinator, found)
    coordinator.at("Run ")


def solved(coordinator: Traveller, found: Found) -> None:
    """What was asked for is worked out, and shown."""
    solve_queued(coordinator.app, found)
    coordinator.page.reload()
    coordinator.fits()


def changes_a_place(coordinator: Traveller, found: Found) -> None:
    coordinator.follow("Each leader: what they got")
    coordinator.fits()
    coordinator.follow("Leader 001")
    coordinator.press("Change what they get")
    coordinator.fits()
    coordinator.follow("Memory café")
    coordinator.at("Check the change")
    coordinator.page.get_by_label("Why?").fill("Agreed by phone")
    coordinator.press("Make a run with this change")
    coordinator.fits()
    solved(coordinator, found)


def confirms_and_sends(coordinator: Traveller) -> None:
    coordinator.press("Go on to confirm")
    coordinator.at("Confirm")
    coordinator.press("Confirm and send")
    coordinator.at("Sending")
    coordinator.reads("placements confirmed.")


def let_somebody_decline_by_mail(app: Flask, found: Found) -> str:
    """A mail that a person has to read; the name of who wrote it."""
    with app.app_context(), unit_of_work() as session:
        query = select(Leader).join(Placement).where(Leader.name == "Leader 001")
        leader = session.scalars(query).first()
        assert leader is not None
        octets = mail(text("No, sorry, I cannot come."), sender=leader.user.email, results=[])
        replies.ingest(Scope.system(session), read_reply(octets, authserv_id=""), now=now())
        return leader.name


def reads_the_reply(coordinator: Traveller, found: Found, name: str) -> None:
    coordinator.go(found.url())
    coordinator.follow("1 reply has to be looked at")
    coordinator.at("Replies to look at")
    coordinator.leave(coordinator.page.get_by_role("table").first.get_by_role("link").first)
    coordinator.at("Reply to look at")
    coordinator.page.get_by_label("cannot come").first.check()
    coordinator.press("Take it as this answer")
    coordinator.fits()


def repairs(coordinator: Traveller, found: Found, name: str) -> None:
    coordinator.go(found.url())
    coordinator.follow("1 leader cannot come to their day")
    coordinator.follow(name)
    coordinator.fits()
    coordinator.press("Let them leave the day")
    coordinator.press("They leave the day")
    coordinator.fits()
    coordinator.go(found.url())
    coordinator.follow("When plans change")
    coordinator.press("Work out a repair")
    solved(coordinator, found)
    coordinator.press("Go on with the fewest moves")
    coordinator.fits()
    coordinator.press("Confirm and send")
    expect(coordinator.page.get_by_text("The repair is done: ")).to_be_visible()
    coordinator.fits()
