"""A leader's own requests for swaps, and what they could ask for instead of one of their days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.text import to_london
from placement.models import Cohort, Placement, Slot, SwapRequest
from placement.services.match_rows import kilometres
from placement.services.scope import Scope
from placement.services.swap_requests import Closed, own_placement, why_closed
from placement.services.swap_rows import requests_with_days, status_now, waits
from placement.services.swapping import CohortSwaps, swaps_of


@dataclass(frozen=True)
class WishDay:
    """A day that a leader could ask for; `choice` is the number of theirs that it is."""

    reference: str
    title: str
    partner: str
    starts_at: datetime
    ends_at: datetime
    virtual: bool
    kilometres: float | None
    choice: int | None
    if_need_be: bool


@dataclass(frozen=True)
class OwnRequest:
    """One request of a leader; `wish` are the days named, none where any choice would do, `new` what came.

    `answered`: they sent choices.
    """

    id: int
    placement_id: int
    title: str
    partner: str
    starts_at: datetime
    ends_at: datetime
    status: str
    reason: str
    words: str
    wish: tuple[tuple[str, datetime], ...]
    answered: bool
    asked_at: datetime
    settled_at: datetime | None
    answer: str
    new: tuple[str, datetime] | None
    new_id: int | None

    @property
    def waits(self) -> bool:
        """Whether it can still be granted, or taken back."""
        return self.status == "waiting"


@dataclass(frozen=True)
class SwapAsking:
    """The page at which a leader asks for a swap; `closed` says why they cannot, `request` is the newest one.

    `days` are those that they could ask for; with `any_choice` some of these are choices of theirs, and with
    `answered` they sent choices at all.
    """

    leader_id: int
    cohort: str
    placement_id: int
    title: str
    partner: str
    starts_at: datetime
    ends_at: datetime
    choice: int | None
    closed: Closed
    request: OwnRequest | None
    days: tuple[WishDay, ...]
    answered: bool

    @property
    def any_choice(self) -> bool:
        """Whether "any of my choices" stands for a day at all."""
        return bool(self.days) and (not self.answered or any(day.choice for day in self.days))

    @property
    def waits(self) -> bool:
        """Whether a request for this day waits."""
        return self.request is not None and self.request.waits


def own_requests(scope: Scope, leader_id: int, *, now: datetime) -> Mapping[int, OwnRequest]:
    """The newest request for each day of the actor, by its placement, but for those taken back."""
    leader = scope.leader(leader_id)
    query = requests_with_days().where(SwapRequest.leader_id == leader.id, SwapRequest.status != "withdrawn")
    rows = scope.session.scalars(query.order_by(SwapRequest.id)).all()
    return {one.placement_id: one for one in _told(scope.session, rows, now=now)}


def swap_asking(scope: Scope, leader_id: int, placement_id: int, *, now: datetime) -> SwapAsking:
    """What a leader can ask for instead of one of their days, or how their request stands."""
    session, leader = scope.session, scope.leader(leader_id)
    row = own_placement(session, leader, placement_id)
    closed, request = why_closed(session, row, now=now), own_requests(scope, leader_id, now=now).get(row.id)
    days: tuple[WishDay, ...] = ()
    if not closed and not (request and request.waits):
        known = swaps_of(session, session.get_one(Cohort, leader.cohort_id), now=now)
        days = tuple(sorted((_wish_day(known, row, one) for one in known.imaginable(row)), key=_best_first))
    opportunity = row.slot.opportunity
    return SwapAsking(
        leader_id=leader.id,
        cohort=leader.cohort.name,
        placement_id=row.id,
        title=opportunity.title,
        partner=opportunity.partner.name,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        choice=row.rank,
        closed=closed,
        request=request,
        days=days,
        answered=leader.submitted_at is not None,
    )


def _best_first(day: WishDay) -> tuple[bool, int, datetime, str]:
    return day.choice is None, day.choice or 0, day.starts_at, day.reference


def _wish_day(known: CohortSwaps, row: Placement, slot: Slot) -> WishDay:
    leader, dates = row.leader, known.seating.rows.dates.get(row.leader_id, {})
    return WishDay(
        reference=slot.reference,
        title=slot.opportunity.title,
        partner=slot.opportunity.partner.name,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        virtual=slot.virtual,
        kilometres=None if slot.virtual else kilometres(leader, slot.opportunity.site),
        choice=known.rank(leader, slot),
        if_need_be=dates.get(to_london(slot.starts_at).date()) == "if_need_be",
    )


def _told(session: Session, rows: Sequence[SwapRequest], *, now: datetime) -> list[OwnRequest]:
    if not rows:
        return []
    ids = [row.id for row in rows]
    waiting = frozenset(session.scalars(select(SwapRequest.id).where(SwapRequest.id.in_(ids), waits(now))))
    references = {one for row in rows for one in row.wish or ()}
    of_cohort = select(Slot).where(Slot.cohort_id == rows[0].cohort_id, Slot.reference.in_(references))
    slots = {slot.reference: slot for slot in session.scalars(of_cohort)}
    made = [row.new_placement_id for row in rows if row.new_placement_id]
    days = {day.id: day for day in session.scalars(select(Placement).where(Placement.id.in_(made)))}
    return [_own(row, status_now(row, waiting), slots, days.get(row.new_placement_id or 0)) for row in rows]


def _own(row: SwapRequest, status: str, slots: Mapping[str, Slot], new: Placement | None) -> OwnRequest:
    slot = row.placement.slot
    named = [slots[one] for one in row.wish or () if one in slots]
    return OwnRequest(
        id=row.id,
        placement_id=row.placement_id,
        title=slot.opportunity.title,
        partner=slot.opportunity.partner.name,
        starts_at=row.placement.starts_at,
        ends_at=row.placement.ends_at,
        status=status,
        reason=row.reason,
        words=row.words,
        wish=tuple(sorted(((one.opportunity.title, one.starts_at) for one in named), key=lambda day: day[1])),
        answered=row.leader.submitted_at is not None,
        asked_at=row.asked_at,
        settled_at=row.settled_at,
        answer=row.answer,
        new=(new.slot.opportunity.title, new.starts_at) if new else None,
        new_id=row.new_placement_id,
    )
