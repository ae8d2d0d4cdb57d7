"""The command line. Each command is thin: one service, one transaction, one clear answer.

Commands live in modules of their own and are imported when they are asked for, so that `placement --help`
and `placement solve` start without the database, the pages or numpy.
"""

import importlib
from typing import ClassVar

import click

from placement import __version__
from placement.config_values import UnsafeSetting
from placement.domain.errors import PlacementError


class Refusal(click.ClickException):
    """A rule of the service was broken: one line on stderr, exit status 1."""

    def show(self, file: object = None) -> None:
        """Print the reason alone."""
        del file
        click.echo(f"placement: {self.format_message()}", err=True)


class SettingRefusal(Refusal):
    """A setting is missing or unsafe: one line on stderr, exit status 2."""

    exit_code = 2


class WrongUse(Refusal):
    """A command was written wrongly: one line on stderr, exit status 2."""

    exit_code = 2


class Commands(click.Group):
    """All commands by name, each imported from its module when it is needed."""

    modules: ClassVar[dict[str, str]] = {
        "audit": "placement.cli.audit:audit",
        "cohort": "placement.cli.cohort:cohort",
        "db": "placement.cli.database:database",
        "demo": "placement.cli.demo:demo",
        "doctor": "placement.cli.doctor:doctor",
        "event": "placement.cli.event:event",
        "leader": "placement.cli.leader:leader",
        "match": "placement.cli.match:match",
        "outbox": "placement.cli.outbox:outbox",
        "reminders": "placement.cli.reminders:reminders",
        "replies": "placement.cli.replies:replies",
        "retention": "placement.cli.retention:retention",
        "serve": "placement.cli.serve:serve",
        "slot": "placement.cli.slot:slot",
        "solve": "placement.cli.solve:solve",
        "subject": "placement.cli.subject:subject",
        "user": "placement.cli.user:user",
        "worker": "placement.cli.worker:worker",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        del ctx
        return sorted(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command; None for a name that is none."""
        del ctx
        if cmd_name not in self.modules:
            return None
        module, _, name = self.modules[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a broken rule becomes one clear line instead of a traceback."""
        try:
            return super().invoke(ctx)
        except click.UsageError as wrong:
            if isinstance(wrong, click.exceptions.NoArgsIsHelpError):
                raise
            raise WrongUse(wrong.format_message()) from wrong
        except UnsafeSetting as unsafe:
            raise SettingRefusal(str(unsafe)) from unsafe
        except PlacementError as refused:
            raise Refusal(str(refused)) from refused


@click.group(cls=Commands)
@click.version_option(__version__)
def main() -> None:
    """Match leaders with days at voluntary-sector partners, and send true calendar invites."""
