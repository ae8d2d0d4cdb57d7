"""What somebody typed survives the end of their session, for them and for nobody else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from placement.db import reading, unit_of_work
from placement.models import InterruptedForm
from placement.services import interrupted_forms, sign_in
from placement.services.scope import Scope
from placement.web.auth import TOKEN
from tests.factories.clock import NOON
from tests.factories.people import make_coordinator
from tests.factories.programmes import make_cohort
from tests.services.small_cohort import SENDER
from tests.web.browsing import Browser
from tests.web.page import check_page

HOST = "http://127.0.0.1"
LATER = sign_in.IDLE + timedelta(minutes=1)


@dataclass
class Desk:
    """A coordinator at the page on which a cohort is set up, and the moment that everybody's clock shows."""

    app: Flask
    email: str
    cohort_id: int
    clock: time_machine.Traveller
    browser: Browser

    @property
    def page(self) -> str:
        return f"/coordinator/{self.cohort_id}/set-up"

    def send(self, browser: Browser | None = None, **fields: str) -> TestResponse:
        """Send the form of the page, as the browser does."""
        used = browser or self.browser
        form = {"name": "Autumn cohort, renamed", **fields, "csrf_token": used.csrf_token()}
        return used.client.post(self.page, data=form, headers={"Referer": HOST + self.page}, buffered=True)

    def sign_in_again(self, browser: Browser) -> TestResponse:
        """Spend a link in `browser`."""
        with self.app.app_context(), unit_of_work() as session:
            path = sign_in.one_time_link(Scope.system(session), self.email, now=self.now)
        return browser.post(path)

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def waiting(self) -> int:
        with self.app.app_context(), reading() as session:
            return session.scalar(select(func.count()).select_from(InterruptedForm)) or 0


@pytest.fixture
def desk(site: Flask) -> Iterator[Desk]:
    with time_machine.travel(NOON, tick=False) as clock:
        with site.app_context(), unit_of_work() as session:
            cohort = make_cohort(session)
            email, cohort_id = make_coordinator(session, cohort=cohort).user.email, cohort.id
        yield Desk(site, email, cohort_id, clock, Browser(site, email=email))


def value_of(answer: TestResponse, name: str) -> str:
    page = check_page(answer)
    return next(e.get("value", "") for e in page.root.iter("input") if e.get("name") == name)


def test_what_was_sent_too_late_is_back_on_the_page_after_signing_in(desk: Desk) -> None:
    desk.clock.shift(LATER)
    sent = desk.send()
    assert (sent.status_code, sent.location) == (303, "/sign-in")
    asked = check_page(desk.browser.get("/sign-in"))
    assert "What you typed is kept: sign in to get back to it." in asked.text
    back = desk.sign_in_again(desk.browser)
    assert back.location == desk.page
    shown = desk.browser.get(desk.page)
    assert value_of(shown, "name") == "Autumn cohort, renamed"
    assert "is back on this page. It is not saved yet." in shown.get_data(as_text=True)


def test_it_is_back_in_another_browser_too(desk: Desk) -> None:
    desk.clock.shift(LATER)
    desk.send()
    phone = Browser(desk.app)
    desk.sign_in_again(phone)
    assert phone.get("/home").location == desk.page
    assert value_of(phone.get(desk.page), "name") == "Autumn cohort, renamed"


def test_it_is_forgotten_once_it_is_sent_again(desk: Desk) -> None:
    desk.clock.shift(LATER)
    desk.send()
    desk.sign_in_again(desk.browser)
    desk.browser.get(desk.page)
    assert desk.waiting() == 1
    desk.send()
    assert desk.waiting() == 0
    assert "is back on this page" not in desk.browser.get(desk.page).get_data(as_text=True)


def test_another_user_of_the_same_browser_never_sees_it(desk: Desk) -> None:
    desk.clock.shift(LATER)
    desk.send()
    with desk.app.app_context(), unit_of_work() as session:
        other = make_coordinator(session, cohort=make_cohort(session)).user.email
    somebody = Browser(desk.app, email=other)
    assert somebody.get("/home").status_code == 200
    with desk.app.app_context(), reading() as session:
        user_id = sign_in.whose(session, somebody.in_session(TOKEN) or "", now=desk.now)
        found = interrupted_forms.waiting_fields(
            Scope.of_user(session, user_id or 0), desk.page, now=desk.now
        )
    assert found == ()


def test_nothing_is_kept_after_signing_out(desk: Desk) -> None:
    other_tab = Browser(desk.app, token=desk.browser.in_session(TOKEN))
    desk.browser.post("/sign-out")
    assert desk.send(other_tab).status_code == 303
    assert desk.waiting() == 0


def test_nothing_is_kept_from_somebody_who_never_signed_in(desk: Desk) -> None:
    assert desk.send(Browser(desk.app)).status_code == 303
    assert desk.waiting() == 0


def test_it_is_kept_for_a_day_and_no_longer(desk: Desk) -> None:
    desk.clock.shift(LATER)
    desk.send()
    desk.clock.shift(sign_in.KEPT + timedelta(minutes=1))
    desk.sign_in_again(desk.browser)
    assert "is back on this page" not in desk.browser.get(desk.page).get_data(as_text=True)
    with desk.app.app_context(), unit_of_work() as session:
        sign_in.request_sign_in(
            Scope.system(session), email=desk.email, sender=SENDER, remote="127.0.0.1", now=desk.now
        )
    assert desk.waiting() == 0


def test_it_is_sealed_in_the_database(desk: Desk) -> None:
    desk.clock.shift(LATER)
    desk.send()
    with desk.app.app_context(), reading() as session:
        assert b"Autumn cohort" not in session.scalars(select(InterruptedForm)).one().sealed


def test_a_form_larger_than_any_page_asks_for_is_not_kept(desk: Desk) -> None:
    desk.clock.shift(LATER)
    desk.send(name="x" * (interrupted_forms.LARGEST + 1))
    assert desk.waiting() == 0


def test_a_page_asks_how_long_its_session_lasts_without_making_it_longer(desk: Desk) -> None:
    desk.clock.shift(timedelta(minutes=20))
    assert desk.browser.get("/signed-in").json == {"seconds": 600}
    desk.clock.shift(timedelta(minutes=5))
    assert desk.browser.get("/signed-in").json == {"seconds": 300}
    assert desk.browser.post("/signed-in").json == {"seconds": 1800}
    desk.clock.shift(LATER)
    assert desk.browser.get("/signed-in").json == {"seconds": 0}


def test_a_page_knows_when_its_session_ends_at_the_latest(desk: Desk) -> None:
    for _ in range(23):
        desk.clock.shift(timedelta(minutes=29))
        desk.browser.get("/home")
    desk.clock.shift(timedelta(minutes=29))
    page = check_page(desk.browser.get(desk.page))
    dialog = next(page.root.iter("dialog"))
    assert dialog.get("data-seconds") == str(24 * 60)


def test_signed_out_pages_warn_of_nothing(site: Flask) -> None:
    assert not list(check_page(Browser(site).get("/help")).root.iter("dialog"))
