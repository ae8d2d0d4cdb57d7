"""`placement db`: the tables of the database."""

import click

from placement.cli.context import applications
from placement.config import from_environment
from placement.db.schema import revision_now, upgrade


@click.group("db")
def database() -> None:
    """Look after the database's tables."""


@database.command("upgrade")
def upgrade_command() -> None:
    """Bring the tables up to this version; harmless when they are already."""
    app = applications().base(from_environment())
    with app.app_context():
        upgrade()
        click.echo(f"The database is at {revision_now()}.")
