"""A partner's whole way: from the mail's link to the feedback after the day, in each way of using it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from placement.db import unit_of_work
from placement.models import Opportunity, Slot
from tests.browser.journey import Traveller, Way, in_each_way, travelling
from tests.browser.states import move_in_time
from tests.browser.test_partner_pages import COORDINATOR, EMAIL, Site, add_a_placement, fill_hours, site
from tests.factories.people import make_leader
from tests.factories.placements import make_invite, make_placement

__all__ = ["site"]

pytestmark = pytest.mark.browser

OFFER = "Memory café"
NAMES = ("Ada Abbot", "Ben Bright")


@in_each_way
def test_a_partner_goes_from_the_link_in_the_mail_to_the_feedback_after_the_day(
    browser: Browser, site: Site, way: Way
) -> None:
    with travelling(browser, site.app, site.address, way) as partner:
        partner.enter(EMAIL)
        says_who_they_are(partner, site)
        offers_a_day(partner)
        with travelling(browser, site.app, site.address, way) as coordinator:
            approves(coordinator)
        place_people(site)
        partner.go(f"/partner/{site.partner_id}/who-is-coming")
        sees_who_is_coming(partner)
        let_the_day_be_over(site)
        partner.enter(EMAIL)
        partner.go(f"/partner/{site.partner_id}/who-is-coming")
        says_who_came_and_how_it_went(partner)


def says_who_they_are(partner: Traveller, site: Site) -> None:
    partner.at("Your tasks")
    partner.follow("Seaport Food Bank")
    partner.at("My days")
    partner.follow("Your profile")
    partner.at("Your profile")
    partner.page.get_by_role("textbox").first.fill("We share food and company.")
    partner.press("Save")
    partner.at("What it would do")
    partner.press("Save")
    partner.at("My days")


def offers_a_day(partner: Traveller) -> None:
    add_a_placement(partner.page)
    partner.fits()
    partner.press("Add a day")
    partner.at("When is it, and for how many?")
    fill_hours(partner.page)
    partner.press("Continue")
    partner.at("Check your answers")
    partner.press("Save this day")
    partner.reads("Your day is saved.")
    partner.fits()


def approves(coordinator: Traveller) -> None:
    coordinator.enter(COORDINATOR)
    coordinator.at("Your tasks")
    coordinator.follow("Fylde Coast")
    coordinator.follow("placement waits")
    coordinator.follow(OFFER)
    coordinator.at(OFFER)
    coordinator.press("Approve and publish")
    coordinator.fits()


def place_people(site: Site) -> None:
    """What a confirmed match does for the new day."""
    with site.app.app_context(), unit_of_work() as session:
        slot = session.scalars(select(Slot).join(Opportunity).where(Opportunity.title == OFFER)).one()
        for name in NAMES:
            leader = make_leader(session, cohort=slot.opportunity.partner.cohort, name=name)
            make_invite(
                session, placement=make_placement(session, leader=leader, slot=slot), partstat="ACCEPTED"
            )


def let_the_day_be_over(site: Site) -> None:
    """Let everything have happened so much earlier that the new day is just over."""
    with site.app.app_context(), unit_of_work() as session:
        slot = session.scalars(select(Slot).join(Opportunity).where(Opportunity.title == OFFER)).one()
        move_in_time(session, datetime.now(UTC) - timedelta(hours=8) - slot.starts_at)


def sees_who_is_coming(partner: Traveller) -> None:
    partner.at("Who is coming")
    for name in NAMES:
        partner.reads(name)
    partner.leave(partner.page.get_by_role("link", name="Day sheet to print").last)
    for name in NAMES:
        partner.reads(name)
    partner.fits()


def says_who_came_and_how_it_went(partner: Traveller) -> None:
    partner.at("Who is coming")
    partner.leave(partner.page.locator(".app-coming", has_text=NAMES[0]).get_by_role("link", name="Who came"))
    partner.at("Who came")
    partner.page.get_by_role("button", name=re.compile(f"^Came.*{NAMES[0]}")).click()
    expect(partner.page.get_by_role("status")).to_contain_text(NAMES[0])
    partner.page.get_by_role("button", name=re.compile(f"^Did not come.*{NAMES[1]}")).click()
    expect(partner.page.get_by_role("status")).to_contain_text(NAMES[1])
    partner.fits()
    partner.follow("How did the day go?")
    partner.at("After the day")
    for question in partner.page.get_by_role("group").all():
        question.get_by_role("radio").first.check()
    partner.press("Save feedback")
    partner.reads("Thank you")
    partner.at("After the day")
