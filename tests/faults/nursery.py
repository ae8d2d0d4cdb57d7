"""Raises processes that run one `placement` command each and kill themselves at the n-th step.

A step is whatever the outside could notice: a statement or commit on its way to the database, octets on
their way to a mail server (SMTP or IMAP), or just after either. It is a program of its own, without
threads, so that it can fork: reads one JSON order per line (`{"die_at": 3, "environment": {…},
"arguments": […]}`) and answers each with `{"pid": …}` when its process begins and `{"killed": …, "exit": …}`
when it has ended.
"""

import imaplib
import json
import os
import signal
import smtplib
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, event

from placement import __main__ as entry
from placement.db.brisk import BriskConnection
from tests.cli.ready import get_ready


def main() -> None:
    """Serve orders until standard input ends."""
    get_ready()
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _live(order)
        print(json.dumps({"pid": child}), flush=True)  # noqa: T201  # so that others can end it
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        answer = {"killed": killed, "exit": os.waitstatus_to_exitcode(status)}
        print(json.dumps(answer), flush=True)  # noqa: T201  # the answer to the order


def _live(order: dict[str, Any]) -> None:
    _count_steps(order["die_at"])
    os.environ.update(order["environment"])
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    sys.argv = ["placement", *order["arguments"]]
    try:
        entry.main()
    except SystemExit as ended:
        os._exit(ended.code if isinstance(ended.code, int) else 1)
    os._exit(0)


def _count_steps(die_at: int) -> None:
    steps = 0

    def step(*_: object, **__: object) -> None:
        nonlocal steps
        steps += 1
        if steps == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(Engine, name, step)
    send = smtplib.SMTP.send

    def noticed_send(self: smtplib.SMTP, octets: Any) -> None:
        step()
        send(self, octets)
        step()

    write = BriskConnection.write

    def noticed_write(self: BriskConnection, statements: Sequence[str], values: Mapping[str, object]) -> bool:
        step()
        done = write(self, statements, values)
        step()
        return done

    BriskConnection.write = noticed_write  # type: ignore[method-assign]
    smtplib.SMTP.send = noticed_send  # type: ignore[method-assign, assignment]
    ask = imaplib.IMAP4.send

    def noticed_ask(self: imaplib.IMAP4, octets: Any) -> None:
        step()
        ask(self, octets)
        step()

    imaplib.IMAP4.send = noticed_ask  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    main()
