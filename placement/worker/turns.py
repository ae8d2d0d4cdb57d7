"""One turn of work: what a worker does each time that it looks at the rows, whatever told it to look.

The rows of the database are the truth; being woken only saves waiting for the next look at them.
"""

import logging
import threading
from collections.abc import Callable
from typing import Literal

from flask import Flask

from placement.config import Config
from placement.db import db
from placement.worker import schedule
from placement.worker.mail import send_due
from placement.worker.owner import turn as owned_turn
from placement.worker.solve import solve_next
from placement.worker.stopping import Stopped, Stopping

Kind = Literal["mail", "solve", "periodic"]
KINDS: tuple[Kind, ...] = ("mail", "solve", "periodic")

LOOK_EVERY = 5.0  # seconds between two looks when nobody wakes the worker
WAIT_AFTER_FAULT = 5.0

logger = logging.getLogger(__name__)
_here = threading.local()


def current() -> str | None:
    """The name of the turn that this thread takes; None outside of any."""
    name: str | None = getattr(_here, "name", None)
    return name


class Turns:
    """Takes turns in the application's context; a fault in one ends neither the thread nor other work."""

    def __init__(self, app: Flask, config: Config, stopping: Stopping) -> None:
        self._app = app
        self._config = config
        self.stopping = stopping

    def work(self, kind: Kind, *, run_id: int | None = None) -> bool:
        """Do what there is to do of one kind; whether there may be more at once."""
        works: dict[Kind, Callable[[], bool]] = {
            "mail": self._send,
            "solve": lambda: solve_next(self._config, self.stopping, run_id=run_id),
            "periodic": lambda: schedule.run_due(self._config, self.stopping),
        }
        return self.take(kind, works[kind])

    def take(self, name: str, work: Callable[[], bool]) -> bool:
        """Take one turn; after a fault, False, and a pause."""
        _here.name = name
        try:
            with self._app.app_context(), owned_turn():
                try:
                    return work()
                finally:
                    db.session.remove()
        except Stopped:
            return False
        except Exception:
            # Whatever went wrong (the database was away, say), the next turn may do better.
            logger.exception("the turn of %s met a fault; the worker goes on", name)
            self.stopping.wait(WAIT_AFTER_FAULT)
            return False
        finally:
            del _here.name

    def _send(self) -> bool:
        # The mail in hand is always finished, and recorded, before a worker stops.
        return send_due(self._config, stop=lambda: self.stopping.told)["sent"] > 0
