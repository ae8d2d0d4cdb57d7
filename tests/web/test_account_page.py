"""What somebody is told of their account, and ending sessions in other browsers."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from placement.db import reading, unit_of_work
from placement.models import AuditEvent, SignedIn
from tests.factories.people import make_coordinator, make_leader, make_user
from tests.web.browsing import Browser
from tests.web.page import check_page

ADA = "ada@people.example"
ELSEWHERE = "/account/sign-out-elsewhere"


@pytest.fixture
def ada(site: Flask) -> int:
    """The user of Ada Field, who leads in one cohort and coordinates another."""
    with site.app_context(), unit_of_work() as session:
        user = make_user(session, email=ADA, name="Ada Field")
        make_leader(session, user=user)
        make_coordinator(session, user=user)
        return user.id


@pytest.fixture
def here(site: Flask, ada: int) -> Browser:
    return Browser(site, email=ADA)


def open_sessions(site: Flask, user_id: int) -> int:
    with site.app_context(), reading() as session:
        rows = select(func.count(SignedIn.id)).where(SignedIn.user_id == user_id, SignedIn.ended_at.is_(None))
        return session.scalar(rows) or 0


def test_the_account_names_the_person_what_they_are_and_this_browser(here: Browser) -> None:
    page = check_page(here.get("/account"))
    assert page.h1 == "Your account"
    assert "Ada Field" in page.text
    assert ADA in page.text
    assert {"Leader", "Coordinator"} <= {link.partition(":")[0] for link in page.links}
    assert "In this browser: since" in page.text
    assert "In another browser" not in page.text
    assert [form.buttons for form in page.forms] == [["Sign out"], ["Set up the second step"]]


def test_every_page_leads_to_it_by_the_name_of_who_is_signed_in(here: Browser) -> None:
    assert check_page(here.get("/home")).links["Ada Field"] == "/account"


def test_other_browsers_can_be_signed_out_and_this_one_stays(site: Flask, ada: int, here: Browser) -> None:
    there = Browser(site, email=ADA)
    page = check_page(here.get("/account"))
    assert "In another browser: since" in page.text
    form = page.form_to(ELSEWHERE)
    assert form.buttons == ["Sign out everywhere else"]
    assert here.post(ELSEWHERE, form.values).status_code == 303
    assert "You are signed out in 1 other browser." in check_page(here.get("/account")).text
    assert there.get("/home").status_code == 303
    assert open_sessions(site, ada) == 1


def test_a_second_press_ends_nothing_more_and_is_not_written_down_twice(
    site: Flask, ada: int, here: Browser
) -> None:
    Browser(site, email=ADA)
    here.post(ELSEWHERE)
    here.get("/account")
    here.post(ELSEWHERE)
    assert "You were signed in nowhere else." in check_page(here.get("/account")).text
    with site.app_context(), reading() as session:
        told = session.scalars(select(AuditEvent).where(AuditEvent.verb == "sign_out_elsewhere")).all()
    assert len(told) == 1


def test_nobody_ends_the_sessions_of_others(site: Flask, ada: int, here: Browser) -> None:
    with site.app_context(), unit_of_work() as session:
        user = make_leader(session).user
        bob, address = user.id, user.email
    Browser(site, email=address)
    here.post(ELSEWHERE)
    assert open_sessions(site, bob) == 1


def test_who_is_not_signed_in_is_asked_to(site: Flask) -> None:
    answer = Browser(site).get("/account")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/account")
