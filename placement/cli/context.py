"""What commands share: the application that they work in, built from the environment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from placement.config import Config, from_environment

if TYPE_CHECKING:
    from flask import Flask


@dataclass(frozen=True)
class Applications:
    """How to make an application: `base` without pages, `site` with them."""

    base: "Callable[[Config], Flask]"
    site: "Callable[[Config], Flask]"


def applications() -> Applications:
    """The makers that the entry point handed over."""
    found = click.get_current_context().find_object(Applications)
    if found is None:
        raise click.UsageError("Run this command as `placement`.")
    return found


@contextmanager
def opened(config: Config | None = None) -> Iterator[Config]:
    """An application context on the installation's database, whose tables are looked at first.

    A database without any tables is new and gets them; one that is behind is refused, with the remedy.
    """
    # Imported late: not every command has a database.
    from placement.db.schema import ensure_schema
    from placement.services.health import reported

    settings = config or from_environment()
    with reported(settings.database_url), applications().base(settings).app_context():
        if ensure_schema():
            click.echo("placement: the database was new; its tables have been made.", err=True)
        yield settings
