"""Confirmed placements: made from what a run proposes, within the limits that the database keeps."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from placement.domain.errors import PlacementOverlaps, SlotFull
from placement.models import Assignment, MatchRun, Placement, Slot


def live_placements(session: Session, cohort_id: int) -> Sequence[Placement]:
    """All placements of a cohort that stand, in the order in which they were made.

    One that was ended in this session is left out even before that is written.
    """
    rows = session.scalars(
        select(Placement)
        .where(Placement.cohort_id == cohort_id, Placement.status == "confirmed")
        .order_by(Placement.id)
    )
    return [row for row in rows if row.status == "confirmed"]


def end_placements(session: Session, ended: Collection[Placement], *, now: datetime) -> None:
    """End placements that stand; they are kept for the record, and their seats are free.

    A slot that waited for enough leaders to go has its wanted capacity then.
    """
    for row in ended:
        row.status, row.cancelled_at = "cancelled", now
    session.flush()
    waiting = session.scalars(
        select(Slot)
        .where(Slot.id.in_({row.slot_id for row in ended}), Slot.wanted_capacity.is_not(None))
        .execution_options(populate_existing=True)  # the count has changed
    )
    for slot in waiting:
        if slot.wanted_capacity is not None and slot.taken <= slot.wanted_capacity:
            slot.capacity, slot.wanted_capacity = slot.wanted_capacity, None
    session.flush()


def open_placements(session: Session, run: MatchRun, *, now: datetime) -> list[Placement]:
    """Make a placement of each assignment of `run` that does not stand already.

    Raises `SlotFull` or `PlacementOverlaps` where the database refuses.
    """
    standing = {(row.leader_id, row.slot_id) for row in live_placements(session, run.cohort_id)}
    slots = _slots(session, run.assignments)
    made = [
        _new_placement(pair, slots[pair.slot_id], now=now)
        for pair in run.assignments
        if (pair.leader_id, pair.slot_id) not in standing
    ]
    session.add_all(made)
    try:
        session.flush()
    except IntegrityError as refused:
        raise named(refused) from refused
    return made


def named(refused: IntegrityError) -> Exception:
    """The rule that the database kept, as an error of ours; the database's own error for any other."""
    said = str(refused.orig)
    if "taken_within_capacity" in said:
        return SlotFull(slot="that was chosen")
    if "no_overlap" in said:
        return PlacementOverlaps()
    return refused


def _slots(session: Session, pairs: Sequence[Assignment]) -> dict[int, Slot]:
    wanted = {pair.slot_id for pair in pairs}
    return {slot.id: slot for slot in session.scalars(select(Slot).where(Slot.id.in_(wanted)))}


def _new_placement(pair: Assignment, slot: Slot, *, now: datetime) -> Placement:
    return Placement(
        cohort_id=pair.cohort_id,
        leader_id=pair.leader_id,
        slot_id=pair.slot_id,
        match_run_id=pair.match_run_id,
        rank=pair.rank,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        status="confirmed",
        confirmed_at=now,
    )
