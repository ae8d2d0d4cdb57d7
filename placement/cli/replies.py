"""`placement replies`: what leaders' calendars answer to their invites."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from placement.adapters.replies import LARGEST_MAIL, read_reply
from placement.cli.context import opened
from placement.db import unit_of_work
from placement.domain.replies import ReplyMail
from placement.services.replies import Ingested, ingest
from placement.services.scope import Scope

MAIL_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.group()
def replies() -> None:
    """Take in what leaders answer to their invites."""


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
            (file, _ingest(read_reply(_octets(file), authserv_id=config.authserv_id, vouched=vouch)))
            for file in files
        ]
    if as_json:
        click.echo(json.dumps([_as_json(file, one) for file, one in found], ensure_ascii=False))
        return
    for line in _lines(found):
        click.echo(line)


def _octets(file: Path) -> bytes:
    """The mail in `file`, but no more than is needed to see that it is too large."""
    with file.open("rb") as source:
        return source.read(LARGEST_MAIL + 1)


def _ingest(mail: ReplyMail) -> Ingested:
    """Decide on one mail, in a transaction of its own: a later one that fails takes nothing back."""
    with unit_of_work() as session:
        return ingest(Scope.system(session, label="command"), mail, now=datetime.now(UTC))


def _as_json(file: Path, one: Ingested) -> dict[str, object]:
    return {
        "file": str(file),
        "action": one.verdict.action,
        "reason": one.verdict.reason,
        "sentence": one.verdict.sentence,
        "changed": one.changed,
        "leader": one.leader,
        "slot": one.slot,
        "answer": one.partstat,
        "comment": one.comment,
    }


def _lines(found: Iterable[tuple[Path, Ingested]]) -> Iterator[str]:
    for file, one in found:
        yield f"{file}: {one.verdict.action} ({one.verdict.reason}). {one.verdict.sentence}"
        if one.leader:
            yield f"  invite of {one.leader} to {one.slot}"
        if one.comment:
            yield from (f"  | {line}" for line in one.comment.splitlines())
