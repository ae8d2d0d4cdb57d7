"""Answering, replies to look at and declines in a real browser, from the mail's link to the seat given."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.browser.browser import make_app, served
from tests.browser.test_coordinator_pages import sign_in
from tests.databases import SqliteServer, dispose, settings
from tests.web.answer_people import answering_people

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def app(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with sqlite_server.database() as url:
        app = make_app(settings(url, tmp_path_factory.mktemp("answers")))
        yield app
        dispose(app)


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


def test_a_leader_answers_by_the_link_of_the_mail_without_script_and_without_signing_in(
    browser: Browser, app: Flask, address: str
) -> None:
    people = answering_people(app)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + people.link("cannot"))
    expect(page.get_by_label("I cannot come")).to_be_checked()
    page.get_by_label("Is there anything that we should know?").fill("A tribunal")
    assert people.held == "NEEDS-ACTION"
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_text("Your answer is held.")).to_be_visible()
    expect(page.get_by_text("You cannot come", exact=True)).to_be_visible()
    context.close()
    assert people.history() == [("DECLINED", "link", "A tribunal")]


def test_a_coordinator_gives_the_seat_of_who_declined_to_somebody_else(
    page: Page, app: Flask, address: str
) -> None:
    people = answering_people(app)
    people.answer("DECLINED", note="On call")
    sign_in(page, app, address, people.found)
    page.goto(address + people.found.url())
    page.get_by_role("link", name="1 leader cannot come to their day").click()
    page.get_by_role("link", name=people.leader).click()
    page.get_by_role("link", name="Give this seat to").first.click()
    expect(page.get_by_text("Then a repair is worked out")).to_be_visible()
    page.get_by_role("button", name="They leave the day").click()
    expect(page.get_by_text("does not come to this day any more")).to_be_visible()
    expect(page.get_by_text("What giving the seat would do is being worked out")).to_be_visible()
