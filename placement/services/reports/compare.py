"""Two runs of one cohort side by side: who gains, who loses, which slots open or close."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from placement.domain.run_changes import input_changes
from placement.models import MatchRun
from placement.services.kept import kept
from placement.services.reports.review import GivenDay, Review, ReviewedLeader, ReviewedSlot, review
from placement.services.reports.runs import RunReport
from placement.services.scope import Scope

Kind = Literal["unplaced", "loses", "placed", "gains", "moves"]
KINDS: tuple[Kind, ...] = ("unplaced", "loses", "placed", "gains", "moves")
"""What a second run can change for a leader, worst first: fewer days, a later choice, more days, an earlier
choice, another day of the same choice."""


@dataclass(frozen=True)
class RunSide:
    """One run of a comparison in figures; `kilometres` is the sum of all distances, as the crow flies."""

    run: RunReport
    profile: Mapping[str, int]
    days: int
    missing: int
    if_need_be: int
    kilometres: float
    running: int


@dataclass(frozen=True)
class LeaderDifference:
    """What one leader gets from each of two runs, where that differs."""

    leader_id: int
    name: str
    organisation: str
    answered: bool
    kind: Kind
    before: tuple[GivenDay, ...]
    after: tuple[GivenDay, ...]


@dataclass(frozen=True)
class SlotDifference:
    """A slot that runs in one of two runs only, with how many go there."""

    slot: ReviewedSlot
    opens: bool
    leaders: int


@dataclass(frozen=True)
class Comparison:
    """Two runs of a cohort; `changes` are the differences between what they were made from.

    `alike` counts the leaders who get the same from both, `only_one` those whom just one of the runs knew.
    """

    first: RunSide
    second: RunSide
    changes: tuple[str, ...]
    leaders: tuple[LeaderDifference, ...]
    slots: tuple[SlotDifference, ...]
    alike: int
    only_one: tuple[str, ...]

    def of_kind(self, kind: Kind) -> tuple[LeaderDifference, ...]:
        """The leaders for whom the second run changes that."""
        return tuple(row for row in self.leaders if row.kind == kind)


@dataclass(frozen=True)
class RunWithList:
    """A run that can be compared with another."""

    id: int
    objective: str


def runs_to_compare(scope: Scope, cohort_id: int) -> tuple[RunWithList, ...]:
    """The runs of a cohort that have a list, newest first."""
    cohort = scope.cohort(cohort_id)
    rows = scope.session.execute(
        select(MatchRun.id, MatchRun.objective, MatchRun.result)
        .where(MatchRun.cohort_id == cohort.id, MatchRun.status.in_(("solved", "confirmed")))
        .order_by(MatchRun.id.desc())
    )
    return tuple(
        RunWithList(run_id, objective)
        for run_id, objective, result in rows
        if result and json.loads(result)["status"] != "infeasible"
    )


def compare_runs(scope: Scope, cohort_id: int, first_id: int, second_id: int) -> Comparison:
    """What changes from one run with a list to another, of a cohort that the actor coordinates."""
    first, second = (review(scope, cohort_id, run_id) for run_id in (first_id, second_id))
    before, after = ({leader.id: leader for leader in found.leaders} for found in (first, second))
    both = [(row, after[key]) for key, row in before.items() if key in after]
    leaders = [found for pair in both if (found := _leader(*pair)) is not None]
    one = before.keys() ^ after.keys()
    return Comparison(
        first=_side(first),
        second=_side(second),
        changes=kept(
            scope.session,
            cohort_id,
            *("compared", first_id, second_id),
            work=lambda: _input_changes(scope, first_id, second_id),
        ),
        leaders=tuple(sorted(leaders, key=lambda row: (KINDS.index(row.kind), row.name.casefold()))),
        slots=_slots(first.slots, second.slots),
        alike=len(both) - len(leaders),
        only_one=tuple(sorted((before | after)[key].name for key in one)),
    )


def _input_changes(scope: Scope, first_id: int, second_id: int) -> tuple[str, ...]:
    frozen = (json.loads(scope.run(run_id).frozen_input) for run_id in (first_id, second_id))
    return tuple(input_changes(*frozen))


def _side(found: Review) -> RunSide:
    given = [day for leader in found.leaders for day in leader.given]
    return RunSide(
        run=found.run,
        profile=found.profile,
        days=len(given),
        missing=sum(leader.missing for leader in found.leaders),
        if_need_be=sum(day.if_need_be for day in given),
        kilometres=sum(day.kilometres or 0.0 for day in given),
        running=len(found.slots) - len(found.closed),
    )


def _leader(before: ReviewedLeader, after: ReviewedLeader) -> LeaderDifference | None:
    """What a leader gains or loses; None where the days are the same."""
    if {day.slot_id for day in before.given} == {day.slot_id for day in after.given}:
        return None
    return LeaderDifference(
        leader_id=after.id,
        name=after.name,
        organisation=after.organisation,
        answered=after.answered,
        kind=_kind(before.given, after.given),
        before=before.given,
        after=after.given,
    )


def _kind(before: Sequence[GivenDay], after: Sequence[GivenDay]) -> Kind:
    """More days are better than better choices; of several days the best choice is compared first."""
    if len(before) != len(after):
        return "placed" if len(after) > len(before) else "unplaced"
    was, becomes = _choices(before), _choices(after)
    if was == becomes:
        return "moves"
    return "gains" if becomes < was else "loses"


def _choices(days: Sequence[GivenDay]) -> list[float]:
    return sorted(float("inf") if day.rank is None else day.rank for day in days)


def _slots(first: Sequence[ReviewedSlot], second: Sequence[ReviewedSlot]) -> tuple[SlotDifference, ...]:
    """What runs in one of the two only; a slot that one of them did not know does not run there."""
    before, after = ({slot.id: slot for slot in slots if slot.leaders} for slots in (first, second))
    found = [
        SlotDifference(slot, opens=key in after, leaders=len(slot.leaders))
        for key, slot in (before | after).items()
        if (key in before) != (key in after)
    ]
    return tuple(sorted(found, key=lambda row: (row.opens, row.slot.starts_at, row.slot.id)))
