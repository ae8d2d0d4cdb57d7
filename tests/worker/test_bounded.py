"""The solver's process: it may take so much memory and no more, and what ends it is told in plain words."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from placement.config import Config
from placement.db import reading, unit_of_work
from placement.services import match_runs
from placement.services.scope import Scope
from placement.worker.solve import solve_next
from placement.worker.stopping import Stopped, Stopping
from tests.databases import SqliteServer
from tests.factories.clock import NOON
from tests.services.small_cohort import make_small_cohort

GREEDY = """
import os, sys
if "placement" in sys.orig_argv:
    try:
        taken = bytearray(1100 * 1024 * 1024)
    except MemoryError as refused:
        print(type(refused).__name__, file=sys.stderr, flush=True)
        os._exit(1)
"""
"""What makes any solver ask for 1,100 MB when it begins."""


@pytest.fixture(scope="module")
def server(sqlite_server: SqliteServer) -> SqliteServer:
    """SQLite alone: nothing here depends on the kind of database."""
    return sqlite_server


@pytest.fixture
def run_id(app: Flask) -> int:
    with unit_of_work() as session:
        cohort = make_small_cohort(session).cohort
        return match_runs.request_run(Scope.system(session), cohort.id, seconds=30, now=NOON)


def outcome(run_id: int) -> tuple[str, str | None]:
    with reading() as session:
        run = Scope.system(session).run(run_id)
        return run.status, run.failure


def test_a_solver_that_needs_more_memory_than_it_may_is_ended_and_says_so(
    config: Config, run_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(GREEDY)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert solve_next(replace(config, solver_memory_mb=1000), Stopping())
    status, failure = outcome(run_id)
    assert status == "failed"
    assert "1000 MB of memory that PLACEMENT_SOLVER_MEMORY_MB allows" in (failure or "")


def test_what_is_allowed_unless_told_otherwise_is_enough(config: Config, run_id: int) -> None:
    assert solve_next(config, Stopping(), run_id=run_id)
    assert outcome(run_id) == ("solved", None)
    with reading() as session:
        assert "explanations" in json.loads(Scope.system(session).run(run_id).result or "{}")
    assert not solve_next(config, Stopping(), run_id=run_id), "it is solved"


def test_a_worker_that_was_told_to_stop_begins_no_solver(config: Config, run_id: int) -> None:
    stopping = Stopping()
    stopping.tell()
    with pytest.raises(Stopped):
        solve_next(config, stopping)
    assert outcome(run_id) == ("solving", None), "whoever takes turns gives it back"
