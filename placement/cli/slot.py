"""`placement slot`: days that are called off or changed after places were decided, and their free seats."""

import json
from datetime import UTC, datetime

import click

from placement.cli.context import opened
from placement.cli.effects import changing, tell
from placement.cli.progress import shown_progress
from placement.cli.repair import seats_as_json, seats_in_words
from placement.cli.runs import show_run, solve_run
from placement.db import reading, unit_of_work
from placement.domain.states import OBJECTIVES
from placement.services import restoring, slot_changes, withdrawals
from placement.services.match_runs import known_objective
from placement.services.reports.seats import seat_candidates
from placement.services.scope import Scope
from placement.services.seats import request_seat
from placement.services.slot_changes import SlotChange

PLACES = click.IntRange(1, 10_000)
DAY, TIME = click.DateTime(["%Y-%m-%d"]), click.DateTime(["%H:%M"])


@click.group()
def slot() -> None:
    """Keep up with days that change."""


@slot.command("withdraw")
@click.argument("reference", metavar="REF")
@click.option("--cohort", "cohort_name", required=True, metavar="NAME", help="The cohort of the slot.")
@click.option("--dry-run", is_flag=True, help="Say what it would do, and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def withdraw(reference: str, cohort_name: str, *, dry_run: bool, as_json: bool) -> None:
    """Call a slot off: its placements end, each leader there gets a cancellation, it takes nobody any more.

    Doing so twice changes nothing.
    """
    do = withdrawals.preview_slot if dry_run else withdrawals.withdraw_slot
    with changing(dry_run=dry_run) as (scope, sender):
        cohort = scope.cohort_named(cohort_name)
        found = scope.slot_named(cohort, reference)
        effect = do(scope, cohort.id, found.id, sender=sender, now=datetime.now(UTC))
    tell(effect, cohort=cohort_name, as_json=as_json, dry_run=dry_run)


@slot.command("restore")
@click.argument("reference", metavar="REF")
@click.option("--cohort", "cohort_name", required=True, metavar="NAME", help="The cohort of the slot.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def restore(reference: str, cohort_name: str, *, as_json: bool) -> None:
    """Let a slot that was withdrawn take people again; its placements of before stay ended.

    Nobody gets a mail. Doing so twice changes nothing.
    """
    with opened(), unit_of_work() as session:
        scope = Scope.system(session, label="command")
        cohort = scope.cohort_named(cohort_name)
        found = scope.slot_named(cohort, reference)
        effect = restoring.restore_slot(scope, cohort.id, found.id, now=datetime.now(UTC))
    tell(effect, cohort=cohort_name, as_json=as_json)


@slot.command("change")
@click.argument("reference", metavar="REF")
@click.option("--cohort", "cohort_name", required=True, metavar="NAME", help="The cohort of the slot.")
@click.option("--date", "date", type=DAY, metavar="DATE", help="The new date, such as 2027-03-02.")
@click.option("--start", type=TIME, metavar="TIME", help="The new start in UK time, such as 09:30.")
@click.option("--end", type=TIME, metavar="TIME", help="The new end in UK time.")
@click.option("--capacity", type=PLACES, help="For how many leaders it is to be.")
@click.option("--minimum", type=PLACES, help="How many it needs to run.")
@click.option("--virtual", "link", metavar="LINK", help="Hold it online; people join at this https address.")
@click.option("--in-person", is_flag=True, help="Hold it at its site again.")
@click.option("--dry-run", is_flag=True, help="Say what it would do, and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def change(
    reference: str,
    cohort_name: str,
    *,
    date: datetime | None,
    start: datetime | None,
    end: datetime | None,
    capacity: int | None,
    minimum: int | None,
    link: str | None,
    in_person: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Change a slot. Whoever is confirmed on it stays so; a new time or place moves their calendar entries.

    What does not hold afterwards is said, and mended by a repair. The same again changes nothing.
    """
    if in_person and link:
        raise click.UsageError("A slot is held either online or in person: --virtual or --in-person.")
    wanted = SlotChange(
        date.date() if date else None,
        start.time() if start else None,
        end.time() if end else None,
        capacity,
        minimum,
        "" if in_person else link,
    )
    if wanted == SlotChange():
        raise click.UsageError(
            "Say what is to change: --date, --start, --end, --capacity, --minimum, --virtual or --in-person."
        )
    do = slot_changes.preview_change if dry_run else slot_changes.change_slot
    with changing(dry_run=dry_run) as (scope, sender):
        cohort = scope.cohort_named(cohort_name)
        found = scope.slot_named(cohort, reference)
        effect = do(scope, cohort.id, found.id, change=wanted, sender=sender, now=datetime.now(UTC))
    tell(effect, cohort=cohort_name, as_json=as_json, dry_run=dry_run)


@slot.command("candidates")
@click.argument("reference", metavar="REF")
@click.option("--cohort", "cohort_name", required=True, metavar="NAME", help="The cohort of the slot.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def candidates(reference: str, cohort_name: str, *, as_json: bool) -> None:
    """List who could take one free seat of a slot, with the effect of each, the best for everybody first."""
    with opened() as config, reading() as session:
        scope = Scope.system(session)
        cohort = scope.cohort_named(cohort_name)
        report = seat_candidates(
            scope,
            cohort.id,
            scope.slot_named(cohort, reference).id,
            seconds=config.solver_seconds,
            now=datetime.now(UTC),
        )
    click.echo(json.dumps(seats_as_json(report), ensure_ascii=False) if as_json else seats_in_words(report))


@slot.command("give")
@click.argument("reference", metavar="REF")
@click.argument("email")
@click.option("--cohort", "cohort_name", required=True, metavar="NAME", help="The cohort of the slot.")
@click.option("--objective", type=click.Choice(OBJECTIVES), help="Instead of the cohort's own.")
@click.option("--seed", help="Published lottery seed, instead of the cohort's own.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def give(
    reference: str, email: str, cohort_name: str, *, objective: str | None, seed: str | None, as_json: bool
) -> None:
    """Work out a repair in which a leader gets one free seat of a slot, and show who else would move.

    Nothing is changed until that run is confirmed.
    """
    with opened() as config:
        with unit_of_work() as session:
            scope = Scope.system(session, label="command")
            cohort = scope.cohort_named(cohort_name)
            run_id = request_seat(
                scope,
                cohort.id,
                scope.slot_named(cohort, reference).id,
                scope.leader_named(cohort, email).id,
                seconds=config.solver_seconds,
                now=datetime.now(UTC),
                objective=known_objective(objective) if objective else None,
                seed=seed,
            )
        with shown_progress("Solving", 100) as progress:
            solve_run(run_id, progress)
        show_run(run_id, as_json=as_json)
