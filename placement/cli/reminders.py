"""`placement reminders`: the mails that go because of the calendar."""

import json
from datetime import UTC, datetime

import click

from placement.cli.context import opened
from placement.config import from_environment
from placement.db import reading
from placement.services.reports.reminders import DueMail, due_mails
from placement.services.scope import Scope
from placement.worker.reminders import links_of, owe_reminders


@click.group()
def reminders() -> None:
    """Look at the reminders, thanks and questions that are due, and owe them."""


@reminders.command("owe")
@click.option("--dry-run", is_flag=True, help="Say what is due, and owe nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
def owe(dry_run: bool, as_json: bool) -> None:
    """Owe what is due now and was not owed before; the worker does the same by itself."""
    now = datetime.now(UTC)
    with opened(from_environment().require_all()) as config:
        with reading() as session:
            mails = due_mails(Scope.system(session), links=links_of(config), now=now)
        if not dry_run:
            owe_reminders(config, now=now)
    if as_json:
        click.echo(json.dumps([_said(mail) for mail in mails]))
        return
    for mail in mails:
        click.echo(f"{mail.name:24} {mail.recipient_name} <{mail.recipient}>  ({mail.cohort})")
    click.echo(_summary(len(mails), dry_run=dry_run))


def _said(mail: DueMail) -> dict[str, str]:
    return {
        "kind": mail.kind,
        "cohort": mail.cohort,
        "recipient": mail.recipient,
        "name": mail.recipient_name,
        "subject": mail.about,
    }


def _summary(number: int, *, dry_run: bool) -> str:
    if not number:
        return "Nothing is due."
    mails = "1 mail" if number == 1 else f"{number} mails"
    return f"{mails} would be owed." if dry_run else f"{mails} owed."
