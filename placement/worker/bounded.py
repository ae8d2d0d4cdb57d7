"""Becomes a `placement` command with limits: `python -m placement.worker.bounded PARENT MB SECONDS COMMAND…`.

A program of its own, because a process with threads must not run code of ours between fork and exec, and
light, because it runs before each solve. It limits memory (MB) and processor time (SECONDS) where the system
can, steps behind whatever else wants to compute, dies with whoever started it (PARENT, by its number), and
then becomes the command.
"""

import ctypes
import os
import signal
import sys

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux
STEP_BEHIND = 5
MEGABYTE = 1024 * 1024


def main(parent: str, megabytes: str, seconds: str, *command: str) -> None:
    """Take the limits on, then become the command."""
    if resource is not None:
        _limit(resource.RLIMIT_AS, int(megabytes) * MEGABYTE)
        _limit(resource.RLIMIT_CPU, int(seconds))
        os.nice(STEP_BEHIND)
    _die_with_parent(int(parent))
    os.execv(sys.executable, [sys.executable, "-m", "placement", *command])  # noqa: S606  # ourselves


def _limit(what: int, most: int) -> None:
    """Allow at most `most`, or what is allowed already where that is less."""
    _, ceiling = resource.getrlimit(what)
    allowed = most if ceiling == resource.RLIM_INFINITY else min(most, ceiling)
    resource.setrlimit(what, (allowed, ceiling))


def _die_with_parent(parent: int) -> None:
    """Let a killed worker leave no solver behind that nobody waits for."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # it died before it could be watched
        sys.exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
