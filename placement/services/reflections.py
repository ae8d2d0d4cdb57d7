"""What leaders write about their day, for themselves and for whom they choose."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.attendance import PROMPTS, opens_at
from placement.domain.attendance_errors import (
    DayNotBegun,
    DayNotHeld,
    ReflectionChanged,
    ReflectionEmpty,
    ReflectionOver,
)
from placement.domain.text import clean_text, day_in_words
from placement.models import Attendance, Leader, Reflection, Slot
from placement.services import access, audit
from placement.services.feedback import own_placement
from placement.services.scope import Scope

LONGEST_ANSWER = 4000


@dataclass(frozen=True)
class Readers:
    """To whom a reflection is given, each by itself; evaluators get it without a name."""

    partner: bool = False
    coordinator: bool = False
    evaluators: bool = False


NOBODY = Readers()


def save_reflection(
    scope: Scope,
    leader_id: int,
    placement_id: int,
    *,
    answers: Mapping[str, str],
    readers: Readers,
    finish: bool,
    seen: int,
    keep_days: int,
    now: datetime,
) -> bool:
    """Keep what a leader writes of their own day; False where just that was kept already.

    A draft is nobody else's to read, whoever `readers` are; one that was finished stays so. Whom it is taken
    from does not read it from then on. `seen` is the version that the page showed, 0 for none; `keep_days`
    for how long after the day reflections are kept.

    Raises
    ------
    ReflectionChanged
        It was saved on another page in the meantime; nothing is saved.

    """
    leader, slot = _own(scope, leader_id, placement_id)
    _refuse_moment(slot, keep_days=keep_days, now=now)
    kept = {name: clean_text(answers.get(name, ""))[:LONGEST_ANSWER] for name in PROMPTS}
    session, row = scope.session, held_reflection(scope.session, leader, slot)
    if finish and not any(kept.values()):
        raise ReflectionEmpty
    if row is not None and _is_so(session, row, kept, readers, finish=finish):
        return False
    if seen != (row.version if row is not None else 0):
        raise ReflectionChanged
    if row is None:
        row = Reflection(cohort_id=slot.cohort_id, slot_id=slot.id, leader_id=leader.id, version=0)
        session.add(row)
    row.version += 1
    row.ciphertext = access.seal(session, json.dumps(kept))
    row.to_partner, row.to_coordinator, row.to_evaluators = (
        readers.partner,
        readers.coordinator,
        readers.evaluators,
    )
    row.saved_at = now
    if finish and row.finished_at is None:
        row.finished_at = now
    session.flush()
    facts = {"finished": row.finished_at is not None, "to": _given(row)}
    audit.record(scope, "save_reflection", f"reflection:{row.id}", at=now, cohort_id=row.cohort_id, **facts)
    return True


def delete_reflection(scope: Scope, leader_id: int, placement_id: int, *, seen: int, now: datetime) -> bool:
    """Erase what a leader wrote of their own day, for every reader; False where there is nothing.

    That can be done at any time, also when the placement was cancelled.
    """
    leader = scope.leader(leader_id)
    _hold(scope.session, leader)
    slot, _ = own_placement(scope.session, leader, placement_id)
    row = held_reflection(scope.session, leader, slot)
    if row is None:
        return False
    if seen != row.version:
        raise ReflectionChanged
    scope.session.delete(row)
    scope.session.flush()
    audit.record(scope, "delete_reflection", f"reflection:{row.id}", at=now, cohort_id=slot.cohort_id)
    return True


def held_reflection(session: Session, leader: Leader, slot: Slot) -> Reflection | None:
    """What a leader wrote of a day."""
    return session.scalars(
        select(Reflection)
        .where(Reflection.leader_id == leader.id, Reflection.slot_id == slot.id)
        .execution_options(populate_existing=True)
    ).one_or_none()


def settled(session: Session, slot_ids: Collection[int]) -> set[tuple[int, int]]:
    """Slots and leaders (ids) of which no reflection is missing: it is finished, or they did not come."""
    finished = select(Reflection.slot_id, Reflection.leader_id).where(
        Reflection.slot_id.in_(slot_ids), Reflection.finished_at.is_not(None)
    )
    absent = select(Attendance.slot_id, Attendance.leader_id).where(
        Attendance.slot_id.in_(slot_ids), Attendance.state == "absent", Attendance.leader_id.is_not(None)
    )
    return {(slot_id, leader_id) for slot_id, leader_id in session.execute(finished.union(absent))}


def answers_in(session: Session, row: Reflection) -> dict[str, str]:
    """The answer to each prompt, by its name; an empty one where nothing was written."""
    held = json.loads(access.unseal(session, row.ciphertext))
    return {name: str(held.get(name, "")) for name in PROMPTS}


def readers_of(row: Reflection) -> Readers:
    """To whom a reflection is given."""
    return Readers(row.to_partner, row.to_coordinator, row.to_evaluators)


def kept_until(slot: Slot, *, keep_days: int) -> datetime:
    """Until when reflections on a day are kept."""
    return slot.ends_at + timedelta(days=keep_days)


def _own(scope: Scope, leader_id: int, placement_id: int) -> tuple[Leader, Slot]:
    leader = scope.leader(leader_id)
    _hold(scope.session, leader)
    slot, stands = own_placement(scope.session, leader, placement_id)
    if not stands:
        raise DayNotHeld
    return leader, slot


def _hold(session: Session, leader: Leader) -> None:
    """Let two pages of one leader save one after the other."""
    session.refresh(leader, with_for_update={"key_share": True, "of": Leader})


def _refuse_moment(slot: Slot, *, keep_days: int, now: datetime) -> None:
    if now < opens_at(slot.starts_at):
        raise DayNotBegun(when=day_in_words(slot.starts_at))
    if now >= (until := kept_until(slot, keep_days=keep_days)):
        raise ReflectionOver(when=day_in_words(until))


def _is_so(
    session: Session, row: Reflection, kept: Mapping[str, str], readers: Readers, *, finish: bool
) -> bool:
    same = answers_in(session, row) == kept and readers_of(row) == readers
    return same and (row.finished_at is not None or not finish)


def _given(row: Reflection) -> list[str]:
    readers = readers_of(row)
    named = {
        "partner": readers.partner,
        "coordinator": readers.coordinator,
        "evaluators": readers.evaluators,
    }
    return [name for name, given in named.items() if given]
