"""Repairs: runs that may move what stands, and what confirming one of them does.

A repair is asked for as two runs over the same cohort: one keeps as many placements as it can, the other is
the best list without regard to what stands. Either can be confirmed; the other is out of date then.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.change_errors import NothingToRepair
from placement.domain.sender import Sender
from placement.domain.states import Objective
from placement.domain.text import day_in_words
from placement.models import Cohort, MatchRun, Placement, Slot
from placement.services import invites, news
from placement.services.cohorts import hold_cohort
from placement.services.match_problem import problem_of
from placement.services.match_rows import read_rows, slots_over_in
from placement.services.match_runs import known_objective, queue_run
from placement.services.news import Told
from placement.services.placements import end_placements, live_placements, open_placements
from placement.services.scope import Scope

GENTLE: Objective = "generous"
"""Instead of the lottery, which would draw everything anew."""

MOVED = (
    "Plans have changed, and you have another day instead: {day}. Its invite comes in an e-mail of its own. "
    "We are sorry about the change."
)
LEFT_OUT = (
    "Plans have changed, and your place could not be kept. There is no other day in its place at the moment. "
    "We are sorry; reply to this e-mail if you have a question."
)
INSTEAD = "It takes the place of your day with {partner} on {day}, which is cancelled."


@dataclass(frozen=True)
class RepairRuns:
    """The two runs of a repair, by number: the fewest moves, and the best list made afresh."""

    repair: int
    fresh: int


@dataclass(frozen=True)
class Repaired:
    """What came of confirming a repair: placements ended, made, and left as they were."""

    ended: int
    made: int
    kept: int


def request_repair(
    scope: Scope,
    cohort_id: int,
    *,
    seconds: float,
    now: datetime,
    objective: Objective | None = None,
    seed: str | None = None,
) -> RepairRuns:
    """Freeze the cohort as it stands and queue both runs of a repair.

    `objective` and `seed` are the cohort's own unless said; the run with the fewest moves of a lottery is
    made by `GENTLE`. Raises `NothingToRepair` while nothing was ever confirmed, and `NothingToMatch`.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    refuse_unconfirmed(session, cohort)
    rows = read_rows(session, cohort, now=now)
    wanted = objective or known_objective(cohort.objective)
    seed = cohort.seed if seed is None else seed
    settings: dict[str, object] = {"seconds": seconds, "standing": [list(pair) for pair in rows.standing]}
    problem = problem_of(rows, objective=gentle(wanted), seed=seed, kind="repair")
    repair = queue_run(scope, cohort, problem, kind="repair", settings=settings, now=now)
    beside = settings | {"repair": repair}
    problem = problem_of(rows, objective=wanted, seed=seed, kind="fresh")
    fresh = queue_run(scope, cohort, problem, kind="fresh", settings=beside, now=now)
    session.get_one(MatchRun, fresh).settings = beside  # also of one that was taken up again
    session.flush()
    return RepairRuns(repair, fresh)


def gentle(objective: Objective) -> Objective:
    """By what a repair is made: as the cohort, or by `GENTLE` where that would draw everything anew."""
    return GENTLE if objective == "lottery" else objective


def runs_of(session: Session, run: MatchRun) -> tuple[MatchRun | None, MatchRun | None]:
    """Both runs of the repair that `run` is one of; None for one that is not there."""
    if run.kind == "fresh":
        repair = session.get(MatchRun, run.settings["repair"])
        return repair, run
    beside = session.scalars(
        select(MatchRun)
        .where(
            MatchRun.cohort_id == run.cohort_id,
            MatchRun.kind == "fresh",
            MatchRun.settings["repair"].as_integer() == run.id,
        )
        .order_by(MatchRun.id.desc())
    ).first()
    return run, beside


def carry_out(session: Session, run: MatchRun, *, sender: Sender, now: datetime) -> Repaired:
    """Make what stands into what `run` proposes; only those whose day changes are told anything.

    Raises as `open_placements` and `issue` do, before anything that they refuse is done.
    """
    exchange = exchange_of(session, run, now=now)
    news.take_back(session, exchange.ended, for_good=True)
    told = news.tell_ended(session, exchange.ended, reason_of=exchange.why_ended, sender=sender, now=now)
    end_placements(session, exchange.ended, now=now)
    made = open_placements(session, run, now=now)
    news.owe(session, told, now=now)
    reasons = {row.id: exchange.why_made(row.leader_id, row.slot_id) for row in made}
    invites.issue(session, made, sender=sender, now=now, reasons=reasons)
    return Repaired(ended=len(exchange.ended), made=len(made), kept=exchange.kept)


def preview_cancellations(session: Session, run: MatchRun, *, sender: Sender, now: datetime) -> Told:
    """Whom confirming a repair would send a cancellation, and whose day would end without; writes nothing."""
    exchange = exchange_of(session, run, now=now)
    with news.forgotten(session):
        return news.tell_ended(session, exchange.ended, reason_of=exchange.why_ended, sender=sender, now=now)


@dataclass(frozen=True)
class Exchange:
    """What a repair would end and how much it keeps, with which new day takes the place of which old one.

    `new_for` is by the id of the placement that ends, `old_for` by the new pair of leader and slot.
    """

    ended: Sequence[Placement]
    kept: int
    new_for: Mapping[int, Slot]
    old_for: Mapping[tuple[int, int], Placement]

    def why_ended(self, row: Placement) -> str:
        """Why a placement ends, told to its leader."""
        slot = self.new_for.get(row.id)
        return LEFT_OUT if slot is None else MOVED.format(day=day_in_words(slot.starts_at))

    def why_made(self, leader_id: int, slot_id: int) -> str:
        """Why a placement is made, told to its leader; empty for one that is simply new."""
        old = self.old_for.get((leader_id, slot_id))
        if old is None:
            return ""
        return INSTEAD.format(partner=old.slot.opportunity.partner.name, day=day_in_words(old.starts_at))


def exchange_of(session: Session, run: MatchRun, *, now: datetime) -> Exchange:
    """What confirming a repair would change. Each leader's days are paired in the order of time."""
    standing = _still_to_come(session, run.cohort_id, now=now)
    proposed = {(pair.leader_id, pair.slot_id) for pair in run.assignments}
    ended = [row for row in standing if (row.leader_id, row.slot_id) not in proposed]
    gained = _gained(session, proposed - {(row.leader_id, row.slot_id) for row in standing})
    new_for: dict[int, Slot] = {}
    old_for: dict[tuple[int, int], Placement] = {}
    for row in sorted(ended, key=lambda row: (row.starts_at, row.id)):
        if gained[row.leader_id]:
            slot = gained[row.leader_id].pop(0)
            new_for[row.id], old_for[row.leader_id, slot.id] = slot, row
    return Exchange(ended, len(standing) - len(ended), new_for, old_for)


def refuse_unconfirmed(session: Session, cohort: Cohort) -> None:
    """Raise `NothingToRepair` while nothing was ever confirmed in `cohort`."""
    any_at_all = select(Placement.id).where(Placement.cohort_id == cohort.id).limit(1)
    if session.scalars(any_at_all).first() is None:
        raise NothingToRepair(cohort=cohort.name)


def _gained(session: Session, new: Collection[tuple[int, int]]) -> defaultdict[int, list[Slot]]:
    """The slots that each leader gets new, in the order of time."""
    wanted = {slot_id for _, slot_id in new}
    slots = {slot.id: slot for slot in session.scalars(select(Slot).where(Slot.id.in_(wanted)))}
    gained: defaultdict[int, list[Slot]] = defaultdict(list)
    for leader_id, slot_id in sorted(new, key=lambda pair: (slots[pair[1]].starts_at, pair[1])):
        gained[leader_id].append(slots[slot_id])
    return gained


def _still_to_come(session: Session, cohort_id: int, *, now: datetime) -> list[Placement]:
    over = slots_over_in(session, cohort_id, now=now)
    return [row for row in live_placements(session, cohort_id) if row.slot_id not in over]
