"""A cohort on the day: one day that has begun an hour ago, its people, and all who look at it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from placement.db import reading, unit_of_work
from placement.models import Attendance, Cohort, Leader, Slot
from tests.factories.attendance import make_attendance, make_feedback, make_reflection
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_coordinator, make_leader, make_partner, make_user
from tests.factories.placements import make_invite, make_placement
from tests.factories.programmes import make_cohort, make_organisation

PARTNER, COORDINATOR, ADA = "placements@seaport.example", "chloe@programme.example", "ada@people.example"
NAMES = ("Ada Abbot", "Ben Bright", "Cyd Clarke")


@dataclass(frozen=True)
class BegunDay:
    """The ids of the rows, and the addresses of their pages."""

    app: Flask
    cohort_id: int
    partner_id: int
    slot_id: int
    later_id: int
    leader_ids: tuple[int, ...]
    placement_id: int
    later_placement_id: int

    @property
    def partner(self) -> str:
        """The day as its partner sees it."""
        return f"/partner/{self.partner_id}/days/{self.slot_id}"

    @property
    def desk(self) -> str:
        """The cohort as its coordinator sees it."""
        return f"/coordinator/{self.cohort_id}"

    @property
    def leader(self) -> str:
        """Ada's placement of the day."""
        return f"/leader/{self.leader_ids[0]}/placement/{self.placement_id}"

    def close(self) -> None:
        """Let the coordinator have closed the list."""
        with self.app.app_context(), unit_of_work() as session:
            session.get_one(Cohort, self.cohort_id).attendance_closed_at = datetime(2026, 6, 1, tzinfo=UTC)

    def mark(self, number: int, **facts: Any) -> None:
        """Let somebody be marked."""
        with self.app.app_context(), unit_of_work() as session:
            slot = session.get_one(Slot, self.slot_id)
            leader = session.get_one(Leader, self.leader_ids[number])
            make_attendance(session, slot=slot, leader=leader, **({"marked_at": datetime.now(UTC)} | facts))

    def reflect(self, **facts: Any) -> None:
        """Let Ada have written."""
        with self.app.app_context(), unit_of_work() as session:
            slot = session.get_one(Slot, self.slot_id)
            make_reflection(session, slot=slot, leader=session.get_one(Leader, self.leader_ids[0]), **facts)

    def say(self, number: int | None = None, **facts: Any) -> None:
        """Let the partner, or a leader, have given feedback."""
        with self.app.app_context(), unit_of_work() as session:
            slot = session.get_one(Slot, self.slot_id)
            leader = None if number is None else session.get_one(Leader, self.leader_ids[number])
            make_feedback(session, slot=slot, leader=leader, **facts)

    def states(self) -> list[tuple[str, str | None]]:
        """Who is marked, how, and why they did not come."""
        with self.app.app_context(), reading() as session:
            rows = session.scalars(select(Attendance).order_by(Attendance.leader_id, Attendance.id)).all()
            return [(row.state, row.reason) for row in rows]


def make_begun_day(app: Flask) -> BegunDay:
    """The cohort, with a second day of Ada's that is still to come."""
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    with app.app_context(), unit_of_work() as session:
        cohort = make_cohort(session, name="Fylde Coast")
        user = make_user(session, email=PARTNER, name="Kate Hooper")
        partner = make_partner(session, cohort=cohort, user=user, name="Seaport Food Bank")
        chloe = make_user(session, name="Chloe Coordinator", email=COORDINATOR)
        make_coordinator(session, cohort=cohort, user=chloe)
        opportunity = make_opportunity(session, partner=partner, title="Food parcels")
        slot = make_slot(session, opportunity=opportunity, starts_at=began, capacity=6)
        later = make_slot(session, opportunity=opportunity, starts_at=began + timedelta(days=30))
        trust = make_organisation(session, cohort=cohort, name="Coastal Teaching Hospitals Trust")
        leaders = []
        for name in NAMES:
            email = f"{name.split()[0].lower()}@people.example"
            owner = make_user(session, email=email, name=name)
            leader = make_leader(session, cohort=cohort, user=owner, organisation_id=trust.id)
            placement = make_placement(session, leader=leader, slot=slot)
            make_invite(session, placement=placement, partstat="ACCEPTED")
            leaders.append((leader.id, placement.id))
        second = make_placement(session, leader=session.get_one(Leader, leaders[0][0]), slot=later)
        ids = tuple(leader_id for leader_id, _ in leaders)
        return BegunDay(app, cohort.id, partner.id, slot.id, later.id, ids, leaders[0][1], second.id)
