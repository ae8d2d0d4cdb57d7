"""A PostgreSQL of a test's own, which it may stop and start; the server that everybody shares it must not."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

PLACES = Path("/usr/lib/postgresql")
UNPRIVILEGED = "postgres"  # the server refuses to run as root


@dataclass(frozen=True)
class Cluster:
    """Its programs, its folder and its port."""

    programs: Path
    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        self._run("initdb", "--auth=trust", "--username=postgres", "--no-sync", "--encoding=UTF8")
        self.start()

    def start(self) -> None:
        told = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        log = f"--log={self.folder / 'log'}"
        self._run("pg_ctl", "start", "--wait", "--silent", log, f"--options={told}")

    def stop(self, how: str = "immediate") -> None:
        """Stop it as a crash would, or "fast": ending every session first."""
        self._run("pg_ctl", "stop", "--wait", "--silent", f"--mode={how}")

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self.programs / program, f"--pgdata={self.folder / 'data'}", *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
            user=UNPRIVILEGED if os.geteuid() == 0 else None,
        )


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    """A cluster that runs until the block ends; the test is skipped where none can be made."""
    found = sorted(PLACES.glob("*/bin/initdb")) or [Path(name) for name in [shutil.which("initdb")] if name]
    if not found:
        pytest.skip("no initdb is found, so there is no PostgreSQL that may be stopped")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="placement-"))
    if os.geteuid() == 0:
        shutil.chown(folder, UNPRIVILEGED)
    cluster = Cluster(found[-1].parent, folder, port)
    try:
        cluster.make()
        yield cluster
        cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
