"""Requests for swaps, for the coordinators: which wait, how each can be granted, what stands against it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.domain.text import to_london
from placement.models import Cohort, Placement, Slot, SwapRequest
from placement.services.kept import kept
from placement.services.match_rows import kilometres
from placement.services.scope import Scope
from placement.services.seat_giving import BREAKS, UNFIT
from placement.services.seat_offers import held_seats
from placement.services.swap_requests import request_in
from placement.services.swap_rows import requests_with_days, status_now, waits
from placement.services.swapping import CohortSwaps, Way, swaps_of

NO_SEAT = "No seat is free, or it is held for somebody."


@dataclass(frozen=True)
class SwapDay:
    """A day with its place; `choice` is the number of the leader's choice that it is."""

    slot_id: int
    title: str
    partner: str
    starts_at: datetime
    ends_at: datetime
    choice: int | None


@dataclass(frozen=True)
class SwapWay:
    """One way to grant a request: a free seat, or an exchange with who asked in `other_id`.

    `other_before` and `other_after` are the choices that the other has now and would get.
    """

    day: SwapDay
    if_need_be: bool
    kilometres: float | None
    other_id: int | None = None
    other: str = ""
    other_before: int | None = None
    other_after: int | None = None


@dataclass(frozen=True)
class SwapLine:
    """One request; `wish` is how many days were named, 0 where any choice would do, `new` what came of it.

    `answered`: the leader sent choices.
    """

    id: int
    leader_id: int
    leader: str
    organisation: str
    day: SwapDay
    reason: str
    words: str
    wish: int
    answered: bool
    status: str
    asked_at: datetime
    settled_at: datetime | None
    answer: str
    new: SwapDay | None
    ways: tuple[SwapWay, ...]

    @property
    def waits(self) -> bool:
        """Whether it needs somebody."""
        return self.status == "waiting"


@dataclass(frozen=True)
class SwapList:
    """All requests of a cohort, the next day first."""

    cohort_id: int
    cohort: str
    requests: tuple[SwapLine, ...]


@dataclass(frozen=True)
class SwapDetails:
    """One request with all ways to grant it; `blocked` are days that were wished for, each with why not.

    `fixed`: a coordinator has fixed the day that would be left.
    """

    cohort_id: int
    cohort: str
    line: SwapLine
    fixed: bool
    blocked: tuple[tuple[SwapDay, str], ...]

    def way(self, slot_id: int | None, other_id: int | None) -> SwapWay | None:
        """One of the ways; None where it is none any more."""
        same = (one for one in self.line.ways if one.other_id == other_id)
        return next((one for one in same if other_id is not None or one.day.slot_id == slot_id), None)


def swaps_waiting(scope: Scope, cohort_id: int, *, now: datetime) -> int:
    """How many requests of a cohort that the actor coordinates need somebody."""
    cohort = scope.cohort(cohort_id)
    query = select(func.count()).select_from(SwapRequest).where(SwapRequest.cohort_id == cohort.id)
    return scope.session.scalar(query.where(waits(now))) or 0


def swap_list(scope: Scope, cohort_id: int, *, now: datetime) -> SwapList:
    """The requests of a cohort that the actor coordinates, with the ways to grant each that waits."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    return kept(
        session,
        cohort.id,
        *("swaps", *_asked(session, cohort, now=now)),
        work=lambda: _swap_list(session, cohort, now=now),
        now=now,
    )


def _asked(session: Session, cohort: Cohort, *, now: datetime) -> tuple[object, ...]:
    """What the list goes by and no match does: the requests, which of them wait, the seats that are held."""
    query = select(SwapRequest.id, SwapRequest.version, SwapRequest.status, waits(now))
    rows = session.execute(query.where(SwapRequest.cohort_id == cohort.id).order_by(SwapRequest.id))
    return tuple(tuple(row) for row in rows), tuple(sorted(held_seats(session, cohort.id, now=now).items()))


def _swap_list(session: Session, cohort: Cohort, *, now: datetime) -> SwapList:
    known, new = swaps_of(session, cohort, now=now), _new_days(session, cohort)
    waiting = {row.id for row in known.requests}
    rows = session.scalars(
        requests_with_days()
        .join(Placement, Placement.id == SwapRequest.placement_id)
        .where(SwapRequest.cohort_id == cohort.id)
        .order_by(Placement.starts_at, SwapRequest.id)
    )
    return SwapList(cohort.id, cohort.name, tuple(_line(row, known, waiting, new) for row in rows))


def swap_details(scope: Scope, cohort_id: int, request_id: int, *, now: datetime) -> SwapDetails:
    """One request, also one that needs nobody any more."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    row = request_in(scope, cohort, request_id)
    return kept(
        session,
        cohort.id,
        *("swap", row.id, *_asked(session, cohort, now=now)),
        work=lambda: _swap_details(session, cohort, row, now=now),
        now=now,
    )


def _swap_details(session: Session, cohort: Cohort, row: SwapRequest, *, now: datetime) -> SwapDetails:
    known = swaps_of(session, cohort, now=now)
    waiting = {one.id for one in known.requests}
    line = _line(row, known, waiting, _new_days(session, cohort))
    fixed = line.waits and known.fixed(row)
    blocked = () if fixed or not line.waits else _blocked(row, known, line)
    return SwapDetails(cohort.id, cohort.name, line, fixed, blocked)


def _new_days(session: Session, cohort: Cohort) -> Mapping[int, Placement]:
    """The placements that were made of requests, by id."""
    query = (
        select(Placement)
        .join(SwapRequest, SwapRequest.new_placement_id == Placement.id)
        .where(SwapRequest.cohort_id == cohort.id)
    )
    return {row.id: row for row in session.scalars(query)}


def _line(
    row: SwapRequest, known: CohortSwaps, waiting: Collection[int], new: Mapping[int, Placement]
) -> SwapLine:
    leader, status, made = row.leader, status_now(row, waiting), new.get(row.new_placement_id or 0)
    ways = known.ways(row) if status == "waiting" else []
    return SwapLine(
        id=row.id,
        leader_id=leader.id,
        leader=leader.name,
        organisation=leader.organisation.name if leader.organisation else "",
        day=_day(row.placement.slot, row.placement.rank),
        reason=row.reason,
        words=row.words,
        wish=len(row.wish or ()),
        answered=leader.submitted_at is not None,
        status=status,
        asked_at=row.asked_at,
        settled_at=row.settled_at,
        answer=row.answer,
        new=_day(made.slot, made.rank) if made else None,
        ways=tuple(_way(one, known) for one in ways),
    )


def _way(way: Way, known: CohortSwaps) -> SwapWay:
    leader, slot, other = way.request.leader, way.slot, way.other
    dates = known.seating.rows.dates.get(leader.id, {})
    found = SwapWay(
        day=_day(slot, way.rank),
        if_need_be=dates.get(to_london(slot.starts_at).date()) == "if_need_be",
        kilometres=None if slot.virtual else kilometres(leader, slot.opportunity.site),
    )
    if other is None:
        return found
    return SwapWay(
        found.day,
        found.if_need_be,
        found.kilometres,
        other_id=other.id,
        other=other.leader.name,
        other_before=other.placement.rank,
        other_after=way.other_rank,
    )


def _day(slot: Slot, choice: int | None) -> SwapDay:
    opportunity = slot.opportunity
    return SwapDay(slot.id, opportunity.title, opportunity.partner.name, slot.starts_at, slot.ends_at, choice)


def _blocked(row: SwapRequest, known: CohortSwaps, line: SwapLine) -> tuple[tuple[SwapDay, str], ...]:
    """The days that the leader would take and cannot have now, by time, each with why."""
    possible = {way.day.slot_id for way in line.ways}
    wished = [slot for slot in known.wished(row) if slot.id not in possible]
    return tuple(
        (_day(slot, known.rank(row.leader, slot)), _why_blocked(row, known, slot)) for slot in wished
    )


def _why_blocked(row: SwapRequest, known: CohortSwaps, slot: Slot) -> str:
    if not known.is_free(slot):
        return NO_SEAT
    against = known.against(row, slot)
    if any(one.rule == "minimum" and row.placement.slot.reference in one.slots for one in against):
        return "The day that they have would then have too few people."
    return BREAKS.get(against[0].rule, UNFIT) if against else UNFIT
