"""Looking after a solver while it works: how far it is goes to its run's row, and a cancelled run ends it."""

import logging
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import IO

from placement.db import reading, unit_of_work
from placement.domain.stage_lines import StageInWork, read_stage
from placement.services import run_claims

logger = logging.getLogger(__name__)

LOOK_EVERY = 1.0
"""Seconds between two looks at the row: whoever cancels a run should not wait for long."""


class NotWanted(Exception):
    """The run was cancelled, or is somebody else's now. Never shown to a person."""


@dataclass
class Watch:
    """The row of a run that is being solved under `token`."""

    run_id: int
    token: str
    written: StageInWork | None = None

    def look(self, stage: StageInWork | None) -> None:
        """Write down how far the solver is, where that is new; raises `NotWanted`."""
        if stage is not None and stage != self.written:
            with unit_of_work() as session:
                run_claims.tell_stage(
                    session, self.run_id, token=self.token, stage=stage.name, done=stage.done, of=stage.of
                )
            self.written = stage
        with reading() as session:
            if not run_claims.still_wanted(session, self.run_id, token=self.token):
                raise NotWanted


def conversation(
    process: subprocess.Popen[str], problem: str, *, patience: float, watch: Watch | None
) -> tuple[str, str]:
    """Give the solver its problem; what it says, and what it complains of, when it has ended.

    Raises `subprocess.TimeoutExpired` when `patience` seconds are over, and `NotWanted`.
    """
    until = time.monotonic() + patience
    listener = _Listener(process.stderr)
    process.stderr = None  # the listener reads it
    listener.start()
    to_say: str | None = problem  # the library keeps what is not taken yet, and wants it said once
    while True:
        left = until - time.monotonic()
        try:
            said, _ = process.communicate(to_say, timeout=max(0.0, min(LOOK_EVERY, left)))
        except subprocess.TimeoutExpired:
            if left <= LOOK_EVERY:
                raise
            to_say = None
            _look(watch, listener)
        else:
            listener.join()
            _look(watch, listener)
            return said, "".join(listener.complaints)


def _look(watch: Watch | None, listener: "_Listener") -> None:
    """Look at the row; a database that is away for a while does not end the solver."""
    if watch is None:
        return
    try:
        watch.look(listener.stage)
    except NotWanted:
        raise
    except Exception:
        logger.warning("how far run %d is could not be written", watch.run_id, exc_info=True)


class _Listener(threading.Thread):
    """Reads what the solver says beside its result: the stage in work, and complaints."""

    def __init__(self, stream: IO[str] | None) -> None:
        super().__init__(name="listener", daemon=True)
        self.stage: StageInWork | None = None
        self.complaints: list[str] = []
        self._stream = stream

    def run(self) -> None:
        """Read until the solver has ended."""
        if self._stream is None:
            return
        with self._stream:
            for line in self._stream:
                stage = read_stage(line)
                if stage is None:
                    self.complaints.append(line)
                else:
                    self.stage = stage
