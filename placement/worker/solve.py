"""Solves queued match runs: in a process of its own beside the site, or right here for a command."""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from placement.config import Config
from placement.db import reading, unit_of_work
from placement.domain.errors import PlacementError
from placement.domain.sender import Sender
from placement.services import match_runs, run_claims, run_letters
from placement.services.invites import known_sender
from placement.services.match_runs import QueuedRun
from placement.services.scope import Scope
from placement.worker.owner import new_token
from placement.worker.solver_watch import NotWanted, Watch, conversation
from placement.worker.stopping import Stopping

if TYPE_CHECKING:
    from placement.domain.matching import Solution

GRACE = timedelta(seconds=30)
EXIT_INFEASIBLE = 3
BOUNDED = "placement.worker.bounded"
OUT_OF_MEMORY = ("MemoryError", "bad_alloc")
EXPLAINING = 20.0
"""Seconds that explaining a result may take: it is there already, and another run may wait."""

SIGNALS_APART = 1.0
"""Seconds between the signals by which a supervisor ends a worker and, on its own account, the solver."""

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


def solve_next(config: Config, stopping: Stopping, *, run_id: int | None = None) -> bool:
    """Solve a run that nobody solves (the oldest, or this one) in a process of its own; False without one.

    The result is kept as soon as it is there; why it is as it is follows. A worker that is told to stop ends
    the solver, and the run can be begun anew by another at once. Who asked for a run that took long is told.
    """
    token, sender = new_token(), known_sender(config)
    with unit_of_work() as session:
        queued = run_claims.claim_run(session, token=token, now=_now(), grace=GRACE, run_id=run_id)
    if queued is None:
        return False
    solver = _Solver(queued, config, stopping)
    try:
        solution = solver.solve(queued.seconds, watch=Watch(queued.id, token))
    except NotWanted:
        logger.info("run %d was cancelled, and its solver ended", queued.id)
    except PlacementError as failure:
        _fail(queued.id, str(failure), sender)
    except subprocess.TimeoutExpired:
        _fail(queued.id, f"No result within {queued.seconds:.0f} seconds.", sender)
    else:
        _record(queued.id, solution, sender)
        solver.explain(solution)
    return True


class SolverFailed(PlacementError):
    """The solver's process ended without a result."""

    code = "solver_failed"
    message = "The solver stopped without a result. {reason}"


@dataclass(frozen=True)
class _Solver:
    """Lets `placement solve` work on a problem, so that the site stays quick and a crash stays there."""

    queued: QueuedRun
    config: Config
    stopping: Stopping

    def explain(self, solution: Mapping[str, Any]) -> None:
        """Let it find the same result once more and explain it, if it can."""
        if solution["status"] != "optimal":
            return  # What is not proven might come out otherwise the second time.
        try:
            explained = self.solve(2 * solution["seconds"] + EXPLAINING, "--explain", "--diagnose")
        except (SolverFailed, subprocess.TimeoutExpired) as failure:
            logger.warning("run %d could not be explained: %s", self.queued.id, failure)
        else:
            _record_findings(self.queued.id, explained)

    def solve(self, seconds: float, *flags: str, watch: Watch | None = None) -> Mapping[str, Any]:
        """The solution within these seconds; raises `SolverFailed`, `TimeoutExpired` or `Stopped`.

        With a `watch` also `NotWanted`, and its row says how far the solver is.
        """
        patience = seconds + GRACE.total_seconds()
        command = ["solve", "-", "--stages", "--time-limit", str(seconds), *flags]
        with subprocess.Popen(  # noqa: S603  # our own program with our own arguments
            [sys.executable, "-m", BOUNDED, *self._limits(patience), *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,  # Ctrl-C is for the worker, which ends the solver itself
        ) as process:
            try:
                with self.stopping.ending(process.kill):
                    problem = json.dumps(self.queued.problem)
                    said, complaint = conversation(process, problem, patience=patience, watch=watch)
            finally:
                process.kill()
        if process.returncode < 0:
            self.stopping.wait(SIGNALS_APART)
        self.stopping.leave_if_told()
        if process.returncode not in (0, EXIT_INFEASIBLE):
            reason = self._reason(process.returncode, complaint)
            logger.error("solver of run %d: %s: %s", self.queued.id, reason, complaint[-2000:])
            raise SolverFailed(reason=reason)
        solution: Mapping[str, Any] = json.loads(said)
        return solution

    def _limits(self, patience: float) -> tuple[str, ...]:
        # Libraries may compute on all processors at once, so that many seconds can go by in one.
        processor_seconds = patience * (os.cpu_count() or 1)
        return str(os.getpid()), str(self.config.solver_memory_mb), str(int(processor_seconds) + 1)

    def _reason(self, status: int, complaint: str) -> str:
        if any(words in complaint for words in OUT_OF_MEMORY):
            limit = self.config.solver_memory_mb
            return f"It needed more than the {limit} MB of memory that PLACEMENT_SOLVER_MEMORY_MB allows."
        if status == -signal.SIGXCPU:
            return "It computed for longer than it may."
        if status < 0:
            return f"It was ended from outside ({signal.Signals(-status).name})."
        return complaint.strip().rpartition("\n")[2]


def _record(run_id: int, solution: Mapping[str, Any], sender: Sender | None = None) -> None:
    try:
        with unit_of_work() as session:
            if match_runs.record_allocation(session, run_id, solution, now=_now()) and sender is not None:
                run_letters.owe_news_of_run(session, run_id, sender=sender)
    except PlacementError as refused:
        _fail(run_id, str(refused), sender)


def _record_findings(run_id: int, solution: Mapping[str, Any]) -> None:
    with unit_of_work() as session:
        match_runs.record_findings(session, run_id, solution)


def _fail(run_id: int, reason: str, sender: Sender | None = None) -> None:
    with unit_of_work() as session:
        if match_runs.fail_run(session, run_id, reason=reason, now=_now()) and sender is not None:
            run_letters.owe_news_of_run(session, run_id, sender=sender)


def _now() -> datetime:
    return datetime.now(UTC)
