"""Telling a worker to stop: what is in hand is finished or let go of, and nothing new is begun."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

End = Callable[[], None]


class Stopped(BaseException):
    """Raised within work to leave it where it can be left; no fault, so nothing that mends faults sees it."""


class Stopping:
    """Whether this worker was told to stop, and what must then be ended for it to do so soon."""

    def __init__(self) -> None:
        self._told = threading.Event()
        self._ends: list[End] = []
        self._lock = threading.Lock()

    @property
    def told(self) -> bool:
        """Whether the worker was told to stop."""
        return self._told.is_set()

    def tell(self) -> None:
        """Tell the worker to stop."""
        self._told.set()
        with self._lock:
            ends = list(self._ends)
        for end in ends:
            end()

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until the worker is told to stop; whether it was."""
        return self._told.wait(seconds)

    def leave_if_told(self, *_: object) -> None:
        """Raise `Stopped` if the worker was told to stop."""
        if self.told:
            raise Stopped

    @contextmanager
    def ending(self, end: End) -> Iterator[None]:
        """Call `end` when the worker is told to stop within the block, or has been already."""
        with self._lock:
            self._ends.append(end)
        try:
            if self.told:
                end()
            yield
        finally:
            with self._lock:
                self._ends.remove(end)
