"""Giving one free seat to one person: a repair in which that pair is pinned, for this run alone.

It is shown before and after, and confirmed, as every repair is; who else moves follows from the stages.
"""

from datetime import datetime
from functools import partial

from placement.domain.change_errors import SeatRefused
from placement.domain.matching import Problem
from placement.domain.matching.parts import LeaderNeeds
from placement.domain.states import Objective
from placement.domain.text import day_in_words
from placement.models import Leader, Slot
from placement.services import audit
from placement.services.cohorts import hold_cohort
from placement.services.match_problem import problem_of
from placement.services.match_rows import CohortRows, read_rows
from placement.services.match_runs import known_objective, queue_run
from placement.services.repairs import gentle, refuse_unconfirmed
from placement.services.scope import Scope

LEFT = "They have left the cohort."
THERE = "They are confirmed on it already."
HAD = "They have had all the days that they need."
BARRED = "The date, a requirement or the distance stands against it."
RULED_OUT = "A coordinator has ruled it out for them; see the fixed places."
UNCHOSEN = "It is not among their choices, and this cohort gives only days that were chosen."


def request_seat(
    scope: Scope,
    cohort_id: int,
    slot_id: int,
    leader_id: int,
    *,
    seconds: float,
    now: datetime,
    objective: Objective | None = None,
    seed: str | None = None,
) -> int:
    """Freeze the cohort with a leader pinned to a slot, and queue a repair over it; returns the run's id.

    `objective` and `seed` are as in `request_repair`. A pin would beat what stands against a pair, so that is
    asked here, before there is one.

    Raises
    ------
    SeatRefused
        There is no free seat, or the leader cannot be given it.
    NothingToRepair, NothingToMatch
        As in `request_repair`.

    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    slot, leader = scope.slot_in(cohort, slot_id), scope.leader_of(cohort, leader_id)
    session.refresh(slot)
    session.refresh(leader)
    refuse_unconfirmed(session, cohort)
    rows = read_rows(session, cohort, now=now)
    pair = (leader.match_id, slot.reference)
    frozen = partial(
        problem_of,
        rows,
        objective=gentle(objective or known_objective(cohort.objective)),
        seed=cohort.seed if seed is None else seed,
        kind="repair",
    )
    reason = why_no_seat(slot, over=slot.id in rows.over) or why_not(frozen(), rows, leader, slot)
    if reason:
        raise SeatRefused(name=leader.name, day=day_in_words(slot.starts_at), reason=reason)
    settings: dict[str, object] = {
        "seconds": seconds,
        "standing": [list(one) for one in rows.standing],
        "given": [list(pair)],
    }
    run_id = queue_run(scope, cohort, frozen(given=[pair]), kind="repair", settings=settings, now=now)
    facts = {"leader": leader.id, "run": run_id}
    audit.record(scope, "request_seat", f"slot:{slot.id}", at=now, cohort_id=cohort.id, **facts)
    return run_id


def why_no_seat(slot: Slot, *, over: bool) -> str:
    """Why nobody can be given a seat on a day (`over`: it has begun), as a sentence; empty otherwise."""
    if slot.status == "withdrawn":
        return "The day has been withdrawn."
    if over:
        return "The day has begun or is over."
    if not slot.opportunity.live:
        return "The placement waits for approval, so nobody new is sent there."
    return "" if slot.offered_capacity > slot.taken else "The day has no free seat."


def why_not(problem: Problem, rows: CohortRows, leader: Leader, slot: Slot) -> str:
    """Why this leader cannot be given a seat on a day that has one, as a sentence; empty where they can."""
    if leader.withdrawn_at is not None:
        return LEFT
    pair = (leader.match_id, slot.reference)
    if pair in rows.standing:
        return THERE
    needs = next((one for one in problem.leaders if one.id == leader.match_id), None)
    return HAD if needs is None else why_unfit(problem, needs, slot.reference)


def why_unfit(problem: Problem, needs: LeaderNeeds, reference: str) -> str:
    """What stands between a leader who needs a day and a slot, whoever else is on it."""
    if reference in needs.excluded:
        return BARRED
    if (needs.id, reference) in problem.forbidden:
        return RULED_OUT
    chosen = any(reference in tier for tier in needs.preferences)
    return "" if chosen or problem.rules.place_unranked else UNCHOSEN
