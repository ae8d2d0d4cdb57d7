"""`placement worker`: sends mail and solves runs until it is told to stop."""

import signal
from types import FrameType

import click

from placement.cli.context import applications, opened
from placement.config import from_environment
from placement.worker import engine


@click.command()
def worker() -> None:
    """Send owed mail and solve queued match runs until stopped (Ctrl-C or SIGTERM)."""
    with opened(from_environment().require_all()) as config:
        running = engine.start(applications().base(config), config)

        def stop(_signal: int, _frame: FrameType | None) -> None:
            running.stop()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        click.echo("The worker is running. Stop it with Ctrl-C.", err=True)
        running.wait()
