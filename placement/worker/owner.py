"""Names for whoever holds a lease, from which another process on the same machine can tell that it is gone.

A lease alone would make mail of a killed worker wait until it ends. A token therefore says which process on
which machine made it; where that process is known to be dead, its leases can be given back at once. Where
nothing can be known (another machine, another container, no /proc), the lease decides.
"""

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROC = Path("/proc")
SEPARATOR = "|"
START_TIME_FIELD = 19  # of what follows the process's name in /proc/<pid>/stat

_turn = threading.local()
_broken_off: set[str] = set()
"""Tokens of this process that nobody here works under any more, though it lives."""


def new_token() -> str:
    """A token that names this process and nobody else."""
    pid = os.getpid()
    token = SEPARATOR.join((_place(), str(pid), _started(pid) or "?", secrets.token_hex(8)))
    if hasattr(_turn, "tokens"):
        _turn.tokens.append(token)
    return token


@contextmanager
def turn() -> Iterator[None]:
    """Work of one thread: when it is broken off, whatever tokens it made count as gone from then on."""
    _turn.tokens = []
    try:
        yield
    except BaseException:
        _broken_off.update(_turn.tokens)
        raise
    finally:
        del _turn.tokens


def is_gone(token: str) -> bool:
    """Whether whoever made `token` is known to work no more: the process has ended, or broken that off."""
    if token in _broken_off:
        return True
    parts = token.split(SEPARATOR)
    if len(parts) != 4:
        return False
    place, pid, started, _ = parts
    if started == "?" or place != _place() or not pid.isdigit():
        return False
    return _started(int(pid)) != started


def _place() -> str:
    """The running machine, and the space in which its process numbers count."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()[:8]
        space = str((PROC / "self/ns/pid").readlink()).strip("pid:[]")
    except OSError:
        return f"{socket.gethostname()[:12]}-?"
    return f"{socket.gethostname()[:12]}-{boot}-{space}"


def _started(pid: int) -> str | None:
    """When process `pid` was started, in the kernel's ticks; None when there is no such process."""
    try:
        stat = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    # A process that was killed but not yet waited for is as good as gone.
    return None if fields[0] in {"Z", "X"} else fields[START_TIME_FIELD]
