"""Starts workers as processes of their own, quickly: a program without threads that imports once, then forks.

It reads one JSON order per line: `{"start": {…environment…}, "look_every": seconds}` is answered with
`{"pid": …}`, and `{"wait": pid}` with `{"exit": …}`, which is negative for a signal.
"""

import json
import os
import sys

from placement import __main__ as entry
from placement import app as prepared  # imported once here, so that each worker starts at once
from placement.worker import engine, turns

COMMAND = ["placement", "worker"]


def main() -> None:
    """Serve orders until standard input ends."""
    assert prepared.CONFIG
    assert engine.ENDS_WITHIN
    for line in sys.stdin:
        order = json.loads(line)
        if "start" in order:
            answer = {"pid": os.fork() or _work(**order)}
        else:
            _, status = os.waitpid(order["wait"], 0)
            answer = {"exit": os.waitstatus_to_exitcode(status)}
        print(json.dumps(answer), flush=True)  # noqa: T201  # the answer to the order


def _work(*, start: dict[str, str], look_every: float) -> int:
    os.environ.update(start)
    turns.LOOK_EVERY = look_every
    quiet = os.open(os.devnull, os.O_RDWR)
    os.dup2(quiet, 0)
    os.dup2(quiet, 1)
    sys.argv = COMMAND
    try:
        entry.main()
    except SystemExit as ended:
        os._exit(ended.code if isinstance(ended.code, int) else 1)
    os._exit(0)


if __name__ == "__main__":
    main()
