"""Being told to stop, by Ctrl-C or SIGTERM: heeded from before the first thread of a service is started."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Told(SystemExit):
    """A signal asked this process to stop; the page server's loop ends at it, after the requests in hand."""


@contextmanager
def until_told() -> Iterator[None]:
    """Do the block to its end, or until this process is told to stop."""
    for number in SIGNALS:
        signal.signal(number, _stop)
    with suppress(Told):
        yield


def _stop(_signal: int, _frame: FrameType | None) -> None:
    # A second signal must not break off the stopping itself.
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise Told(0)
