"""What a leader would not go to: they are never given it, whether or not their answers are in."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from placement.domain.choice_errors import TooFewLeft
from placement.models import Leader, Opportunity, RefusedOpportunity
from placement.services import audit
from placement.services.choices import opportunity_for, rearrange
from placement.services.preferences import offered_opportunities, open_leader, open_slots, refused_by
from placement.services.scope import Scope

SCARCE = 3
"""With no more than this many to spare, a leader is warned that few are left."""


@dataclass(frozen=True)
class Refusal:
    """What became of one opportunity, and how many are `left` that the leader would go to: `few` or not."""

    title: str
    refused: bool
    left: int
    few: bool


def refuse_opportunity(
    scope: Scope, *, leader_id: int, opportunity_id: int, seen: Sequence[int], now: dt.datetime
) -> Refusal:
    """Rule an opportunity out for the leader, and take it off their ranking.

    Raises `PreferencesClosed`, `AnswersChanged`, `TooFewLeft` where the leader would have too little left to
    choose from, and `ChoicesNeeded` as taking off does.
    """
    leader = open_leader(scope, leader_id, now=now)
    opportunity = opportunity_for(scope.session, leader, opportunity_id)
    refused = refused_by(scope.session, leader.id)
    if opportunity_id not in refused:
        _leave_enough(scope.session, leader, refused | {opportunity_id}, now=now)
        wanted = tuple(ranked for ranked in seen if ranked != opportunity_id)
        rearrange(scope, leader, opportunity, seen=seen, wanted=wanted, now=now)
        scope.session.add(
            RefusedOpportunity(
                cohort_id=leader.cohort_id, leader_id=leader.id, opportunity_id=opportunity_id, refused_at=now
            )
        )
        scope.session.flush()
        _record(scope, "refuse_opportunity", leader, opportunity, now=now)
    return _outcome(scope.session, leader, opportunity, now=now)


def allow_opportunity(scope: Scope, *, leader_id: int, opportunity_id: int, now: dt.datetime) -> Refusal:
    """Take back that the leader would not go to an opportunity. Raises `PreferencesClosed`."""
    leader = open_leader(scope, leader_id, now=now)
    opportunity = opportunity_for(scope.session, leader, opportunity_id)
    if opportunity_id in refused_by(scope.session, leader.id):
        scope.session.execute(
            delete(RefusedOpportunity).where(
                RefusedOpportunity.leader_id == leader.id, RefusedOpportunity.opportunity_id == opportunity_id
            )
        )
        _record(scope, "allow_opportunity", leader, opportunity, now=now)
    return _outcome(scope.session, leader, opportunity, now=now)


def refused_in(session: Session, cohort_id: int) -> dict[int, frozenset[int]]:
    """The opportunities that leaders of a cohort would not go to, by leader who refuses any."""
    rows = session.execute(
        select(RefusedOpportunity.leader_id, RefusedOpportunity.opportunity_id).where(
            RefusedOpportunity.cohort_id == cohort_id
        )
    )
    found: dict[int, set[int]] = {}
    for leader_id, opportunity_id in rows:
        found.setdefault(leader_id, set()).add(opportunity_id)
    return {leader_id: frozenset(refused) for leader_id, refused in found.items()}


def _leave_enough(session: Session, leader: Leader, refused: frozenset[int], *, now: dt.datetime) -> None:
    """Refuse a refusal after which the leader could not choose as many as the cohort asks for."""
    left, minimum = _left(session, leader, refused, now=now)
    if left < minimum:
        raise TooFewLeft(minimum=minimum)


def _left(session: Session, leader: Leader, refused: frozenset[int], *, now: dt.datetime) -> tuple[int, int]:
    """How many opportunities on offer are not refused, and how many must be left."""
    offered = offered_opportunities(open_slots(session, leader.cohort_id, now=now))
    least = max(leader.cohort.choices_minimum, leader.days)
    return len(offered.keys() - refused), min(least, len(offered))


def _outcome(session: Session, leader: Leader, opportunity: Opportunity, *, now: dt.datetime) -> Refusal:
    refused = refused_by(session, leader.id)
    left, minimum = _left(session, leader, refused, now=now)
    return Refusal(opportunity.title, opportunity.id in refused, left, few=left - minimum <= SCARCE)


def _record(scope: Scope, verb: str, leader: Leader, opportunity: Opportunity, *, now: dt.datetime) -> None:
    audit.record(
        scope,
        verb,
        f"leader:{leader.id}",
        at=now,
        cohort_id=leader.cohort_id,
        opportunity_id=opportunity.id,
    )
