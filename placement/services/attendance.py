"""Who came to a day: marked by the partner or a coordinator, from its morning until the list is closed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from placement.domain.attendance import opens_at
from placement.domain.attendance_errors import (
    AttendanceChanged,
    AttendanceClosed,
    AttendanceUnusable,
    DayNotBegun,
    DayNotHeld,
    ExtraRefused,
)
from placement.domain.states import ABSENCE_REASONS, ATTENDANCE_STATES, MarkedBy
from placement.domain.text import clean_line, day_in_words
from placement.models import Attendance, Cohort, Leader, Placement, Slot
from placement.services import audit
from placement.services.scope import Scope

LONGEST_NAME = 300
LONGEST_NOTE = 500
MOST_EXTRA = 50
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Mark:
    """What is said of one person.

    `who` is "leader:5" or, for somebody known by name alone, "extra:7". No `state` takes the record away.
    `seen` is the version that the page showed, 0 for none. No `reason` and no `note` leave those as they are.
    """

    who: str
    state: str | None
    reason: str | None = None
    note: str | None = None
    seen: int = 0


def mark_as_partner(
    scope: Scope, partner_id: int, slot_id: int, marks: Sequence[Mark], *, now: datetime
) -> int:
    """Record who came to a day of the partner's own; returns how many records that changed.

    What is recorded already changes nothing, so a second tap is harmless.

    Raises
    ------
    AttendanceChanged
        Somebody else has marked one of them differently since the page was made; nothing is saved.

    """
    slot = scope.slot_of(scope.partner(partner_id), slot_id)
    return _mark(scope, slot, marks, marked_by="partner", now=now)


def mark_as_coordinator(
    scope: Scope, cohort_id: int, slot_id: int, marks: Sequence[Mark], *, now: datetime
) -> int:
    """Record who came to any day of a cohort, as `mark_as_partner` does."""
    slot = scope.slot_in(scope.cohort(cohort_id), slot_id)
    return _mark(scope, slot, marks, marked_by="coordinator", now=now)


def add_extra_as_partner(
    scope: Scope, partner_id: int, slot_id: int, *, name: str, organisation: str, now: datetime
) -> bool:
    """Record that somebody came who was not expected; False where they are on the list already."""
    slot = scope.slot_of(scope.partner(partner_id), slot_id)
    return _add_named(scope, slot, name, organisation, marked_by="partner", now=now)


def add_extra_as_coordinator(
    scope: Scope,
    cohort_id: int,
    slot_id: int,
    *,
    name: str = "",
    organisation: str = "",
    leader_id: int | None = None,
    now: datetime,
) -> bool:
    """Record that somebody came who was not expected: a leader of the cohort, or anybody by name."""
    cohort = scope.cohort(cohort_id)
    slot = scope.slot_in(cohort, slot_id)
    if leader_id is None:
        return _add_named(scope, slot, name, organisation, marked_by="coordinator", now=now)
    leader = scope.leader_of(cohort, leader_id)
    _hold(scope.session, slot, now=now)
    if leader.id in _expected(scope.session, slot) or _record_of(scope.session, slot, leader) is not None:
        raise ExtraRefused(problem=f"{leader.name} is on the list of this day already.")
    _add(scope, slot, Attendance(leader_id=leader.id), marked_by="coordinator", now=now)
    return True


def mark_rest_as_came(scope: Scope, cohort_id: int, slot_id: int, *, now: datetime) -> int:
    """Record that everybody came who is expected on a day and not marked yet; returns how many."""
    slot = scope.slot_in(scope.cohort(cohort_id), slot_id)
    _hold(scope.session, slot, now=now)
    session, batch = scope.session, token_hex(16)
    missing = _expected(session, slot).keys() - {row.leader_id for row in _records(session, slot)}
    for leader_id in sorted(missing):
        row = Attendance(leader_id=leader_id, batch=batch)
        session.add(_marked(row, slot, "came", None, marked_by="coordinator", now=now))
    session.flush()
    if missing:
        _audit(scope, "mark_rest_as_came", slot, now, people=len(missing))
    return len(missing)


def undo_rest(scope: Scope, cohort_id: int, slot_id: int, batch: str, *, now: datetime) -> int:
    """Take back what `mark_rest_as_came` recorded, where nobody has changed it since; returns how many."""
    slot = scope.slot_in(scope.cohort(cohort_id), slot_id)
    _hold(scope.session, slot, now=now)
    rows = [row for row in _records(scope.session, slot) if row.batch is not None and row.batch == batch]
    scope.session.execute(delete(Attendance).where(Attendance.id.in_([row.id for row in rows])))
    if rows:
        _audit(scope, "undo_rest", slot, now, people=len(rows))
    return len(rows)


def close_attendance(scope: Scope, cohort_id: int, *, now: datetime) -> bool:
    """Let nobody change any more who came and what was said of it; False where it was so already."""
    return _set_closed(scope, cohort_id, now, verb="close_attendance", now=now)


def reopen_attendance(scope: Scope, cohort_id: int, *, now: datetime) -> bool:
    """Let people correct who came again; False where it was so already."""
    return _set_closed(scope, cohort_id, None, verb="reopen_attendance", now=now)


def refuse_closed(slot: Slot, cohort: Cohort, *, now: datetime) -> None:
    """Refuse to record anything of a day that has not begun, is withdrawn, or is closed."""
    if slot.status == "withdrawn":
        raise DayNotHeld
    if now < opens_at(slot.starts_at):
        raise DayNotBegun(when=day_in_words(slot.starts_at))
    if cohort.attendance_closed_at is not None:
        raise AttendanceClosed(when=day_in_words(cohort.attendance_closed_at))


def _set_closed(scope: Scope, cohort_id: int, at: datetime | None, *, verb: str, now: datetime) -> bool:
    cohort = scope.cohort(cohort_id)
    scope.session.refresh(cohort, with_for_update={"key_share": True, "of": Cohort})
    if (cohort.attendance_closed_at is None) == (at is None):
        return False
    cohort.attendance_closed_at = at
    scope.session.flush()
    audit.record(scope, verb, f"cohort:{cohort.id}", at=now, cohort_id=cohort.id)
    return True


def _hold(session: Session, slot: Slot, *, now: datetime) -> None:
    """Let only one at a time mark the people of a day, and nobody close the list meanwhile."""
    shared = select(Cohort).where(Cohort.id == slot.cohort_id).with_for_update(read=True, of=Cohort)
    cohort = session.scalars(shared.execution_options(populate_existing=True)).one()
    session.refresh(slot, with_for_update={"key_share": True, "of": Slot})
    refuse_closed(slot, cohort, now=now)


def _mark(scope: Scope, slot: Slot, marks: Sequence[Mark], *, marked_by: MarkedBy, now: datetime) -> int:
    session = scope.session
    _hold(session, slot, now=now)
    expected = _expected(session, slot)
    rows = {_key(row): row for row in _records(session, slot)}
    for mark in marks:
        _refuse_nonsense(mark, rows, expected)
    changed = [mark for mark in marks if not _is_so(mark, rows.get(mark.who))]
    _refuse_stale(changed, rows, expected)
    for mark in changed:
        _apply(session, slot, mark, rows.get(mark.who), marked_by=marked_by, now=now)
    session.flush()
    if changed:
        _audit(scope, "mark_attendance", slot, now, people=len(changed))
    return len(changed)


def _refuse_nonsense(mark: Mark, rows: Mapping[str, Attendance], expected: Mapping[int, str]) -> None:
    if mark.state is not None and mark.state not in ATTENDANCE_STATES:
        raise AttendanceUnusable(problem="choose how each person took part")
    if mark.state == "absent" and mark.reason not in {None, *ABSENCE_REASONS}:
        raise AttendanceUnusable(problem="choose one of the reasons")
    if len(mark.note or "") > LONGEST_NOTE:
        raise AttendanceUnusable(problem=f"a note has at most {LONGEST_NOTE} characters")
    known = mark.who in rows or mark.who in {_leader_key(leader_id) for leader_id in expected}
    # Whoever was taken off by somebody else is nobody any more; taking them off again is what was wanted.
    if not known and mark.state is not None:
        raise AttendanceUnusable(problem="somebody of your page is not on the list any more")


def _is_so(mark: Mark, row: Attendance | None) -> bool:
    if row is None or mark.state is None:
        return row is None and mark.state is None
    note = row.note if mark.note is None else clean_line(mark.note)
    return (row.state, row.reason, row.note) == (mark.state, _reason(mark, row), note)


def _reason(mark: Mark, row: Attendance | None) -> str | None:
    if mark.state != "absent":
        return None
    return mark.reason or (row.reason if row is not None else None) or UNKNOWN


def _refuse_stale(
    changed: Iterable[Mark], rows: Mapping[str, Attendance], expected: Mapping[int, str]
) -> None:
    names = {_leader_key(leader_id): name for leader_id, name in expected.items()}
    names |= {key: row.name or (row.leader.name if row.leader else "") for key, row in rows.items()}
    stale = [mark.who for mark in changed if mark.seen != (rows[mark.who].version if mark.who in rows else 0)]
    if stale:
        said = sorted(names.get(who, "somebody") for who in stale)
        raise AttendanceChanged(names=" and ".join(said), who=frozenset(stale))


def _apply(
    session: Session,
    slot: Slot,
    mark: Mark,
    row: Attendance | None,
    *,
    marked_by: MarkedBy,
    now: datetime,
) -> None:
    if mark.state is None:
        session.delete(row)
        return
    reason = _reason(mark, row)
    if row is None:
        row = Attendance(leader_id=int(mark.who.removeprefix("leader:")))
        session.add(row)
    else:
        row.version += 1
        row.batch = None
    _marked(row, slot, mark.state, reason, marked_by=marked_by, now=now)
    if mark.note is not None:
        row.note = clean_line(mark.note)


def _marked(
    row: Attendance, slot: Slot, state: str, reason: str | None, *, marked_by: MarkedBy, now: datetime
) -> Attendance:
    row.cohort_id, row.slot_id = slot.cohort_id, slot.id
    row.state, row.reason = state, reason
    row.marked_by, row.marked_at = marked_by, now
    return row


def _add_named(
    scope: Scope, slot: Slot, name: str, organisation: str, *, marked_by: MarkedBy, now: datetime
) -> bool:
    name, organisation = clean_line(name)[:LONGEST_NAME], clean_line(organisation)[:LONGEST_NAME]
    if not name:
        raise ExtraRefused(problem="Enter the name of the person who came.")
    session = scope.session
    _hold(session, slot, now=now)
    there = [row for row in _records(session, slot) if row.leader_id is None]
    if any((row.name.casefold(), row.organisation) == (name.casefold(), organisation) for row in there):
        return False
    if len(there) >= MOST_EXTRA:
        raise ExtraRefused(problem=f"A day can have at most {MOST_EXTRA} extra people.")
    _add(scope, slot, Attendance(name=name, organisation=organisation), marked_by=marked_by, now=now)
    return True


def _add(scope: Scope, slot: Slot, row: Attendance, *, marked_by: MarkedBy, now: datetime) -> None:
    scope.session.add(_marked(row, slot, "came", None, marked_by=marked_by, now=now))
    scope.session.flush()
    _audit(scope, "add_extra_person", slot, now, attendance=row.id)


def _expected(session: Session, slot: Slot) -> dict[int, str]:
    """The name of each leader who has a placement on the day, by id."""
    rows = session.execute(
        select(Leader.id, Leader.name)
        .join(Placement, Placement.leader_id == Leader.id)
        .where(Placement.slot_id == slot.id, Placement.status == "confirmed")
    )
    return {row.id: row.name for row in rows}


def _records(session: Session, slot: Slot) -> Sequence[Attendance]:
    return session.scalars(
        select(Attendance).where(Attendance.slot_id == slot.id).execution_options(populate_existing=True)
    ).all()


def _record_of(session: Session, slot: Slot, leader: Leader) -> int | None:
    return session.scalar(
        select(func.min(Attendance.id)).where(
            Attendance.slot_id == slot.id, Attendance.leader_id == leader.id
        )
    )


def _key(row: Attendance) -> str:
    return f"extra:{row.id}" if row.leader_id is None else _leader_key(row.leader_id)


def _leader_key(leader_id: int) -> str:
    return f"leader:{leader_id}"


def _audit(scope: Scope, verb: str, slot: Slot, now: datetime, **facts: object) -> None:
    audit.record(scope, verb, f"slot:{slot.id}", at=now, cohort_id=slot.cohort_id, **facts)
