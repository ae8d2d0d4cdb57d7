"""The start pages: for anybody, and for somebody signed in with all that is due to them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from placement.db import unit_of_work
from placement.models import User
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_coordinator, make_leader, make_partner, make_user
from tests.factories.placements import make_placement
from tests.factories.programmes import make_cohort
from tests.web.browsing import Browser
from tests.web.page import Page, check_page, record_unknown_names, text_of

ADA = "ada@people.example"
SOON = datetime.now(UTC) + timedelta(days=30)


@pytest.fixture
def home_with(site: Flask) -> Callable[[Callable[[Session, User], object]], Page]:
    """The page of what is due to Ada, once the given rows are made for her."""

    def opening(make: Callable[[Session, User], object]) -> Page:
        with site.app_context(), unit_of_work() as session:
            make(session, make_user(session, email=ADA, name="Ada Field"))
        unknown = record_unknown_names(site)
        page = check_page(Browser(site, email=ADA).get("/home"))
        assert unknown == []
        return page

    return opening


HomeWith = Callable[[Callable[[Session, User], object]], Page]


def tasks(page: Page) -> list[str]:
    return [text_of(item) for item in page.by_class("nhsuk-task-list__item")]


def test_the_start_page_says_what_this_is_and_lets_people_in(site: Flask) -> None:
    unknown = record_unknown_names(site)
    page = check_page(Browser(site).get("/"))
    assert page.links["Sign in"] == "/sign-in"
    assert page.forms == []
    assert unknown == []


def test_somebody_signed_in_goes_on_from_the_start_page(site: Flask) -> None:
    with site.app_context(), unit_of_work() as session:
        make_leader(session, user=make_user(session, email=ADA))
    page = check_page(Browser(site, email=ADA).get("/"))
    assert page.links["Go to your tasks"] == "/home"
    assert "Sign in" not in page.links


def test_the_start_page_and_the_sign_in_page_need_no_session(site: Flask) -> None:
    assert "Set-Cookie" not in Browser(site).get("/").headers


def test_a_leader_is_told_to_choose_and_until_when(home_with: HomeWith) -> None:
    def make(session: Session, user: User) -> None:
        cohort = make_cohort(
            session, name="Fylde", preferences_close_at=datetime(2099, 1, 12, 17, tzinfo=UTC)
        )
        leader = make_leader(session, cohort=cohort, user=user, id=77)
        assert leader.id == 77

    page = home_with(make)
    until = "You can change your answers until Monday 12 January 2099, 5pm."
    assert tasks(page) == [f"Choose your placement: Fylde {until} Incomplete"]
    assert page.links["Choose your placement: Fylde"] == "/leader/77/"
    assert page.links["Fylde"] == "/leader/77/"


def test_a_leader_who_has_submitted_is_told_so(home_with: HomeWith) -> None:
    page = home_with(lambda session, user: make_leader(session, user=user, submitted_at=datetime.now(UTC)))
    assert tasks(page)[0].endswith("Completed")


def test_a_leader_who_missed_the_deadline_is_told_when_it_was(home_with: HomeWith) -> None:
    def make(session: Session, user: User) -> None:
        closed = make_cohort(session, preferences_close_at=datetime(2020, 1, 14, 17, tzinfo=UTC))
        make_leader(session, user=user, cohort=closed)

    (task,) = tasks(home_with(make))
    assert "Choices closed on Tuesday 14 January 2020, 5pm." in task
    assert task.endswith("Closed")


def test_a_leader_with_a_place_is_led_to_it(home_with: HomeWith) -> None:
    def make(session: Session, user: User) -> None:
        cohort = make_cohort(session, name="Fylde")
        leader = make_leader(session, user=user, cohort=cohort)
        make_placement(session, leader=leader, slot=make_slot(session, cohort=cohort))

    assert tasks(home_with(make)) == ["Your placement: Fylde 1 day Decided"]


def test_a_partner_is_told_to_offer_a_day_and_then_who_is_expected(home_with: HomeWith) -> None:
    def make(session: Session, user: User) -> None:
        cohort = make_cohort(session, name="Fylde")
        make_partner(session, user=user, cohort=cohort, name="Night shelter")
        partner = make_partner(session, user=user, cohort=cohort, name="Food bank")
        opportunity = make_opportunity(session, partner=partner)
        slot = make_slot(session, opportunity=opportunity, starts_at=SOON)
        make_slot(session, opportunity=opportunity, starts_at=SOON + timedelta(days=7))
        make_slot(session, opportunity=opportunity, starts_at=SOON - timedelta(days=90))
        make_slot(session, opportunity=opportunity, starts_at=SOON + timedelta(days=8), status="withdrawn")
        make_placement(session, leader=make_leader(session, cohort=cohort), slot=slot)

    assert tasks(home_with(make)) == [
        "Night shelter: offer a day For leaders of Fylde Incomplete",
        "Food bank: your days Fylde: 2 days to come, 1 person expected Completed",
    ]


def test_a_coordinator_is_told_how_many_have_answered_and_then_how_many_have_a_place(
    home_with: HomeWith,
) -> None:
    def make(session: Session, user: User) -> None:
        waiting, placed = make_cohort(session, name="Cheshire"), make_cohort(session, name="Fylde")
        make_coordinator(session, cohort=waiting, user=user)
        make_coordinator(session, cohort=placed, user=user)
        make_leader(session, cohort=waiting, submitted_at=datetime.now(UTC))
        make_leader(session, cohort=waiting)
        make_leader(session, cohort=placed)
        leader = make_leader(session, cohort=placed, days=2)
        for week in (0, 7):
            slot = make_slot(session, cohort=placed, starts_at=SOON + timedelta(days=week))
            make_placement(session, leader=leader, slot=slot)

    assert tasks(home_with(make)) == [
        "Cheshire 1 of 2 leaders have answered Incomplete",
        "Fylde 1 of 2 leaders have a place Decided",
    ]


def test_somebody_with_several_parts_can_tell_them_apart_in_the_navigation(home_with: HomeWith) -> None:
    def make(session: Session, user: User) -> None:
        cohort = make_cohort(session, name="Fylde")
        make_leader(session, cohort=cohort, user=user, id=71)
        make_partner(session, cohort=cohort, user=user, id=72, name="Food bank")
        make_coordinator(session, cohort=cohort, user=user)
        make_leader(session, cohort=make_cohort(session, name="Cheshire"), user=user, id=73)

    (header,) = home_with(make).root.iter("header")
    links = {text_of(a): a.get("href", "") for a in header.iter("a")}
    assert links["Fylde (leader)"] == "/leader/71/"
    assert links["Food bank"] == "/partner/72/"
    assert links["Fylde (coordinator)"].startswith("/coordinator/")
    assert links["Cheshire"] == "/leader/73/"


def test_a_viewer_is_led_to_the_report(home_with: HomeWith) -> None:
    page = home_with(
        lambda session, user: make_coordinator(
            session, cohort=make_cohort(session, name="Fylde"), user=user, role="viewer"
        )
    )
    assert page.links["The report: Fylde"].startswith("/report/")
    assert "Figures without names" in page.text


def test_somebody_in_no_cohort_is_told_whom_to_ask(home_with: HomeWith) -> None:
    assert "ask your coordinator" in home_with(lambda _session, user: user).text
