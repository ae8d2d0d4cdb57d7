"""`placement audit`: the record of who did what."""

import json
from datetime import UTC, datetime

import click

from placement.cli.context import opened
from placement.db import unit_of_work
from placement.services import audit_chain
from placement.services.scope import Scope

WORDS = {
    "changed": "is not as it was written",
    "gap": "does not follow on the one before it",
    "missing": "was there at an earlier check and is gone",
}


@click.group()
def audit() -> None:
    """The record of who did what; a worker checks it every day by itself."""


@audit.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(*, as_json: bool) -> None:
    """Check every entry from the first on; exit status 1 where the record is broken."""
    with opened(), unit_of_work() as session:
        found = audit_chain.check_whole(Scope.system(session, label="command"), now=datetime.now(UTC))
    if as_json:
        click.echo(json.dumps({"events": found.events, "broken_at": found.broken_at, "fault": found.fault}))
    elif found.fault is None:
        click.echo(f"{found.events} entries, none changed and none missing.")
    else:
        click.echo(f"Entry {found.broken_at} {WORDS[found.fault]}; {found.events} before it are in order.")
    if found.fault is not None:
        raise SystemExit(1)
