"""Answering, replies to look at and declines in a real browser, from the mail's link to the seat given."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from placement.models import Reply, Task
from tests.browser.browser import faults_at_all_widths, make_app, served, watch_console
from tests.browser.test_coordinator_pages import sign_in
from tests.databases import SqliteServer, dispose, settings
from tests.factories.replies import mail, text
from tests.web.answer_people import AnsweringPeople, answering_people
from tests.web.browsing import Browser as Visitor

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


def waiting_people(app: Flask) -> AnsweringPeople:
    """A leader who has declined, with a reply that waits and one that is settled."""
    people = answering_people(app)
    people.answer("ACCEPTED")
    people.answer("DECLINED", note="I have been called to a tribunal on that day.")
    number = people.take_in(mail(text("No, sorry.\n" * 5), sender=people.email, results=[]), authserv_id="")
    coordinator = Visitor(app, email=people.found.email)
    coordinator.post(people.found.url(f"replies/{number}/settle"))
    people.take_in(mail(text("Yes."), sender=people.email, message_id="<2@x.example>"), authserv_id="")
    return people


def faults_of(page: Page, address: str, path: str, *, status: int = 200) -> list[str]:
    """What is wrong with one page at all widths."""
    answer = page.goto(address + path)
    assert answer is not None
    assert answer.status == status, path
    return [f"{path} {fault}" for fault in faults_at_all_widths(page)]


def test_lists_about_answers_are_accessible_fit_every_width_and_are_quiet(
    page: Page, app: Flask, address: str
) -> None:
    people = waiting_people(app)
    sign_in(page, app, address, people.found)
    console, faults = watch_console(page), []
    for path in ("", "invites", "replies", "tasks", f"tasks/{people.newest(Task)}"):
        faults += faults_of(page, address, people.found.url(path))
    assert faults == []
    assert console == []


def test_pages_of_one_answer_are_accessible_fit_every_width_and_are_quiet(
    page: Page, app: Flask, address: str
) -> None:
    people = waiting_people(app)
    sign_in(page, app, address, people.found)
    answers = f"placements/{people.placement_id}"
    console, faults = watch_console(page), []
    for path in (f"replies/{people.newest(Reply) - 1}", f"{answers}/leave"):
        faults += faults_of(page, address, people.found.url(path))
    for path, button in (
        (f"replies/{people.newest(Reply)}", "Take it as this answer"),
        (f"{answers}/answers", "Write this answer down"),
    ):
        faults += faults_of(page, address, people.found.url(path))
        page.evaluate("() => document.querySelectorAll('input[type=radio]').forEach(r => r.checked = false)")
        page.get_by_role("button", name=button).click()
        expect(page.locator(".nhsuk-error-summary")).to_be_visible()
        faults += [f"{path} with an error {fault}" for fault in faults_at_all_widths(page)]
    assert faults == []
    assert console == []


def test_pages_about_answers_without_any_are_accessible(page: Page, app: Flask, address: str) -> None:
    empty = answering_people(app)
    sign_in(page, app, address, empty.found)
    empty.begin()
    faults = []
    for path in ("invites?show=cannot", "replies", "tasks", f"placements/{empty.placement_id}/answers"):
        faults += faults_of(page, address, empty.found.url(path))
    assert faults == []


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


def test_the_page_of_a_link_is_accessible_also_with_an_error(page: Page, app: Flask, address: str) -> None:
    people = answering_people(app)
    console = watch_console(page)
    faults = faults_of(page, address, people.link("coming"))
    page.goto(address + people.link())
    page.get_by_role("button", name="Send my answer").click()
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    faults += [f"with an error {fault}" for fault in faults_at_all_widths(page)]
    page.get_by_label("I may come").check()
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_text("You may come", exact=True)).to_be_visible()
    people.begin()
    faults += faults_of(page, address, people.link("coming"), status=410)
    faults += faults_of(page, address, "/answer/made-up/coming", status=404)
    assert (faults, console) == ([], [])


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
