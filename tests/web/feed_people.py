"""A cohort with people who have calendar feeds, and how each of them makes one."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask
from werkzeug.test import TestResponse

from placement.db import unit_of_work
from placement.models import Invite
from placement.services import access
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_coordinator, make_leader, make_partner, make_user
from tests.factories.placements import make_invite, make_placement
from tests.factories.programmes import make_cohort, make_organisation
from tests.web.browsing import Browser
from tests.web.page import Page, check_page

SOON = datetime.now(UTC).replace(hour=9, minute=30, second=0, microsecond=0) + timedelta(days=30)
PURPOSES = ("leader", "partner", "coordinator")


@dataclass(frozen=True)
class FeedPeople:
    """Where each person's pages begin, and whom to sign in as."""

    app: Flask
    pages: dict[str, str]
    emails: dict[str, str]
    invite_uid: str

    def browser(self, purpose: str) -> Browser:
        """The person at a browser."""
        return Browser(self.app, email=self.emails[purpose])

    def feed_page(self, purpose: str) -> str:
        """The address of the page on which the feed is made."""
        return f"{self.pages[purpose]}calendar"

    def make(self, purpose: str, browser: Browser | None = None) -> str:
        """Make or renew the person's feed; the path of its address."""
        browser = browser or self.browser(purpose)
        page = check_page(browser.get(self.feed_page(purpose)))
        form = page.form_to(self.feed_page(purpose))
        return path_on(check_page(browser.post(form.action, {"seen": form.values["seen"]})))

    def read(self, path: str, **headers: str) -> TestResponse:
        """What a calendar program gets."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.app.test_client().get(path, headers=named)


def address_on(page: Page) -> str:
    """The address of the feed that `page` shows; fails where it shows none."""
    (field,) = [e for e in page.root.iter("input") if e.get("id") == "feed-address"]
    return str(field.get("value"))


def path_on(page: Page) -> str:
    """The same without the site's own address."""
    address = address_on(page)
    assert address.startswith("http://127.0.0.1:8000/feed/")
    return address.removeprefix("http://127.0.0.1:8000")


def make_feed_people(app: Flask) -> FeedPeople:
    """A leader who goes to a partner, and their coordinator."""
    with app.app_context(), unit_of_work() as session:
        cohort = make_cohort(session, name="Spring cohort")
        partner = make_partner(session, cohort=cohort, name="Seaport Food Bank")
        food = make_opportunity(session, partner=partner, title="Food parcels")
        slot = make_slot(session, opportunity=food, starts_at=SOON)
        trust = make_organisation(session, cohort=cohort, name="Bay Trust")
        user = make_user(session, name="Ada Field", email="ada.field@people.example")
        leader = make_leader(session, cohort=cohort, user=user, organisation_id=trust.id)
        access.record_need(session, leader, "Lip-reads, planted")
        placement = make_placement(session, leader=leader, slot=slot)
        invite: Invite = make_invite(session, placement=placement, state="sent", sequence=2, revision=2)
        coordinator = make_coordinator(session, cohort=cohort)
        return FeedPeople(
            app,
            pages={
                "leader": f"/leader/{leader.id}/",
                "partner": f"/partner/{partner.id}/",
                "coordinator": f"/coordinator/{cohort.id}/",
            },
            emails={
                "leader": user.email,
                "partner": partner.user.email,
                "coordinator": coordinator.user.email,
            },
            invite_uid=invite.uid,
        )
