"""How long a server takes for a feed of a thousand days: unchanged, and after a change; and for hello."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from bench.entries.rows import EVENTS, databases

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class FeedFigures:
    """Seconds by the clock of each answer, how long the calendar is, and what one answer takes to compute."""

    database: str
    purpose: str
    octets: int = 0
    hello: list[float] = field(default_factory=list)
    unchanged: list[float] = field(default_factory=list)
    cold: list[float] = field(default_factory=list)
    cpu: dict[str, float] = field(default_factory=dict)

    @property
    def of_hello(self) -> float:
        """The rate of answers that nothing has changed, of that of hello, each asked for in turn."""
        return median(self.hello) / median(self.unchanged)


def measured(folder: Path, *, reads: int, changes: int) -> list[FeedFigures]:
    """Each feed on each kind of database that is here."""
    found: list[FeedFigures] = []
    for database, url in databases(folder):
        with _served(url, folder) as (connection, paths):
            found += [
                _measure(connection, FeedFigures(database, purpose), path, reads=reads, changes=changes)
                for purpose, path in paths.items()
            ]
    return found


@contextmanager
def _served(url: str, folder: Path) -> Iterator[tuple[HTTPConnection, dict[str, str]]]:
    command = [sys.executable, "-m", "bench.entries.server", url, str(folder)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        told = json.loads(process.stdout.readline())
        connection = HTTPConnection("127.0.0.1", told["port"], timeout=60)
        try:
            yield connection, told["paths"]
        finally:
            connection.close()
            process.stdin.close()


def _measure(
    connection: HTTPConnection, figures: FeedFigures, path: str, *, reads: int, changes: int
) -> FeedFigures:
    _, tag, body = _ask(connection, path)
    assert body.count(b"BEGIN:VEVENT") == EVENTS
    figures.octets = len(body)
    figures.cpu = {
        "hello": _computing(connection, "/hello", reads=reads),
        "unchanged": _computing(connection, path, tag=tag, reads=reads),
        "written": _computing(connection, path, reads=max(1, reads // 40)),
    }
    for _ in range(reads):
        figures.hello.append(_seconds(connection, "/hello", status=200))
        figures.unchanged.append(_seconds(connection, path, tag=tag, status=304))
    for _ in range(changes):
        _ask(connection, "/change")
        figures.cold.append(_seconds(connection, path, tag=tag, status=200))
    return figures


def _computing(connection: HTTPConnection, path: str, *, reads: int, tag: str = "") -> float:
    """The computing time of the server for one answer, in seconds."""
    before = float(_ask(connection, "/cpu")[2])
    for _ in range(reads):
        _ask(connection, path, tag=tag)
    return (float(_ask(connection, "/cpu")[2]) - before) / reads


def _seconds(connection: HTTPConnection, path: str, *, status: int, tag: str = "") -> float:
    begun = time.perf_counter()
    found, _, _ = _ask(connection, path, tag=tag)
    taken = time.perf_counter() - begun
    assert found == status, (path, found)
    return taken


def _ask(connection: HTTPConnection, path: str, *, tag: str = "") -> tuple[int, str, bytes]:
    connection.request("GET", path, headers={"If-None-Match": tag} if tag else {})
    answer = connection.getresponse()
    body = answer.read()
    return answer.status, answer.getheader("ETag") or "", body
