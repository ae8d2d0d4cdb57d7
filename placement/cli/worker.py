"""`placement worker`: sends mail, solves runs and does periodic work until it is told to stop."""

import signal
from types import FrameType

import click

from placement.cli.context import applications, opened
from placement.config import from_environment
from placement.worker import engine

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Told(BaseException):
    """A signal asked the worker to stop."""


@click.command()
def worker() -> None:
    """Send owed mail, solve queued runs and do periodic work until stopped (Ctrl-C or SIGTERM)."""
    with opened(from_environment().require_all()) as config:
        running = engine.start(applications().base(config), config)
        try:
            for number in SIGNALS:
                signal.signal(number, _stop)
            click.echo("The worker is running. Stop it with Ctrl-C.", err=True)
            running.wait()
        except Told:
            click.echo("Stopping.", err=True)
        engine.end(running)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    # A second signal must not break off the stopping itself.
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise Told
