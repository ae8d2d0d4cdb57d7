"""No leader is in two places at the same time, whichever way somebody writes."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from placement.models import Leader, Placement, Slot
from tests.factories.clock import FIRST_DAY
from tests.factories.opportunities import make_slot
from tests.factories.people import make_leader
from tests.factories.placements import make_invite, make_placement

HOUR = timedelta(hours=1)


@pytest.fixture
def leader(session: Session) -> Leader:
    return make_leader(session)


def slot_at(session: Session, leader: Leader, begins: float, ends: float) -> Slot:
    """A slot of some partner, `begins` to `ends` hours after the first day's start."""
    return make_slot(
        session,
        cohort=leader.cohort,
        starts_at=FIRST_DAY + begins * HOUR,
        ends_at=FIRST_DAY + ends * HOUR,
    )


@pytest.mark.parametrize(
    ("begins", "ends"),
    [(0, 4), (1, 3), (-1, 5), (-1, 1), (3, 5), (0, 0.01), (3.99, 6)],
    ids=str,
)
def test_a_second_placement_at_the_same_time_is_refused(
    session: Session, leader: Leader, begins: float, ends: float
) -> None:
    make_placement(session, leader=leader, slot=slot_at(session, leader, 0, 4))
    other = slot_at(session, leader, begins, ends)
    with pytest.raises(IntegrityError, match="no_overlap"), session.begin_nested():
        make_placement(session, leader=leader, slot=other)


@pytest.mark.parametrize(("begins", "ends"), [(4, 8), (-4, 0), (24, 28)], ids=str)
def test_days_that_only_touch_are_two_placements(
    session: Session, leader: Leader, begins: float, ends: float
) -> None:
    make_placement(session, leader=leader, slot=slot_at(session, leader, 0, 4))
    make_placement(session, leader=leader, slot=slot_at(session, leader, begins, ends))
    assert session.scalar(select(func.count()).where(Placement.leader_id == leader.id)) == 2


def test_two_leaders_may_be_at_one_time(session: Session, leader: Leader) -> None:
    slot = slot_at(session, leader, 0, 4)
    make_placement(session, leader=leader, slot=slot)
    make_placement(session, leader=make_leader(session, cohort=leader.cohort), slot=slot)
    assert slot.taken == 2


def test_a_placement_cannot_be_made_twice_but_again_once_it_is_cancelled(
    session: Session, leader: Leader
) -> None:
    slot = slot_at(session, leader, 0, 4)
    first = make_placement(session, leader=leader, slot=slot)
    with pytest.raises(IntegrityError), session.begin_nested():
        make_placement(session, leader=leader, slot=slot)
    first.status = "cancelled"
    session.flush()
    make_placement(session, leader=leader, slot=slot)
    assert slot.taken == 1


def test_a_cancelled_placement_cannot_come_back_into_a_taken_time(session: Session, leader: Leader) -> None:
    cancelled = make_placement(
        session, leader=leader, slot=slot_at(session, leader, 0, 4), status="cancelled"
    )
    make_placement(session, leader=leader, slot=slot_at(session, leader, 2, 6))
    with pytest.raises(IntegrityError, match="no_overlap"), session.begin_nested():
        cancelled.status = "confirmed"


def test_a_placement_cannot_be_given_to_a_leader_who_is_elsewhere(session: Session, leader: Leader) -> None:
    slot = slot_at(session, leader, 0, 4)
    other = make_leader(session, cohort=leader.cohort)
    make_placement(session, leader=leader, slot=slot_at(session, leader, 2, 6))
    placement = make_placement(session, leader=other, slot=slot)
    with pytest.raises(IntegrityError, match="no_overlap"), session.begin_nested():
        placement.leader_id = leader.id


def test_a_placement_cannot_move_to_a_time_that_is_taken(session: Session, leader: Leader) -> None:
    make_placement(session, leader=leader, slot=slot_at(session, leader, 0, 4))
    moving = make_placement(session, leader=leader, slot=slot_at(session, leader, 24, 28))
    to = slot_at(session, leader, 2, 6)
    with pytest.raises(IntegrityError, match="no_overlap"), session.begin_nested():
        moving.slot_id, moving.starts_at, moving.ends_at = to.id, to.starts_at, to.ends_at


def test_the_hours_of_a_placement_are_always_those_of_its_slot(session: Session, leader: Leader) -> None:
    slot = slot_at(session, leader, 0, 4)
    with pytest.raises(IntegrityError), session.begin_nested():
        make_placement(session, leader=leader, slot=slot, ends_at=FIRST_DAY + HOUR)
    placement = make_placement(session, leader=leader, slot=slot)
    with pytest.raises(IntegrityError), session.begin_nested():
        placement.starts_at = FIRST_DAY - HOUR


def test_moving_a_slot_takes_its_placements_along(session: Session, leader: Leader) -> None:
    slot = slot_at(session, leader, 0, 4)
    placement = make_placement(session, leader=leader, slot=slot)
    make_invite(session, placement=placement)
    slot.starts_at, slot.ends_at = FIRST_DAY + 24 * HOUR, FIRST_DAY + 28 * HOUR
    session.flush()
    session.refresh(placement)
    session.refresh(slot)
    assert (placement.starts_at, placement.ends_at) == (slot.starts_at, slot.ends_at)
    assert slot.taken == 1


@pytest.mark.parametrize("shift", [18, 21, 24])
def test_moving_a_slot_onto_another_day_of_its_leader_is_refused(
    session: Session, leader: Leader, shift: float
) -> None:
    slot = slot_at(session, leader, 0, 4)
    placement = make_placement(session, leader=leader, slot=slot)
    make_placement(session, leader=leader, slot=slot_at(session, leader, 20, 26))
    move = update(Slot).where(Slot.id == slot.id)
    with pytest.raises(IntegrityError, match="no_overlap"), session.begin_nested():
        session.execute(
            move.values(starts_at=FIRST_DAY + shift * HOUR, ends_at=FIRST_DAY + (shift + 4) * HOUR)
        )
    session.refresh(placement)
    assert placement.starts_at == FIRST_DAY


def test_making_a_slot_longer_into_another_is_refused(session: Session, leader: Leader) -> None:
    slot = slot_at(session, leader, 0, 4)
    make_placement(session, leader=leader, slot=slot)
    make_placement(session, leader=leader, slot=slot_at(session, leader, 4, 8))
    with pytest.raises(IntegrityError, match="no_overlap"), session.begin_nested():
        session.execute(update(Slot).where(Slot.id == slot.id).values(ends_at=FIRST_DAY + 5 * HOUR))


def test_a_cancelled_placement_stands_in_nobodys_way(session: Session, leader: Leader) -> None:
    slot = slot_at(session, leader, 0, 4)
    make_placement(session, leader=leader, slot=slot, status="cancelled")
    make_placement(session, leader=leader, slot=slot_at(session, leader, 24, 28))
    slot.starts_at, slot.ends_at = FIRST_DAY + 24 * HOUR, FIRST_DAY + 28 * HOUR
    session.flush()


@pytest.mark.parametrize("hours", [0, -1])
def test_a_slot_ends_after_it_starts(session: Session, leader: Leader, hours: int) -> None:
    with pytest.raises(IntegrityError, match="ends_after_start"), session.begin_nested():
        slot_at(session, leader, 0, hours)
