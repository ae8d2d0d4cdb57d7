"""Pages behind the links of mails: stopping a sort of mail, and saying that offers are still true."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from placement.db import reading, unit_of_work
from placement.models import Opportunity, OptOut
from placement.services.mail_links import MailLinks
from placement.web.auth import SENDER
from placement.web.log_masks import TOKEN
from tests.factories.opportunities import make_slot
from tests.factories.people import make_user
from tests.factories.programmes import make_cohort
from tests.web.browsing import Browser
from tests.web.page import check_page, record_unknown_names

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
Visit = Callable[..., Browser]


@pytest.fixture
def links(site: Flask) -> MailLinks:
    return MailLinks(site.extensions[SENDER], site.secret_key or "")  # type: ignore[arg-type]


@pytest.fixture
def stop_path(site: Flask, links: MailLinks) -> str:
    """The address that stops somebody's reminders."""
    with site.app_context(), unit_of_work() as session:
        return path_of(links.unsubscribe(make_user(session).id, "reminders"))


def path_of(address: str) -> str:
    return "/" + address.partition("://")[2].partition("/")[2]


def stopped(site: Flask) -> list[str]:
    with site.app_context(), reading() as session:
        return list(session.scalars(select(OptOut.sort)))


def test_looking_changes_nothing_and_the_button_stops_and_undoes(
    site: Flask, visit: Visit, stop_path: str
) -> None:
    unknown, browser = record_unknown_names(site), visit()
    for _ in range(2):
        page = check_page(browser.get(stop_path))
        assert page.h1 == "Stop reminders"
    assert browser.client.head(stop_path).status_code == 200
    assert stopped(site) == []
    assert page.form_to(stop_path).buttons == ["Stop reminders"]
    assert browser.post(stop_path).headers["Location"] == stop_path
    assert stopped(site) == ["reminders"]
    page = check_page(browser.get(stop_path))
    assert page.h1 == "You get no reminders"
    assert "You still get mails about your day itself" in page.text
    browser.post(stop_path)
    assert browser.post(f"{stop_path}/undo").headers["Location"] == stop_path
    assert stopped(site) == []
    assert unknown == []


def test_a_mail_program_stops_it_by_one_click_without_cookie_or_token(
    site: Flask, visit: Visit, stop_path: str
) -> None:
    client = visit().client
    for _ in range(2):
        answer = client.post(stop_path, data=ONE_CLICK)
        assert (answer.status_code, answer.mimetype) == (200, "text/plain")
        assert "Location" not in answer.headers
    assert stopped(site) == ["reminders"]
    assert client.post(f"{stop_path}/undo", data=ONE_CLICK).status_code == 400


def test_a_form_without_token_or_from_another_site_stops_nothing(
    site: Flask, visit: Visit, stop_path: str
) -> None:
    client = visit().client
    for form in ({}, {"csrf_token": "made up"}, {"List-Unsubscribe": "Yes"}):
        assert client.post(stop_path, data=form).status_code == 400
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post(stop_path, data=ONE_CLICK, headers=headers).status_code == 400
    assert stopped(site) == []


def test_a_link_that_was_cut_off_says_what_to_do_and_no_link_stands_in_a_log(
    visit: Visit, stop_path: str, links: MailLinks
) -> None:
    for path in (stop_path[:-2], f"{stop_path}x", "/still-true/example"):
        answer = visit().get(path)
        assert answer.status_code == 410
        assert "Answer the mail that it came with" in check_page(answer).text
    for path in (stop_path, path_of(links.renewal(1, now=datetime.now(UTC)))):
        assert TOKEN.sub(r"\1***", f'"GET {path}/undo HTTP/1.1" 200').count("***") == 1
        assert path.rpartition("/")[2] not in TOKEN.sub(r"\1***", f"GET {path} HTTP/1.1")
    assert visit().get(stop_path).headers["Referrer-Policy"] == "no-referrer"


def test_a_partner_says_with_one_tap_that_offers_are_still_true(
    site: Flask, visit: Visit, links: MailLinks
) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=100)
    with site.app_context(), unit_of_work() as session:
        cohort = make_cohort(session, created_at=long_ago)
        slot = make_slot(session, cohort=cohort, starts_at=datetime.now(UTC) + timedelta(days=30))
        partner_id, offer_id = slot.partner_id, slot.opportunity_id
    path, browser = path_of(links.renewal(partner_id, now=datetime.now(UTC))), visit()
    for _ in range(2):
        page = check_page(browser.get(path))
    assert renewed_at(site) is None
    form = page.form_to(path)
    assert (form.values["offer"], form.buttons) == (str(offer_id), ["Yes, still true"])
    assert browser.post(path, {"offer": ["x", "9" * 30]}).status_code == 303
    assert "Nothing was ticked" in check_page(browser.get(path)).text
    assert renewed_at(site) is None
    assert browser.post(path, form.values).headers["Location"] == path
    page = check_page(browser.get(path))
    assert "Thank you. 1 offer noted as still true." in page.text
    assert "Confirmed on" in page.text
    assert renewed_at(site) is not None


def renewed_at(site: Flask) -> datetime | None:
    with site.app_context(), reading() as session:
        return session.scalars(select(Opportunity.renewed_at)).one()
