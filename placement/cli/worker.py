"""`placement worker`: sends mail, solves runs and does periodic work until it is told to stop."""

import click

from placement.cli.context import applications, opened
from placement.cli.told import until_told
from placement.config import from_environment
from placement.worker import engine


@click.command()
def worker() -> None:
    """Send owed mail, solve queued runs and do periodic work until stopped (Ctrl-C or SIGTERM)."""
    with opened(from_environment().require_all()) as config:
        running = engine.Worker(applications().base(config), config)
        with until_told():
            running.start()
            click.echo("The worker is running. Stop it with Ctrl-C.", err=True)
            running.wait()
        click.echo("Stopping.", err=True)
        engine.end(running)
