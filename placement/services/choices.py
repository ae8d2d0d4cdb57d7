"""What a leader does with their ranking: add, move, put in order, take off, and undo the last change.

Every change is kept at once, as `preferences` says, and the order before the last one is kept beside it.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from placement.domain.choice_errors import NothingToUndo
from placement.domain.errors import AnswersChanged, ChoicesNeeded, NotFound, OpportunityGone
from placement.models import Leader, Opportunity, Preference, PreviousRanking, RefusedOpportunity
from placement.services.preferences import (
    Order,
    choices_needed,
    note_late_change,
    offered_opportunities,
    open_leader,
    open_slots,
    ranking,
    refused_by,
)
from placement.services.scope import Scope


@dataclass(frozen=True)
class RankingChange:
    """What became of one opportunity: `rank` is its rank now (None: not on the list) among `choices`.

    An undone change is of no single opportunity: its `title` is empty.
    """

    title: str
    rank: int | None
    choices: int
    changed: bool


def add_choice(
    scope: Scope, *, leader_id: int, opportunity_id: int, seen: Sequence[int], now: dt.datetime
) -> RankingChange:
    """Put an opportunity at the end of the leader's ranking.

    Raises `PreferencesClosed`, `AnswersChanged`, and `OpportunityGone` when it has no days any more.
    """
    leader = open_leader(scope, leader_id, now=now)
    opportunity = opportunity_for(scope.session, leader, opportunity_id)
    if opportunity.id not in offered_opportunities(open_slots(scope.session, leader.cohort_id, now=now)):
        raise OpportunityGone(title=opportunity.title)
    wanted = tuple(seen) if opportunity_id in seen else (*seen, opportunity_id)
    return rearrange(scope, leader, opportunity, seen=seen, wanted=wanted, now=now)


def move_choice_up(
    scope: Scope, *, leader_id: int, opportunity_id: int, seen: Sequence[int], now: dt.datetime
) -> RankingChange:
    """Let an opportunity change places with the one ranked before it."""
    return _move(scope, leader_id, opportunity_id, seen=seen, to=lambda place: place - 1, now=now)


def move_choice_down(
    scope: Scope, *, leader_id: int, opportunity_id: int, seen: Sequence[int], now: dt.datetime
) -> RankingChange:
    """Let an opportunity change places with the one ranked after it."""
    return _move(scope, leader_id, opportunity_id, seen=seen, to=lambda place: place + 1, now=now)


def move_choice_to_top(
    scope: Scope, *, leader_id: int, opportunity_id: int, seen: Sequence[int], now: dt.datetime
) -> RankingChange:
    """Make an opportunity the first choice."""
    return _move(scope, leader_id, opportunity_id, seen=seen, to=lambda _place: 0, now=now)


def remove_choice(
    scope: Scope, *, leader_id: int, opportunity_id: int, seen: Sequence[int], now: dt.datetime
) -> RankingChange:
    """Take an opportunity off the leader's ranking.

    Raises `ChoicesNeeded` where answers that are in would fall below the number that the cohort asks for.
    """
    leader = open_leader(scope, leader_id, now=now)
    opportunity = opportunity_for(scope.session, leader, opportunity_id)
    wanted = tuple(ranked for ranked in seen if ranked != opportunity_id)
    return rearrange(scope, leader, opportunity, seen=seen, wanted=wanted, now=now)


def reorder_choices(
    scope: Scope,
    *,
    leader_id: int,
    opportunity_id: int,
    order: Sequence[int],
    seen: Sequence[int],
    now: dt.datetime,
) -> RankingChange:
    """Put the whole ranking into another order, as after dragging `opportunity_id` to its new place.

    Raises `AnswersChanged` where `order` is not made of what the page had shown.
    """
    leader = open_leader(scope, leader_id, now=now)
    opportunity = opportunity_for(scope.session, leader, opportunity_id)
    if opportunity_id not in order or sorted(order) != sorted(seen):
        raise AnswersChanged
    return rearrange(scope, leader, opportunity, seen=seen, wanted=tuple(order), now=now)


def undo_change(scope: Scope, *, leader_id: int, seen: Sequence[int], now: dt.datetime) -> RankingChange:
    """Bring back the ranking before its last change; pressed twice, it is undone once.

    What is on the list again is not refused any more. Raises `NothingToUndo` where the last change is not
    known, and `ChoicesNeeded` as taking off does.
    """
    leader = open_leader(scope, leader_id, now=now)
    row = previous_ranking(scope.session, leader.id)
    current = ranking(scope.session, leader.id)
    if row is None or row.after != list(current):
        raise NothingToUndo
    if row.undone and row.before == list(seen) != row.after:
        return RankingChange("", None, len(current), changed=False)
    wanted = _still_there(scope.session, leader, row.before)
    change = rearrange(scope, leader, None, seen=seen, wanted=wanted, now=now)
    row.undone = True
    scope.session.flush()
    return change


def previous_ranking(session: Session, leader_id: int) -> PreviousRanking | None:
    """What is kept of the last change of a leader's ranking."""
    return session.scalar(select(PreviousRanking).where(PreviousRanking.leader_id == leader_id))


def opportunity_for(session: Session, leader: Leader, opportunity_id: int) -> Opportunity:
    """An opportunity of the leader's own cohort."""
    row = session.scalar(
        select(Opportunity).where(Opportunity.id == opportunity_id, Opportunity.cohort_id == leader.cohort_id)
    )
    if row is None:
        raise NotFound(thing="opportunity")
    return row


def _move(
    scope: Scope,
    leader_id: int,
    opportunity_id: int,
    *,
    seen: Sequence[int],
    to: Callable[[int], int],
    now: dt.datetime,
) -> RankingChange:
    leader = open_leader(scope, leader_id, now=now)
    opportunity = opportunity_for(scope.session, leader, opportunity_id)
    if opportunity_id not in seen:
        raise AnswersChanged
    others = [ranked for ranked in seen if ranked != opportunity_id]
    others.insert(max(0, to(seen.index(opportunity_id))), opportunity_id)
    return rearrange(scope, leader, opportunity, seen=seen, wanted=tuple(others), now=now)


def rearrange(
    scope: Scope,
    leader: Leader,
    opportunity: Opportunity | None,
    *,
    seen: Sequence[int],
    wanted: Order,
    now: dt.datetime,
) -> RankingChange:
    """Make `wanted` of the ranking that was `seen`, unless it is something else by now.

    Raises `AnswersChanged`, and `ChoicesNeeded` where answers that are in would have too few choices.
    """
    current = ranking(scope.session, leader.id)
    if current not in {tuple(seen), wanted}:
        raise AnswersChanged
    if current != wanted:
        _keep_enough(scope.session, leader, current, wanted, now=now)
        _write_ranking(scope.session, leader, wanted)
        _keep_previous(scope.session, leader, before=current, after=wanted, now=now)
        note_late_change(scope, leader, "change_ranking", now=now, choices=len(wanted))
    return RankingChange(
        title=opportunity.title if opportunity else "",
        rank=wanted.index(opportunity.id) + 1 if opportunity and opportunity.id in wanted else None,
        choices=len(wanted),
        changed=current != wanted,
    )


def _write_ranking(session: Session, leader: Leader, order: Order) -> None:
    # Ranks are unique at every moment, so moving rows one by one would collide: all are written anew.
    session.execute(delete(Preference).where(Preference.leader_id == leader.id))
    session.add_all(
        Preference(cohort_id=leader.cohort_id, leader_id=leader.id, opportunity_id=opportunity_id, rank=rank)
        for rank, opportunity_id in enumerate(order, start=1)
    )
    # Nobody ranks what they would not go to.
    session.execute(
        delete(RefusedOpportunity).where(
            RefusedOpportunity.leader_id == leader.id, RefusedOpportunity.opportunity_id.in_(order)
        )
    )
    session.flush()


def _keep_previous(
    session: Session, leader: Leader, *, before: Order, after: Order, now: dt.datetime
) -> None:
    row = previous_ranking(session, leader.id)
    if row is None:
        row = PreviousRanking(cohort_id=leader.cohort_id, leader_id=leader.id)
        session.add(row)
    row.before, row.after, row.changed_at, row.undone = list(before), list(after), now, False
    session.flush()


def _still_there(session: Session, leader: Leader, order: Sequence[int]) -> Order:
    """Those of `order` that have not been removed from the cohort meanwhile."""
    known = set(
        session.scalars(
            select(Opportunity.id).where(Opportunity.cohort_id == leader.cohort_id, Opportunity.id.in_(order))
        )
    )
    return tuple(one for one in order if one in known)


def _keep_enough(
    session: Session, leader: Leader, current: Order, wanted: Order, *, now: dt.datetime
) -> None:
    """Refuse to take off a choice that counts while the answers are in and those left would be too few."""
    if leader.submitted_at is None or len(wanted) >= len(current):
        return
    offered = offered_opportunities(open_slots(session, leader.cohort_id, now=now))
    minimum = choices_needed(leader.cohort, offered, refused_by(session, leader.id))
    left = len(offered.keys() & set(wanted))
    if left < minimum and left < len(offered.keys() & set(current)):
        raise ChoicesNeeded(minimum=minimum)
