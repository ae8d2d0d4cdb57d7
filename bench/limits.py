"""What the machine itself can do in the same minute: the figures that ours are held against.

Each does the least that anybody could: no rules, no checks, no second copy.
"""

import smtplib
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_array

from placement.domain.matching import Problem

Result = TypeVar("Result")


@dataclass(frozen=True)
class Taken:
    """What a piece of work took, in seconds: by the clock on the wall, and of this process's computing."""

    wall: float
    cpu: float


def timed(work: Callable[[], Result]) -> tuple[Result, Taken]:
    """What `work` gives, and what it takes."""
    begun, computed = time.perf_counter(), time.process_time()
    result = work()
    return result, Taken(time.perf_counter() - begun, time.process_time() - computed)


def one_stage(problem: Problem) -> Taken:
    """What one plain `scipy.optimize.milp` call takes for the first stage alone: most leaders' days placed.

    A variable per leader and possible slot and one per slot that runs; capacity, minimum number and days.
    """
    pairs = [
        (row, column)
        for row, leader in enumerate(problem.leaders)
        for column, slot in enumerate(problem.slots)
        if slot.id not in leader.excluded
    ]
    leaders, slots = len(problem.leaders), len(problem.slots)
    rows = lil_array((leaders + 2 * slots, len(pairs) + slots))
    for place, (row, column) in enumerate(pairs):
        rows[row, place] = rows[leaders + column, place] = rows[leaders + slots + column, place] = 1
    for column, slot in enumerate(problem.slots):
        rows[leaders + column, len(pairs) + column] = -slot.capacity
        rows[leaders + slots + column, len(pairs) + column] = -slot.minimum
    lower = np.concatenate([np.full(leaders + slots, -np.inf), np.zeros(slots)])
    days = [leader.days for leader in problem.leaders]
    upper = np.concatenate([days, np.zeros(slots), np.full(slots, np.inf)])
    count = len(pairs) + slots
    _, taken = timed(
        lambda: milp(
            np.concatenate([-np.ones(len(pairs)), np.zeros(slots)]),
            integrality=np.ones(count, dtype=int),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(rows.tocsr(), lower, upper),
            options={"mip_rel_gap": 0},
        )
    )
    return taken


def bare_insert(folder: Path, rows: int) -> Taken:
    """What it takes to insert `rows` rows of 200 octets in one transaction, on disk for certain."""
    with _bare_table(folder) as insert:
        return timed(lambda: insert(rows))[1]


def bare_sending(port: int, mails: Sequence[bytes], sender: str, recipient: str) -> Taken:
    """What smtplib takes to hand over octets that are made already, over one connection."""
    with smtplib.SMTP("127.0.0.1", port) as connection:
        return timed(lambda: [connection.sendmail(sender, [recipient], octets) for octets in mails])[1]


def kept_sending(folder: Path, port: int, mails: Sequence[bytes], sender: str, recipient: str) -> Taken:
    """The same with one row on disk for certain after each mail: the least that survives being killed."""
    with _bare_table(folder) as insert, smtplib.SMTP("127.0.0.1", port) as connection:

        def send() -> None:
            for octets in mails:
                connection.sendmail(sender, [recipient], octets)
                insert(1)

        return timed(send)[1]


@contextmanager
def _bare_table(folder: Path) -> Iterator[Callable[[int], None]]:
    """A new SQLite table, and how to insert so many rows into it in one transaction."""
    with closing(sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE row (id INTEGER PRIMARY KEY, text TEXT)")

        def insert(rows: int) -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO row (text) VALUES (?)", [("x" * 200,)] * rows)
            connection.execute("COMMIT")

        yield insert
    for leftover in folder.glob("bare.sqlite3*"):
        leftover.unlink()
