"""What to look at before a run is confirmed though it stops nothing: days that are hard for who gets them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.text import to_london
from placement.models import Cohort, DateAnswer, Event, EventGuest, Leader, Placement, Slot

Seat = tuple[Leader, Slot]
Hours = tuple[datetime, datetime, str]
"""From when to when, and the cohort whose it is."""


@dataclass(frozen=True)
class Caution:
    """A new day that is hard for a leader; `cohort` names the other cohort that wants them at that time."""

    leader_id: int
    leader: str
    starts_at: datetime
    cohort: str = ""


def if_need_be(session: Session, seats: Sequence[Seat]) -> tuple[Caution, ...]:
    """The seats on dates of which the leader said "if need be"."""
    ids = {leader.id for leader, _ in seats}
    rows = session.execute(
        select(DateAnswer.leader_id, DateAnswer.date).where(
            DateAnswer.leader_id.in_(ids), DateAnswer.answer == "if_need_be"
        )
    )
    said = {(leader_id, date) for leader_id, date in rows}
    return _in_order(
        Caution(leader.id, leader.name, slot.starts_at)
        for leader, slot in seats
        if (leader.id, to_london(slot.starts_at).date()) in said
    )


def busy_elsewhere(session: Session, seats: Sequence[Seat]) -> tuple[Caution, ...]:
    """The seats at a time at which the same person has a day or an event in another cohort.

    A match looks at one cohort alone, so nothing else would say it.
    """
    taken = _elsewhere(session, {leader.user_id: leader.cohort_id for leader, _ in seats})
    return _in_order(
        Caution(leader.id, leader.name, slot.starts_at, cohort)
        for leader, slot in seats
        for starts_at, ends_at, cohort in taken.get(leader.user_id, ())
        if starts_at < slot.ends_at and slot.starts_at < ends_at
    )


def _elsewhere(session: Session, cohorts: Mapping[int, int]) -> Mapping[int, Sequence[Hours]]:
    """By user: when they are confirmed or invited in another cohort than the one that stands beside them."""
    days = (
        select(Leader.user_id, Leader.cohort_id, Placement.starts_at, Placement.ends_at, Cohort.name)
        .join(Placement, Placement.leader_id == Leader.id)
        .join(Cohort, Cohort.id == Leader.cohort_id)
        .where(Leader.user_id.in_(cohorts), Placement.status == "confirmed")
    )
    events = (
        select(Leader.user_id, Leader.cohort_id, Event.starts_at, Event.ends_at, Cohort.name)
        .join(EventGuest, EventGuest.leader_id == Leader.id)
        .join(Event, Event.id == EventGuest.event_id)
        .join(Cohort, Cohort.id == Leader.cohort_id)
        .where(Leader.user_id.in_(cohorts), EventGuest.removed_at.is_(None), Event.status == "planned")
    )
    found: dict[int, list[Hours]] = defaultdict(list)
    for query in (days, events):
        for user_id, cohort_id, starts_at, ends_at, name in session.execute(query):
            if cohorts[user_id] != cohort_id:
                found[user_id].append((starts_at, ends_at, name))
    return found


def _in_order(cautions: Iterable[Caution]) -> tuple[Caution, ...]:
    return tuple(sorted(set(cautions), key=lambda one: (one.starts_at, one.leader.casefold(), one.cohort)))
