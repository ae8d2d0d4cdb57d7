"""The waiting list, the offer of a seat and its answer in a real browser."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from placement.db import unit_of_work
from placement.models import Cohort, Slot
from placement.services.mail_links import MailLinks
from placement.web.auth import SENDER
from tests.browser.browser import faults_at_all_widths, make_app, served, watch_console
from tests.browser.test_coordinator_pages import sign_in
from tests.databases import SqliteServer, dispose, settings
from tests.factories.people import make_leader, make_user
from tests.factories.seat_offers import make_seat_offer
from tests.web.cohort_states import Found, found_in, now

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def app(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with sqlite_server.database() as url:
        app = make_app(settings(url, tmp_path_factory.mktemp("waiting")))
        yield app
        dispose(app)


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


@pytest.fixture
def found(app: Flask) -> Found:
    return found_in(app, "confirmed")


def offer(app: Flask, found: Found, name: str, **facts: object) -> tuple[int, int, str]:
    """A seat that is offered to somebody new: its day, whom, and the path of the link."""
    with app.app_context(), unit_of_work() as session:
        slots = select(Slot).where(Slot.cohort_id == found.cohort_id).order_by(Slot.id)
        slot = session.scalars(slots).all()[1]
        cohort = session.get_one(Cohort, found.cohort_id)
        leader = make_leader(session, cohort=cohort, user=make_user(session, name=name))
        row = make_seat_offer(
            session,
            leader=leader,
            slot=slot,
            **({"offered_at": now(), "expires_at": now() + timedelta(days=2)} | facts),
        )
        link = MailLinks(app.extensions[SENDER], str(app.secret_key)).seat_offer(row.id)
        return slot.id, leader.id, "/seat/" + link.rpartition("/")[2]


def test_pages_of_the_waiting_list_are_accessible_fit_every_width_and_are_quiet(
    page: Page, app: Flask, address: str, found: Found
) -> None:
    _, _, declined = offer(app, found, "Dora Declined", state="declined", settled_at=now())
    sign_in(page, app, address, found)
    console, faults = watch_console(page), []
    _, _, link = offer(app, found, "Olu Offered")
    for path in (found.url("waiting-list"), link, declined):
        assert page.goto(address + path).status == 200  # type: ignore[union-attr]
        faults += [f"{path} {fault}" for fault in faults_at_all_widths(page)]
    assert faults == []
    assert console == []


def test_a_seat_is_taken_by_the_keyboard_alone_without_signing_in(
    page: Page, app: Flask, address: str, found: Found
) -> None:
    _, _, link = offer(app, found, "Olu Offered")
    page.goto(address + link)
    page.get_by_role("button", name="Yes, I take it").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You said yes, and the day is yours.")).to_be_visible()
