"""The engine that needs no service: threads of one process, one for each kind of work, look at the rows."""

import threading
from typing import Literal

from placement.config_values import EngineName
from placement.services.health import Finding
from placement.worker import turns
from placement.worker.turns import KINDS, Kind, Turns

WAKING = (None, "periodic")
"""Whose commits wake: what the other turns commit wakes nobody, or they would never rest again."""


class InProcess:
    """Wakes the threads of its own process; those of others find the same rows at their next look."""

    name: EngineName = "inprocess"

    def __init__(self, work: Turns) -> None:
        self._turns = work
        self._woken = {kind: threading.Event() for kind in KINDS}
        self._threads = [
            threading.Thread(target=self._loop, args=(kind,), name=kind, daemon=True) for kind in KINDS
        ]

    def wake(self, kind: Literal["mail", "solve"]) -> None:
        """Wake the thread of this kind."""
        self._woken[kind].set()

    def run_long(self, task: Literal["solve"], row_id: int) -> None:
        """Wake the thread of this task, which finds the row by itself."""
        del row_id
        self._woken[task].set()

    def periodic(self) -> None:
        """Wake the thread that looks whose turn it is."""
        self._woken["periodic"].set()

    def health(self) -> Finding:
        """Whether the threads live, where they were started."""
        dead = [thread.name for thread in self._threads if thread.ident and not thread.is_alive()]
        if dead:
            return Finding(
                "engine", False, f"Threads have ended: {', '.join(dead)}.", "Start the worker anew."
            )
        return Finding("engine", True, f"Workers look for work every {turns.LOOK_EVERY:.0f} seconds.")

    def committed(self) -> None:
        """Wake all threads: which rows were written is not known."""
        if turns.current() not in WAKING:
            return
        for kind, woken in self._woken.items():
            if kind != turns.current():
                woken.set()

    def threads(self) -> list[threading.Thread]:
        """One thread for each kind of work."""
        return self._threads

    def look(self) -> None:
        """Nothing: each thread looks by itself."""

    def _loop(self, kind: Kind) -> None:
        woken, stopping = self._woken[kind], self._turns.stopping
        with stopping.ending(woken.set):
            while True:
                woken.clear()
                if stopping.told:  # asked after the clearing, which may have undone that waking
                    return
                if not self._turns.work(kind):
                    woken.wait(turns.LOOK_EVERY)
