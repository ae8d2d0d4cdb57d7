"""Solving a run that was asked for and showing what it found, for all commands that ask for runs."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from placement.cli.repair import repair_as_json, repair_in_words
from placement.db import reading
from placement.services.reports.repair import repair_report
from placement.services.reports.runs import RunReport, run_report
from placement.services.scope import Scope
from placement.worker.solve import explain_here, solve_here


def solve_run(run_id: int, progress: Callable[[int], None]) -> None:
    """Solve a queued run and explain it; `progress` hears how many per cent are done."""
    solution = solve_here(run_id, on_stage=lambda _name, done, total: progress(100 * done // max(total, 1)))
    explain_here(run_id, solution)


def show_run(run_id: int, *, as_json: bool) -> None:
    """Print a run with its result, of a repair with all that it would change; fails where the run failed."""
    found = None
    with reading() as session:
        scope = Scope.system(session)
        report = run_report(scope, run_id)
        if report.kind != "match":
            found = repair_report(scope, report.cohort_id, run_id, now=datetime.now(UTC))
    if as_json:
        click.echo(json.dumps(_as_json(report) | ({"repair": repair_as_json(found)} if found else {})))
    else:
        click.echo(repair_in_words(found) if found else in_words(report))
    if report.status == "failed":
        raise click.ClickException(report.failure or "The run failed.")


def in_words(report: RunReport) -> str:
    """A match run as a coordinator reads it: who is placed, at which choice, how each stage is proven."""
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


def _as_json(report: RunReport) -> dict[str, Any]:
    return {"run": report.id, "cohort": report.cohort, "solution": report.solution}
