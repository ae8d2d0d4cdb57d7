"""What a coordinator has done on the review board: fixed places, steps to undo, notes, approval."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.models import Cohort, FixedPair, FixingStep, MatchRun, RunNote, User
from placement.services.fixed_rows import live_pairs
from placement.services.fixing import last_step, undone_step
from placement.services.match_problem import holding
from placement.services.match_rows import read_rows
from placement.services.run_approvals import ApprovalState, approval_state
from placement.services.scope import Scope

SERVICE = "The service"
GONE = "Somebody who has left"


@dataclass(frozen=True)
class Fixed:
    """A place that is fixed; `starts_at` is None where all days of the opportunity are ruled out.

    `holds`: whether it counts as things stand. A place to keep that cannot be given any more does not.
    """

    id: int
    kind: str
    leader_id: int
    leader: str
    slot_id: int | None
    title: str
    partner: str
    starts_at: datetime | None
    ends_at: datetime | None
    reason: str
    by: str
    at: datetime
    holds: bool = True


@dataclass(frozen=True)
class Step:
    """A step that can be undone, or done again: what it did to whom."""

    id: int
    word: str
    leaders: tuple[str, ...]
    by: str
    at: datetime


@dataclass(frozen=True)
class Note:
    """A note on a run; `own`: whoever reads may change it."""

    id: int
    text: str
    by: str
    at: datetime
    changed_at: datetime | None
    own: bool


@dataclass(frozen=True)
class History:
    """The step that can be undone and the one that can be done again; None without one."""

    undo: Step | None
    redo: Step | None


@dataclass(frozen=True)
class Board:
    """What there is to know of a run beside its list: `fixed` counts the places that are fixed now.

    `changed_run` is the run that this one changed, `asked_by` and `approved_by` are names.
    """

    fixed: int
    history: History
    notes: tuple[Note, ...]
    approval: ApprovalState
    asked_by: str
    approved_by: str
    changed_run: int | None


@dataclass(frozen=True)
class FixedPlaces:
    """All places that are fixed in a cohort, the newest first."""

    cohort_id: int
    cohort: str
    places: tuple[Fixed, ...]
    history: History
    newest_run: int | None


def board(scope: Scope, cohort_id: int, run_id: int) -> Board:
    """The review board of a run of a cohort that the actor coordinates."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    run = scope.run_of(cohort, run_id)
    notes = session.scalars(select(RunNote).where(RunNote.match_run_id == run.id).order_by(RunNote.id)).all()
    labels = [*(note.written_by for note in notes), run.requested_by, run.approved_by or ""]
    names = people(session, labels)
    fixed = select(func.count(FixedPair.id)).where(
        FixedPair.cohort_id == cohort.id, FixedPair.removed_at.is_(None)
    )
    changed = select(FixingStep.run_id).where(
        FixingStep.cohort_id == cohort.id, FixingStep.new_run_id == run.id
    )
    return Board(
        fixed=session.scalar(fixed) or 0,
        history=_history(scope, cohort),
        notes=tuple(_note(note, names, actor=scope.actor.label) for note in notes),
        approval=approval_state(run, actor=scope.actor.label),
        asked_by=names[run.requested_by],
        approved_by=names[run.approved_by] if run.approved_by else "",
        changed_run=session.scalars(changed.order_by(FixingStep.id.desc()).limit(1)).first(),
    )


def fixed_places(scope: Scope, cohort_id: int, *, now: datetime) -> FixedPlaces:
    """Everything that is fixed in a cohort that the actor coordinates, and whether it counts now."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    rows = live_pairs(session, cohort.id)
    names = people(session, [row.made_by for row in rows])
    held = frozenset(holding(read_rows(session, cohort, now=now)).pins) if rows else frozenset()
    newest = session.scalar(
        select(func.max(MatchRun.id)).where(
            MatchRun.cohort_id == cohort.id, MatchRun.status.in_(("solved", "confirmed"))
        )
    )
    found = [
        _fixed(
            row,
            names,
            holds=row.slot is None
            or row.kind == "forbid"
            or (row.leader.match_id, row.slot.reference) in held,
        )
        for row in reversed(rows)
    ]
    return FixedPlaces(cohort.id, cohort.name, tuple(found), _history(scope, cohort), newest)


def fixed_of(scope: Scope, cohort_id: int, leader_id: int) -> tuple[Fixed, ...]:
    """What is fixed for one leader."""
    cohort = scope.cohort(cohort_id)
    rows = [row for row in live_pairs(scope.session, cohort.id) if row.leader_id == leader_id]
    names = people(scope.session, [row.made_by for row in rows])
    return tuple(_fixed(row, names, holds=True) for row in rows)


def people(session: Session, labels: Iterable[str]) -> Mapping[str, str]:
    """The names of those who did something, by how the rows name them."""
    wanted = {label: label.partition(":")[2] for label in labels}
    ids = {int(number) for number in wanted.values() if number.isdigit()}
    found = {
        user.id: user.name or user.email for user in session.scalars(select(User).where(User.id.in_(ids)))
    }
    return {
        label: found.get(int(number), GONE) if number.isdigit() else SERVICE
        for label, number in wanted.items()
    }


def _history(scope: Scope, cohort: Cohort) -> History:
    last, undone = last_step(scope, cohort), undone_step(scope, cohort)
    return History(
        _step(scope, last) if last is not None else None,
        _step(scope, undone) if undone is not None else None,
    )


def _step(scope: Scope, step: FixingStep) -> Step:
    ids: Sequence[int] = step.added or step.removed
    pairs = scope.session.scalars(select(FixedPair).where(FixedPair.id.in_(ids)).order_by(FixedPair.id))
    leaders = dict.fromkeys(pair.leader.name for pair in pairs)
    by = people(scope.session, [step.made_by])[step.made_by]
    return Step(step.id, step.word, tuple(leaders), by, step.made_at)


def _note(note: RunNote, names: Mapping[str, str], *, actor: str) -> Note:
    own = note.written_by == actor
    return Note(note.id, note.text, names[note.written_by], note.written_at, note.changed_at, own)


def _fixed(row: FixedPair, names: Mapping[str, str], *, holds: bool) -> Fixed:
    return Fixed(
        id=row.id,
        kind=row.kind,
        leader_id=row.leader_id,
        leader=row.leader.name,
        slot_id=row.slot_id,
        title=row.opportunity.title,
        partner=row.opportunity.partner.name,
        starts_at=row.slot.starts_at if row.slot else None,
        ends_at=row.slot.ends_at if row.slot else None,
        reason=row.reason,
        by=names[row.made_by],
        at=row.made_at,
        holds=holds,
    )
