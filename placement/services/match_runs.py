"""Match runs: a frozen copy of a cohort is solved, and the result is kept with everything it came from."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from typing import Any

from sqlalchemy import CursorResult, insert, select, update
from sqlalchemy.orm import Session

from placement.domain.change_errors import RepairNeeded
from placement.domain.errors import InvalidProblem, RunOutOfDate
from placement.domain.fixing_errors import FixedPairsClash
from placement.domain.matching import Problem
from placement.domain.run_changes import Pair
from placement.domain.states import OBJECTIVES, Objective, RunKind
from placement.models import Assignment, Cohort, Leader, MatchRun, Slot
from placement.services import audit
from placement.services.cohorts import hold_cohort
from placement.services.fixed_rows import live_pins
from placement.services.match_problem import problem_of
from placement.services.match_rows import CohortRows, rankings, read_rows
from placement.services.scope import Scope

FINDINGS = (
    *("explanations", "slot_explanations", "partner_explanations", "explanations_complete"),
    *("diagnosis", "what_if"),
)
"""What a solution says about itself: added when it is worked out, after the result is kept."""
UNFINISHED = ("queued", "solving")


@dataclass(frozen=True)
class QueuedRun:
    """A run that is to be solved: its problem as JSON values, and how long it may take in seconds."""

    id: int
    problem: dict[str, Any]
    seconds: float


def request_run(
    scope: Scope,
    cohort_id: int,
    *,
    seconds: float,
    now: datetime,
    objective: Objective | None = None,
    seed: str | None = None,
    keep: Sequence[Pair] = (),
) -> int:
    """Freeze the cohort as it stands and queue a match run over it; returns the run's id.

    `objective` and `seed` are the cohort's own unless said. Of the pairs to `keep`, the run keeps as many as
    it can before it looks at anything but the days given. A run of the very same problem that was never
    finished, because whoever solved it was stopped, is taken up again instead of starting another.

    Raises `NothingToMatch`, `RepairNeeded` when what stands cannot stand together any more, and
    `FixedPairsClash` when what is fixed cannot.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    rows = read_rows(session, cohort, now=now)
    wanted = objective or known_objective(cohort.objective)
    problem = _problem(rows, objective=wanted, seed=cohort.seed if seed is None else seed, keep=keep)
    settings: dict[str, object] = {"seconds": seconds}
    if keep:
        settings["keep"] = [list(pair) for pair in keep]
    return queue_run(scope, cohort, problem, kind="match", settings=settings, now=now)


def _problem(rows: CohortRows, *, objective: Objective, seed: str, keep: Sequence[Pair]) -> Problem:
    try:
        return problem_of(rows, objective=objective, seed=seed, kind="match", keep=keep)
    except InvalidProblem as broken:
        fault = broken.facts["fault"]
        if rows.fixed and _stands_without_fixed(rows, objective, seed):
            raise FixedPairsClash(fault=fault) from broken
        raise RepairNeeded(cohort=rows.cohort.name, fault=fault) from broken


def _stands_without_fixed(rows: CohortRows, objective: Objective, seed: str) -> bool:
    try:
        problem_of(replace(rows, fixed=()), objective=objective, seed=seed, kind="match")
    except InvalidProblem:
        return False
    return True


def queue_run(
    scope: Scope,
    cohort: Cohort,
    problem: Problem,
    *,
    kind: RunKind,
    settings: Mapping[str, object],
    now: datetime,
) -> int:
    """Queue a run over a frozen problem, or find the unfinished one over the same; returns its id."""
    digest = problem.digest()
    unfinished = scope.session.scalars(
        select(MatchRun.id).where(
            MatchRun.cohort_id == cohort.id,
            MatchRun.kind == kind,
            MatchRun.input_digest == digest,
            MatchRun.status.in_(UNFINISHED),
        )
    ).first()
    return unfinished or _new_run(scope, cohort, problem, digest, kind=kind, settings=settings, now=now)


def known_objective(word: str) -> Objective:
    """`word` as one of the objectives; `ValueError` for anything else."""
    for objective in OBJECTIVES:
        if word == objective:
            return objective
    raise ValueError(word)


def load_run(scope: Scope, run_id: int) -> QueuedRun:
    """What a solver needs of one run."""
    run = scope.run(run_id)
    return QueuedRun(run.id, json.loads(run.frozen_input), seconds_of(run))


def record_allocation(session: Session, run_id: int, solution: Mapping[str, Any], *, now: datetime) -> bool:
    """Keep the result of a run and its assignments; False when it was recorded before, or given up.

    Of several results the first counts, and none that was found for another problem than the run's.
    """
    digest = session.scalar(select(MatchRun.input_digest).where(MatchRun.id == run_id))
    if solution.get("input_digest") != digest or not finish(
        session, run_id, status="solved", now=now, result=json.dumps(solution), versions=versions()
    ):
        return False
    run = session.get_one(MatchRun, run_id)
    rows = _assignment_rows(session, run, solution["assignments"])
    if rows:
        session.execute(insert(Assignment), rows)
    return True


def record_findings(session: Session, run_id: int, solution: Mapping[str, Any]) -> bool:
    """Add to a run's result why it is as it is; False where `solution` is not the result that was kept."""
    run = session.get_one(MatchRun, run_id, with_for_update=True)
    kept = json.loads(run.result) if run.result else {}
    if any(kept.get(key) != solution[key] for key in ("input_digest", "assignments")):
        return False
    run.result = json.dumps({**kept, **{key: solution[key] for key in FINDINGS if key in solution}})
    return True


def _assignment_rows(
    session: Session, run: MatchRun, pairs: Sequence[Mapping[str, Any]]
) -> list[dict[str, object]]:
    leaders = {
        leader.match_id: leader.id
        for leader in session.scalars(select(Leader).where(Leader.cohort_id == run.cohort_id))
    }
    slots = {
        slot.reference: slot for slot in session.scalars(select(Slot).where(Slot.cohort_id == run.cohort_id))
    }
    chosen = rankings(session, run.cohort_id)
    if not all(pair["leader"] in leaders and pair["slot"] in slots for pair in pairs):
        raise RunOutOfDate(run_id=run.id, changes="people or days are no longer there.")
    return [
        {
            "cohort_id": run.cohort_id,
            "match_run_id": run.id,
            "leader_id": leaders[pair["leader"]],
            "slot_id": slots[pair["slot"]].id,
            "rank": _choice(chosen.get(leaders[pair["leader"]], []), slots[pair["slot"]], pair["rank"]),
        }
        for pair in pairs
    ]


def _choice(ranked: Sequence[int], slot: Slot, tier: int | None) -> int | None:
    """The number of the choice that `slot` was; opportunities without any day have no tier of their own."""
    if tier is None or slot.opportunity_id not in ranked:
        return None
    return ranked.index(slot.opportunity_id) + 1


def fail_run(session: Session, run_id: int, *, reason: str, now: datetime) -> bool:
    """Record that a run ended without a result, and why."""
    return finish(session, run_id, status="failed", now=now, failure=reason[:2000])


def versions() -> dict[str, str]:
    """What the result was computed with."""
    packages = ("placement", "numpy", "scipy")
    return {"python": platform.python_version(), **{name: version(name) for name in packages}}


def _new_run(
    scope: Scope,
    cohort: Cohort,
    problem: Problem,
    digest: str,
    *,
    kind: RunKind,
    settings: Mapping[str, object],
    now: datetime,
) -> int:
    run = MatchRun(
        cohort_id=cohort.id,
        kind=kind,
        status="queued",
        objective=problem.objective,
        seed=problem.seed,
        frozen_input=json.dumps(problem.to_json(), sort_keys=True),
        input_digest=digest,
        settings={**settings, **_fixed(scope.session, cohort, problem, settings)},
        requested_by=scope.actor.label,
        requested_at=now,
    )
    scope.session.add(run)
    scope.session.flush()
    audit.record(
        scope,
        "request_run",
        f"match_run:{run.id}",
        at=now,
        cohort_id=cohort.id,
        kind=kind,
        objective=problem.objective,
    )
    return run.id


def _fixed(
    session: Session, cohort: Cohort, problem: Problem, settings: Mapping[str, object]
) -> dict[str, object]:
    """What the coordinator has fixed, and whether days are pinned that stood already; nothing without."""
    fixed, given = sorted(live_pins(session, cohort.id)), settings.get("given", [])
    if not fixed:
        return {}
    assert isinstance(given, list)  # noqa: S101  # written so by those who ask for seats
    stood = problem.pins - set(fixed) - {(leader, slot) for leader, slot in given}
    return {"fixed": [list(pair) for pair in fixed], "stood": bool(stood)}


def seconds_of(run: MatchRun) -> float:
    """How many seconds a run may take."""
    seconds = run.settings["seconds"]
    assert isinstance(seconds, int | float)  # noqa: S101  # written so above
    return float(seconds)


def finish(session: Session, run_id: int, *, status: str, now: datetime, **kept: object) -> bool:
    """End a run that is not finished; False where it is, by whomever."""
    done = session.execute(
        update(MatchRun)
        .where(MatchRun.id == run_id, MatchRun.status.in_(UNFINISHED))
        .values(status=status, finished_at=now, lease_until=None, lease_token=None, **kept)
    )
    return isinstance(done, CursorResult) and done.rowcount == 1
