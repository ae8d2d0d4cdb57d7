"""Workers outlive a database that is stopped and started: here, a whole PostgreSQL of their own."""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.databases import PostgresqlServer
from tests.smtp_sink import Sink
from tests.worker.conftest import Stable, installation, wait_until
from tests.worker.test_engines import alive, counts, living, owe, received

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
USER = "postgres"  # PostgreSQL refuses to run as root
pytestmark = pytest.mark.timeout(400)
SHORT_OF = "no program to make a PostgreSQL with (initdb)"


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL in a folder, on a port of its own."""

    programs: Path
    folder: Path
    port: int

    def make(self) -> None:
        self._run("initdb", "--pgdata", self.folder, "--auth", "trust", "--username", USER, "--no-sync")

    def start(self) -> None:
        options = f"-p {self.port} -c fsync=off -c unix_socket_directories={self.folder}"
        log = self.folder / "log"
        self._run("pg_ctl", "--pgdata", self.folder, "--wait", "--log", log, "--options", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "--pgdata", self.folder, "--wait", "--mode", "fast", "stop")

    def _run(self, program: str, *arguments: object) -> None:
        subprocess.run(
            [str(self.programs / program), *map(str, arguments)],
            cwd="/",
            user=USER if os.getuid() == 0 else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=True,
        )


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    if not PROGRAMS:
        pytest.skip(SHORT_OF)
    folder = Path(mkdtemp(prefix="placement-postgresql-"))  # where another user may get in
    if os.getuid() == 0:
        shutil.chown(folder, USER, pwd.getpwnam(USER).pw_gid)
    made = Cluster(PROGRAMS[-1].parent, folder, free_port())
    made.make()
    made.start()
    yield made
    made.stop()
    shutil.rmtree(folder)


@pytest.mark.postgres
@pytest.mark.parametrize("engine", ["inprocess", "procrastinate"])
def test_workers_go_on_after_the_database_was_stopped_and_started(
    cluster: Cluster, engine: str, tmp_path: Path, smtp_sink: Sink, stable: Stable
) -> None:
    server = PostgresqlServer(f"postgresql://{USER}@127.0.0.1:{cluster.port}/postgres", tmp_path)
    with installation(server, engine, tmp_path, smtp_sink, stable) as place:
        pid = place.start()
        wait_until(lambda: living() == 1)
        owe(40)
        cluster.stop()
        cluster.start()
        owe(20)
        wait_until(lambda: counts() == {"sent": 60})
        assert alive(pid)
        assert sum(received(place).values()) <= 60 + 1, "at most the mail in hand is repeated"
        assert place.end(pid) == 0
    server.close()
