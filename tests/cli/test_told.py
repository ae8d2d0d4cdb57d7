"""A service may be told to stop at any moment, also while it is starting its threads."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import ROOT, environment
from tests.databases import SqliteServer, settings

TOLD_AT = """
import os, signal, sys, threading
number, moment = getattr(signal, sys.argv.pop(1)), int(sys.argv.pop(1))
start, starts = threading.Thread.start, []

def start_and_be_told(thread):
    starts.append(thread)
    if len(starts) == moment:
        os.kill(os.getpid(), number)
    start(thread)

from placement.__main__ import main
from placement.worker import engine
begin = engine.Worker.start

def begin_and_be_told(worker):
    threading.Thread.start = start_and_be_told
    begin(worker)

engine.Worker.start = begin_and_be_told
main()
"""


@pytest.mark.parametrize("number", ["SIGTERM", "SIGINT"])
@pytest.mark.parametrize("moment", [1, 2, 4])
def test_a_worker_that_is_told_to_stop_while_it_starts_stops_in_order(
    sqlite_server: SqliteServer, tmp_path: Path, number: str, moment: int
) -> None:
    with sqlite_server.database() as url:
        done = subprocess.run(
            [sys.executable, "-c", TOLD_AT, number, str(moment), "worker"],
            cwd=ROOT,
            env=environment(settings(url, tmp_path)),
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert (done.returncode, done.stderr) == (0, "Stopping.\n")
