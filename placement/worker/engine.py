"""The engine brings work to workers. The rows say what there is to do; the engine only distributes.

Two stand behind the same four calls: `inprocess`, threads that look at the rows, and `procrastinate`, a queue
in PostgreSQL by which many machines share the work. Everything that must hold, holds with either, and with an
engine that forgets whatever it was told: workers look at the rows by themselves every few seconds.
"""

import logging
import os
import threading
import time
from datetime import UTC, datetime
from typing import Literal, Protocol

from flask import Flask

from placement.config import Config
from placement.config_values import EngineName
from placement.db import WAKE, unit_of_work
from placement.services import workers
from placement.services.health import Finding
from placement.worker import turns
from placement.worker.inprocess import InProcess
from placement.worker.leases import free_abandoned
from placement.worker.owner import new_token
from placement.worker.stopping import Stopping
from placement.worker.turns import Turns

HEARTBEAT = "heartbeat"
ENDS_WITHIN, LEAVES_WITHIN = 16.0, 3.0
"""Seconds for what is in hand when a worker is told to stop (a mail server may be silent for 15 of them), and
then for saying that it goes."""

logger = logging.getLogger(__name__)


class Engine(Protocol):
    """The four calls. None carries data: a call that is lost, or comes twice, changes nothing."""

    def wake(self, kind: Literal["mail", "solve"]) -> None:
        """Let some worker look at the rows of this kind now rather than at its next look."""

    def run_long(self, task: Literal["solve"], row_id: int) -> None:
        """Let some worker take up this long task on this row, if nobody has."""

    def periodic(self) -> None:
        """Let some worker do the periodic work whose turn it is."""

    def health(self) -> Finding:
        """How the engine itself is."""


class Backend(Engine, Protocol):
    """An engine with what a worker needs to be driven by it."""

    name: EngineName

    def committed(self) -> None:
        """Called after each commit of this process: whatever it wrote may be work."""

    def threads(self) -> list[threading.Thread]:
        """The threads that work, not yet started."""

    def look(self) -> None:
        """Called every few seconds in a worker: distribute what nobody was told of."""


def engine_for(app: Flask, config: Config, work: Turns | None = None) -> Backend:
    """The engine that the settings name; without `work` it only tells other processes of some."""
    work = work or Turns(app, config, Stopping())
    if config.engine == "inprocess":
        return InProcess(work)
    from placement.worker.procrastinate import Procrastinate  # imported late: an extra has it

    return Procrastinate(config.database_url, work)


def tell_workers(app: Flask, config: Config) -> None:
    """Let the commits of this process, which is no worker, be told to those that are, where they can be."""
    if config.engine != "inprocess":
        app.extensions[WAKE] = engine_for(app, config).committed


class Worker:
    """A worker in this process, beside the site or alone: the engine's threads, and a heartbeat."""

    def __init__(self, app: Flask, config: Config) -> None:
        self._app = app
        self.stopping = Stopping()
        self._turns = Turns(app, config, self.stopping)
        self.engine = engine_for(app, config, self._turns)
        self._name = new_token()
        self._started_at = datetime.now(UTC)
        self._threads = [
            threading.Thread(target=self._beat, name=HEARTBEAT, daemon=True),
            *self.engine.threads(),
        ]

    def start(self) -> None:
        """Begin to work; from now on every commit of this process is told to the engine."""
        self._app.extensions[WAKE] = self.engine.committed
        for thread in self._threads:
            thread.start()

    def wait(self) -> None:
        """Block until `stop` is called."""
        while not self.stopping.told:
            time.sleep(1.0)  # not on a lock: a signal may raise here

    def stop(self, timeout: float = ENDS_WITHIN) -> bool:
        """Finish what is in hand, let go of the rest and stop; whether all ended within `timeout` seconds.

        What has not ended is left as by a killed worker: owed, and freed by the next look of another.
        """
        until = time.monotonic() + timeout
        self.stopping.tell()
        for thread in self._threads:
            if thread.ident is None:  # told before all were started: it would find so, and end
                continue
            thread.join(max(until - time.monotonic(), 0))
        leaving = threading.Thread(target=self._turns.take, args=("leaving", self._leave), daemon=True)
        leaving.start()
        leaving.join(LEAVES_WITHIN)  # a database that does not answer must not hold it up
        return not any(thread.is_alive() for thread in self._threads)

    def _beat(self) -> None:
        while not self.stopping.told:
            self._turns.take(HEARTBEAT, self._be_seen)
            self.stopping.wait(turns.LOOK_EVERY)

    def _be_seen(self) -> bool:
        now = datetime.now(UTC)
        with unit_of_work() as session:
            workers.be_seen(
                session, self._name, engine=self.engine.name, started_at=self._started_at, now=now
            )
        if free_abandoned():
            self.engine.wake("mail")
            self.engine.wake("solve")
            self.engine.periodic()
        self.engine.look()
        return True

    def _leave(self) -> bool:
        with unit_of_work() as session:
            workers.leave(session, [self._name])
        free_abandoned()
        return True


def end(worker: Worker) -> None:
    """Stop a worker as the last thing that this process does.

    A thread that does not end, because a mail server says nothing, must not keep the process alive.
    """
    if not worker.stop():
        logger.warning("something was still in hand and is left to the next worker")
        logging.shutdown()
        os._exit(0)
