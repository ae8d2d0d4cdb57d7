"""A partner at a browser, for the tests of partners' pages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from placement.db import reading, unit_of_work
from placement.models import Opportunity, Slot
from placement.services.access import record_need
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_coordinator, make_leader, make_partner, make_user
from tests.factories.placements import make_invite, make_placement
from tests.factories.runs import make_run
from tests.web.browsing import Browser
from tests.web.page import Page, check_page, record_unknown_names

# These pages look at the clock themselves, so the days are always ahead of it. In June no clock changes.
YEAR = datetime.now(UTC).year + 1
JUNE = datetime(YEAR, 6, 10, 8, 30, tzinfo=UTC)
HOURS = {
    "day-day": "10",
    "day-month": "june",
    "day-year": str(YEAR),
    "starts": "9:30am",
    "ends": "3pm",
    "capacity": "4",
    "minimum": "2",
}


@dataclass(frozen=True)
class Partners:
    """A partner at a browser, with one opportunity."""

    app: Flask
    browser: Browser
    id: int
    opportunity_id: int
    unknown_names: list[str]

    @property
    def url(self) -> str:
        return f"/partner/{self.id}/"

    @property
    def new_url(self) -> str:
        return f"/partner/{self.id}/days/new"

    def get(self, path: str = "") -> Page:
        return self.checked(self.browser.get(self.url + path))

    def post(self, path: str, form: dict[str, str]) -> Page:
        return self.checked(self.browser.post(self.url + path, form))

    def checked(self, answer: TestResponse) -> Page:
        page = check_page(answer)
        assert self.unknown_names == []
        return page

    def add(self, **form: str) -> TestResponse:
        """Send a step of adding a day for the opportunity that is there."""
        return self.browser.post(
            self.new_url, {"opportunity": str(self.opportunity_id), "step": "save", **HOURS, **form}
        )

    def make_day(self, **facts: Any) -> int:
        with self.app.app_context(), unit_of_work() as session:
            opportunity = session.get_one(Opportunity, self.opportunity_id)
            return make_slot(session, opportunity=opportunity, **({"starts_at": JUNE} | facts)).id

    def place(
        self,
        slot_id: int,
        need: str = "",
        partstat: str = "NEEDS-ACTION",
        *,
        shared: bool = False,
        **facts: Any,
    ) -> None:
        """Confirm a leader on a day."""
        with self.app.app_context(), unit_of_work() as session:
            slot = session.get_one(Slot, slot_id)
            leader = make_leader(session, cohort=slot.opportunity.partner.cohort, **facts)
            record_need(session, leader, need, shared=shared)
            make_invite(
                session, placement=make_placement(session, leader=leader, slot=slot), partstat=partstat
            )

    def decide(self) -> None:
        """Confirm a match run of the cohort."""
        with self.app.app_context(), unit_of_work() as session:
            opportunity = session.get_one(Opportunity, self.opportunity_id)
            make_run(session, cohort=opportunity.partner.cohort, status="confirmed", confirmed_at=JUNE)

    def slots(self) -> list[Slot]:
        """All days that are kept; they can still be read when the session is over."""
        with self.app.app_context(), reading() as session:
            kept = list(session.scalars(select(Slot).order_by(Slot.id)))
            session.expunge_all()
            return kept

    def slot(self) -> Slot:
        (slot,) = self.slots()
        return slot


@pytest.fixture
def partner(site: Flask, visit: Callable[..., Browser]) -> Partners:
    with site.app_context(), unit_of_work() as session:
        row = make_partner(session, name="Seaport Food Bank")
        opportunity = make_opportunity(session, partner=row, title="Food parcels")
        chloe = make_user(session, name="Chloe Coordinator", email="chloe@programme.example")
        make_coordinator(session, cohort=row.cohort, user=chloe)
        email, keys = row.user.email, (row.id, opportunity.id)
    return Partners(site, visit(email=email), *keys, record_unknown_names(site))
