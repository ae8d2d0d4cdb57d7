"""A match run as the coordinator reviews it: each leader, each slot, who is unplaced and why."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select

from placement.domain.geo import Position
from placement.domain.run_changes import Pair
from placement.models import Assignment, Leader, MatchRun, Slot
from placement.services.kept import kept
from placement.services.match_offers import position_of
from placement.services.reports.runs import RunReport, changes_of, report_of
from placement.services.run_input import fixed_in
from placement.services.scope import Scope
from placement.services.slot_rows import slots_of


@dataclass(frozen=True)
class GivenDay:
    """One day that a run gives a leader; `rank` is the number of their choice, None for a day not chosen.

    `fixed`: the coordinator had fixed it before the run was made.
    """

    slot_id: int
    title: str
    partner: str
    starts_at: datetime
    ends_at: datetime
    rank: int | None
    if_need_be: bool
    kilometres: float | None
    fixed: bool = False


@dataclass(frozen=True)
class Fitting:
    """The days that fit a leader who misses one, by what became of them in the run.

    `unchosen`: days that would fit, but that they did not choose, in a cohort that gives only chosen days.
    """

    full: int
    closed: int
    free: int
    unchosen: int


@dataclass(frozen=True)
class ReviewedLeader:
    """What a run does for one leader; `missing` counts the days they are still without, `fitting` is why.

    `match_id` is the address by which the run knows them, `email` that which they have now.
    """

    id: int
    name: str
    email: str
    match_id: str
    organisation: str
    answered: bool
    given: tuple[GivenDay, ...]
    missing: int
    fitting: Fitting | None


@dataclass(frozen=True)
class ReviewedSlot:
    """Whom a run sends to one slot; without anybody it is closed.

    `sectors` are those of the leaders with how many of each, "" for none. `withdrawn` and `over` say how it
    stood when the run was made; `could_go` counts the leaders for whom it was possible. `place` is where it
    is, `position` None where that is not known or nowhere.
    """

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
    sectors: tuple[tuple[str, int], ...]
    could_go: int
    withdrawn: bool
    over: bool
    place: str
    position: Position | None


@dataclass(frozen=True)
class Review:
    """A run in full; empty lists before it is solved.

    `profile` counts days by choice number as text, with "unranked" for days that were not chosen.
    `wanted_sectors` and `most_of_one` organisation are the rules of the mix that the run was made by.
    """

    run: RunReport
    profile: Mapping[str, int]
    leaders: tuple[ReviewedLeader, ...]
    slots: tuple[ReviewedSlot, ...]
    wanted_sectors: int | None = None
    most_of_one: int | None = None

    @property
    def unplaced(self) -> tuple[ReviewedLeader, ...]:
        """Leaders who are still without a day."""
        return tuple(leader for leader in self.leaders if leader.missing)

    @property
    def closed(self) -> tuple[ReviewedSlot, ...]:
        """Slots that take nobody."""
        return tuple(slot for slot in self.slots if not slot.leaders)


@dataclass(frozen=True)
class RunRows:
    """A run with the rows that its frozen input speaks of, read once, in a fixed number of queries."""

    run: MatchRun
    frozen: Mapping[str, Any]
    leaders: Mapping[str, Leader]
    slots: Mapping[str, Slot]
    given: Mapping[int, Sequence[Assignment]]
    taken: Mapping[int, Sequence[Assignment]]
    fixed: frozenset[Pair] = frozenset()

    @cached_property
    def sectors(self) -> Mapping[str, str | None]:
        """The sector of each leader as the run was frozen, by e-mail address."""
        return {leader["id"]: leader["sector"] for leader in self.frozen["leaders"]}


def review(scope: Scope, cohort_id: int, run_id: int) -> Review:
    """A run of a cohort that the actor coordinates, as it was frozen and solved."""
    run = scope.run_of(scope.cohort(cohort_id), run_id)
    if run.status not in {"solved", "confirmed"}:
        return Review(report_of(run), {}, (), ())
    found = kept(scope.session, run.cohort_id, "review", run.id, work=lambda: _result(scope, run))
    return Review(report_of(run), *found)


_Result = tuple[dict[str, int], tuple[ReviewedLeader, ...], tuple[ReviewedSlot, ...], int | None, int | None]


def _result(scope: Scope, run: MatchRun) -> _Result:
    """The profile, everybody, every slot and the rules of the mix, none of which changes after the result."""
    rows = _read(scope, run)
    rules = rows.frozen["rules"]
    mix = rules.get("min_sectors"), rules.get("max_same_organisation")
    return _profile(run.assignments), _leaders(rows), _slots(rows), *mix


def changes(scope: Scope, cohort_id: int, run_id: int, *, now: datetime) -> tuple[str, ...]:
    """Why a solved run of such a cohort can no longer be confirmed, one sentence for each change."""
    run = scope.run_of(scope.cohort(cohort_id), run_id)
    return changes_of(scope.session, run, now=now)


def _read(scope: Scope, run: MatchRun) -> RunRows:
    leaders = scope.session.scalars(select(Leader).where(Leader.cohort_id == run.cohort_id))
    slots = slots_of(scope.session, select(Slot).where(Slot.cohort_id == run.cohort_id))
    given, taken = defaultdict[int, list[Assignment]](list), defaultdict[int, list[Assignment]](list)
    for pair in run.assignments:
        given[pair.leader_id].append(pair)
        taken[pair.slot_id].append(pair)
    return RunRows(
        run=run,
        frozen=json.loads(run.frozen_input),
        leaders={leader.match_id: leader for leader in leaders},
        slots={slot.reference: slot for slot in slots},
        given=given,
        taken=taken,
        fixed=frozenset(fixed_in(run)),
    )


def _profile(pairs: Sequence[Assignment]) -> dict[str, int]:
    counts = Counter(pair.rank for pair in pairs)
    return {str(rank or "unranked"): number for rank, number in counts.items()}


def _leaders(rows: RunRows) -> tuple[ReviewedLeader, ...]:
    """Everybody whom the run knew: those without a day first, then by name."""
    by_id = {slot.id: slot for slot in rows.slots.values()}
    found = [
        _leader(rows.leaders[told["id"]], told, rows, by_id)
        for told in rows.frozen["leaders"]
        if told["id"] in rows.leaders
    ]
    return tuple(sorted(found, key=lambda row: (row.missing == 0, row.name.casefold(), row.email)))


def _leader(
    leader: Leader, told: Mapping[str, Any], rows: RunRows, by_id: Mapping[int, Slot]
) -> ReviewedLeader:
    days = [_given(pair, by_id[pair.slot_id], told, rows.fixed) for pair in rows.given.get(leader.id, ())]
    missing = max(0, told["days"] - len(days))
    return ReviewedLeader(
        id=leader.id,
        name=leader.name,
        email=leader.user.email,
        match_id=leader.match_id,
        organisation=told["organisation"] or "",
        answered=bool(told["preferences"]),
        given=tuple(sorted(days, key=lambda day: day.starts_at)),
        missing=missing,
        fitting=_fitting(told, rows) if missing else None,
    )


def _given(pair: Assignment, slot: Slot, told: Mapping[str, Any], fixed: Collection[Pair]) -> GivenDay:
    return GivenDay(
        slot_id=slot.id,
        title=slot.opportunity.title,
        partner=slot.opportunity.partner.name,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        rank=pair.rank,
        if_need_be=slot.reference in told["if_need_be"],
        kilometres=told["distance_km"].get(slot.reference),
        fixed=(told["id"], slot.reference) in fixed,
    )


def _fitting(told: Mapping[str, Any], rows: RunRows) -> Fitting:
    """What became of the days that a leader could have had and was not given."""
    chosen = {slot for tier in told["preferences"] for slot in tier}
    barred, places = set(told["excluded"]), rows.frozen["rules"]["place_unranked"]
    found = Counter[str]()
    for slot in rows.frozen["slots"]:
        row = rows.slots.get(slot["id"])
        if row is None or slot["capacity"] == 0 or slot["id"] in barred:
            continue
        taken = rows.taken.get(row.id, ())
        if any(rows.leaders[told["id"]].id == pair.leader_id for pair in taken):
            continue
        found[_became(slot, len(taken), gives=places or slot["id"] in chosen)] += 1
    return Fitting(found["full"], found["closed"], found["free"], found["unchosen"])


def _became(slot: Mapping[str, Any], taken: int, *, gives: bool) -> str:
    if not gives:
        return "unchosen"
    if taken == 0:
        return "closed"
    return "full" if taken >= slot["capacity"] else "free"


def _slots(rows: RunRows) -> tuple[ReviewedSlot, ...]:
    """Every slot that the run knew, by start."""
    by_id = {leader.id: leader for leader in rows.leaders.values()}
    could_go = _could_go(rows.frozen)
    found = [
        _slot(rows.slots[told["id"]], told, rows, by_id, could_go[told["id"]])
        for told in rows.frozen["slots"]
        if told["id"] in rows.slots
    ]
    return tuple(sorted(found, key=lambda row: (row.starts_at, row.title, row.id)))


def _could_go(frozen: Mapping[str, Any]) -> Counter[str]:
    """How many leaders each slot was possible for."""
    count = Counter({slot["id"]: len(frozen["leaders"]) for slot in frozen["slots"]})
    for leader in frozen["leaders"]:
        count.subtract(leader["excluded"])
    return count


def _slot(
    slot: Slot, told: Mapping[str, Any], rows: RunRows, by_id: Mapping[int, Leader], could_go: int
) -> ReviewedSlot:
    sent = [by_id[pair.leader_id] for pair in rows.taken.get(slot.id, ())]
    sectors = Counter(rows.sectors.get(leader.match_id) or "" for leader in sent)
    return ReviewedSlot(
        id=slot.id,
        reference=slot.reference,
        title=slot.opportunity.title,
        partner=slot.opportunity.partner.name,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        capacity=told["capacity"] or slot.capacity,
        minimum=told["minimum"] or slot.minimum,
        leaders=tuple(sorted((leader.name for leader in sent), key=str.casefold)),
        organisations=len({leader.organisation_id for leader in sent}),
        sectors=tuple(sorted(sectors.items(), key=lambda one: (not one[0], -one[1], one[0].casefold()))),
        could_go=could_go,
        withdrawn=told["capacity"] == 0,
        over=slot.starts_at <= rows.run.requested_at and could_go <= 0,
        place="Online" if slot.virtual else slot.opportunity.site.address,
        position=None if slot.virtual else position_of(slot.opportunity.site),
    )
