"""Keeps the worker's two loops going: one sends mail, one solves runs.

The rows of the database are the truth; being woken only saves waiting for the next look at them.
"""

import logging
import threading
from collections.abc import Callable

from flask import Flask

from placement.config import Config
from placement.db import WAKE, db
from placement.worker.mail import send_due
from placement.worker.solve import solve_next

LOOK_EVERY = 5.0  # seconds between two looks when nobody wakes the worker
WAIT_AFTER_FAULT = 15.0

logger = logging.getLogger(__name__)


class Engine:
    """The worker's threads in one process, beside the site or alone."""

    def __init__(self, app: Flask, config: Config) -> None:
        self._app = app
        self._config = config
        self._stopping = threading.Event()
        self._woken = {"mail": threading.Event(), "solve": threading.Event()}
        self._threads = [
            threading.Thread(target=self._loop, args=("mail", self._send), name="mail", daemon=True),
            threading.Thread(target=self._loop, args=("solve", solve_next), name="solve", daemon=True),
        ]

    def start(self) -> None:
        """Begin to work; from now on every commit of this process wakes the loops."""
        self._app.extensions[WAKE] = self.wake
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Look at the rows now rather than at the next turn.

        What the loops themselves commit wakes nobody: they would never rest again.
        """
        if threading.current_thread() in self._threads:
            return
        for event in self._woken.values():
            event.set()

    def stop(self, timeout: float = 20.0) -> None:
        """Finish what is in hand and stop; what is not finished within `timeout` seconds stays owed."""
        self._stopping.set()
        self.wake()
        for thread in self._threads:
            thread.join(timeout)

    def wait(self) -> None:
        """Block until `stop` is called."""
        self._stopping.wait()

    def _loop(self, name: str, work: Callable[[], bool]) -> None:
        woken = self._woken[name]
        while not self._stopping.is_set():
            woken.clear()
            if not self._turn(name, work):
                woken.wait(LOOK_EVERY)

    def _turn(self, name: str, work: Callable[[], bool]) -> bool:
        """One turn of a loop; whether there may be more to do at once."""
        try:
            with self._app.app_context():
                try:
                    return work()
                finally:
                    db.session.remove()
        except Exception:
            # Whatever went wrong (the database was away, say), the next turn may do better.
            logger.exception("the %s loop met a fault and goes on", name)
            self._stopping.wait(WAIT_AFTER_FAULT)
            return False

    def _send(self) -> bool:
        return send_due(self._config)["sent"] > 0


def start(app: Flask, config: Config) -> Engine:
    """Start a worker inside this process."""
    engine = Engine(app, config)
    engine.start()
    return engine
