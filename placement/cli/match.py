"""`placement match`: run the match of a cohort, look at the result, confirm it."""

import json
from datetime import UTC, datetime

import click

from placement.cli.context import opened
from placement.cli.progress import shown_progress
from placement.cli.runs import show_run, solve_run
from placement.db import reading, unit_of_work
from placement.domain.states import OBJECTIVES
from placement.services import confirmations, match_runs, repairs
from placement.services.invites import sender_of
from placement.services.match_runs import known_objective
from placement.services.scope import Scope

RUN = click.IntRange(1, 2**31 - 1)


@click.group()
def match() -> None:
    """Match the leaders of a cohort with the days that partners offer."""


@match.command("run")
@click.option("--cohort", required=True, metavar="NAME", help="The cohort to match.")
@click.option("--objective", type=click.Choice(OBJECTIVES), help="Instead of the cohort's own.")
@click.option("--seed", help="Published lottery seed, instead of the cohort's own.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def run_command(cohort: str, objective: str | None, seed: str | None, as_json: bool) -> None:
    """Freeze the cohort as it stands, solve it, and show the result."""
    with opened() as config:
        with unit_of_work() as session:
            scope = Scope.system(session, label="command")
            run_id = match_runs.request_run(
                scope,
                scope.cohort_named(cohort).id,
                seconds=config.solver_seconds,
                now=_now(),
                objective=known_objective(objective) if objective else None,
                seed=seed,
            )
        with shown_progress("Solving", 100) as progress:
            solve_run(run_id, progress)
        show_run(run_id, as_json=as_json)


@match.command("repair")
@click.option("--cohort", required=True, metavar="NAME", help="The cohort to repair.")
@click.option("--objective", type=click.Choice(OBJECTIVES), help="Instead of the cohort's own.")
@click.option("--seed", help="Published lottery seed, instead of the cohort's own.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def repair(cohort: str, objective: str | None, seed: str | None, as_json: bool) -> None:
    """Find the fewest moves that make what stands keep the rules again, and show what else could be done.

    Makes two runs, of which either can be confirmed: the fewest moves, and the best list made afresh.
    """
    with opened() as config:
        with unit_of_work() as session:
            scope = Scope.system(session, label="command")
            runs = repairs.request_repair(
                scope,
                scope.cohort_named(cohort).id,
                seconds=config.solver_seconds,
                now=_now(),
                objective=known_objective(objective) if objective else None,
                seed=seed,
            )
        with shown_progress("Solving", 200) as progress:
            for part, run_id in enumerate((runs.repair, runs.fresh)):
                solve_run(run_id, lambda percent, done=100 * part: progress(done + percent))  # type: ignore[misc]
        show_run(runs.repair, as_json=as_json)


@match.command("show")
@click.argument("run_id", metavar="RUN", type=RUN)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def show(run_id: int, as_json: bool) -> None:
    """Show the result of a match run."""
    with opened():
        show_run(run_id, as_json=as_json)


@match.command("problem")
@click.argument("run_id", metavar="RUN", type=RUN)
def problem(run_id: int) -> None:
    """Print what a run was made from: the input of `placement solve`."""
    with opened(), reading() as session:
        queued = match_runs.load_run(Scope.system(session), run_id)
    click.echo(json.dumps(queued.problem))


@match.command("confirm")
@click.argument("run_id", metavar="RUN", type=RUN)
def confirm(run_id: int) -> None:
    """Turn a run's assignments into placements, and owe an invite to each leader who has a new one.

    A repair also ends placements, and owes a cancellation to each leader who had been told of one.
    """
    with opened() as config:
        sender = sender_of(config)
        with unit_of_work() as session:
            done = confirmations.confirm_run(
                Scope.system(session, label="command"), run_id, sender=sender, now=_now()
            )
    if done.before:
        click.echo(f"Match run {run_id} was confirmed before; nothing was changed.")
    elif done.ended or done.kept:
        click.echo(
            f"{done.made} placements confirmed, {done.ended} ended; {done.kept} stay as they are, without a "
            "mail. Send the mail with: placement outbox send"
        )
    else:
        click.echo(f"{done.made} placements confirmed. Send the invites with: placement outbox send")


def _now() -> datetime:
    return datetime.now(UTC)
