"""`placement replies`: what leaders' calendars answer to their invites."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from placement.adapters.replies import LARGEST_MAIL, read_reply
from placement.adapters.reply_contents import read_contents
from placement.cli.context import opened
from placement.config import Config
from placement.db import reading, unit_of_work
from placement.domain.replies import ReplyMail
from placement.services.invites import known_sender
from placement.services.replies import Ingested, ingest
from placement.services.reports.replies import ReplyLine, reply_anywhere, waiting_everywhere
from placement.services.scope import Scope
from placement.worker.inbox import Polled, read_mailbox

NOT_READ = "the service met a fault with it; its log says more."
LARGEST_ID = 2**31 - 1
MAIL_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.group()
def replies() -> None:
    """Take in what leaders answer to their invites, and list what waits for a person."""


@replies.command("ingest")
@click.argument("files", nargs=-1, required=True, type=MAIL_FILE, metavar="FILE...")
@click.option("--vouch", is_flag=True, help="You answer for it that each mail is from the sender it names.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
def ingest_files(files: Iterable[Path], *, vouch: bool, as_json: bool) -> None:
    """Read mails as they came in, and hold the answers in them that pass every test.

    Each file is one whole mail. The same mail again changes nothing.
    """
    with opened() as config:
        found = [
            (file, _ingest(config, read_reply(_octets(file), authserv_id=config.authserv_id, vouched=vouch)))
            for file in files
        ]
    if as_json:
        told = [{"file": str(file), **_facts(one)} for file, one in found]
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for file, one in found:
        for line in _told(str(file), one):
            click.echo(line)


@replies.command("poll")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
def poll(*, as_json: bool) -> None:
    """Take in now what is new in the mailbox that PLACEMENT_IMAP_URL names.

    The worker does this by itself; each mail is moved to the folder Processed, Review or Rejected.
    """
    with opened() as config:
        config.require_imap()
        found = list(read_mailbox(config, now=datetime.now(UTC)))
    if as_json:
        click.echo(json.dumps([_polled_as_json(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        for line in _told(f"mail {one.uid}", one.found) if one.found else [f"mail {one.uid}: {NOT_READ}"]:
            click.echo(line)
        click.echo(f"  moved to {one.folder}" if one.folder else "  could not be moved")
    if not found:
        click.echo("There is nothing new.")


@replies.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
def list_waiting(*, as_json: bool) -> None:
    """List the replies that wait for a person, also those of no known cohort."""
    with opened(), reading() as session:
        waiting = waiting_everywhere(Scope.system(session, label="command"))
    if as_json:
        click.echo(json.dumps([_line_facts(line) for line in waiting], ensure_ascii=False))
        return
    for line in waiting:
        checked = "" if line.checked else ", sender not checked"
        click.echo(f"{line.id}: {line.received_at:%Y-%m-%d %H:%M} {line.sender or 'no sender'}{checked}")
        click.echo(f"  {line.why}")


@replies.command("show")
@click.argument("reply_id", type=click.IntRange(1, LARGEST_ID), metavar="ID")
def show(reply_id: int) -> None:
    """Show one reply: what is kept of it, and its text as long as it waits."""
    with opened(), reading() as session:
        line, octets = reply_anywhere(Scope.system(session, label="command"), reply_id)
    for name, value in _line_facts(line).items():
        click.echo(f"{name}: {'' if value is None else value}")
    if octets is not None:
        click.echo("")
        click.echo(read_contents(octets).text or "The mail holds no text that can be read.")


def _line_facts(line: ReplyLine) -> dict[str, object]:
    return {
        "id": line.id,
        "received_at": line.received_at.isoformat(),
        "sender": line.sender,
        "sender_checked": line.checked,
        "reason": line.reason,
        "sentence": line.why,
        "leader": line.leader.email if line.leader else None,
        "answer": line.partstat or None,
        "comment": line.comment,
        "outcome": line.outcome or None,
    }


def _octets(file: Path) -> bytes:
    """The mail in `file`, but no more than is needed to see that it is too large."""
    with file.open("rb") as source:
        return source.read(LARGEST_MAIL + 1)


def _ingest(config: Config, mail: ReplyMail) -> Ingested:
    """Decide on one mail, in a transaction of its own: a later one that fails takes nothing back."""
    with unit_of_work() as session:
        scope, now = Scope.system(session, label="command"), datetime.now(UTC)
        return ingest(scope, mail, sender=known_sender(config), now=now)


def _polled_as_json(one: Polled) -> dict[str, object]:
    return {"uid": one.uid, "folder": one.folder, **(_facts(one.found) if one.found else {})}


def _facts(one: Ingested) -> dict[str, object]:
    return {
        "action": one.verdict.action,
        "reason": one.verdict.reason,
        "sentence": one.verdict.sentence,
        "changed": one.changed,
        "leader": one.leader,
        "slot": one.slot,
        "answer": one.partstat,
        "comment": one.comment,
    }


def _told(name: str, one: Ingested) -> Iterator[str]:
    yield f"{name}: {one.verdict.action} ({one.verdict.reason}). {one.verdict.sentence}"
    if one.leader:
        yield f"  invite of {one.leader} to {one.slot}"
    if one.comment:
        yield from (f"  | {line}" for line in one.comment.splitlines())
