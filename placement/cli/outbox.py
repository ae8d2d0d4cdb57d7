"""`placement outbox`: the mail that is owed."""

import json

import click

from placement.cli.context import opened
from placement.cli.progress import shown_progress
from placement.config import from_environment
from placement.db import reading
from placement.services import outbox as outbox_service
from placement.services.scope import Scope
from placement.worker.mail import send_due

SHOWN_STATUSES = ("todo", "sending", "sent", "failed", "cancelled", "held", "superseded")


@click.group()
def outbox() -> None:
    """Look at the mail that is owed, and send it."""


@outbox.command("send")
def send() -> None:
    """Send what is due, then end; exit status 1 if a mail failed for good."""
    with opened(from_environment().require_all()) as config:
        with reading() as session:
            due = outbox_service.counts(Scope.system(session))
        with shown_progress("Sending", due["todo"] + due["sending"]) as progress:
            ended = send_due(config, on_sent=progress)
        with reading() as session:
            waiting = outbox_service.counts(Scope.system(session))
    click.echo(_summary(ended["sent"], waiting["todo"] + waiting["sending"], ended["failed"]))
    if ended["failed"]:
        raise SystemExit(1)


@outbox.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(as_json: bool) -> None:
    """Count the mails in each state."""
    with opened(), reading() as session:
        counted = outbox_service.counts(Scope.system(session))
    shown = {name: counted[name] for name in SHOWN_STATUSES}
    if as_json:
        click.echo(json.dumps(shown))
        return
    for name, count in shown.items():
        click.echo(f"{name:10} {count:6}")


def _summary(sent: int, waiting: int, failed: int) -> str:
    if not (sent or waiting or failed):
        return "Nothing was due."
    parts = [f"{sent} sent"]
    if waiting:
        parts.append(f"{waiting} still owed, to be tried again later")
    if failed:
        parts.append(f"{failed} failed for good: see the sending page of the cohort, or the log")
    return f"{', '.join(parts)}."
