"""After any sequence of writes the database has accepted exactly what a plain list of rules would."""

from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Executable, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from placement.models import Placement, Slot
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.opportunities import make_slot
from tests.factories.people import make_leader
from tests.factories.programmes import make_cohort

SLOTS, LEADERS = 3, 3
LENGTH = 4  # hours
NEW = 0  # the number of a row that has none yet

Write = tuple[str, int, int]

writes = st.lists(
    st.tuples(
        st.sampled_from(("place", "cancel", "restore", "move", "give", "remove", "resize", "reschedule")),
        st.integers(0, 5),  # which leader, placement or slot
        st.integers(0, 5),  # to which slot, leader, capacity or hour
    ),
    min_size=5,
    max_size=30,
)


@dataclass(frozen=True)
class Row:
    """A placement, as the oracle sees it."""

    leader: int
    slot: int
    live: bool


@dataclass
class Oracle:
    """The rules in plain Python: what stands now, and whether it may."""

    rows: dict[int, Row] = field(default_factory=dict)
    capacity: list[int] = field(default_factory=lambda: [1, 2, 2])
    hour: list[int] = field(default_factory=lambda: [0, 2, 24])

    def taken(self, slot: int) -> int:
        return sum(row.live and row.slot == slot for row in self.rows.values())

    def lawful(self) -> bool:
        if any(self.taken(slot) > self.capacity[slot] for slot in range(SLOTS)):
            return False
        live = [row for row in self.rows.values() if row.live]
        return all(
            abs(self.hour[one.slot] - self.hour[other.slot]) >= LENGTH
            for place, one in enumerate(live)
            for other in live[place + 1 :]
            if one.leader == other.leader
        )


class World:
    """The same cohort in the database, with the oracle beside it."""

    def __init__(self, session: Session) -> None:
        cohort = make_cohort(session)
        self.session = session
        self.cohort_id = cohort.id
        self.oracle = Oracle()
        self.leaders = [make_leader(session, cohort=cohort).id for _ in range(LEADERS)]
        self.slots = [
            make_slot(
                session, cohort=cohort, capacity=capacity, starts_at=_at(hour), ends_at=_at(hour + LENGTH)
            ).id
            for capacity, hour in zip(self.oracle.capacity, self.oracle.hour, strict=True)
        ]

    def write(self, verb: str, which: int, what: int) -> None:
        """Write to both; the database must refuse exactly what breaks the oracle's rules."""
        after = deepcopy(self.oracle)
        statement = self._placed(after, which % LEADERS, what % SLOTS) if verb == "place" else None
        if verb in ("resize", "reschedule"):
            statement = self._slot_changed(after, verb, which % SLOTS, what)
        elif verb != "place" and after.rows:
            number = sorted(after.rows)[which % len(after.rows)]
            statement = self._placement_changed(after, verb, number, what)
        if statement is None:
            return
        try:
            with self.session.begin_nested():
                self.session.execute(statement)
        except IntegrityError:
            assert not after.lawful(), f"{verb} was refused, although no rule is broken"
            return
        assert after.lawful(), f"{verb} was accepted, although it breaks a rule"
        if NEW in after.rows:
            newest = select(func.max(Placement.id)).where(Placement.cohort_id == self.cohort_id)
            after.rows[self.session.scalars(newest).one()] = after.rows.pop(NEW)
        self.oracle = after

    def agree(self) -> None:
        """The database holds what the oracle holds, and each slot's count is the number of its rows."""
        columns = (Placement.id, Placement.leader_id, Placement.slot_id, Placement.status)
        rows = self.session.execute(select(*columns).where(Placement.cohort_id == self.cohort_id))
        assert {
            number: Row(self.leaders.index(leader), self.slots.index(slot), status == "confirmed")
            for number, leader, slot, status in rows
        } == self.oracle.rows
        for slot, number in enumerate(self.slots):
            found = select(Slot.taken, Slot.capacity, Slot.starts_at).where(Slot.id == number)
            assert tuple(self.session.execute(found).one()) == (
                self.oracle.taken(slot),
                self.oracle.capacity[slot],
                _at(self.oracle.hour[slot]),
            )

    def _placed(self, after: Oracle, leader: int, slot: int) -> Executable:
        after.rows[NEW] = Row(leader, slot, live=True)
        return insert(Placement).values(
            cohort_id=self.cohort_id,
            leader_id=self.leaders[leader],
            status="confirmed",
            confirmed_at=NOON,
            **self._place(after, slot),
        )

    def _placement_changed(self, after: Oracle, verb: str, number: int, what: int) -> Executable:
        row = after.rows.pop(number)
        if verb == "remove":
            return delete(Placement).where(Placement.id == number)
        slot, leader = what % SLOTS, what % LEADERS
        changed, facts = {
            "cancel": (replace(row, live=False), {"status": "cancelled"}),
            "restore": (replace(row, live=True), {"status": "confirmed"}),
            "move": (replace(row, slot=slot), self._place(after, slot)),
            "give": (replace(row, leader=leader), {"leader_id": self.leaders[leader]}),
        }[verb]
        after.rows[number] = changed
        return update(Placement).where(Placement.id == number).values(**facts)

    def _slot_changed(self, after: Oracle, verb: str, slot: int, what: int) -> Executable:
        change = update(Slot).where(Slot.id == self.slots[slot])
        if verb == "resize":
            after.capacity[slot] = 1 + what % 3
            return change.values(capacity=after.capacity[slot])
        after.hour[slot] = what * 2
        return change.values(starts_at=_at(what * 2), ends_at=_at(what * 2 + LENGTH))

    def _place(self, after: Oracle, slot: int) -> dict[str, Any]:
        hour = after.hour[slot]
        return {"slot_id": self.slots[slot], "starts_at": _at(hour), "ends_at": _at(hour + LENGTH)}


def _at(hour: int) -> datetime:
    return FIRST_DAY + timedelta(hours=hour)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=writes)
def test_the_database_refuses_exactly_what_breaks_a_rule(session: Session, made: list[Write]) -> None:
    with session.begin_nested() as world:
        cohort = World(session)
        for verb, which, what in made:
            cohort.write(verb, which, what)
        cohort.agree()
        world.rollback()
