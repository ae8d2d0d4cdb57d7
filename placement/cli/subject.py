"""`placement subject`: what is kept about one leader, to hand out or to erase."""

import json
from datetime import UTC, datetime

import click

from placement.cli.context import opened
from placement.db import reading, unit_of_work
from placement.services import erasing
from placement.services.erasing import Erasure
from placement.services.reports import subject as report
from placement.services.reports.subject_sections import as_json
from placement.services.scope import Scope


@click.group()
def subject() -> None:
    """Hand out or erase what is kept about one person."""


@subject.command("export")
@click.argument("email")
@click.option("--cohort", "cohort_name", required=True, metavar="NAME", help="The cohort that they are in.")
def export(email: str, cohort_name: str) -> None:
    """Print all that is kept about a leader as one JSON object, access needs with it.

    That it was done goes on record.
    """
    now = datetime.now(UTC)
    with opened(), unit_of_work() as session:
        scope = Scope.system(session, label="command")
        cohort = scope.cohort_named(cohort_name)
        leader = scope.leader_named(cohort, email)
        found = report.export_data(scope, cohort.id, leader.id, now=now)
    click.echo(json.dumps(as_json(found), ensure_ascii=False, indent=2))


@subject.command("erase")
@click.argument("email")
@click.option("--cohort", "cohort_name", required=True, metavar="NAME", help="The cohort that they are in.")
@click.option("--dry-run", is_flag=True, help="Say what goes and what stays, and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def erase(email: str, cohort_name: str, *, dry_run: bool, as_json: bool) -> None:
    """Erase what is kept about a leader; what was counted stays as numbers without a name.

    Refused while a placement day or event of theirs is still to come. It cannot be undone.
    """
    with opened():
        done = _looked(email, cohort_name) if dry_run else _erased(email, cohort_name)
    if as_json:
        click.echo(json.dumps(_as_json(done, dry_run=dry_run)))
        return
    for sentence in done.blocked:
        click.echo(f"Not yet: {sentence}")
    for what, number in done.goes:
        click.echo(f"{number:6} goes: {what}")
    for what, number in done.stays:
        click.echo(f"{number:6} stays: {what}")
    click.echo("Nothing was erased." if dry_run else "Erased.")


def _looked(email: str, cohort_name: str) -> Erasure:
    with reading() as session:
        scope = Scope.system(session, label="command")
        cohort = scope.cohort_named(cohort_name)
        leader = scope.leader_named(cohort, email)
        return erasing.preview_leader(scope, cohort.id, leader.id, now=datetime.now(UTC))


def _erased(email: str, cohort_name: str) -> Erasure:
    with unit_of_work() as session:
        scope = Scope.system(session, label="command")
        cohort = scope.cohort_named(cohort_name)
        leader = scope.leader_named(cohort, email)
        return erasing.erase_leader(scope, cohort.id, leader.id, now=datetime.now(UTC))


def _as_json(done: Erasure, *, dry_run: bool) -> dict[str, object]:
    return {
        "dry_run": dry_run,
        "blocked": list(done.blocked),
        "goes": dict(done.goes),
        "stays": dict(done.stays),
        "elsewhere": done.elsewhere,
    }
