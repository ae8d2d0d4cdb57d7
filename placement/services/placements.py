"""Confirmed placements: made from what a run proposes, within the limits that the database keeps."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from placement.domain.errors import PlacementOverlaps, SlotFull
from placement.models import Assignment, MatchRun, Placement, Slot


def live_placements(session: Session, cohort_id: int) -> Sequence[Placement]:
    """All placements of a cohort that stand, in the order in which they were made."""
    return session.scalars(
        select(Placement)
        .where(Placement.cohort_id == cohort_id, Placement.status == "confirmed")
        .order_by(Placement.id)
    ).all()


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
