"""A leader of a cohort with four opportunities and a browser of theirs, for tests of the leader's pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from placement.db import reading, unit_of_work
from placement.models import Cohort, Leader, Slot
from placement.services import preferences
from tests.factories.clock import FIRST_DAY
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_leader, make_partner
from tests.factories.placements import make_invite, make_placement
from tests.factories.programmes import make_cohort
from tests.factories.runs import make_run
from tests.web.browsing import Browser
from tests.web.page import Page, check_page

NOON = datetime(2027, 1, 12, 12, 0, tzinfo=UTC)
DEADLINE = datetime(2027, 1, 20, 17, 0, tzinfo=UTC)
TITLES = ("Food parcels", "Soup kitchen", "Memory café", "Night shelter")
Visit = Callable[..., Browser]


@dataclass
class World:
    """A leader of a cohort with four opportunities, each on a date of its own, and a browser of theirs."""

    app: Flask
    browser: Browser
    leader_id: int
    cohort_id: int
    ids: list[int]

    def path(self, page: str = "") -> str:
        return f"/leader/{self.leader_id}/{page}"

    def get(self, page: str = "") -> Page:
        answer = self.browser.get(self.path(page))
        assert answer.status_code == 200
        return check_page(answer)

    def post(self, page: str, form: Mapping[str, object]) -> TestResponse:
        return self.browser.post(self.path(page), form)

    def press(
        self, action: str, place: int, seen: list[int] | None = None, page: str = "choices"
    ) -> TestResponse:
        shown = self.ranked if seen is None else seen
        return self.post(page, {action: self.ids[place], "seen": " ".join(str(one) for one in shown)})

    @property
    def ranked(self) -> list[int]:
        with self.app.app_context(), reading() as session:
            return list(preferences.ranking(session, self.leader_id))

    @property
    def submitted_at(self) -> datetime | None:
        with self.app.app_context(), reading() as session:
            return session.scalar(select(Leader.submitted_at).where(Leader.id == self.leader_id))

    @property
    def dates(self) -> dict[str, str]:
        with self.app.app_context(), reading() as session:
            kept = preferences.date_answers(session, self.leader_id)
        return {day.isoformat(): answer for day, answer in kept.items()}

    def submit(self) -> TestResponse:
        return self.post("check", self.get("check").form_to(self.path("check")).values)

    def close(self) -> None:
        """Let the deadline be over. (Moving the clock so far would end the session.)"""
        with self.app.app_context(), unit_of_work() as session:
            session.get_one(Cohort, self.cohort_id).preferences_close_at = NOON

    def decide(self, *, placed: bool, status: str = "confirmed") -> int:
        """Confirm a run; with a placement where `placed`. Returns the placement's id."""
        with self.app.app_context(), unit_of_work() as session:
            cohort, leader = session.get_one(Cohort, self.cohort_id), session.get_one(Leader, self.leader_id)
            run = make_run(session, cohort=cohort, status="confirmed", confirmed_at=NOON)
            if not placed:
                return 0
            slot = session.scalars(select(Slot).order_by(Slot.starts_at)).first()
            assert slot is not None
            row = make_placement(session, leader=leader, slot=slot, run=run, rank=2, status=status)
            make_invite(session, placement=row, state="cancelled" if status == "cancelled" else "owed")
            return row.id


def make_world(site: Flask, visit: Visit) -> World:
    """The leader, signed in."""
    with site.app_context(), unit_of_work() as session:
        cohort = make_cohort(session, name="Spring 2027", preferences_close_at=DEADLINE)
        offered = []
        for week, title in enumerate(TITLES):
            partner = make_partner(session, cohort=cohort, name=f"Partner {week}")
            row = make_opportunity(session, partner=partner, title=title)
            make_slot(session, opportunity=row, starts_at=FIRST_DAY + timedelta(weeks=week))
            offered.append(row.id)
        leader = make_leader(session, cohort=cohort, max_km=20.0)
        email, leader_id, cohort_id = leader.user.email, leader.id, cohort.id
    return World(site, visit(email=email), leader_id, cohort_id, offered)


def rank(world: World, *places: int) -> list[int]:
    """Choose these, one after the other."""
    for place in places:
        world.press("add", place)
    world.browser.get(world.path("choices"))  # shows, and so forgets, what was said of each
    return world.ranked
