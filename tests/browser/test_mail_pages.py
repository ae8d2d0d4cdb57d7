"""The mails of a season in a real browser: pages, frames, and the mails themselves as a phone shows them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from placement.adapters.messages import read_back
from placement.db import unit_of_work
from placement.domain.mails import AUTOMATIC_KINDS
from placement.models import Partner
from placement.services.mail_links import MailLinks
from placement.web.auth import SENDER
from tests.browser.browser import (
    PHONE,
    faults_at_all_widths,
    make_app,
    served,
    sideways_scroll,
    watch_console,
)
from tests.browser.test_coordinator_pages import sign_in
from tests.databases import SqliteServer, dispose, settings
from tests.unit.adapters.letters import letter
from tests.web.cohort_states import Found, found_in

pytestmark = pytest.mark.browser
BUTTONS = (
    "all => all.filter(a => a.style.display == 'inline-block').map(a => a.getBoundingClientRect().height)"
)


@pytest.fixture(scope="module")
def app(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with sqlite_server.database() as url:
        app = make_app(settings(url, tmp_path_factory.mktemp("mails")))
        yield app
        dispose(app)


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


def links_of(app: Flask, found: Found) -> tuple[str, str]:
    """The paths of the links that a partner's mails have: to stop reminders, and to renew offers."""
    links = MailLinks(app.extensions[SENDER], str(app.secret_key))
    with app.app_context(), unit_of_work() as session:
        query = select(Partner).where(Partner.cohort_id == found.cohort_id)
        partner = session.scalars(query).one()
        stop = links.unsubscribe(partner.user_id, "reminders")
        return urlsplit(stop).path, urlsplit(links.renewal(partner.id, now=datetime.now(UTC))).path


def test_words_are_changed_beside_the_mail_as_its_readers_see_it(
    page: Page, app: Flask, address: str
) -> None:
    found = found_in(app, "filled")
    sign_in(page, app, address, found)
    console = watch_console(page)
    page.goto(address + found.url("mails/day_reminder"))
    expect(page.frame_locator("iframe").get_by_role("heading", name="Who is coming").first).to_be_visible()
    page.get_by_label("Your own words").fill("x" * 1001)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    assert faults_at_all_widths(page) == []
    assert console == []


def test_reminders_are_stopped_and_wanted_again_without_script(
    browser: Browser, app: Flask, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    stop, renew = links_of(app, found_in(app, "filled"))
    page.goto(address + stop)
    page.get_by_role("button", name="Stop reminders").press("Enter")
    expect(page.get_by_role("heading", name="You get no reminders")).to_be_visible()
    page.get_by_role("button", name="Send me reminders again").press("Enter")
    expect(page.get_by_role("heading", name="Stop reminders")).to_be_visible()
    page.goto(address + renew)
    page.get_by_label("Youth club").uncheck()
    page.get_by_role("button", name="Yes, still true").press("Enter")
    expect(page.get_by_text("2 offers noted as still true")).to_be_visible()
    context.close()


def test_mails_fit_a_phone_whatever_people_write_and_their_buttons_can_be_hit(page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a plain mapping of the two
    for kind in sorted(AUTOMATIC_KINDS):
        page.set_content(read_back(letter(kind, "W" * 300)).html)
        assert (kind, sideways_scroll(page)) == (kind, 0)
        heights = page.eval_on_selector_all("a", BUTTONS)
        assert heights
        assert min(heights) >= 44
