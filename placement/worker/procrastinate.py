"""The engine for many machines: a queue in PostgreSQL that tells idle workers at once, wherever they run.

Its jobs say "look at the rows" and nothing else. They may be lost, come twice or be deleted by hand: each
worker looks at the rows every few seconds and puts in what is missing. So its tables need no backup and no
migration. They live in a schema of their own that bears the library's version, which the first worker makes.
"""

import asyncio
import contextlib
import logging
import threading
import time
import weakref
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Literal

import psycopg
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector, exceptions
from procrastinate.jobs import Status
from procrastinate.schema import SchemaManager
from psycopg import sql
from psycopg_pool import ConnectionPool, PoolTimeout

from placement.config_values import EngineName
from placement.db import reading
from placement.services import backlog
from placement.services.health import Finding
from placement.worker import schedule, turns
from placement.worker.inprocess import WAKING
from placement.worker.turns import KINDS, Kind, Turns

SCHEMA = f"procrastinate_{version('procrastinate').replace('.', '_')}"
ONE_AT_A_TIME = 7_305_115
PATIENCE = 2.0  # seconds that telling may take: whoever tells has a page to answer
CONNECT_WITHIN = 10  # seconds
STALLED = 30.0  # seconds without a word after which a queue's worker is taken for dead
PAUSES = (1.0, 30.0)  # seconds before the queue is begun anew, at first and at most
CANNOT_TELL = (exceptions.ConnectorException, PoolTimeout, psycopg.Error)

logger = logging.getLogger(__name__)
logging.getLogger("procrastinate").setLevel(logging.CRITICAL)  # what breaks it off is said here, in one line


class Procrastinate:
    """Puts jobs into the queue, and in a worker takes them out: one thread for each kind of work."""

    name: EngineName = "procrastinate"

    def __init__(self, url: str, work: Turns) -> None:
        self._conninfo = conninfo(url)
        self._turns = work
        self._lock = threading.Lock()
        self._telling: App | None = None
        self._told_last = True

    def wake(self, kind: Literal["mail", "solve"]) -> None:
        """Put in a job "look at this kind", unless one waits already."""
        self._tell(kind, lock=kind)

    def run_long(self, task: Literal["solve"], row_id: int) -> None:
        """Put in a job for this row, unless one waits already."""
        self._tell(task, lock=f"{task}:{row_id}", run_id=row_id)

    def periodic(self) -> None:
        """Put in a job "see whose turn it is", unless one waits already."""
        self._tell("periodic", lock="periodic")

    def health(self) -> Finding:
        """Whether the queue can be asked."""
        try:
            ready = self._queue().check_connection()
        except CANNOT_TELL as fault:
            said = f"The queue cannot be asked ({type(fault).__name__}); work is found all the same, later."
            return Finding("engine", False, said, "Start a worker: it makes the queue's tables.")
        if not ready:
            return Finding("engine", True, "The queue has no tables yet; the first worker makes them.")
        return Finding("engine", True, "The queue tells workers of work at once.")

    def committed(self) -> None:
        """Tell of what waits now; a queue that cannot be reached fails no page and no command."""
        if turns.current() not in WAKING:
            return
        try:
            self._tell_of_waiting()
        except Exception:
            logger.exception("after a commit, what waits could not be looked at; workers will find it")

    def threads(self) -> list[threading.Thread]:
        """One thread for each kind of work, so that none waits for another's."""
        return [threading.Thread(target=self._run, args=(kind,), name=kind, daemon=True) for kind in KINDS]

    def look(self) -> None:
        """Put in whatever should be in the queue by now: what became due, and what was lost."""
        self._tell_of_waiting()
        if schedule.anything_due():
            self.periodic()

    def _tell_of_waiting(self) -> None:
        with reading() as session:
            waiting = backlog.waiting(session, now=datetime.now(UTC))
        if waiting.mail:
            self.wake("mail")
        for run_id in waiting.runs:
            self.run_long("solve", run_id)

    def _tell(self, kind: Kind, *, lock: str, **arguments: int) -> None:
        try:
            self._queue().configure_task(kind, queue=kind, queueing_lock=lock).defer(**arguments)
        except exceptions.AlreadyEnqueued:
            pass
        except CANNOT_TELL as fault:
            if self._told_last:  # once, not for each mail of a thousand
                logger.warning("the queue cannot be told (%s); workers find the work by looking", fault)
            self._told_last = False
            return
        self._told_last = True

    def _queue(self) -> App:
        """The queue as this process tells it, opened at the first need: a server may fork before."""
        with self._lock:
            if self._telling is None:
                pool = ConnectionPool(
                    self._conninfo,
                    kwargs=_session(),
                    min_size=0,
                    max_size=2,
                    timeout=PATIENCE,
                    check=ConnectionPool.check_connection,
                    open=False,
                )
                pool.open(wait=False)
                weakref.finalize(self, pool.close, 1.0)
                self._telling = App(connector=SyncPsycopgConnector()).open(pool)
            return self._telling

    def _run(self, kind: Kind) -> None:
        """Take jobs of one kind out of the queue; begin anew whenever that breaks off.

        In between the rows are looked at without it, so that work is done even where there can be no queue.
        """
        shortest, longest = PAUSES
        pause = shortest
        while not self._turns.stopping.told:
            begun = time.monotonic()
            try:
                prepare(self._conninfo)
                asyncio.run(self._serve(kind))
            except Exception as fault:  # noqa: BLE001  # whatever it was, the rows are looked at again
                logger.warning("the queue of %s broke off (%s) and is begun anew", kind, fault)
            self._work(kind)
            pause = shortest if time.monotonic() - begun > longest else min(2 * pause, longest)
            self._turns.stopping.wait(pause)

    async def _serve(self, kind: Kind) -> None:
        queue = App(
            connector=PsycopgConnector(
                conninfo=self._conninfo, kwargs=_session(), min_size=1, max_size=2, timeout=CONNECT_WITHIN
            )
        )
        queue.task(name=kind, queue=kind)(lambda **arguments: self._work(kind, **arguments))
        loop, told = asyncio.get_running_loop(), asyncio.Event()

        def tell() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended by itself
                loop.call_soon_threadsafe(told.set)

        async with queue.open_async():
            with self._turns.stopping.ending(tell):
                await _until_one_ends(_worker(queue, kind), _clear_stalled(queue, kind), told.wait())

    def _work(self, kind: Kind, *, run_id: int | None = None) -> None:
        """What a job does. A run is one job's; of the rest, whatever there is by now."""
        while not self._turns.stopping.told and self._turns.work(kind, run_id=run_id):
            if run_id is not None:
                return


def conninfo(url: str) -> str:
    """The database's address as the driver takes it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def prepare(where: str) -> None:
    """Make the queue's tables where this version of the library has none yet; one process at a time."""
    with psycopg.connect(where, connect_timeout=CONNECT_WITHIN) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (ONE_AT_A_TIME,))
        found = connection.execute("SELECT to_regclass(%s)", (f"{SCHEMA}.procrastinate_jobs",)).fetchone()
        if found is not None and found[0] is not None:
            return
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(SCHEMA)))
        connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(SCHEMA)))
        connection.execute(SchemaManager.get_schema())


def _session() -> dict[str, Any]:
    """What each connection to the queue is opened with: it sees the queue's tables and no others."""
    return {"options": f"-c search_path={SCHEMA}", "connect_timeout": CONNECT_WITHIN}


async def _worker(queue: App, kind: Kind) -> None:
    """The library's own worker; it returns or raises when the database goes away."""
    await queue.run_worker_async(
        queues=[kind],
        name=kind,
        concurrency=1,
        fetch_job_polling_interval=turns.LOOK_EVERY,
        delete_jobs="always",
        stalled_worker_timeout=STALLED,
        install_signal_handlers=False,
    )


async def _clear_stalled(queue: App, kind: Kind) -> None:
    """Take away jobs whose worker is dead; the rows that they were about are found by the next look."""
    while True:
        for job in await queue.job_manager.get_stalled_jobs(queue=kind, seconds_since_heartbeat=STALLED):
            await queue.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
        await asyncio.sleep(STALLED)


async def _until_one_ends(*works: Any) -> None:
    """Do all of it until any part ends; then end the others in order, and raise what one of them raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(ended, Exception):
            raise ended
