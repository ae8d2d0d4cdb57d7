"""A match result, in the words of its contract."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from placement.domain.matching.parts import Pair
from placement.domain.matching.problem import Problem
from placement.domain.matching.why.findings import Conflict, Explanations, WhatIf

Status = Literal["optimal", "feasible", "infeasible"]
Value = int | float | Mapping[str, int] | None
UNRANKED = "unranked"


@dataclass(frozen=True, slots=True)
class Assignment:
    """One leader given one slot; `rank` is None where the leader had not ranked it."""

    leader: str
    slot: str
    rank: int | None


@dataclass(frozen=True, slots=True)
class StageResult:
    """What one stage reached. `bound` is the best that could still be possible; None where unknown."""

    name: str
    value: Value
    bound: Value
    proven: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a solve ended: who gets what, and what each stage reached.

    `gap` is that of the first stage not proven, 0 when all are, None without a result.
    """

    pairs: frozenset[Pair]
    stages: tuple[StageResult, ...]
    gap: float | None


@dataclass(frozen=True, slots=True)
class Solution:
    """The result of a match, sorted by id, and how far it is proven to be the best."""

    status: Status
    assignments: tuple[Assignment, ...]
    unplaced: tuple[tuple[str, int], ...]
    """Leaders who miss days, with the number of days."""
    closed_slots: tuple[str, ...]
    profile: Mapping[str, int]
    stages: tuple[StageResult, ...]
    gap: float | None
    seed: str
    input_digest: str
    seconds: float
    conflicts: tuple[Conflict, ...] = ()
    """Why no result keeps every rule; or, with a diagnosis, why somebody misses a day."""
    explanations: Explanations | None = None
    what_if: tuple[WhatIf, ...] | None = None

    def to_json(self) -> dict[str, object]:
        """Give the values of the contract's JSON."""
        optional: dict[str, object] = {}
        if self.conflicts or self.what_if is not None:
            optional["diagnosis"] = [conflict.to_json() for conflict in self.conflicts]
        if self.what_if is not None:
            optional["what_if"] = [one.to_json() for one in self.what_if]
        if self.explanations is not None:
            optional |= self.explanations.to_json()
        return {
            "version": 1,
            "status": self.status,
            "assignments": [
                {"leader": one.leader, "slot": one.slot, "rank": one.rank} for one in self.assignments
            ],
            "unplaced": [{"leader": leader, "days": days} for leader, days in self.unplaced],
            "closed_slots": list(self.closed_slots),
            "profile": dict(self.profile),
            "stages": [_stage_json(stage) for stage in self.stages],
            "gap": self.gap,
            "seed": self.seed,
            "input_digest": self.input_digest,
            "seconds": self.seconds,
            **optional,
        }


def _stage_json(stage: StageResult) -> dict[str, object]:
    value, bound = (dict(held) if isinstance(held, Mapping) else held for held in (stage.value, stage.bound))
    return {"name": stage.name, "value": value, "bound": bound, "proven": stage.proven}


def assignments_of(problem: Problem, pairs: Iterable[Pair]) -> tuple[Assignment, ...]:
    """Give pairs their ranks and put them in order of leader and slot."""
    ranks = {
        (leader.id, slot): rank
        for leader in problem.leaders
        for rank, tier in enumerate(leader.preferences, start=1)
        for slot in tier
    }
    return tuple(Assignment(leader, slot, ranks.get((leader, slot))) for leader, slot in sorted(pairs))


def profile_of(ranks: Iterable[int | None]) -> dict[str, int]:
    """Count the days given at each rank, best rank first, unranked last; ranks never given are left out."""
    counts = Counter(ranks)
    ranked = sorted(rank for rank in counts if rank is not None)
    profile = {str(rank): counts[rank] for rank in ranked}
    return profile | ({UNRANKED: counts[None]} if counts[None] else {})


def unplaced_of(problem: Problem, pairs: Iterable[Pair]) -> tuple[tuple[str, int], ...]:
    """List the leaders who miss days."""
    given = Counter(leader for leader, _ in pairs)
    return tuple(
        (leader.id, leader.days - given[leader.id])
        for leader in problem.leaders
        if given[leader.id] < leader.days
    )


def closed_of(problem: Problem, pairs: Iterable[Pair]) -> tuple[str, ...]:
    """List the slots that take nobody."""
    taken = {slot for _, slot in pairs}
    return tuple(slot.id for slot in problem.slots if slot.id not in taken)
