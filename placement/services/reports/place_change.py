"""What else one leader could get in a run, and what each would do to the others: before anything is saved."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from placement.domain.errors import InvalidProblem
from placement.domain.matching.problem import Problem
from placement.models import FixedPair, Leader, MatchRun, Slot
from placement.services.fixed_rows import kept_on, ruled_out
from placement.services.kept import kept, known_changes
from placement.services.match_problem import problem_of
from placement.services.match_rows import CohortRows, read_rows
from placement.services.match_runs import known_objective
from placement.services.news import person
from placement.services.place_changes import OUTDATED, pairs_in, why_closed
from placement.services.repairs import gentle
from placement.services.reports.effects import Person
from placement.services.reports.repair import Move
from placement.services.reports.runs import RunReport, report_of
from placement.services.reports.standing import Day, Names, names, profile
from placement.services.scope import Scope
from placement.services.seats import why_unfit

if TYPE_CHECKING:
    from placement.domain.matching.why.alternatives import Alternative
    from placement.domain.matching.why.alternatives import Move as EngineMove


@dataclass(frozen=True)
class PlaceOption:
    """A day that the leader could get instead. `moves` begins with their own; `placed` counts all days given.

    `profile` is how many days would be given at each choice.
    """

    day: Day
    moves: tuple[Move, ...]
    placed: int
    profile: Mapping[str, int]

    @property
    def others(self) -> tuple[Move, ...]:
        """What would change for other people."""
        own = self.moves[0].person if self.moves else None
        return tuple(move for move in self.moves if move.person != own)


@dataclass(frozen=True)
class PlaceChange:
    """A leader of a run with the days that they could get instead, those first that move fewest people.

    Of the days `needed` by everybody, `placed` are given. `refused` says why nothing can be changed; there
    are no options then. `unknown` counts the days that were not worked out in time, `impossible` those that
    no list which keeps the rules can give. `seconds` is how long was searched at most.
    """

    run: RunReport
    person: Person
    now: tuple[Day, ...]
    needed: int
    placed: int
    profile: Mapping[str, int]
    options: tuple[PlaceOption, ...]
    unknown: int
    impossible: int
    refused: str
    seconds: float = 0

    def option(self, slot_id: int) -> PlaceOption | None:
        """The option of one slot; None where it is none."""
        return next((one for one in self.options if one.day.slot_id == slot_id), None)


@dataclass(frozen=True)
class _Asked:
    """One leader in one run: its problem as a change would have it, and what is known by name."""

    problem: Problem
    leader: str
    before: frozenset[tuple[str, str]]
    known: Names
    ranks: Mapping[tuple[str, str], int]

    def day(self, who: str, slot: str | None) -> Day | None:
        """A slot as a day, with the choice that it is for somebody."""
        if slot is None:
            return None
        offer = next(one for one in self.problem.slots if one.id == slot)
        return self.known.day(offer, choice=self.ranks.get((who, slot)))


def place_options(
    scope: Scope,
    cohort_id: int,
    run_id: int,
    leader_id: int,
    *,
    seconds: float,
    now: datetime,
    slot_id: int | None = None,
) -> PlaceChange:
    """Work out what else a leader of a run could get: everything, or one slot. Nothing is written.

    Of equally good lists, that of one slot is the one which the run gives that the change asks for.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    run, leader = scope.run_of(cohort, run_id), scope.leader_of(cohort, leader_id)
    slot = scope.slot_in(cohort, slot_id) if slot_id is not None else None
    refused = why_closed(run) or (OUTDATED if known_changes(session, run, now=now) else "")
    if refused:
        return PlaceChange(report_of(run), person(leader), (), 0, 0, {}, (), 0, 0, refused)
    found = kept(
        session,
        cohort.id,
        *("place change", run.id, leader.id, slot_id),
        work=lambda: _worked_out(session, run, leader, slot, seconds=seconds, now=now),
        now=now,
        enough=lambda found: not found.unknown or found.seconds >= seconds,
    )
    return replace(found, run=report_of(run))


def _worked_out(
    session: Session, run: MatchRun, leader: Leader, slot: Slot | None, *, seconds: float, now: datetime
) -> PlaceChange:
    rows = read_rows(session, run.cohort, now=now)
    asked = _asked(run, leader, rows, names(session, run.cohort_id))
    options, unknown, impossible = (
        _options(asked, seconds)
        if slot is None
        else _as_its_run(asked, run, leader, rows, slot, seconds=seconds)
    )
    held = sorted(slot for who, slot in asked.before if who == asked.leader)
    return PlaceChange(
        run=report_of(run),
        person=person(leader),
        now=tuple(day for slot in held if (day := asked.day(asked.leader, slot)) is not None),
        needed=sum(one.days for one in asked.problem.leaders),
        placed=len(asked.before),
        profile=profile(asked.problem, asked.before),
        options=options,
        unknown=unknown,
        impossible=impossible,
        refused="",
        seconds=seconds,
    )


def _asked(run: MatchRun, leader: Leader, rows: CohortRows, known: Names) -> _Asked:
    """The problem as it will be: without the place that the leader is kept on, near to the run."""
    problem = _near(run, replace(rows, fixed=_without(rows, kept_on(rows.fixed, leader))))
    ranks = {
        (one.id, slot): rank
        for one in problem.leaders
        for rank, tier in enumerate(one.preferences, start=1)
        for slot in tier
    }
    return _Asked(problem, leader.match_id, frozenset(pairs_in(run)), known, ranks)


Found = tuple[tuple[PlaceOption, ...], int, int]
"""The options, how many days are not known, and how many are impossible."""


def _options(asked: _Asked, seconds: float) -> Found:
    """Every day that the leader could get."""
    # Loaded late: most who ask for reports never come here.
    from placement.domain.matching.why.alternatives import Alternatives, NotProven

    engine = Alternatives(asked.problem, asked.before, clock=time.monotonic, time_limit=seconds)
    found: list[tuple[PlaceOption, Alternative]] = []
    unknown = impossible = 0
    for slot in _possible(asked):
        try:
            alternative = engine.with_pair(asked.leader, slot)
        except NotProven:
            unknown += 1
            continue
        if alternative is None:
            impossible += 1
        else:
            found.append((_option(asked, slot, alternative.moves, alternative.pairs), alternative))
    found.sort(key=lambda one: (one[1].price, len(one[1].moves), one[1].goals, one[0].day.starts_at))
    return tuple(option for option, _ in found), unknown, impossible


def _as_its_run(
    asked: _Asked, run: MatchRun, leader: Leader, rows: CohortRows, slot: Slot, *, seconds: float
) -> Found:
    """The one option of a slot, out of the very problem of the run that the change asks for."""
    from placement.domain.matching import solve
    from placement.domain.matching.why.alternatives import moves_between

    if slot.reference not in _possible(asked):
        return (), 0, 0
    freed = [*kept_on(rows.fixed, leader), *ruled_out(rows.fixed, leader, slot)]
    pin = FixedPair(leader_id=leader.id, opportunity_id=slot.opportunity_id, slot_id=slot.id, kind="pin")
    try:
        problem = _near(run, replace(rows, fixed=[*_without(rows, freed), pin]))
    except InvalidProblem:  # it cannot stand beside what else is fixed
        return (), 0, 1
    found = solve(problem, clock=time.monotonic, time_limit=seconds)
    if found.status != "optimal":
        return (), int(found.status != "infeasible"), int(found.status == "infeasible")
    pairs = frozenset((one.leader, one.slot) for one in found.assignments)
    moved = moves_between(asked.before, pairs, (asked.leader, (slot.reference,)))
    return (_option(asked, slot.reference, moved, pairs),), 0, 0


def _without(rows: CohortRows, freed: Sequence[FixedPair]) -> list[FixedPair]:
    return [row for row in rows.fixed if row not in freed]


def _near(run: MatchRun, rows: CohortRows) -> Problem:
    """The problem of a run near to `run`."""
    objective = gentle(known_objective(run.objective))
    return problem_of(rows, objective=objective, seed=run.seed, kind="match", keep=pairs_in(run))


def _possible(asked: _Asked) -> Sequence[str]:
    """The slots that the leader does not have and that nothing in them or in the slot rules out."""
    needs = next((one for one in asked.problem.leaders if one.id == asked.leader), None)
    return [
        slot.id
        for slot in asked.problem.slots
        if slot.capacity > 0
        and (asked.leader, slot.id) not in asked.before
        and needs is not None
        and not why_unfit(asked.problem, needs, slot.id)
    ]


def _option(
    asked: _Asked, slot: str, moved: "Sequence[EngineMove]", pairs: frozenset[tuple[str, str]]
) -> PlaceOption:
    day = asked.day(asked.leader, slot)
    assert day is not None  # noqa: S101  # a slot was named
    moves = tuple(
        Move(asked.known.people[who], asked.day(who, before), asked.day(who, after))
        for who, before, after in moved
    )
    return PlaceOption(day, moves, len(pairs), profile(asked.problem, pairs))
