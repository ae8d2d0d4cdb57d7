"""What a program does once, so that each process that it forks begins its `placement` command at once."""

import click
from sqlalchemy.orm import configure_mappers

from placement import app
from placement.cli import main as commands


def get_ready() -> None:
    """Import the application and every command, and let the models find each other."""
    assert app.CONFIG
    context = click.Context(commands)
    for name in commands.list_commands(context):
        assert commands.get_command(context, name)
    configure_mappers()
