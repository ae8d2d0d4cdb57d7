"""Conflicts of interest: said by leaders until choices close, and by coordinators at any time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.errors import NotFound, PreferencesClosed
from placement.domain.states import ConflictKind, SaidBy
from placement.models import Conflict, Leader, Partner
from placement.services import audit
from placement.services.cohorts import hold_cohort
from placement.services.preferences import window_for
from placement.services.reports.effects import Effect
from placement.services.reports.standing import standing_now
from placement.services.scope import Scope

LONGEST_NOTE = 300


@dataclass(frozen=True)
class KeptConflict:
    """One conflict of interest as pages show it."""

    partner_id: int
    partner: str
    kind: str
    said_by: str
    said_at: datetime
    note: str


def add_conflict(scope: Scope, leader_id: int, *, partner_id: int, kind: ConflictKind, now: datetime) -> bool:
    """Keep what the leader is to a partner; says whether that is new.

    What a coordinator has said of the same partner stays. Raises `PreferencesClosed`, and `NotFound` for a
    partner of another cohort.
    """
    leader = _own(scope, leader_id, now=now)
    partner = _partner(scope.session, leader, partner_id)
    return _write(scope, leader, partner, kind, "leader", "", now=now)


def remove_conflict(scope: Scope, leader_id: int, *, partner_id: int, now: datetime) -> bool:
    """Take back what the leader said; says whether there was anything. Raises `PreferencesClosed`."""
    leader = _own(scope, leader_id, now=now)
    row = _row(scope.session, leader, partner_id)
    if row is None or row.said_by != "leader":
        return False
    _delete(scope, leader, row, now=now)
    return True


def set_conflict(
    scope: Scope,
    cohort_id: int,
    leader_id: int,
    *,
    partner_id: int,
    kind: ConflictKind,
    note: str,
    now: datetime,
) -> Effect:
    """Keep what a coordinator knows of a leader, at any time, with the reason (`note`).

    A day that the leader has with this partner stands until a repair; nobody is told anything.
    """
    cohort = scope.cohort(cohort_id)
    hold_cohort(scope.session, cohort.id)
    leader = scope.leader_of(cohort, leader_id)
    partner = _partner(scope.session, leader, partner_id)
    changed = _write(scope, leader, partner, kind, "coordinator", note, now=now)
    said = f"{leader.name} is not given a day at {partner.name}."
    return _effect(scope, leader, changed=changed, said=said, now=now)


def lift_conflict(scope: Scope, cohort_id: int, leader_id: int, *, partner_id: int, now: datetime) -> Effect:
    """Take a conflict back, whoever said it; twice changes nothing."""
    cohort = scope.cohort(cohort_id)
    hold_cohort(scope.session, cohort.id)
    leader = scope.leader_of(cohort, leader_id)
    partner, row = _partner(scope.session, leader, partner_id), _row(scope.session, leader, partner_id)
    if row is not None:
        _delete(scope, leader, row, now=now)
    said = f"{leader.name} may be given a day at {partner.name} again."
    return _effect(scope, leader, changed=row is not None, said=said, now=now)


def kept_conflicts(session: Session, leader: Leader) -> tuple[KeptConflict, ...]:
    """The conflicts of a leader, by the partner's name."""
    rows = session.scalars(select(Conflict).where(Conflict.leader_id == leader.id)).all()
    kept = (
        KeptConflict(row.partner_id, row.partner.name, row.kind, row.said_by, row.said_at, row.note)
        for row in rows
    )
    return tuple(sorted(kept, key=lambda one: one.partner.casefold()))


def _own(scope: Scope, leader_id: int, *, now: datetime) -> Leader:
    leader = scope.leader(leader_id)
    hold_cohort(scope.session, leader.cohort_id)
    scope.session.refresh(leader)
    window = window_for(scope.session, leader, now=now)
    if not window.is_open:
        raise PreferencesClosed(when=window.closed)
    return leader


def _partner(session: Session, leader: Leader, partner_id: int) -> Partner:
    row = session.get(Partner, partner_id)
    if row is None or row.cohort_id != leader.cohort_id:
        raise NotFound(thing="partner")
    return row


def _row(session: Session, leader: Leader, partner_id: int) -> Conflict | None:
    return session.scalars(
        select(Conflict).where(Conflict.leader_id == leader.id, Conflict.partner_id == partner_id)
    ).one_or_none()


def _write(
    scope: Scope,
    leader: Leader,
    partner: Partner,
    kind: ConflictKind,
    said_by: SaidBy,
    note: str,
    *,
    now: datetime,
) -> bool:
    row = _row(scope.session, leader, partner.id)
    if row is not None and _says(row, kind, said_by, note):
        return False
    if row is None:
        row = Conflict(cohort_id=leader.cohort_id, leader_id=leader.id, partner_id=partner.id)
        scope.session.add(row)
    row.kind, row.said_by, row.note, row.said_at = kind, said_by, note, now
    scope.session.flush()
    audit.record(
        scope,
        "add_conflict",
        f"leader:{leader.id}",
        at=now,
        cohort_id=leader.cohort_id,
        partner=partner.id,
        kind=kind,
    )
    return True


def _says(row: Conflict, kind: ConflictKind, said_by: SaidBy, note: str) -> bool:
    """Whether `row` need not change: it says the same, or more than the leader may say."""
    if said_by == "leader" and row.said_by == "coordinator":
        return True
    return (row.kind, row.said_by, row.note) == (kind, said_by, note)


def _delete(scope: Scope, leader: Leader, row: Conflict, *, now: datetime) -> None:
    scope.session.delete(row)
    scope.session.flush()
    audit.record(
        scope,
        "remove_conflict",
        f"leader:{leader.id}",
        at=now,
        cohort_id=leader.cohort_id,
        partner=row.partner_id,
    )


def _effect(scope: Scope, leader: Leader, *, changed: bool, said: str, now: datetime) -> Effect:
    if not changed:
        return Effect(leader.name, False, ("It is kept like that already; nothing is changed.",))
    broken = standing_now(scope.session, leader.cohort, now=now).broken
    return Effect(leader.name, True, (said,), broken=broken)
