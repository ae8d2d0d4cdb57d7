"""Fixing places: a leader keeps one, or is never given one, in every run from now on, until it is taken back.

Each step can be undone and done again, in order. A new step after an undoing forgets what was undone.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select

from placement.domain.errors import InvalidProblem
from placement.domain.fixing_errors import FixedPairsClash, NothingToUndo, PairRefused, ReasonMissing
from placement.domain.states import FixingWord, PairKind
from placement.domain.text import clean_text, day_in_words
from placement.models import Cohort, FixedPair, FixingStep, Leader, Slot
from placement.services import audit
from placement.services.cohorts import hold_cohort
from placement.services.fixed_rows import is_about, kept_on, live_pairs, ruled_out
from placement.services.fixing_rules import why_not_kept, why_not_ruled_out
from placement.services.match_problem import problem_of
from placement.services.match_rows import read_rows
from placement.services.scope import Scope

LONGEST_REASON = 500


def keep_place(
    scope: Scope,
    cohort_id: int,
    leader_id: int,
    slot_id: int,
    *,
    reason: str,
    now: datetime,
    run_id: int | None = None,
) -> FixingStep | None:
    """Let a leader keep a place in every run from now on; None where it is so already.

    It takes the place of what ruled the same day out. `run_id` is the run that was looked at. Raises
    `PairRefused` naming the rule that stands against it, and `ReasonMissing`.
    """
    cohort, leader, slot = _held(scope, cohort_id, leader_id, slot_id)
    there = live_pairs(scope.session, cohort.id)
    if any(one.kind == "pin" and is_about(one, leader, slot) for one in there):
        return None
    against = ruled_out(there, leader, slot)
    pair = _pair(scope, leader, slot, "pin", reason, now=now)
    _refuse(scope, cohort, leader, slot, removed=against, now=now)
    return _take_step(scope, cohort, "keep", [pair], against, run_id=run_id, now=now)


def move_place(
    scope: Scope, cohort_id: int, leader_id: int, slot_id: int, *, reason: str, run_id: int, now: datetime
) -> FixingStep:
    """The same in the place of what the leader was to keep until now; whoever asks begins a new run."""
    cohort, leader, slot = _held(scope, cohort_id, leader_id, slot_id)
    there = live_pairs(scope.session, cohort.id)
    removed = [*ruled_out(there, leader, slot), *kept_on(there, leader)]
    if any(one.kind == "pin" and is_about(one, leader, slot) for one in there):
        return _take_step(scope, cohort, "change", [], [], run_id=run_id, now=now)
    pair = _pair(scope, leader, slot, "pin", reason, now=now)
    _refuse(scope, cohort, leader, slot, removed=removed, now=now)
    return _take_step(scope, cohort, "change", [pair], removed, run_id=run_id, now=now)


def rule_out(
    scope: Scope,
    cohort_id: int,
    leader_id: int,
    slot_id: int,
    *,
    reason: str,
    now: datetime,
    every_day: bool = False,
    run_id: int | None = None,
) -> FixingStep | None:
    """Never give a leader a day, or (`every_day`) any day of its opportunity; None where it is so already.

    It takes the place of their keeping it. Raises `PairRefused` where they are confirmed there.
    """
    cohort, leader, slot = _held(scope, cohort_id, leader_id, slot_id)
    there = live_pairs(scope.session, cohort.id)
    if any(_rules_out(one, leader, slot, every_day=every_day) for one in there):
        return None
    pair = _pair(scope, leader, slot, "forbid", reason, now=now)
    if every_day:
        pair.slot_id = None
    rows = read_rows(scope.session, cohort, now=now)
    against = why_not_ruled_out(rows, leader, slot, every_day=every_day)
    if against:
        raise _refusal(leader, slot, against)
    same = [one for one in there if one.leader_id == leader.id and one.opportunity_id == slot.opportunity_id]
    replaced = [one for one in same if every_day or one.slot_id == slot.id]
    return _take_step(scope, cohort, "never", [pair], replaced, run_id=run_id, now=now)


def take_back(scope: Scope, cohort_id: int, pair_id: int, *, now: datetime) -> bool:
    """Take back what was fixed; False where that has been done."""
    cohort = scope.cohort(cohort_id)
    hold_cohort(scope.session, cohort.id)
    pair = scope.fixed_pair_in(cohort, pair_id)
    scope.session.refresh(pair)
    if pair.removed_at is not None:
        return False
    _take_step(scope, cohort, "remove", [], [pair], run_id=None, now=now)
    return True


def undo(scope: Scope, cohort_id: int, *, step_id: int, now: datetime) -> FixingStep:
    """Undo the last step, which must be `step_id`: the one that the person saw."""
    cohort = scope.cohort(cohort_id)
    hold_cohort(scope.session, cohort.id)
    step = last_step(scope, cohort)
    if step is None or step.id != step_id:
        raise NothingToUndo(what="undo")
    step.undone_at = now
    _switch(scope, removed=step.added, restored=step.removed, now=now)
    return _switched(scope, cohort, step, "undo_fixing", now=now)


def redo(scope: Scope, cohort_id: int, *, step_id: int, now: datetime) -> FixingStep:
    """Do the step again that was undone last, which must be `step_id`."""
    cohort = scope.cohort(cohort_id)
    hold_cohort(scope.session, cohort.id)
    step = undone_step(scope, cohort)
    if step is None or step.id != step_id:
        raise NothingToUndo(what="do again")
    step.undone_at = None
    _switch(scope, removed=step.removed, restored=step.added, now=now)
    return _switched(scope, cohort, step, "redo_fixing", now=now)


def last_step(scope: Scope, cohort: Cohort) -> FixingStep | None:
    """The step that undoing would undo."""
    steps = select(FixingStep).where(FixingStep.cohort_id == cohort.id, FixingStep.undone_at.is_(None))
    return scope.session.scalars(steps.order_by(FixingStep.id.desc()).limit(1)).first()


def undone_step(scope: Scope, cohort: Cohort) -> FixingStep | None:
    """The step that was undone last, as long as no other came after it."""
    steps = select(FixingStep).where(FixingStep.cohort_id == cohort.id, FixingStep.undone_at.is_not(None))
    return scope.session.scalars(steps.order_by(FixingStep.id).limit(1)).first()


def _held(scope: Scope, cohort_id: int, leader_id: int, slot_id: int) -> tuple[Cohort, Leader, Slot]:
    cohort = scope.cohort(cohort_id)
    hold_cohort(scope.session, cohort.id)
    leader, slot = scope.leader_of(cohort, leader_id), scope.slot_in(cohort, slot_id)
    scope.session.refresh(leader)
    scope.session.refresh(slot)
    return cohort, leader, slot


def _rules_out(pair: FixedPair, leader: Leader, slot: Slot, *, every_day: bool) -> bool:
    return pair.kind == "forbid" and is_about(pair, leader, slot) and not (every_day and pair.slot_id)


def _pair(
    scope: Scope, leader: Leader, slot: Slot, kind: PairKind, reason: str, *, now: datetime
) -> FixedPair:
    reason = clean_text(reason)
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise ReasonMissing(most=LONGEST_REASON)
    return FixedPair(
        cohort_id=slot.cohort_id,
        leader_id=leader.id,
        opportunity_id=slot.opportunity_id,
        slot_id=slot.id,
        kind=kind,
        reason=reason,
        made_by=scope.actor.label,
        made_at=now,
    )


def _refuse(
    scope: Scope, cohort: Cohort, leader: Leader, slot: Slot, *, removed: Sequence[FixedPair], now: datetime
) -> None:
    """Refuse to keep a leader on a slot where a rule stands against it, once `removed` are taken back."""
    rows = read_rows(scope.session, cohort, now=now)
    left = [pair for pair in rows.fixed if pair not in removed]
    reason = why_not_kept(replace(rows, fixed=left), leader, slot)
    if reason:
        raise _refusal(leader, slot, reason)


def _refusal(leader: Leader, slot: Slot, reason: str) -> PairRefused:
    day = f"{slot.opportunity.title} on {day_in_words(slot.starts_at)}"
    return PairRefused(name=leader.name, day=day, reason=reason)


def _take_step(
    scope: Scope,
    cohort: Cohort,
    word: FixingWord,
    added: Sequence[FixedPair],
    removed: Sequence[FixedPair],
    *,
    run_id: int | None,
    now: datetime,
) -> FixingStep:
    session = scope.session
    undone = FixingStep.undone_at.is_not(None)
    session.execute(delete(FixingStep).where(FixingStep.cohort_id == cohort.id, undone))
    for pair in removed:
        pair.removed_at, pair.removed_by = now, scope.actor.label
    session.flush()
    session.add_all(added)
    session.flush()
    step = FixingStep(
        cohort_id=cohort.id,
        word=word,
        added=[pair.id for pair in added],
        removed=[pair.id for pair in removed],
        run_id=run_id,
        made_by=scope.actor.label,
        made_at=now,
    )
    session.add(step)
    session.flush()
    counts = {"added": step.added, "removed": step.removed}
    audit.record(scope, f"fix_{word}", f"cohort:{cohort.id}", at=now, cohort_id=cohort.id, **counts)
    return step


def _switch(scope: Scope, *, removed: Sequence[int], restored: Sequence[int], now: datetime) -> None:
    """Take rows back, then bring others back: in this order, as only one may stand for a pair."""
    for pair in _pairs(scope, removed):
        pair.removed_at, pair.removed_by = now, scope.actor.label
    scope.session.flush()
    for pair in _pairs(scope, restored):
        pair.removed_at = pair.removed_by = None
    scope.session.flush()


def _pairs(scope: Scope, ids: Sequence[int]) -> Sequence[FixedPair]:
    return scope.session.scalars(select(FixedPair).where(FixedPair.id.in_(ids))).all()


def _switched(scope: Scope, cohort: Cohort, step: FixingStep, verb: str, *, now: datetime) -> FixingStep:
    """Refuse what cannot stand any more, because the cohort changed meanwhile; else record it."""
    rows = read_rows(scope.session, cohort, now=now)
    if rows.leaders and rows.slots:
        try:
            problem_of(rows, objective="generous", seed="", kind="match")
        except InvalidProblem as broken:
            raise FixedPairsClash(fault=broken.facts["fault"]) from broken
    audit.record(scope, verb, f"fixing_step:{step.id}", at=now, cohort_id=cohort.id)
    return step
