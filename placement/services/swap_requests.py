"""Asking for another day than one that was given, and taking that back.

Whoever asks keeps their day until a coordinator grants it (`swaps`); a request changes nothing in a match.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from placement.domain.errors import NotFound
from placement.domain.states import SwapReason, SwapStatus
from placement.domain.swap_errors import SwapClosed, SwapOver, SwapWaiting, SwapWishUnusable
from placement.domain.text import clean_text, shorten
from placement.models import Cohort, Invite, Leader, Placement, SwapRequest
from placement.services import audit
from placement.services.cohorts import hold_cohort
from placement.services.scope import Scope
from placement.services.swap_rows import is_waiting, waits
from placement.services.swapping import swaps_of
from placement.services.tasks import DECLINED

LONGEST_WORDS = 500
STATES = {
    "waiting": "has lapsed, because the day has begun, has ended or was declined",
    "granted": "has been granted",
    "refused": "has been refused",
    "withdrawn": "has been taken back",
    "lapsed": "has lapsed, because the day has begun, has ended or was declined",
}
CANCELLED = "This day has been cancelled, so there is nothing to swap."
BEGUN = "This day has begun or is over, so it cannot be swapped any more."
CANNOT = (
    "You have said that you cannot come on this day, and your coordinator looks after that. "
    "Change your answer first if you would rather swap."
)
NO_DAY = "Tick at least one day that you would take, or any of your choices."
LOST_DAY = "A day that you ticked is not possible for you any more. Look at the days again."
Closed = Literal["", "cancelled", "begun", "declined"]
CLOSED: dict[Closed, str] = {"": "", "cancelled": CANCELLED, "begun": BEGUN, "declined": CANNOT}


def why_closed(session: Session, day: Placement, *, now: datetime) -> Closed:
    """Why a day cannot be swapped; empty where it can."""
    if day.status != "confirmed":
        return "cancelled"
    if day.starts_at <= now:
        return "begun"
    said = session.scalar(select(Invite.partstat).where(Invite.placement_id == day.id))
    return "declined" if said == DECLINED else ""


def ask_for_swap(
    scope: Scope,
    leader_id: int,
    placement_id: int,
    *,
    reason: SwapReason,
    words: str,
    wish: Collection[str] | None,
    now: datetime,
) -> SwapRequest:
    """Ask for another day than one of one's own; `wish` names slots, None stands for any of the choices.

    Raises
    ------
    SwapClosed
        The day is cancelled, has begun, or was declined.
    SwapWaiting
        A request for it waits already.
    SwapWishUnusable
        No day was named, or one that the leader cannot be given.

    """
    session, leader = scope.session, scope.leader(leader_id)
    hold_cohort(session, leader.cohort_id)
    day = own_placement(session, leader, placement_id)
    session.refresh(day)
    closed = why_closed(session, day, now=now)
    if closed:
        raise SwapClosed(reason=CLOSED[closed])
    mine = select(SwapRequest.id).where(SwapRequest.placement_id == day.id, SwapRequest.status == "waiting")
    if session.scalars(mine).first() is not None:
        raise SwapWaiting
    row = SwapRequest(
        cohort_id=leader.cohort_id,
        leader_id=leader.id,
        placement_id=day.id,
        reason=reason,
        words=shorten(clean_text(words), LONGEST_WORDS),
        wish=None if wish is None else _checked(session, leader, day, wish, now=now),
        status="waiting",
        asked_at=now,
    )
    session.add(row)
    session.flush()
    about = {"placement": day.id, "leader": leader.id, "days": len(row.wish) if row.wish else "any"}
    audit.record(scope, "ask_for_swap", f"swap_request:{row.id}", at=now, cohort_id=row.cohort_id, **about)
    return row


def take_back_request(scope: Scope, leader_id: int, request_id: int, *, now: datetime) -> SwapRequest:
    """Take one's own request back: the day stays as it is. Raises `SwapOver`."""
    leader = scope.leader(leader_id)
    hold_cohort(scope.session, leader.cohort_id)
    row = found(scope.session, SwapRequest.id == request_id, SwapRequest.leader_id == leader.id)
    refuse_over(scope.session, row, now=now)
    settle(scope, row, "withdrawn", "take_back_swap", now=now)
    return row


def lapse_requests(scope: Scope, *, now: datetime) -> int:
    """Write down of each request that it waits no more, because its day ended, was declined or began."""
    ended = scope.session.execute(
        update(SwapRequest)
        .where(SwapRequest.status == "waiting", ~waits(now))
        .values(status="lapsed", settled_at=now, version=SwapRequest.version + 1)
        .returning(SwapRequest.id)
        .execution_options(synchronize_session=False)
    )
    number = len(ended.all())
    if number:
        audit.record(scope, "lapse_swap_requests", "service", at=now, requests=number)
    return number


def request_in(scope: Scope, cohort: Cohort, request_id: int) -> SwapRequest:
    """One request of `cohort`, which the actor was found to coordinate."""
    return found(scope.session, SwapRequest.id == request_id, SwapRequest.cohort_id == cohort.id)


def own_placement(session: Session, leader: Leader, placement_id: int) -> Placement:
    """One placement of a leader, also one that was cancelled. Raises `NotFound`."""
    day = session.get(Placement, placement_id)
    if day is None or day.leader_id != leader.id:
        raise NotFound(thing="placement")
    return day


def found(session: Session, *which: ColumnElement[bool]) -> SwapRequest:
    """The one request of which something holds. Raises `NotFound`."""
    row = session.scalars(select(SwapRequest).where(*which)).one_or_none()
    if row is None:
        raise NotFound(thing="request for a swap")
    return row


def refuse_over(session: Session, row: SwapRequest, *, now: datetime) -> None:
    """Raise `SwapOver` for a request that does not wait any more."""
    session.refresh(row)
    if not is_waiting(session, row, now=now):
        raise SwapOver(state=STATES[row.status])


def settle(
    scope: Scope, row: SwapRequest, status: SwapStatus, verb: str, *, now: datetime, **facts: object
) -> None:
    """Write down what became of a request that waited."""
    row.status, row.settled_at, row.version = status, now, row.version + 1
    scope.session.flush()
    about = {"leader": row.leader_id, "placement": row.placement_id, **facts}
    audit.record(scope, verb, f"swap_request:{row.id}", at=now, cohort_id=row.cohort_id, **about)


def _checked(
    session: Session, leader: Leader, day: Placement, wish: Collection[str], *, now: datetime
) -> list[str]:
    if not wish:
        raise SwapWishUnusable(reason=NO_DAY)
    known = swaps_of(session, session.get_one(Cohort, leader.cohort_id), now=now).imaginable(day)
    if not set(wish) <= {slot.reference for slot in known}:
        raise SwapWishUnusable(reason=LOST_DAY)
    return sorted(set(wish))
