"""Events and changed offers in a real browser: accessible, fit for every width, quiet."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from placement.db import reading, unit_of_work
from placement.models import Cohort, Slot
from placement.services import events
from placement.services.events import EventFacts
from placement.services.scope import Scope
from placement.web.auth import now
from tests.browser.browser import faults_at_all_widths, make_app, served, watch_console
from tests.browser.test_coordinator_pages import sign_in
from tests.databases import SqliteServer, dispose, settings
from tests.services.small_cohort import SENDER
from tests.web.cohort_states import Found, found_in

pytestmark = pytest.mark.browser

LINK = "https://meet.example/" + "a-long-name-of-a-room" * 8


@pytest.fixture(scope="module")
def app(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with sqlite_server.database() as url:
        app = make_app(settings(url, tmp_path_factory.mktemp("events")))
        yield app
        dispose(app)


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


def planned(app: Flask, found: Found) -> tuple[int, Slot]:
    """A virtual workshop of the cohort, and one of its days."""
    with app.app_context(), unit_of_work() as session:
        facts = EventFacts(
            kind="workshop",
            title="Leading in a system",
            starts_at=now() + timedelta(days=20),
            ends_at=now() + timedelta(days=20, hours=2),
            mode="virtual",
            joining_link=LINK,
            description="Bring a pen.",
        )
        made = events.plan_event(
            Scope.system(session), found.cohort_id, facts=facts, sender=SENDER, now=now()
        )
    with app.app_context(), reading() as session:
        cohort = session.get_one(Cohort, found.cohort_id)
        slot = session.scalars(select(Slot).where(Slot.cohort_id == cohort.id).order_by(Slot.id)).first()
        assert slot is not None
        session.expunge_all()
        return made.event_id, slot


def test_pages_of_events_and_changed_offers_are_accessible_fit_every_width_and_are_quiet(
    page: Page, app: Flask, address: str
) -> None:
    found = found_in(app, "confirmed")
    event, slot = planned(app, found)
    sign_in(page, app, address, found)
    paths = ("events", f"events/{event}")
    console, faults = watch_console(page), []
    for path in paths:
        assert page.goto(address + found.url(path)).status == 200  # type: ignore[union-attr]
        for summary in page.locator("summary").all():
            summary.click()
        faults += [f"{path} {fault}" for fault in faults_at_all_widths(page)]
    page.goto(address + found.url(f"days/{slot.id}/online"))
    page.get_by_label("Link to join").fill("http://meet.example")
    page.get_by_role("button", name="See what it would do").click()
    faults += [f"refused {fault}" for fault in faults_at_all_widths(page)]
    console.clear()  # the browser notes the 422 of the page that was asked for
    page.get_by_label("Link to join").fill(LINK)
    page.get_by_role("button", name="See what it would do").click()
    for summary in page.locator("summary").all():
        summary.click()
    faults += [f"check {fault}" for fault in faults_at_all_widths(page)]
    page.get_by_role("button", name="Hold this day online").click()
    faults += [f"online {fault}" for fault in faults_at_all_widths(page)]
    assert faults == []
    assert console == []
