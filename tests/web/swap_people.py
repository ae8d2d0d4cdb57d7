"""A confirmed cohort in which two could change places, or one take a free seat; everybody has a browser."""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select

from placement.db import reading
from placement.models import Leader, Placement, Slot, SwapRequest
from tests.web.browsing import Browser
from tests.web.coordinator_desk import Desk, seats
from tests.web.page import Page, check_page


@dataclass(frozen=True)
class Swapper:
    """A leader with a day, and a browser of theirs; `swap` is the page at which they ask."""

    browser: Browser
    leader_id: int
    placement_id: int
    name: str

    @property
    def path(self) -> str:
        return f"/leader/{self.leader_id}/placement/{self.placement_id}/swap"

    def get(self, path: str = "") -> Page:
        return check_page(self.browser.get(path or self.path))

    def ask(self, **form: Any) -> Any:
        return self.browser.post(self.path, {"reason": "work", "wish": ["any"], **form})


@dataclass(frozen=True)
class Swappers:
    """The coordinator, two at the food parcels (which are full), one at the café (which has a free seat)."""

    desk: Desk
    one: Swapper
    two: Swapper
    three: Swapper

    def slots(self) -> list[int]:
        """The days of the cohort."""
        with self.desk.app.app_context(), reading() as session:
            found = select(Slot.id).where(Slot.cohort_id == self.desk.found.cohort_id).order_by(Slot.id)
            return list(session.scalars(found))

    def requests(self) -> list[tuple[int, str]]:
        """All requests of the cohort with how they stand."""
        of_cohort = SwapRequest.cohort_id == self.desk.found.cohort_id
        query = select(SwapRequest.id, SwapRequest.status).where(of_cohort).order_by(SwapRequest.id)
        with self.desk.app.app_context(), reading() as session:
            return [(number, status) for number, status in session.execute(query)]

    def has(self, swapper: Swapper) -> int:
        """The day that somebody has."""
        with self.desk.app.app_context(), reading() as session:
            live = select(Placement.slot_id).where(Placement.status == "confirmed")
            return session.scalars(live.where(Placement.leader_id == swapper.leader_id)).one()


def swappers(site: Flask) -> Swappers:
    """Everybody, in a cohort of their own."""
    desk = seats(site)("confirmed")
    with desk.app.app_context(), reading() as session:
        rows = session.execute(
            select(Leader, Placement)
            .join(Placement, Placement.leader_id == Leader.id)
            .where(Leader.cohort_id == desk.found.cohort_id)
            .order_by(Placement.slot_id, Leader.id)
        ).all()
        found = [
            Swapper(Browser(site, email=leader.user.email), leader.id, day.id, leader.name)
            for leader, day in rows
        ]
    return Swappers(desk, *found[:3])
