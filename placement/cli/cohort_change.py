"""`placement cohort change`: a cohort's name, its deadline, and the rules by which its match is made."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import click

from placement.cli.context import opened
from placement.db import unit_of_work
from placement.domain.states import OBJECTIVES
from placement.domain.text import london_to_utc
from placement.services.cohort_setup import (
    LIMITS,
    CohortChange,
    change_cohort,
    change_sentences,
    facts_of,
)
from placement.services.scope import Scope

MOMENT = click.DateTime(["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"])
NONE = "none"
TEAMS = click.Choice(["spread", "together", NONE])


class NumberOrNone(click.ParamType[object]):
    """A whole number within a rule's limits, or the word none for no rule."""

    name = "number"

    def __init__(self, rule: str) -> None:
        self.range = click.IntRange(*LIMITS[rule])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> object:
        """Read the number; the word stays, because None already means that nothing was said."""
        return NONE if value == NONE else self.range.convert(value, param, ctx)


@click.command("change")
@click.argument("cohort_name", metavar="NAME")
@click.option("--name", metavar="NEW", help="What it is called from now on.")
@click.option("--closes", type=MOMENT, metavar="WHEN", help='In UK time, such as "2027-01-12 17:00".')
@click.option("--no-deadline", is_flag=True, help="Let leaders choose until places are decided.")
@click.option("--reason", default="", help="Why; needed where the deadline of before has gone by.")
@click.option("--choices-minimum", type=click.IntRange(*LIMITS["choices_minimum"]), help="The least choices.")
@click.option("--objective", type=click.Choice(OBJECTIVES), help="What counts most in the match.")
@click.option("--seed", help="The published text from which the lottery order is made.")
@click.option("--place-unranked", type=click.Choice(["yes", "no"]), help="Whether by a day not chosen.")
@click.option(
    "--max-same-organisation", type=NumberOrNone("max_same_organisation"), help="A number, or none."
)
@click.option("--min-sectors", type=NumberOrNone("min_sectors"), help="2, 3, or none.")
@click.option("--teams", type=TEAMS, help="Whether people of one team are spread, or kept together.")
@click.option("--max-per-partner", type=NumberOrNone("max_per_partner"), help="A number, or none.")
@click.option(
    "--gap-minutes", type=click.IntRange(*LIMITS["gap_minutes"]), help="Between two days; 0 for none."
)
@click.option("--second-approval", type=click.Choice(["yes", "no"]), help="Whether before a confirmation.")
@click.option("--dry-run", is_flag=True, help="Say what it would do, and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def change(
    cohort_name: str,
    *,
    closes: datetime | None,
    no_deadline: bool,
    reason: str,
    dry_run: bool,
    as_json: bool,
    **settings: object,
) -> None:
    """Set up the cohort NAME another way; what is not said stays. The same again changes nothing."""
    if closes and no_deadline:
        raise click.UsageError("A cohort has a deadline or none: --closes or --no-deadline.")
    wanted: dict[str, Any] = {
        name: None if value == NONE and name in OPTIONAL else value
        for name, value in settings.items()
        if value is not None
    }
    for name in YES_OR_NO & wanted.keys():
        wanted[name] = wanted[name] == "yes"
    if closes or no_deadline:
        wanted["preferences_close_at"] = london_to_utc(closes.date(), closes.time()) if closes else None
    if not wanted:
        raise click.UsageError("Say what is to change; see: placement cohort change --help")
    with opened(), unit_of_work() as session:
        scope = Scope.system(session, label="command")
        found = scope.cohort_named(cohort_name)
        facts = replace(facts_of(found), **wanted)
        changed = change_cohort(scope, found.id, facts=facts, reason=reason, now=datetime.now(UTC))
        if dry_run:
            session.rollback()
    _tell(changed, dry_run=dry_run, as_json=as_json)


YES_OR_NO = frozenset({"place_unranked", "second_approval"})
OPTIONAL = frozenset({"max_same_organisation", "min_sectors", "teams", "max_per_partner"})
"""The rules that a cohort can be without. A cohort or seed may well be called "none"."""


def _tell(change: CohortChange, *, dry_run: bool, as_json: bool) -> None:
    sentences = change_sentences(change)
    if as_json:
        told = {
            "cohort": change.after.name,
            "changed": bool(change.changed) and not dry_run,
            "dry_run": dry_run,
            "settings": sorted(change.changed),
            "sentences": sentences,
        }
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    if dry_run and change.changed:
        click.echo("Dry run: nothing is changed. Without --dry-run this happens:")
    for sentence in sentences:
        click.echo(sentence)
