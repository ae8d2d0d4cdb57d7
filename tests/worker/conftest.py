"""Real workers in processes of their own, with either engine, and what they have done."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from placement.app import create_base
from placement.config import Config
from placement.db import WAKE
from placement.worker import turns
from tests.cli.commands import environment
from tests.conftest import Server
from tests.databases import dispose, settings
from tests.smtp_sink import Sink

ROOT = Path(__file__).parents[2]
PATIENCE = 100.0  # seconds; a machine with much else to do starts processes slowly
SLOW = """
import sys, time
if "solve" in sys.orig_argv and "placement" in sys.orig_argv:
    time.sleep(600)
"""


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


@dataclass
class Stable:
    """A running stable (see `stable.py`), and the workers that it started."""

    process: "subprocess.Popen[str]"
    out: set[int] = field(default_factory=set)

    def start(self, told: dict[str, str], look_every: float) -> int:
        pid: int = self._ask(start=told, look_every=look_every)["pid"]
        self.out.add(pid)
        return pid

    def end(self, pid: int, number: signal.Signals) -> int:
        """Send a signal, wait, and return the exit status."""
        os.kill(pid, number)
        self.out.discard(pid)
        status: int = self._ask(wait=pid)["exit"]
        return status

    def _ask(self, **order: object) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


@pytest.fixture(scope="session")
def stable() -> Iterator[Stable]:
    command = [sys.executable, "-m", "tests.worker.stable"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Stable(process)
        assert process.stdin is not None
        process.stdin.close()


@dataclass
class Installation:
    """A database, a mail server, and workers that are started and ended at will."""

    config: Config
    sink: Sink
    stable: Stable
    folder: Path

    def start(self, *, slow_solver: bool = False, look_every: float = turns.LOOK_EVERY) -> int:
        """Start a worker; the process number. A slow solver takes ten minutes before it begins."""
        told = environment(self.config) | {"PYTHONPATH": ""}
        if slow_solver:
            (self.folder / "sitecustomize.py").write_text(SLOW)
            told["PYTHONPATH"] = str(self.folder)
        return self.stable.start(told, look_every)

    def end(self, pid: int, number: signal.Signals = signal.SIGTERM) -> int:
        return self.stable.end(pid, number)


@contextmanager
def installation(
    server: Server, engine: str, folder: Path, sink: Sink, stable: Stable
) -> Iterator[Installation]:
    with server.database() as url:
        told = replace(settings(url, folder), mail_backend="smtp", mail_port=sink.port)
        config = replace(told, engine=engine)  # type: ignore[arg-type]  # one of its words
        app: Flask = create_base(config)
        with app.app_context():
            made = Installation(config, sink, stable, folder)
            yield made
            for pid in list(stable.out):
                made.end(pid, signal.SIGKILL)
        app.extensions.pop(WAKE, None)
        dispose(app)


KINDS = [
    pytest.param(("sqlite_server", "inprocess"), id="sqlite-inprocess"),
    pytest.param(("postgresql", "inprocess"), id="postgresql-inprocess", marks=pytest.mark.postgres),
    pytest.param(("postgresql", "procrastinate"), id="postgresql-procrastinate", marks=pytest.mark.postgres),
]


@pytest.fixture(params=KINDS)
def place(
    request: pytest.FixtureRequest, tmp_path: Path, smtp_sink: Sink, stable: Stable
) -> Iterator[Installation]:
    """An installation of each kind: both databases, both engines."""
    name, engine = request.param
    with installation(request.getfixturevalue(name), engine, tmp_path, smtp_sink, stable) as made:
        yield made
