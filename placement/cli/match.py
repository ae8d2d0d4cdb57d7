"""`placement match`: run the match of a cohort, look at the result, confirm it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from placement.cli.context import opened
from placement.cli.progress import shown_progress
from placement.cli.repair import repair_as_json, repair_in_words
from placement.db import reading, unit_of_work
from placement.domain.states import OBJECTIVES
from placement.services import confirmations, match_runs, repairs
from placement.services.invites import sender_of
from placement.services.match_runs import known_objective
from placement.services.reports.repair import repair_report
from placement.services.reports.runs import RunReport, run_report
from placement.services.scope import Scope
from placement.worker.solve import explain_here, solve_here

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
            _solve(run_id, progress)
        _show(run_id, as_json=as_json)


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
                _solve(run_id, lambda percent, done=100 * part: progress(done + percent))  # type: ignore[misc]
        _show(runs.repair, as_json=as_json)


@match.command("show")
@click.argument("run_id", metavar="RUN", type=RUN)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def show(run_id: int, as_json: bool) -> None:
    """Show the result of a match run."""
    with opened():
        _show(run_id, as_json=as_json)


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


def _solve(run_id: int, progress: Callable[[int], None]) -> None:
    solution = solve_here(run_id, on_stage=lambda _name, done, total: progress(100 * done // max(total, 1)))
    explain_here(run_id, solution)


def _show(run_id: int, *, as_json: bool) -> None:
    found = None
    with reading() as session:
        scope = Scope.system(session)
        report = run_report(scope, run_id)
        if report.kind != "match":
            found = repair_report(scope, report.cohort_id, run_id, now=_now())
    if as_json:
        click.echo(json.dumps(_as_json(report) | ({"repair": repair_as_json(found)} if found else {})))
    else:
        click.echo(repair_in_words(found) if found else _in_words(report))
    if report.status == "failed":
        raise click.ClickException(report.failure or "The run failed.")


def _as_json(report: RunReport) -> dict[str, Any]:
    return {"run": report.id, "cohort": report.cohort, "solution": report.solution}


def _in_words(report: RunReport) -> str:
    lines = [f"Match run {report.id} of {report.cohort}: {report.status}, objective {report.objective}."]
    if report.solution is None:
        return lines[0]
    solution = report.solution
    if solution["status"] == "infeasible":
        reasons = [row["sentence"] for row in solution.get("diagnosis", [])]
        lines.append("No list keeps every rule, so there is nothing to confirm.")
        mend = f'See who would have to move with: placement match repair --cohort "{report.cohort}"'
        return "\n".join([*lines, *reasons, mend])
    placed = {pair["leader"] for pair in solution["assignments"]}
    lines.append(f"{len(placed)} leaders placed, {len(solution['unplaced'])} with days missing.")
    for rank, number in solution["profile"].items():
        words = "not ranked" if rank == "unranked" else f"choice {rank}"
        lines.append(f"  {words:12} {number:5}")
    for stage in solution["stages"]:
        proof = "proven" if stage["proven"] else f"not proven (bound {stage.get('bound')})"
        lines.append(f"  stage {stage['name']:12} {json.dumps(stage['value'])}  {proof}")
    return "\n".join(lines)


def _now() -> datetime:
    return datetime.now(UTC)
