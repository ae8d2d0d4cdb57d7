"""A slot never holds more leaders than its capacity, whichever way somebody writes."""

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from placement.models import Leader, Placement, Slot
from tests.factories.clock import NOON
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_leader
from tests.factories.placements import make_placement


def taken(session: Session, slot: Slot) -> int:
    return session.scalars(select(Slot.taken).where(Slot.id == slot.id)).one()


def full_slot(session: Session, *, capacity: int = 2) -> tuple[Slot, list[Placement]]:
    slot = make_slot(session, capacity=capacity)
    return slot, [
        make_placement(session, leader=another_leader(session, slot), slot=slot) for _ in range(capacity)
    ]


def another_leader(session: Session, slot: Slot) -> Leader:
    return make_leader(session, cohort=slot.opportunity.partner.cohort)


def test_a_full_slot_takes_nobody_else(session: Session) -> None:
    slot, _ = full_slot(session)
    leader = another_leader(session, slot)
    with pytest.raises(IntegrityError, match="taken_within_capacity"), session.begin_nested():
        make_placement(session, leader=leader, slot=slot)
    assert taken(session, slot) == 2


def test_many_placements_in_one_statement_are_each_counted(session: Session) -> None:
    slot = make_slot(session, capacity=3)
    rows = [
        {
            "cohort_id": slot.cohort_id,
            "leader_id": another_leader(session, slot).id,
            "slot_id": slot.id,
            "starts_at": slot.starts_at,
            "ends_at": slot.ends_at,
            "status": "confirmed",
            "confirmed_at": NOON,
        }
        for _ in range(4)
    ]
    with pytest.raises(IntegrityError, match="taken_within_capacity"), session.begin_nested():
        session.execute(insert(Placement).values(rows))
    assert taken(session, slot) == 0
    session.execute(insert(Placement).values(rows[:3]))
    assert taken(session, slot) == 3
    session.execute(update(Placement).where(Placement.slot_id == slot.id).values(status="cancelled"))
    assert taken(session, slot) == 0
    session.execute(update(Placement).where(Placement.slot_id == slot.id).values(status="confirmed"))
    assert taken(session, slot) == 3
    session.execute(delete(Placement).where(Placement.slot_id == slot.id))
    assert taken(session, slot) == 0


def test_a_cancelled_placement_frees_its_seat_and_cannot_come_back_once_it_is_taken(session: Session) -> None:
    slot, placements = full_slot(session)
    placements[0].status = "cancelled"
    session.flush()
    assert taken(session, slot) == 1
    make_placement(session, leader=another_leader(session, slot), slot=slot)
    with pytest.raises(IntegrityError, match="taken_within_capacity"), session.begin_nested():
        placements[0].status = "confirmed"
    assert taken(session, slot) == 2


def test_a_placement_cannot_move_to_a_full_slot(session: Session) -> None:
    full, _ = full_slot(session)
    other = make_slot(session, opportunity=make_opportunity(session, partner=full.opportunity.partner))
    placement = make_placement(session, leader=another_leader(session, full), slot=other)
    with pytest.raises(IntegrityError, match="taken_within_capacity"), session.begin_nested():
        placement.slot_id = full.id
    assert (taken(session, full), taken(session, other)) == (2, 1)


def test_a_move_to_a_free_slot_is_counted_in_both(session: Session) -> None:
    left, placements = full_slot(session)
    joined = make_slot(session, opportunity=make_opportunity(session, partner=left.opportunity.partner))
    placements[0].slot_id = joined.id
    session.flush()
    assert (taken(session, left), taken(session, joined)) == (1, 1)


def test_the_capacity_cannot_sink_below_the_places_taken(session: Session) -> None:
    slot, _ = full_slot(session)
    with pytest.raises(IntegrityError, match="taken_within_capacity"), session.begin_nested():
        session.execute(update(Slot).where(Slot.id == slot.id).values(capacity=1))


def test_a_cancelled_placement_is_not_counted_when_it_is_written(session: Session) -> None:
    slot, _ = full_slot(session)
    make_placement(session, leader=another_leader(session, slot), slot=slot, status="cancelled")
    assert taken(session, slot) == 2


@pytest.mark.parametrize("count", [0, 1, 3])
def test_nobody_can_write_the_count_by_hand(session: Session, count: int) -> None:
    slot, _ = full_slot(session)
    session.execute(update(Slot).where(Slot.id == slot.id).values(capacity=9))
    with pytest.raises(IntegrityError, match="taken_is_counted"), session.begin_nested():
        session.execute(update(Slot).where(Slot.id == slot.id).values(taken=count))
    assert taken(session, slot) == 2


def test_a_slot_cannot_begin_with_a_count(session: Session) -> None:
    with pytest.raises(IntegrityError, match="taken_is_counted"), session.begin_nested():
        make_slot(session, taken=1)


def test_a_slot_with_placements_keeps_its_number(session: Session) -> None:
    slot, _ = full_slot(session)
    slot.capacity = 9
    session.flush()
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(Slot).where(Slot.id == slot.id).values(id=slot.id + 1_000_000))
    assert taken(session, slot) == 2


@pytest.mark.parametrize(
    ("capacity", "minimum"),
    [(0, 0), (0, 1), (-1, -1), (3, 4), (3, 0)],
    ids=str,
)
def test_capacity_and_minimum_number_make_sense(session: Session, capacity: int, minimum: int) -> None:
    with pytest.raises(IntegrityError, match="minimum_within_capacity"), session.begin_nested():
        make_slot(session, capacity=capacity, minimum=minimum)


def test_replacing_a_row_goes_round_no_limit(session: Session) -> None:
    if session.get_bind().dialect.name != "sqlite":
        return  # only SQLite knows INSERT OR REPLACE
    slot, placements = full_slot(session)
    replaced = (("placement", placements[0].id, "status", "'cancelled'"), ("slot", slot.id, "taken", "0"))
    for table, number, column, value in replaced:
        columns = ", ".join(column.name for column in Placement.metadata.tables[table].columns)
        changed = f"SELECT {columns.replace(column, value)} FROM {table} WHERE id = {number}"
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text(f"INSERT OR REPLACE INTO {table} ({columns}) {changed}"))
    assert taken(session, slot) == 2


def test_emptying_the_placements_empties_the_slots(session: Session) -> None:
    slot, _ = full_slot(session)
    postgresql = session.get_bind().dialect.name == "postgresql"
    if postgresql:
        session.execute(
            text("SET CONSTRAINTS ALL IMMEDIATE")
        )  # what is still to be counted would be in the way
    session.execute(text("TRUNCATE placement CASCADE" if postgresql else "DELETE FROM placement"))
    assert taken(session, slot) == 0


@pytest.mark.parametrize(("capacity", "wanted", "minimum"), [(2, 2, 1), (2, 3, 1), (2, 1, 2), (2, 0, 1)])
def test_a_wanted_capacity_lies_between_the_minimum_and_the_capacity(
    session: Session, capacity: int, wanted: int, minimum: int
) -> None:
    with pytest.raises(IntegrityError, match="wanted_capacity_between"), session.begin_nested():
        make_slot(session, capacity=capacity, wanted_capacity=wanted, minimum=minimum)
    slot = make_slot(session, capacity=3, wanted_capacity=2, minimum=1)
    assert (slot.capacity, slot.offered_capacity) == (3, 2)
