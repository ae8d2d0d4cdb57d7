"""`placement cohort`: bring a cohort in from spreadsheets, set it up, and list the cohorts there are."""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import click

from placement.adapters.postcodes import sector_centres
from placement.adapters.sheets import read_folder
from placement.cli.cohort_change import change as change_command
from placement.cli.context import opened
from placement.db import reading, unit_of_work
from placement.domain.errors import ImportRefused
from placement.domain.sheets.faults import FAULT_HEADINGS, Fault, fault_cells, place
from placement.domain.sheets.rows import CohortSheets
from placement.domain.sheets.tables import Kind
from placement.domain.sheets.understand import understand
from placement.services.imports import CohortCounts, ImportPlan, cohort_counts, import_undoably, plan_import
from placement.services.scope import Scope


@click.group()
def cohort() -> None:
    """Bring cohorts in from spreadsheets, set them up, and list them."""


cohort.add_command(change_command)


@cohort.command("import")
@click.argument(
    "folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, readable=True, path_type=Path)
)
@click.option("--name", required=True, help="The cohort's name; one that exists is brought up to date.")
@click.option("--programme", default="", help="The programme of a new cohort; its own name if not said.")
@click.option("--dry-run", is_flag=True, help="Do everything but save it.")
@click.option(
    "--errors",
    metavar="FILE",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Also write the faults to this file, as CSV.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as one JSON object.")
def import_command(
    *, folder: Path, name: str, programme: str, dry_run: bool, errors: Path | None, as_json: bool
) -> None:
    """Import a cohort from the five spreadsheets in DIR: all of it, or nothing and the list of faults.

    The sheets are partners, opportunities, slots, leaders and preferences, as .csv, .xlsx or .ods.
    Exit status 1 when there are faults.
    """
    if not name.strip():
        raise click.BadParameter("a cohort needs a name", param_hint="--name")
    _write_faults(errors, ())
    with opened():
        sheets = understand(read_folder(folder), sector_centres())
        plan, faults = _import(sheets, name=name, programme=programme, dry_run=dry_run)
    _write_faults(errors, faults)
    if as_json:
        click.echo(json.dumps(_outcome(plan, faults, dry_run=dry_run), ensure_ascii=False))
    else:
        _tell(plan, faults, dry_run=dry_run)
    if faults:
        raise SystemExit(1)


def _import(
    sheets: CohortSheets, *, name: str, programme: str, dry_run: bool
) -> tuple[ImportPlan, tuple[Fault, ...]]:
    try:
        with unit_of_work() as session:
            scope = Scope.system(session, label="command")
            plan = plan_import(scope, sheets, name=name, programme=programme)
            import_undoably(scope, plan, now=datetime.now(UTC))
            if dry_run:
                session.rollback()
    except ImportRefused as error:
        return plan, cast("tuple[Fault, ...]", error.facts["faults"])
    return plan, ()


def _write_faults(file: Path | None, faults: Iterable[Fault]) -> None:
    if file is None:
        return
    try:
        with file.open("w", encoding="utf-8", newline="") as opened_file:
            writer = csv.writer(opened_file, quoting=csv.QUOTE_ALL)
            writer.writerow(FAULT_HEADINGS)
            writer.writerows(map(fault_cells, faults))
    except OSError as error:
        raise click.BadParameter(f"cannot be written: {error.strerror}", param_hint="--errors") from error


def _tell(plan: ImportPlan, faults: tuple[Fault, ...], *, dry_run: bool) -> None:
    for note in plan.notes:
        click.echo(f"Note: {note}")
    if faults:
        for fault in faults:
            click.echo(str(fault), err=True)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        click.echo(f"placement: Nothing was imported: {count} to put right.", err=True)
        return
    for line in _change_lines(plan):
        click.echo(line)
    for kind, counts in _counts(plan).items():
        told = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
        click.echo(f"{kind:14} {told or 'none'}")
    click.echo(_last_line(plan, dry_run=dry_run))


def _last_line(plan: ImportPlan, *, dry_run: bool) -> str:
    if plan.changes_nothing:
        return f'Nothing to change: cohort "{plan.name}" is as these sheets say.'
    if dry_run:
        return f'Dry run: nothing was saved. Without --dry-run this goes into cohort "{plan.name}".'
    return f'Imported into cohort "{plan.name}" of the programme "{plan.programme}".'


def _change_lines(plan: ImportPlan) -> Iterator[str]:
    for change in _changes(plan):
        where = place(change["file"], change["row"], change["column"])
        yield f"Change: {where} ({change['name']}): {change['before']} → {change['after']}"


def _changes(plan: ImportPlan) -> list[dict[str, Any]]:
    return [
        {
            "file": plan.sheets.file(kind),
            "row": change.wanted.row,
            "column": plan.sheets.heading(kind, difference.column),
            "name": change.stored.name,
            "before": difference.before,
            "after": difference.after,
        }
        for kind, comparison in plan.comparisons.items()
        for change in comparison.changed
        for difference in change.differences()
    ]


def _counts(plan: ImportPlan) -> dict[Kind, dict[str, int]]:
    return {
        kind: {
            "added": len(comparison.added),
            "changed": len(comparison.changed),
            "unchanged": comparison.unchanged,
            "kept": len(comparison.kept),
        }
        for kind, comparison in plan.comparisons.items()
    }


def _outcome(plan: ImportPlan, faults: tuple[Fault, ...], *, dry_run: bool) -> dict[str, Any]:
    return {
        "cohort": plan.name,
        "programme": plan.programme,
        "imported": not faults and not dry_run,
        "dry_run": dry_run,
        "nothing_to_change": not faults and plan.changes_nothing,
        "sheets": {} if faults else _counts(plan),
        "changes": [] if faults else _changes(plan),
        "notes": [asdict(note) for note in plan.notes],
        "faults": [fault._asdict() for fault in faults],
    }


@cohort.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def list_command(*, as_json: bool) -> None:
    """List the cohorts with their figures."""
    with opened(), reading() as session:
        counted = cohort_counts(Scope.system(session))
    if as_json:
        click.echo(json.dumps([asdict(counts) for counts in counted], ensure_ascii=False))
        return
    for line in _table(counted):
        click.echo(line)


def _table(counted: list[CohortCounts]) -> Iterator[str]:
    if not counted:
        yield "There is no cohort yet. Import one: placement cohort import DIR --name NAME"
        return
    width = max(len(counts.name) for counts in counted)
    yield f"{'cohort':{width}} {'leaders':>8} {'answered':>9} {'slots':>6} {'seats':>6} {'confirmed':>10}"
    for counts in counted:
        yield (
            f"{counts.name:{width}} {counts.leaders:8} {counts.answered:9} {counts.slots:6} "
            f"{counts.seats:6} {counts.confirmed:10}"
        )
