"""Requests for swaps as rows: which of them wait, and which placements were made of one.

A request lapses by itself when its day ends in another way, is declined, or begins. Whoever ends or moves
placements need not know of requests: `waits` is the one place that says so, and a chore writes it down.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from placement.models import Invite, Placement, SwapRequest
from placement.services.tasks import DECLINED


def requests_with_days() -> Select[SwapRequest]:
    """Requests with the days that they are about, which would else be read one by one."""
    return select(SwapRequest).options(joinedload(SwapRequest.placement).joinedload(Placement.slot))


def waits(now: datetime) -> ColumnElement[bool]:
    """What holds of a request that can still be granted, whether a worker has looked or not."""
    day, invite = aliased(Placement), aliased(Invite)
    stands = (
        select(day.id)
        .outerjoin(invite, invite.placement_id == day.id)
        .where(day.id == SwapRequest.placement_id, day.status == "confirmed", day.starts_at > now)
        .where(or_(invite.id.is_(None), and_(invite.state != "cancelled", invite.partstat != DECLINED)))
    )
    return and_(SwapRequest.status == "waiting", stands.exists())


def is_waiting(session: Session, row: SwapRequest, *, now: datetime) -> bool:
    """Whether a request can still be granted."""
    return session.scalar(select(SwapRequest.id).where(SwapRequest.id == row.id, waits(now))) is not None


def status_now(row: SwapRequest, waiting: Collection[int]) -> str:
    """How a request stands, where `waiting` are the ids of those that can still be granted."""
    return "lapsed" if row.status == "waiting" and row.id not in waiting else row.status


def made_by_swaps(session: Session, placement_ids: Collection[int]) -> frozenset[int]:
    """Those placements that were made because their leaders had asked for a swap."""
    made = select(SwapRequest.new_placement_id).where(SwapRequest.new_placement_id.in_(placement_ids))
    return frozenset(one for one in session.scalars(made) if one is not None)
