"""`placement outbox`: the mail that is owed."""

import json
from datetime import UTC, datetime
from typing import Any

import click

from placement.adapters.messages import read_back
from placement.cli.context import opened
from placement.cli.progress import shown_progress
from placement.config import from_environment
from placement.db import reading, unit_of_work
from placement.services import mail_holding
from placement.services import outbox as outbox_service
from placement.services.reports.delivery import Delivery, delivery
from placement.services.scope import Scope
from placement.worker.mail import send_due

LABEL = "command"
SHOWN_STATUSES = ("todo", "sending", "sent", "failed", "cancelled", "held", "superseded")


@click.group()
def outbox() -> None:
    """Look at the mail that is owed, and send it."""


@outbox.command("send")
@click.option("--now", "at_once", is_flag=True, help="Also try what waits for a later try.")
@click.option("--failed", is_flag=True, help="With --now: also try what was given up.")
def send(at_once: bool, failed: bool) -> None:
    """Send what is due, then end; exit status 1 if a mail failed for good."""
    if failed and not at_once:
        raise click.UsageError("--failed goes with --now.")
    with opened(from_environment().require_all()) as config:
        if at_once:
            with unit_of_work() as session:
                mail_holding.make_all_due(
                    Scope.system(session, label=LABEL), now=datetime.now(UTC), failed=failed
                )
        with reading() as session:
            due = outbox_service.counts(Scope.system(session))
        with shown_progress("Sending", due["todo"] + due["sending"]) as progress:
            ended = send_due(config, on_sent=progress)
        with reading() as session:
            waiting = outbox_service.counts(Scope.system(session))
    owed = waiting["todo"] + waiting["sending"]
    click.echo(_summary(ended["sent"], owed, ended["failed"], waiting["held"]))
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


@outbox.command("show")
@click.argument("message_id", metavar="ID", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(message_id: int, as_json: bool) -> None:
    """Show the mail with the number ID: to whom, its state, and what became of each try."""
    with opened(), reading() as session:
        found = delivery(Scope.system(session, label=LABEL), message_id)
    shown = _shown(found)
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    for name, value in shown.items():
        if name != "tries":
            click.echo(f"{name:15} {value}")
    for one in shown["tries"]:
        click.echo(f"{one['at']}  {one['outcome']:11}  {one['said']}")


@outbox.command("hold")
@click.argument("message_ids", metavar="ID...", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every mail that waits.")
def hold(message_ids: tuple[int, ...], everything: bool) -> None:
    """Hold mails with the numbers ID back until they are released."""
    _refuse_unclear(message_ids, everything)
    with opened(), unit_of_work() as session:
        scope, now = Scope.system(session, label=LABEL), datetime.now(UTC)
        held = mail_holding.hold_all(scope, now=now) if everything else len(message_ids)
        for message_id in message_ids:
            mail_holding.hold(scope, message_id, now=now)
    click.echo(f"{held} held.")


@outbox.command("release")
@click.argument("message_ids", metavar="ID...", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every mail that is held, whoever held it.")
def release(message_ids: tuple[int, ...], everything: bool) -> None:
    """Release held mails with the numbers ID; they are due at once."""
    _refuse_unclear(message_ids, everything)
    with opened(), unit_of_work() as session:
        scope, now = Scope.system(session, label=LABEL), datetime.now(UTC)
        released = mail_holding.release_all(scope, now=now) if everything else len(message_ids)
        for message_id in message_ids:
            mail_holding.release(scope, message_id, now=now)
    click.echo(f"{released} released.")


def _refuse_unclear(message_ids: tuple[int, ...], everything: bool) -> None:
    if bool(message_ids) == everything:
        raise click.UsageError("Name the mails by their numbers, or say --all.")


def _shown(found: Delivery) -> dict[str, Any]:
    mail = found.mail
    return {
        "id": mail.id,
        "kind": mail.kind,
        "recipient": mail.recipient,
        "recipient_name": mail.recipient_name,
        "message_id": found.message_id,
        "status": mail.status,
        "attempts": mail.attempts,
        "created_at": mail.created_at.isoformat(),
        "next_try": mail.due_at.isoformat() if mail.status == "todo" else None,
        "sent_at": mail.sent_at.isoformat() if mail.sent_at else None,
        "last_error": mail.last_error,
        "reply": mail.reply,
        "subject": read_back(found.octets).subject if found.octets else "",
        "tries": [
            {"at": one.at.isoformat(), "outcome": one.outcome, "said": one.said} for one in found.tries
        ],
    }


def _summary(sent: int, waiting: int, failed: int, held: int) -> str:
    if not (sent or waiting or failed or held):
        return "Nothing was due."
    parts = [f"{sent} sent"]
    if waiting:
        parts.append(f"{waiting} still owed, to be tried again later")
    if held:
        parts.append(f"{held} held back")
    if failed:
        parts.append(f"{failed} failed for good: see the sending page of the cohort, or the log")
    return f"{', '.join(parts)}."
