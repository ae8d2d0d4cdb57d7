"""A repair before it is confirmed: who would move from where to where, and what else could be done."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.errors import NotFound
from placement.domain.matching.parts import Pair
from placement.domain.matching.problem import Problem
from placement.domain.matching.solution import Value
from placement.domain.repair import Move as PlainMove
from placement.domain.repair import difference, measure, moves
from placement.models import MatchRun, Placement
from placement.services.repairs import runs_of
from placement.services.reports.effects import Person
from placement.services.reports.runs import RunReport, changes_of, report_of
from placement.services.reports.standing import (
    Day,
    Names,
    Standing,
    Waiting,
    names,
    profile,
    standing_of,
    waiting,
)
from placement.services.run_input import given_in, standing_in
from placement.services.scope import Scope

MoveKind = Literal["moved", "placed", "unplaced"]


@dataclass(frozen=True)
class Move:
    """One leader whose day changes; `before` or `after` is None where they have none."""

    person: Person
    before: Day | None
    after: Day | None

    @property
    def kind(self) -> MoveKind:
        """Whether the leader gets another day, a first one, or loses theirs."""
        if self.before and self.after:
            return "moved"
        return "placed" if self.after else "unplaced"


@dataclass(frozen=True)
class StageChange:
    """One stage: its value as things stand, its value by the run, and by how much it changes."""

    name: str
    before: Value
    after: Value
    change: Value
    proven: bool


@dataclass(frozen=True)
class Seat:
    """The seat that a repair was asked to give, and to whom."""

    person: Person
    day: Day


@dataclass(frozen=True)
class Proposal:
    """What one run of a repair proposes; with empty lists and no `proof` while it has no result.

    Where somebody is to be given a seat, there may be no list that keeps every rule (`impossible`).
    """

    run: RunReport
    proof: str
    moves: tuple[Move, ...]
    stages: tuple[StageChange, ...]
    kept: int
    placed: int
    unplaced: tuple[Waiting, ...]
    profile: Mapping[str, int]

    @property
    def impossible(self) -> bool:
        """Whether no list keeps every rule."""
        return self.proof == "infeasible"

    @property
    def moved(self) -> int:
        """How many people get another day in the place of one that they had."""
        return self._count("moved")

    @property
    def newly_placed(self) -> int:
        """How many people get a day without losing another."""
        return self._count("placed")

    @property
    def left_out(self) -> int:
        """How many people lose a day without getting another."""
        return self._count("unplaced")

    def _count(self, kind: MoveKind) -> int:
        return len({move.person.leader_id for move in self.moves if move.kind == kind})


@dataclass(frozen=True)
class RepairReport:
    """The ways to go on: do `nothing`, the fewest moves, or the best list made afresh.

    Where a `seat` is to be given, the fewest moves are those with it, and no list is made afresh. `changes`
    says why neither run can be confirmed any more; `confirmed` is the number of the run that was.
    """

    cohort_id: int
    cohort: str
    nothing: Standing
    fewest: Proposal | None
    fresh: Proposal | None
    changes: tuple[str, ...]
    confirmed: int | None
    seat: Seat | None


@dataclass(frozen=True)
class _Before:
    """What stood when the repair was asked for, over the problem of one of its runs."""

    problem: Problem
    standing: Sequence[Pair]
    known: Names
    choices: Mapping[Pair, int | None]


def repair_report(scope: Scope, cohort_id: int, run_id: int, *, now: datetime) -> RepairReport:
    """The repair that a run is part of, in a cohort that the actor coordinates.

    Raises `NotFound` for a run that is no part of a repair.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    run = scope.run_of(cohort, run_id)
    if run.kind == "match":
        raise NotFound(thing=f"repair with the number {run_id}")
    known = names(session, cohort.id)
    choices = _choices(session, standing_in(run), known)
    repair, fresh = runs_of(session, run)
    earlier = {one.id: _before(one, known, choices) for one in (repair, fresh) if one is not None}
    first = earlier[run.id]
    confirmed = [one.id for one in (repair, fresh) if one is not None and one.status == "confirmed"]
    return RepairReport(
        cohort_id=cohort.id,
        cohort=cohort.name,
        nothing=standing_of(first.problem, first.standing, known),
        fewest=_proposal(repair, earlier[repair.id]) if repair else None,
        fresh=_proposal(fresh, earlier[fresh.id]) if fresh else None,
        changes=changes_of(session, run, now=now),
        confirmed=confirmed[0] if confirmed else None,
        seat=_seat(run, first),
    )


def _before(run: MatchRun, known: Names, choices: Mapping[Pair, int | None]) -> _Before:
    return _Before(Problem.from_json(json.loads(run.frozen_input)), standing_in(run), known, choices)


def _seat(run: MatchRun, before: _Before) -> Seat | None:
    offers = {slot.id: slot for slot in before.problem.slots}
    given = (
        Seat(before.known.people[leader], before.known.day(offers[slot])) for leader, slot in given_in(run)
    )
    return next(given, None)


def _choices(session: Session, pairs: Iterable[Pair], known: Names) -> dict[Pair, int | None]:
    """The number of the choice that each placement was when it was confirmed."""
    wanted = {
        (known.people[leader].leader_id, known.slots[slot].id): (leader, slot) for leader, slot in pairs
    }
    ids = {slot_id for _, slot_id in wanted}
    rows = session.execute(
        select(Placement.leader_id, Placement.slot_id, Placement.rank)
        .where(Placement.slot_id.in_(ids))
        .order_by(Placement.id)
    )
    return {
        wanted[leader_id, slot_id]: rank
        for leader_id, slot_id, rank in rows
        if (leader_id, slot_id) in wanted
    }


def _proposal(run: MatchRun, before: _Before) -> Proposal:
    report = report_of(run)
    proof = report.solution["status"] if report.solution else ""
    if report.solution is None or proof == "infeasible":
        return Proposal(report, proof, (), (), 0, 0, (), {})
    pairs = [(pair["leader"], pair["slot"]) for pair in report.solution["assignments"]]
    given = _given(run, before.known)
    return Proposal(
        run=report,
        proof=proof,
        moves=_moves(before, pairs, given),
        stages=_stages(report, before, pairs),
        kept=len(set(before.standing) & set(pairs)),
        placed=len(pairs),
        unplaced=waiting(before.problem, pairs, before.known),
        profile=profile(before.problem, pairs),
    )


def _given(run: MatchRun, known: Names) -> dict[Pair, int | None]:
    """The number of the choice that each assignment of a run is."""
    people = {person.leader_id: email for email, person in known.people.items()}
    slots = {slot.id: reference for reference, slot in known.slots.items()}
    return {(people[pair.leader_id], slots[pair.slot_id]): pair.rank for pair in run.assignments}


def _moves(before: _Before, pairs: Sequence[Pair], given: Mapping[Pair, int | None]) -> tuple[Move, ...]:
    """What changes, by the leaders' names."""
    offers = {slot.id: slot for slot in before.problem.slots}

    def day(move: PlainMove, slot: str | None, choices: Mapping[Pair, int | None]) -> Day | None:
        if slot is None:
            return None
        return before.known.day(offers[slot], choice=choices.get((move.leader, slot)))

    found = [
        Move(
            before.known.people[move.leader],
            day(move, move.before, before.choices),
            day(move, move.after, given),
        )
        for move in moves(before.standing, pairs)
    ]
    return tuple(sorted(found, key=lambda move: (move.person.name.casefold(), move.person.email)))


def _stages(report: RunReport, before: _Before, pairs: Sequence[Pair]) -> tuple[StageChange, ...]:
    """Each stage of a run beside what stands; `placed` and `kept` also where they are no stages of it."""
    solution = report.solution or {}
    proven = {stage["name"]: stage["proven"] for stage in solution["stages"]}
    names_in_order = [
        "placed",
        "kept",
        *(name for name in proven if name not in {"placed", "kept", "lottery"}),
    ]
    standing = set(before.standing)
    old, new = measure(before.problem, standing), measure(before.problem, pairs)
    old["kept"], new["kept"] = len(standing), len(standing & set(pairs))
    return tuple(
        StageChange(name, old[name], new[name], difference(old[name], new[name]), proven.get(name, True))
        for name in names_in_order
    )
