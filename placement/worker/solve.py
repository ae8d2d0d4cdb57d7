"""Solves queued match runs: in a process of its own beside the site, or right here for a command."""

import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from placement.db import reading, unit_of_work
from placement.domain.errors import PlacementError
from placement.services import match_runs
from placement.services.match_runs import QueuedRun
from placement.services.scope import Scope

if TYPE_CHECKING:
    from placement.domain.matching import Solution

GRACE = timedelta(seconds=30)
EXIT_INFEASIBLE = 3
EXPLAINING = 20.0
"""Seconds that explaining a result may take: it is there already, and another run may wait."""

logger = logging.getLogger(__name__)

OnStage = Callable[[str, int, int], None]


def solve_here(run_id: int, *, on_stage: OnStage | None = None) -> "Solution":
    """Solve one run in this process, whoever had begun it before: its result is the same from anybody."""
    from placement.domain.matching import Problem, solve  # imported late: it brings in numpy and scipy

    with reading() as session:
        queued = match_runs.load_run(Scope.system(session), run_id)
    try:
        solution = solve(
            Problem.from_json(queued.problem),
            clock=time.monotonic,
            time_limit=queued.seconds,
            on_stage=on_stage,
        )
    except PlacementError as failure:
        _fail(run_id, str(failure))
        raise
    _record(run_id, solution.to_json())
    return solution


def explain_here(run_id: int, solution: "Solution") -> None:
    """Add to a run's result, in this process, why it is as it is and what would help."""
    from placement.domain.matching import Problem, told

    with reading() as session:
        queued = match_runs.load_run(Scope.system(session), run_id)
    until = time.monotonic() + EXPLAINING
    problem = Problem.from_json(queued.problem)
    _record_findings(run_id, told(problem, solution, clock=time.monotonic, until=until).to_json())


def solve_next() -> bool:
    """Solve the oldest run that nobody solves, in a process of its own; False when there is none.

    The result is kept as soon as it is there; why it is as it is follows.
    """
    with unit_of_work() as session:
        queued = match_runs.claim_run(session, now=_now(), grace=GRACE)
    if queued is None:
        return False
    try:
        solution = _solve_apart(queued, queued.seconds)
    except PlacementError as failure:
        _fail(queued.id, str(failure))
    except subprocess.TimeoutExpired:
        _fail(queued.id, f"No result within {queued.seconds:.0f} seconds.")
    else:
        _record(queued.id, solution)
        _explain_apart(queued, solution)
    return True


class SolverFailed(PlacementError):
    """The solver's process ended without a result."""

    code = "solver_failed"
    message = "The solver stopped without a result. {reason}"


def _explain_apart(queued: QueuedRun, solution: Mapping[str, Any]) -> None:
    """Let `placement solve` find the same result once more and explain it, if it can."""
    if solution["status"] != "optimal":
        return  # What is not proven might come out otherwise the second time.
    try:
        explained = _solve_apart(queued, 2 * solution["seconds"] + EXPLAINING, "--explain", "--diagnose")
    except (SolverFailed, subprocess.TimeoutExpired) as failure:
        logger.warning("run %d could not be explained: %s", queued.id, failure)
    else:
        _record_findings(queued.id, explained)


def _solve_apart(queued: QueuedRun, seconds: float, *flags: str) -> Mapping[str, Any]:
    """Let `placement solve` work on the problem, so that the site stays quick and a crash stays there."""
    command = [sys.executable, "-m", "placement", "solve", "-", "--time-limit", str(seconds), *flags]
    done = subprocess.run(  # noqa: S603  # our own program with our own arguments
        command,
        input=json.dumps(queued.problem),
        capture_output=True,
        text=True,
        timeout=seconds + GRACE.total_seconds(),
        check=False,
    )
    if done.returncode not in (0, EXIT_INFEASIBLE):
        logger.error("solver of run %d ended with %d: %s", queued.id, done.returncode, done.stderr[-2000:])
        raise SolverFailed(reason=done.stderr.strip().rpartition("\n")[2])
    solution: Mapping[str, Any] = json.loads(done.stdout)
    return solution


def _record(run_id: int, solution: Mapping[str, Any]) -> None:
    try:
        with unit_of_work() as session:
            match_runs.record_allocation(session, run_id, solution, now=_now())
    except PlacementError as refused:
        _fail(run_id, str(refused))


def _record_findings(run_id: int, solution: Mapping[str, Any]) -> None:
    with unit_of_work() as session:
        match_runs.record_findings(session, run_id, solution)


def _fail(run_id: int, reason: str) -> None:
    with unit_of_work() as session:
        match_runs.fail_run(session, run_id, reason=reason, now=_now())


def _now() -> datetime:
    return datetime.now(UTC)
