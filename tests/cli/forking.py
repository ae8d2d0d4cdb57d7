"""Runs `placement` commands, each in a process of its own that need not import everything first.

A program without threads, so that it can fork: reads one JSON order per line (`{"arguments": […],
"environment": {…}, "out": file, "err": file}`) and answers each with `{"exit": …}` when it has ended.
"""

import json
import os
import sys
from typing import NoReturn

from placement import __main__ as entry
from tests.cli.ready import get_ready


def main() -> None:
    """Serve orders until standard input ends."""
    get_ready()
    for line in sys.stdin:
        child = os.fork() or _run(**json.loads(line))
        _, status = os.waitpid(child, 0)
        print(json.dumps({"exit": os.waitstatus_to_exitcode(status)}), flush=True)  # noqa: T201  # the answer


def _run(*, arguments: list[str], environment: dict[str, str], out: str, err: str) -> NoReturn:
    """Become the command, and end as a process does: by whatever leaves `main`."""
    os.environ.clear()
    os.environ.update(environment)
    for number, name, how in ((0, os.devnull, os.O_RDONLY), (1, out, os.O_WRONLY), (2, err, os.O_WRONLY)):
        os.dup2(os.open(name, how | os.O_CREAT), number)
    sys.argv = ["placement", *arguments]
    entry.main()
    sys.exit()


if __name__ == "__main__":
    main()
