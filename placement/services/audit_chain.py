"""Looking whether the record of who did what is whole: nothing in it changed, nothing taken out.

Each event carries the hash of the one before. What was taken from the end would not show in that, so each
check also looks whether the last event of the check before is still there.
"""

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Result, select
from sqlalchemy.orm import Session

from placement.domain.states import ChainFault
from placement.models import AuditCheck, AuditEvent
from placement.services import audit
from placement.services.scope import Scope

AT_ONCE = 2000
"""So many events are held in memory at a time."""
SUBJECT = "audit_log"


@dataclass(frozen=True)
class ChainCheck:
    """How a check of the chain ended: `events` are in order; `broken_at` is the first event that is not."""

    at: datetime
    whole: bool
    events: int
    broken_at: int | None
    fault: ChainFault | None


@dataclass
class _Reached:
    """How far a check has come: the last event in order, its hash, and how many there are up to it."""

    event_id: int = 0
    hash: str = audit.FIRST_HASH
    events: int = 0


def check_whole(scope: Scope, *, now: datetime) -> ChainCheck:
    """Look at every event from the first on, and keep what was found."""
    return _check(scope, _Reached(), whole=True, now=now)


def check_new(scope: Scope, *, now: datetime) -> ChainCheck:
    """Look at the events since the last check; at all where that found something, or there was none."""
    before = _newest(scope.session)
    if before is None or before.fault is not None:
        return check_whole(scope, now=now)
    reached = _Reached(before.last_event_id, before.last_hash, before.events)
    return _check(scope, reached, whole=False, now=now)


def last_check(session: Session) -> ChainCheck | None:
    """How the newest check ended; None before the first."""
    row = _newest(session)
    return _told(row) if row is not None else None


def _check(scope: Scope, reached: _Reached, *, whole: bool, now: datetime) -> ChainCheck:
    session = scope.session
    broken = _gone(session)
    if broken is None:
        with closing(_events(session, reached.event_id)) as events:
            broken = _break(events, reached)
    row = AuditCheck(
        at=now,
        whole=whole,
        events=reached.events,
        last_event_id=reached.event_id,
        last_hash=reached.hash,
        broken_at=broken[0] if broken else None,
        fault=broken[1] if broken else None,
    )
    session.add(row)
    session.flush()
    audit.record(scope, "check_audit_log", SUBJECT, at=now, events=row.events, broken_at=row.broken_at)
    return _told(row)


def _gone(session: Session) -> tuple[int, ChainFault] | None:
    """The last event of an earlier check that is not there any more, or not with that hash."""
    sound = session.scalars(
        select(AuditCheck)
        .where(AuditCheck.fault.is_(None), AuditCheck.events > 0)
        .order_by(AuditCheck.id.desc())
        .limit(1)
    ).first()
    if sound is None:
        return None
    now = session.scalar(select(AuditEvent.hash).where(AuditEvent.id == sound.last_event_id))
    return None if now == sound.last_hash else (sound.last_event_id, "missing" if now is None else "changed")


def _events(session: Session, after: int) -> Result[*tuple[Any, ...]]:
    columns: Sequence[Any] = (
        AuditEvent.id,
        AuditEvent.at,
        AuditEvent.actor,
        AuditEvent.cohort_id,
        AuditEvent.verb,
        AuditEvent.subject,
        AuditEvent.facts,
        AuditEvent.previous_hash,
        AuditEvent.hash,
    )
    query = select(*columns).where(AuditEvent.id > after).order_by(AuditEvent.id)
    return session.execute(query.execution_options(yield_per=AT_ONCE))


def _break(events: Iterable[Any], reached: _Reached) -> tuple[int, ChainFault] | None:
    """The first break; `reached` is moved on to the last event before it."""
    for event in events:
        if event.previous_hash != reached.hash:
            return event.id, "gap"
        if audit.chained_hash(event) != event.hash:
            return event.id, "changed"
        reached.event_id, reached.hash = event.id, event.hash
        reached.events += 1
    return None


def _newest(session: Session) -> AuditCheck | None:
    return session.scalars(select(AuditCheck).order_by(AuditCheck.id.desc()).limit(1)).first()


def _told(row: AuditCheck) -> ChainCheck:
    fault: Any = row.fault
    return ChainCheck(row.at, row.whole, row.events, row.broken_at, fault)
