"""Who could take one free seat of a slot, and what each of them taking it would do to the others."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from placement.domain.choices import ordinal
from placement.domain.matching.problem import Problem
from placement.domain.matching.solution import Value
from placement.models import Cohort, Slot
from placement.services.kept import kept
from placement.services.match_problem import problem_of
from placement.services.match_rows import read_rows
from placement.services.match_runs import known_objective
from placement.services.repairs import gentle
from placement.services.reports.repair import Move
from placement.services.reports.standing import Day, Names, names
from placement.services.scope import Scope
from placement.services.seats import why_no_seat

if TYPE_CHECKING:
    from placement.domain.matching.why.alternatives import Alternative


@dataclass(frozen=True)
class Taker:
    """A leader who could take the seat: `change` is the first stage that changes and by how much.

    `choice` is the number of the tier that the slot is in for them. `moves` begins with their own.
    """

    choice: int | None
    change: Mapping[str, Value]
    moves: tuple[Move, ...]
    sentence: str

    @property
    def own(self) -> Move:
        """The move of the leader who takes the seat."""
        return self.moves[0]


@dataclass(frozen=True)
class SeatReport:
    """A slot with its `free` seats and all who could take one, the best for everybody first.

    `closed` says why nobody can; empty where somebody might.
    """

    day: Day
    free: int
    takers: tuple[Taker, ...]
    closed: str


def seat_candidates(
    scope: Scope, cohort_id: int, slot_id: int, *, seconds: float, now: datetime
) -> SeatReport:
    """Rank the leaders who could take a seat in a slot of a cohort that the actor coordinates.

    Everybody else keeps their day where that is possible. Who is not worked out within `seconds` is left out.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    slot = scope.slot_in(cohort, slot_id)
    return kept(
        session,
        cohort.id,
        *("seats", slot.id),
        work=lambda: candidates_now(session, cohort, slot, seconds=seconds, now=now),
        now=now,
    )


def candidates_now(
    session: Session, cohort: Cohort, slot: Slot, *, seconds: float, now: datetime
) -> SeatReport:
    """The same of a slot that was found, with changes that are not written yet."""
    # Loaded late: most who ask for reports never come here.
    from placement.domain.matching.why.alternatives import Alternatives
    from placement.domain.matching.why.explain import seat_takers

    rows = read_rows(session, cohort, now=now)
    objective = gentle(known_objective(cohort.objective))
    problem = problem_of(rows, objective=objective, seed=cohort.seed, kind="repair")
    known = names(session, cohort.id)
    free = slot.offered_capacity - slot.taken if slot.status == "open" else 0
    closed = why_no_seat(slot, over=slot.id in rows.over)
    offer = next(one for one in problem.slots if one.id == slot.reference)
    if closed:
        return SeatReport(known.day(offer), max(0, free), (), closed)
    engine = Alternatives(problem, frozenset(rows.standing), clock=time.monotonic, time_limit=seconds)
    found = seat_takers(engine, problem, slot.reference)
    takers = tuple(_taker(problem, leader, slot.reference, one, known) for leader, one in found)
    return SeatReport(known.day(offer), free, takers, "" if takers else "Nobody could take it.")


def _taker(problem: Problem, leader: str, slot: str, found: "Alternative", known: Names) -> Taker:
    offers = {one.id: one for one in problem.slots}
    ranks = _ranks(problem)

    def day(who: str, where: str | None) -> Day | None:
        return None if where is None else known.day(offers[where], choice=ranks.get((who, where)))

    all_moves = tuple(
        Move(known.people[who], day(who, before), day(who, after)) for who, before, after in found.moves
    )
    choice = ranks.get((leader, slot))
    return Taker(choice, found.change, all_moves, _sentence(all_moves, choice))


def _ranks(problem: Problem) -> dict[tuple[str, str], int]:
    return {
        (leader.id, slot): rank
        for leader in problem.leaders
        for rank, tier in enumerate(leader.preferences, start=1)
        for slot in tier
    }


def _sentence(all_moves: tuple[Move, ...], choice: int | None) -> str:
    own = all_moves[0]
    others = [move for move in all_moves if move.person != own.person]
    liked = f"their {ordinal(choice)} choice" if choice else "not one of their choices"
    comes = f"would leave {own.before.words}" if own.before else "would get a day"
    placed = {move.person.leader_id for move in others if move.kind == "placed"}
    moved = {move.person.leader_id for move in others} - placed
    rest = [
        *([f"{_people(len(placed))} would get a day."] if placed else []),
        f"{_people(len(moved))} would move." if moved else "Nobody else would move.",
    ]
    return f"{own.person.name} {comes}; this one is {liked}. {' '.join(rest)}"


def _people(number: int) -> str:
    return "1 other person" if number == 1 else f"{number} other people"
