"""`placement retention`: what is kept no longer."""

import json
from datetime import UTC, datetime

import click

from placement.cli.context import opened
from placement.db import reading, unit_of_work
from placement.services import retention as retention_service
from placement.services.scope import Scope

WORDS = {
    "sign_in_links": "sign-in links that are over",
    "sessions": "sessions that have ended",
    "second_steps": "second steps that nobody finished setting up",
    "counters": "counters of tries",
    "import_uploads": "files that nobody imported",
    "import_rows": "rows of before an import",
    "mails": "mails whose text is kept no longer",
    "run_notes": "notes on runs of cohorts that are over",
    "fixed_places": "reasons of fixed places of cohorts that are over",
    "signatories": "names of those who signed off lists of cohorts that are over",
    "replies": "replies whose text is kept no longer",
    "reflections": "reflections that are kept no longer",
    "feedback": "words of feedback that are kept no longer",
    "absences": "notes and reasons of attendance that are kept no longer",
    "swap_requests": "reasons and words of requests for swaps that are kept no longer",
    "partner_messages": "messages of partners that are kept no longer",
    "withdrawals": "words about withdrawn days that are kept no longer",
    "extra_people": "names of extra people that are kept no longer",
    "previous_rankings": "rankings from before a change",
}


@click.group()
def retention() -> None:
    """Remove what is kept no longer; a worker does so every day by itself."""


@retention.command("run")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def run(*, dry_run: bool, as_json: bool) -> None:
    """Remove it now, or say what would go."""
    now = datetime.now(UTC)
    with opened() as config:
        kept = {"message_days": config.message_days, "record_days": config.record_days}
        if dry_run:
            with reading() as session:
                scope = Scope.system(session)
                counted = retention_service.look(scope, now=now, **kept)
        else:
            with unit_of_work() as session:
                scope = Scope.system(session)
                counted = retention_service.apply(scope, now=now, **kept)
    if as_json:
        click.echo(json.dumps({"dry_run": dry_run, **counted}))
        return
    for name, count in counted.items():
        click.echo(f"{count:6} {WORDS[name]}")
    if dry_run:
        click.echo("Nothing was removed.")
