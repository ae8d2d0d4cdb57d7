"""A served site with one leader of a cohort that is still choosing, and browsers of theirs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, BrowserContext
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.db import unit_of_work
from placement.models import Cohort, Leader, Slot
from tests.browser.browser import DESKTOP, make_app, served
from tests.databases import SqliteServer, dispose, settings
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_leader, make_partner
from tests.factories.placements import make_invite, make_placement
from tests.factories.programmes import make_cohort
from tests.factories.runs import make_run
from tests.web.browsing import Browser as Visitor

TITLES = (
    "Food parcels",
    "Memory café and home visits",
    "Night shelter",
    "Soup kitchen",
    "Walking group",
    "Youth club",
)


@dataclass
class Site:
    """The served site, with one leader of a cohort that is still choosing."""

    app: Flask
    address: str
    leader_id: int
    email: str

    def url(self, page: str = "") -> str:
        return f"{self.address}/leader/{self.leader_id}/{page}"

    def context(
        self, browser: Browser, *, script: bool = True, size: dict[str, int] = DESKTOP
    ) -> BrowserContext:
        """A browser in which the leader is signed in."""
        cookie = Visitor(self.app, email=self.email).client.get_cookie("placement")
        assert cookie is not None
        context = browser.new_context(java_script_enabled=script, viewport=size)  # type: ignore[arg-type]  # a plain mapping of the two
        context.add_cookies([{"name": "placement", "value": cookie.value, "url": self.address}])
        return context

    def place(self) -> None:
        """Confirm a run that gives the leader their first day."""
        with self.app.app_context(), unit_of_work() as session:
            leader = session.get_one(Leader, self.leader_id)
            cohort, now = session.get_one(Cohort, leader.cohort_id), datetime.now(UTC)
            slot = session.scalars(select(Slot).order_by(Slot.starts_at)).first()
            assert slot is not None
            run = make_run(session, cohort=cohort, status="confirmed", confirmed_at=now)
            make_invite(session, placement=make_placement(session, leader=leader, slot=slot, run=run))


@contextmanager
def served_site(sqlite_server: SqliteServer, folder: Path, *, choices_minimum: int = 3) -> Iterator[Site]:
    """The site until the block ends."""
    with sqlite_server.database() as url:
        app = make_app(settings(url, folder))
        with app.app_context(), unit_of_work() as session:
            leader = _make_season(session)
            leader.cohort.choices_minimum = choices_minimum
            facts = leader.id, leader.user.email
        with served(app) as address:
            yield Site(app, address, *facts)
        dispose(app)


def _make_season(session: Session) -> Leader:
    today = datetime.now(UTC).replace(hour=9, minute=30, second=0, microsecond=0)
    cohort = make_cohort(session, name="Spring cohort", preferences_close_at=today + timedelta(days=14))
    for week, title in enumerate(TITLES):
        partner = make_partner(session, cohort=cohort, name=f"Charity {week}")
        check = "enhanced" if title.startswith("Memory") else "none"
        row = make_opportunity(session, partner=partner, title=title, check_required=check)
        make_slot(session, opportunity=row, starts_at=today + timedelta(days=40 + 7 * week))
    return make_leader(session, cohort=cohort)
