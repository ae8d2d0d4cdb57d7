"""A match run as the coordinator reviews it: each leader, each slot, who is unplaced and why."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.invites import InviteDetails
from placement.domain.sender import Sender
from placement.models import Assignment, Leader, MatchRun, Slot
from placement.services import invites, match_runs
from placement.services.reports.runs import RunReport, report_of
from placement.services.scope import Scope


@dataclass(frozen=True)
class GivenDay:
    """One day that a run gives a leader; `rank` is the number of their choice, None for a day not chosen."""

    slot_id: int
    title: str
    partner: str
    starts_at: datetime
    ends_at: datetime
    rank: int | None
    if_need_be: bool


@dataclass(frozen=True)
class ReviewedLeader:
    """What a run does for one leader; `missing` counts the days they are still without."""

    id: int
    name: str
    email: str
    organisation: str
    sector: str
    answered: bool
    given: tuple[GivenDay, ...]
    missing: int
    reason: str


@dataclass(frozen=True)
class ReviewedSlot:
    """Whom a run sends to one slot; without anybody it is closed, and `reason` says why."""

    id: int
    reference: str
    title: str
    partner: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    minimum: int
    leaders: tuple[str, ...]
    organisations: int
    reason: str


@dataclass(frozen=True)
class Review:
    """A finished run in full. `profile` counts days by choice number, None for days nobody chose."""

    run: RunReport
    profile: Mapping[int | None, int]
    leaders: tuple[ReviewedLeader, ...]
    slots: tuple[ReviewedSlot, ...]

    @property
    def unplaced(self) -> tuple[ReviewedLeader, ...]:
        """Leaders who are still without a day."""
        return tuple(leader for leader in self.leaders if leader.missing)

    @property
    def closed(self) -> tuple[ReviewedSlot, ...]:
        """Slots that take nobody."""
        return tuple(slot for slot in self.slots if not slot.leaders)


def review(scope: Scope, cohort_id: int, run_id: int) -> Review:
    """A solved or confirmed run of a cohort that the actor coordinates; empty lists before it is solved."""
    run = scope.run_of(scope.cohort(cohort_id), run_id)
    session = scope.session
    frozen = json.loads(run.frozen_input)
    leaders = session.scalars(select(Leader).where(Leader.cohort_id == run.cohort_id)).all()
    slots = session.scalars(select(Slot).where(Slot.cohort_id == run.cohort_id)).all()
    return Review(
        run=report_of(run),
        profile=Counter(pair.rank for pair in run.assignments),
        leaders=_leaders(run, leaders, slots, frozen),
        slots=_slots(run, leaders, slots, frozen),
    )


def changes(scope: Scope, cohort_id: int, run_id: int, *, now: datetime) -> list[str]:
    """What has changed in the cohort since the run was frozen, one sentence each."""
    run = scope.run_of(scope.cohort(cohort_id), run_id)
    return [] if run.status == "confirmed" else match_runs.changes_since(scope.session, run, now=now)


def previews(
    scope: Scope, cohort_id: int, run_id: int, *, sender: Sender, now: datetime
) -> list[tuple[int, InviteDetails]]:
    """The facts of each mail that confirming would owe, with its assignment's id, by leader's name."""
    run = scope.run_of(scope.cohort(cohort_id), run_id)
    leaders, slots = _rows(scope.session, run.assignments)
    found = [
        (
            pair.id,
            invites.preview_details(
                leaders[pair.leader_id], slots[pair.slot_id], pair.rank, sender=sender, now=now
            ),
        )
        for pair in run.assignments
    ]
    return sorted(found, key=lambda row: (row[1].attendee.name.casefold(), row[1].starts_at))


def _rows(session: Session, pairs: Sequence[Assignment]) -> tuple[dict[int, Leader], dict[int, Slot]]:
    leaders = session.scalars(select(Leader).where(Leader.id.in_({pair.leader_id for pair in pairs})))
    slots = session.scalars(select(Slot).where(Slot.id.in_({pair.slot_id for pair in pairs})))
    return {leader.id: leader for leader in leaders}, {slot.id: slot for slot in slots}


def _leaders(
    run: MatchRun, leaders: Sequence[Leader], slots: Sequence[Slot], frozen: Mapping[str, Any]
) -> tuple[ReviewedLeader, ...]:
    told = {row["id"]: row for row in frozen["leaders"]}
    by_id = {slot.id: slot for slot in slots}
    pairs: defaultdict[int, list[Assignment]] = defaultdict(list)
    for pair in run.assignments:
        pairs[pair.leader_id].append(pair)
    found = [
        _leader(leader, pairs[leader.id], by_id, told[leader.user.email], len(frozen["slots"]))
        for leader in leaders
        if leader.user.email in told
    ]
    return tuple(sorted(found, key=lambda row: (row.missing == 0, row.name.casefold(), row.email)))


def _leader(
    leader: Leader,
    pairs: Sequence[Assignment],
    slots: Mapping[int, Slot],
    told: Mapping[str, Any],
    slot_count: int,
) -> ReviewedLeader:
    given = tuple(
        sorted((_given(pair, slots[pair.slot_id], told) for pair in pairs), key=lambda day: day.starts_at)
    )
    missing = told["days"] - len(given)
    return ReviewedLeader(
        id=leader.id,
        name=leader.name,
        email=leader.user.email,
        organisation=told["organisation"] or "",
        sector=told["sector"] or "",
        answered=bool(told["preferences"]),
        given=given,
        missing=missing,
        reason=_missing_reason(slot_count - len(told["excluded"])) if missing else "",
    )


def _given(pair: Assignment, slot: Slot, told: Mapping[str, Any]) -> GivenDay:
    return GivenDay(
        slot_id=slot.id,
        title=slot.opportunity.title,
        partner=slot.opportunity.partner.name,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        rank=pair.rank,
        if_need_be=slot.reference in told["if_need_be"],
    )


def _missing_reason(possible: int) -> str:
    if possible == 0:
        return "No day fits: look at their dates, the checks they hold, access needs and how far they travel."
    days = "1 day fits" if possible == 1 else f"{possible} days fit"
    return f"{days}, but no seat was left there in a list that keeps every rule."


def _slots(
    run: MatchRun, leaders: Sequence[Leader], slots: Sequence[Slot], frozen: Mapping[str, Any]
) -> tuple[ReviewedSlot, ...]:
    by_id = {leader.id: leader for leader in leaders}
    fits = _fits(frozen)
    sent: defaultdict[int, list[Leader]] = defaultdict(list)
    for pair in run.assignments:
        sent[pair.slot_id].append(by_id[pair.leader_id])
    found = [_slot(slot, sent[slot.id], fits.get(slot.reference, 0)) for slot in slots]
    return tuple(sorted(found, key=lambda row: (row.starts_at, row.title)))


def _fits(frozen: Mapping[str, Any]) -> Counter[str]:
    """How many leaders each slot is possible for."""
    fits = Counter({slot["id"]: len(frozen["leaders"]) for slot in frozen["slots"]})
    for leader in frozen["leaders"]:
        fits.subtract(leader["excluded"])
    return fits


def _slot(slot: Slot, sent: Sequence[Leader], fits: int) -> ReviewedSlot:
    return ReviewedSlot(
        id=slot.id,
        reference=slot.reference,
        title=slot.opportunity.title,
        partner=slot.opportunity.partner.name,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        capacity=slot.capacity,
        minimum=slot.minimum,
        leaders=tuple(sorted(leader.name for leader in sent)),
        organisations=len({leader.organisation_id for leader in sent}),
        reason="" if sent else _closed_reason(slot, fits),
    )


def _closed_reason(slot: Slot, fits: int) -> str:
    if slot.status == "withdrawn":
        return "The partner withdrew this day."
    if fits < slot.minimum:
        return f"It needs {slot.minimum}, and only {fits} could go."
    return f"It would need {slot.minimum}; they are better placed elsewhere."
