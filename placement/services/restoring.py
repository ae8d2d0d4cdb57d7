"""Undoing a withdrawal: leaders who come back and days that are on again, with no placement of before.

Whoever had a place may have lost it to somebody else by now, and has been told so. A repair gives one anew.
"""

from datetime import datetime

from placement.domain.text import day_in_words
from placement.models import Leader
from placement.services import audit
from placement.services.cohorts import hold_cohort
from placement.services.erasing import refuse_erased
from placement.services.reports.effects import Effect
from placement.services.reports.standing import standing_now
from placement.services.scope import Scope
from placement.services.withdrawals import counted, refuse_over, slot_words


def restore_leader(scope: Scope, cohort_id: int, leader_id: int, *, now: datetime) -> Effect:
    """Take a leader who left back into the cohort, with the answers of before and without a place.

    Nobody is told anything. Doing so twice changes nothing. Raises `PersonErased`.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    leader = scope.leader_of(cohort, leader_id)
    session.refresh(leader)
    refuse_erased(leader)
    if leader.withdrawn_at is None:
        return Effect(leader.name, False, (f"{leader.name} is in the cohort; nothing is changed.",))
    left_at, leader.withdrawn_at = leader.withdrawn_at, None
    session.flush()
    audit.record(scope, "restore_leader", f"leader:{leader.id}", at=now, cohort_id=cohort.id)
    return Effect(
        about=leader.name,
        changed=True,
        sentences=(
            f"{leader.name}, who left on {day_in_words(left_at)}, is in the cohort {cohort.name} again.",
            _answers(leader),
            "What was cancelled stays so. A repair gives them a day where they need one and there is one.",
        ),
        broken=standing_now(session, cohort, now=now).broken,
    )


def restore_slot(scope: Scope, cohort_id: int, slot_id: int, *, now: datetime) -> Effect:
    """Let a day that was withdrawn take people again; it is empty at first. Twice changes nothing.

    Nobody is told anything. Raises `SlotOver` for a day that has begun.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    slot = scope.slot_in(cohort, slot_id)
    session.refresh(slot)
    if slot.status == "open":
        return Effect(slot_words(slot), False, ("The day is not withdrawn; nothing is changed.",))
    refuse_over(session, slot, now=now)
    slot.status = "open"
    session.flush()
    audit.record(scope, "restore_slot", f"slot:{slot.id}", at=now, cohort_id=cohort.id, status=slot.status)
    seats = counted(slot.offered_capacity, "seat", "seats")
    return Effect(
        about=slot_words(slot),
        changed=True,
        sentences=(
            f"The day takes people again: it has {seats} and needs at least {slot.minimum}.",
            "What was cancelled stays so. A repair fills the seats where that helps.",
        ),
        broken=standing_now(session, cohort, now=now).broken,
    )


def _answers(leader: Leader) -> str:
    if leader.submitted_at is None:
        return "They had sent no choices."
    return "Their choices and dates are as they left them."
