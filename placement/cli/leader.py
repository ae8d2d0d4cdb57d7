"""`placement leader`: leaders who leave or come back, or whose dates change, after places were decided."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

import click

from placement.cli.context import opened
from placement.cli.effects import changing, tell
from placement.db import unit_of_work
from placement.domain.states import DateAnswerWord
from placement.services import addresses, leaders, restoring, withdrawals
from placement.services.scope import Scope

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def leader() -> None:
    """Keep up with leaders whose plans change."""


@leader.command("withdraw")
@click.argument("email")
@click.option("--cohort", "cohort_name", required=True, metavar="NAME", help="The cohort that they leave.")
@click.option("--dry-run", is_flag=True, help="Say what it would do, and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def withdraw(email: str, cohort_name: str, *, dry_run: bool, as_json: bool) -> None:
    """Let a leader leave: their placements end, their invites are cancelled, their seats are free.

    They are kept for the record. Doing so twice changes nothing.
    """
    do = withdrawals.preview_leader if dry_run else withdrawals.withdraw_leader
    with changing(dry_run=dry_run) as (scope, sender):
        cohort = scope.cohort_named(cohort_name)
        found = scope.leader_named(cohort, email)
        effect = do(scope, cohort.id, found.id, sender=sender, now=datetime.now(UTC))
    tell(effect, cohort=cohort_name, as_json=as_json, dry_run=dry_run)


@leader.command("restore")
@click.argument("email")
@click.option("--cohort", "cohort_name", required=True, metavar="NAME", help="The cohort that they left.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def restore(email: str, cohort_name: str, *, as_json: bool) -> None:
    """Bring a leader back who left: with their answers of before, and without a place.

    Nobody gets a mail. Doing so twice changes nothing.
    """
    with opened(), unit_of_work() as session:
        scope = Scope.system(session, label="command")
        cohort = scope.cohort_named(cohort_name)
        found = scope.leader_named(cohort, email)
        effect = restoring.restore_leader(scope, cohort.id, found.id, now=datetime.now(UTC))
    tell(effect, cohort=cohort_name, as_json=as_json)


@leader.command("address")
@click.argument("email")
@click.argument("new")
@click.option("--cohort", "cohort_name", required=True, metavar="NAME", help="The cohort that they are in.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def address(email: str, new: str, *, cohort_name: str, as_json: bool) -> None:
    """Correct a leader's address from EMAIL to NEW: the invites of their days to come are sent there.

    Nothing is sent to the old address, and it signs in to this place no more.
    """
    with changing(dry_run=False) as (scope, sender):
        cohort = scope.cohort_named(cohort_name)
        found = scope.leader_named(cohort, email)
        now = datetime.now(UTC)
        effect = addresses.correct_address(scope, cohort.id, found.id, email=new, sender=sender, now=now)
    tell(effect, cohort=cohort_name, as_json=as_json)


@leader.command("dates")
@click.argument("email")
@click.option("--cohort", "cohort_name", required=True, metavar="NAME", help="The cohort that they are in.")
@click.option("--cannot", multiple=True, type=DAY, metavar="DATE", help="A date that they cannot do.")
@click.option("--if-need-be", multiple=True, type=DAY, metavar="DATE", help="A date for the worst case.")
@click.option("--can", multiple=True, type=DAY, metavar="DATE", help="A date that they can do.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def dates(
    email: str,
    cohort_name: str,
    *,
    cannot: Iterable[datetime],
    if_need_be: Iterable[datetime],
    can: Iterable[datetime],
    as_json: bool,
) -> None:
    """Keep what a leader now says of some dates (such as 2027-03-02), also after choices have closed.

    A placement on a date that has become impossible stands until a repair.
    """
    answers: dict[date, DateAnswerWord] = {}
    words: tuple[tuple[DateAnswerWord, Iterable[datetime]], ...] = (
        ("cannot", cannot),
        ("if_need_be", if_need_be),
        ("can", can),
    )
    for word, days in words:
        for day in days:
            if answers.setdefault(day.date(), word) != word:
                raise click.UsageError(f"Two answers are given for {day:%Y-%m-%d}.")
    if not answers:
        raise click.UsageError("Say what has changed: --cannot, --if-need-be or --can, each with a date.")
    with opened(), unit_of_work() as session:
        scope = Scope.system(session, label="command")
        cohort = scope.cohort_named(cohort_name)
        found = scope.leader_named(cohort, email)
        effect = leaders.change_dates(scope, cohort.id, found.id, answers=answers, now=datetime.now(UTC))
    tell(effect, cohort=cohort_name, as_json=as_json)
