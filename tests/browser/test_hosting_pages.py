"""A partner who cannot host, and one who writes to everybody who comes, in a real browser."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.db import unit_of_work
from placement.models import Invite, Placement, Slot, Withdrawal
from placement.services import sign_in
from placement.services.scope import Scope
from tests.browser.browser import axe_violations, faults_at_all_widths, watch_console
from tests.browser.test_partner_pages import Site, site
from tests.factories.hosting import make_partner_message, make_withdrawal
from tests.factories.people import make_leader
from tests.factories.placements import make_invite, make_placement

__all__ = ["site"]

pytestmark = pytest.mark.browser

TEXT = "Please come to the back door and ring.\nBring something warm: we work in a cold store."
HOUR = timedelta(hours=1)


def day(site: Site, page: str = "") -> str:
    return f"days/{site.matched_id}/{page}".rstrip("/")


def join(site: Site, name: str) -> None:
    """Somebody more is confirmed on the day."""
    with site.app.app_context(), unit_of_work() as session:
        slot = session.get_one(Slot, site.matched_id)
        leader = make_leader(session, cohort=slot.opportunity.partner.cohort, name=name)
        make_invite(session, placement=make_placement(session, leader=leader, slot=slot), state="sent")


def tell(site: Site) -> None:
    """Let everybody have had their invite."""
    with site.app.app_context(), unit_of_work() as session:
        slot = session.get_one(Slot, site.matched_id)
        for invite in invites_of(session, slot):
            invite.state = "sent"


def invites_of(session: Session, slot: Slot) -> list[Invite]:
    """The invites of a day."""
    query = select(Invite).join(Placement, Placement.id == Invite.placement_id)
    return list(session.scalars(query.where(Placement.slot_id == slot.id)))


def begin(site: Site, *, over: bool) -> None:
    """Let the day have begun, or be over."""
    with site.app.app_context(), unit_of_work() as session:
        slot, now = session.get_one(Slot, site.matched_id), datetime.now(UTC)
        slot.starts_at, slot.ends_at = now - 3 * HOUR, now + (-HOUR if over else HOUR)


def as_coordinator(page: Page, site: Site, path: str = "") -> None:
    """Open one of the coordinator's pages."""
    with site.app.app_context(), unit_of_work() as session:
        cohort_id = session.get_one(Slot, site.matched_id).cohort_id
        link = sign_in.one_time_link(Scope.system(session), "chloe@programme.example", now=datetime.now(UTC))
    page.context.clear_cookies()
    page.goto(site.address + link)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{site.address}/coordinator/{cohort_id}/{path}")


def withdraw(page: Page) -> None:
    """From the question to the page of what it would do."""
    page.get_by_label("Not enough staff or volunteers").check()
    page.get_by_label("Anything that your coordinator should know").fill("Two drivers are away that week.")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("What it would do")


def write(page: Page) -> None:
    """From an empty form to the page that shows the message."""
    page.get_by_label("Your message").fill(TEXT)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Check your message")


def test_each_page_of_withdrawing_is_accessible_and_fits_every_width(page: Page, site: Site) -> None:
    tell(site)
    console = watch_console(page)
    site.enter(page, day(site, "withdraw"))
    assert faults_at_all_widths(page) == []
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    assert faults_at_all_widths(page) == []
    page.get_by_role("link", name="Choose a reason").click()
    expect(page.get_by_label("Not enough staff or volunteers")).to_be_focused()
    withdraw(page)
    assert faults_at_all_widths(page) == []
    join(site, "Wanda Late")
    page.get_by_role("button", name="Withdraw this day and tell").click()
    expect(page.get_by_role("heading", name="Nothing was done")).to_be_visible()
    assert faults_at_all_widths(page) == []
    page.get_by_role("button", name="Withdraw this day and tell").click()
    expect(page.get_by_text("3 people get an e-mail.")).to_be_visible()
    assert faults_at_all_widths(page) == []
    page.goto(f"{site.address}/partner/{site.partner_id}/{day(site, 'withdraw')}")
    expect(page.get_by_text("This day is withdrawn already.")).to_be_visible()
    assert faults_at_all_widths(page) == []
    assert console == []


@pytest.mark.parametrize("over", [False, True])
def test_a_day_that_can_no_longer_be_withdrawn_says_so_on_an_accessible_page(
    page: Page, site: Site, over: bool
) -> None:
    begin(site, over=over)
    site.enter(page, day(site, "withdraw"))
    expect(page.get_by_text("so it can no longer be withdrawn")).to_be_visible()
    assert faults_at_all_widths(page) == []


def test_the_back_button_withdraws_nothing_again(page: Page, site: Site) -> None:
    tell(site)
    site.enter(page, day(site, "withdraw"))
    withdraw(page)
    page.get_by_role("button", name="Withdraw this day and tell").click()
    expect(page.get_by_text("The day is withdrawn.")).to_be_visible()
    page.evaluate("() => history.go(-2)")
    expect(page.get_by_text("This day is withdrawn already.")).to_be_visible()
    with site.app.app_context(), unit_of_work() as session:
        assert len(session.scalars(select(Withdrawal)).all()) == 1


def test_each_page_of_writing_is_accessible_and_fits_every_width(page: Page, site: Site) -> None:
    console = watch_console(page)
    site.enter(page, day(site, "message"))
    assert faults_at_all_widths(page) == []
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    assert faults_at_all_widths(page) == []
    write(page)
    assert faults_at_all_widths(page) == []
    join(site, "Wanda Late")
    page.get_by_role("button", name="Send to 2 people").click()
    expect(page.get_by_role("heading", name="Nothing was sent")).to_be_visible()
    assert faults_at_all_widths(page) == []
    page.get_by_role("button", name="Send to 3 people").click()
    expect(page.get_by_text("Your message is on its way to 3 people.")).to_be_visible()
    page.get_by_role("link", name="Write to everybody who comes").click()
    expect(page.get_by_role("heading", name="What you have sent")).to_be_visible()
    assert faults_at_all_widths(page) == []
    assert console == []


def test_writing_too_often_to_nobody_and_too_late_is_said_on_accessible_pages(page: Page, site: Site) -> None:
    with site.app.app_context(), unit_of_work() as session:
        slot = session.get_one(Slot, site.matched_id)
        for number in range(3):
            make_partner_message(session, slot=slot, text=f"{number}. {TEXT}", sent_at=datetime.now(UTC))
    site.enter(page, day(site, "message"))
    expect(page.get_by_text("3 messages have gone to these people within 24 hours.")).to_be_visible()
    assert faults_at_all_widths(page) == []
    site.enter(page, "days/1/message")
    expect(page.get_by_text("This day has nobody on it")).to_be_visible()
    assert faults_at_all_widths(page) == []
    begin(site, over=True)
    site.enter(page, day(site, "message"))
    expect(page.get_by_text("This day is over")).to_be_visible()
    assert faults_at_all_widths(page) == []


def test_the_coordinators_pages_about_it_are_accessible_and_fit_every_width(page: Page, site: Site) -> None:
    with site.app.app_context(), unit_of_work() as session:
        slot = session.get_one(Slot, site.matched_id)
        now = datetime.now(UTC)
        make_partner_message(session, slot=slot, text=TEXT, people=2, sent_at=now)
        make_withdrawal(session, slot=slot, people=2, words="Two drivers are away.", withdrawn_at=now)
        for invite in invites_of(session, slot):
            assert invite.placement is not None
            invite.placement.status, invite.placement.cancelled_at = "cancelled", now
        slot.status = "withdrawn"
    console = watch_console(page)
    as_coordinator(page, site)
    assert faults_at_all_widths(page) == []
    page.get_by_role("link", name="Seaport Food Bank withdrew").click()
    expect(page.get_by_text("Joanne Webster")).to_be_visible()
    assert faults_at_all_widths(page) == []
    page.get_by_role("button", name="Put away").click()
    expect(page.get_by_text("It does not stand on the first page any more.")).to_be_visible()
    assert axe_violations(page) == []
    assert console == []


def test_both_are_done_on_a_phone_without_script(without_script: Page, site: Site) -> None:
    tell(site)
    page = without_script
    site.enter(page, day(site))
    page.get_by_role("link", name="Write to everybody who comes").click()
    write(page)
    page.get_by_role("button", name="Change the message").click()
    expect(page.get_by_label("Your message")).to_have_value(TEXT)
    write(page)
    page.get_by_role("button", name="Send to 2 people").click()
    expect(page.get_by_text("Your message is on its way to 2 people.")).to_be_visible()
    page.get_by_role("link", name="Withdraw this day").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    withdraw(page)
    page.get_by_role("button", name="Change the reason").click()
    expect(page.get_by_label("Not enough staff or volunteers")).to_be_checked()
    withdraw(page)
    page.get_by_role("button", name="Withdraw this day and tell").click()
    expect(page.get_by_text("The day is withdrawn. 2 people get an e-mail.")).to_be_visible()
