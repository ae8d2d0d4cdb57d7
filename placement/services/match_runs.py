"""Match runs: a frozen copy of a cohort is solved, and the result is kept with everything it came from."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

from sqlalchemy import CursorResult, Select, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from placement.domain.change_errors import RepairNeeded
from placement.domain.errors import InvalidProblem, NothingToMatch, RunOutOfDate
from placement.domain.matching import Problem
from placement.domain.run_changes import Pair, input_changes, standing_changes
from placement.domain.states import OBJECTIVES, RUN_KINDS, Objective, RunKind
from placement.models import Assignment, Cohort, Leader, MatchRun, Slot
from placement.services import audit
from placement.services.cohorts import hold_cohort
from placement.services.match_problem import CohortRows, build_problem, problem_of, rankings, read_rows
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
) -> int:
    """Freeze the cohort as it stands and queue a match run over it; returns the run's id.

    `objective` and `seed` are the cohort's own unless said. A run of the very same problem that was never
    finished, because whoever solved it was stopped, is taken up again instead of starting another.

    Raises `NothingToMatch`, and `RepairNeeded` when what stands cannot stand together any more.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    try:
        problem = build_problem(
            session,
            cohort,
            objective=objective or known_objective(cohort.objective),
            seed=cohort.seed if seed is None else seed,
            now=now,
        )
    except InvalidProblem as broken:
        raise RepairNeeded(cohort=cohort.name, fault=broken.facts["fault"]) from broken
    return queue_run(scope, cohort, problem, kind="match", settings={"seconds": seconds}, now=now)


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
    return QueuedRun(run.id, json.loads(run.frozen_input), _seconds(run))


def claimable_runs(session: Session, *, now: datetime) -> list[int]:
    """The runs that nobody solves and that may be begun now, the oldest first."""
    return list(session.scalars(_claimable(now).order_by(MatchRun.id)))


def waiting_since(session: Session, *, now: datetime) -> datetime | None:
    """When the run was asked for that waits longest and may be begun now; None without one."""
    oldest = _claimable(now).with_only_columns(MatchRun.requested_at).order_by(MatchRun.requested_at)
    return session.scalar(oldest.limit(1))


def claim_run(
    session: Session, *, token: str, now: datetime, grace: timedelta, run_id: int | None = None
) -> QueuedRun | None:
    """Take a run that nobody solves (the oldest, or this one) for the holder of `token`; None without one.

    Of each cohort one run is solved at a time. A run whose solver was stopped is free again when it is given
    back, or else when its lease (its own time limit and `grace`) is over.
    """
    wanted = _claimable(now) if run_id is None else _claimable(now).where(MatchRun.id == run_id)
    found = session.scalars(
        wanted.order_by(MatchRun.id).limit(1).with_for_update(skip_locked=True, of=MatchRun)
    ).first()
    if found is None:
        return None
    run = session.get_one(MatchRun, found, populate_existing=True)
    try:
        with session.begin_nested():
            run.status, run.lease_token = "solving", token
            run.lease_until = now + timedelta(seconds=_seconds(run)) + grace
            session.flush()
    except IntegrityError:
        return None  # at this very moment, another worker began with another run of the cohort
    return QueuedRun(run.id, json.loads(run.frozen_input), _seconds(run))


def tokens_in_use(session: Session) -> list[str]:
    """The tokens of all workers that solve a run."""
    found = session.scalars(select(MatchRun.lease_token).where(MatchRun.status == "solving"))
    return [token for token in found if token is not None]


def give_back(session: Session, *, tokens: Sequence[str]) -> None:
    """Free the runs that were being solved under `tokens`: anybody may begin them at once."""
    session.execute(
        update(MatchRun)
        .where(MatchRun.status == "solving", MatchRun.lease_token.in_(tokens))
        .values(status="queued", lease_until=None, lease_token=None)
    )


def record_allocation(session: Session, run_id: int, solution: Mapping[str, Any], *, now: datetime) -> bool:
    """Keep the result of a run and its assignments; False when it was recorded before, or given up.

    Of several results the first counts, and none that was found for another problem than the run's.
    """
    digest = session.scalar(select(MatchRun.input_digest).where(MatchRun.id == run_id))
    if solution.get("input_digest") != digest or not _finish(
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
    return _finish(session, run_id, status="failed", now=now, failure=reason[:2000])


def changes_since(session: Session, run: MatchRun, *, now: datetime) -> list[str]:
    """What has changed in the cohort since `run` was frozen, one sentence each; empty when nothing has."""
    before, rows = json.loads(run.frozen_input), read_rows(session, run.cohort, now=now)
    try:
        after = _problem_now(run, rows, known_kind(run.kind)).to_json()
    except InvalidProblem:  # the pins contradict what has changed, which is told without them
        after = {**_problem_without_pins(run, rows).to_json(), "pins": before["pins"]}
    except NothingToMatch as nothing:
        return [str(nothing)]
    return [*input_changes(before, after), *standing_changes(_standing_then(run), rows.standing)]


def digest_now(session: Session, run: MatchRun, *, now: datetime) -> str:
    """The digest that the run's cohort would be frozen under now; empty where it could not be."""
    rows = read_rows(session, run.cohort, now=now)
    if standing_changes(_standing_then(run), rows.standing):
        return ""
    try:
        return _problem_now(run, rows, known_kind(run.kind)).digest()
    except (InvalidProblem, NothingToMatch):
        return ""


def known_kind(word: str) -> RunKind:
    """`word` as one of the kinds of a run; `ValueError` for anything else."""
    for kind in RUN_KINDS:
        if word == kind:
            return kind
    raise ValueError(word)


def standing_in(run: MatchRun) -> list[Pair]:
    """The placements that stood when a repair was asked for, by e-mail address and reference."""
    standing = run.settings["standing"]
    assert isinstance(standing, list)  # noqa: S101  # written so by those who ask for repairs
    return [(leader, slot) for leader, slot in standing]


def given_in(run: MatchRun) -> list[Pair]:
    """The seats that a repair was asked to give, whatever else it does: pins of this run alone."""
    given = run.settings.get("given", [])
    assert isinstance(given, list)  # noqa: S101  # written so by those who ask for them
    return [(leader, slot) for leader, slot in given]


def versions() -> dict[str, str]:
    """What the result was computed with."""
    packages = ("placement", "numpy", "scipy")
    return {"python": platform.python_version(), **{name: version(name) for name in packages}}


def _problem_now(run: MatchRun, rows: CohortRows, kind: RunKind) -> Problem:
    objective = known_objective(run.objective)
    return problem_of(rows, objective=objective, seed=run.seed, kind=kind, given=given_in(run))


def _problem_without_pins(run: MatchRun, rows: CohortRows) -> Problem:
    kind: RunKind = "repair" if run.kind == "repair" else "fresh"
    return problem_of(rows, objective=known_objective(run.objective), seed=run.seed, kind=kind)


def _standing_then(run: MatchRun) -> list[Pair] | None:
    """What stood, for a run whose problem does not hold it."""
    return standing_in(run) if run.kind == "fresh" else None


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
        settings=dict(settings),
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


def _claimable(now: datetime) -> Select[int]:
    other = aliased(MatchRun)
    busy = exists().where(
        other.cohort_id == MatchRun.cohort_id, other.id != MatchRun.id, other.status == "solving"
    )
    free = or_(MatchRun.status == "queued", (MatchRun.status == "solving") & (MatchRun.lease_until < now))
    return select(MatchRun.id).where(free, ~busy)


def _seconds(run: MatchRun) -> float:
    seconds = run.settings["seconds"]
    assert isinstance(seconds, int | float)  # noqa: S101  # written so above
    return float(seconds)


def _finish(session: Session, run_id: int, *, status: str, now: datetime, **kept: object) -> bool:
    done = session.execute(
        update(MatchRun)
        .where(MatchRun.id == run_id, MatchRun.status.in_(UNFINISHED))
        .values(status=status, finished_at=now, lease_until=None, lease_token=None, **kept)
    )
    return isinstance(done, CursorResult) and done.rowcount == 1
