"""Repairs: what no longer holds, asking for a repair, and what it would do beside the other ways to go on."""

from flask import current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.services import repairs
from placement.services.match_runs import UNFINISHED
from placement.services.reports.cohort import cohort_report
from placement.services.reports.repair import RepairReport, repair_report
from placement.services.reports.standing import standing
from placement.web import auth
from placement.web.coordinator.views.runs import SECONDS
from placement.web.coordinator.words import repair as words
from placement.web.coordinator.words import runs as run_words
from placement.web.rendering import render_page


def show_repairs(cohort_id: int) -> ResponseReturnValue:
    """What does not hold any more, who waits for a day, and the way to a repair."""
    with reading() as session:
        scope, now = auth.scope_of(session), auth.now()
        cohort = cohort_report(scope, cohort_id, now=now)
        stands = standing(scope, cohort_id, now=now)
    return render_page(
        "coordinator/repairs.html",
        cohort=cohort,
        standing=stands,
        earlier=[run for run in cohort.runs if run.kind == "repair"],
        words=words,
        run_words=run_words,
    )


def request_repair(cohort_id: int) -> ResponseReturnValue:
    """Freeze the cohort and queue both runs of a repair; a second press leads to the same runs."""
    with unit_of_work() as session:
        asked = repairs.request_repair(
            auth.scope_of(session), cohort_id, seconds=current_app.extensions[SECONDS], now=auth.now()
        )
    flash("The repair is being worked out. Nothing is changed until you confirm it.", "status")
    return auth.redirect_after_post(url_for(".show_repair", cohort_id=cohort_id, run_id=asked.repair))


def show_repair(cohort_id: int, run_id: int) -> ResponseReturnValue:
    """What a repair would do: who moves from where to where, beside doing nothing and a fresh list."""
    with reading() as session:
        scope = auth.scope_of(session)
        if scope.run_of(scope.cohort(cohort_id), run_id).kind == "match":
            return redirect(url_for(".show_run", cohort_id=cohort_id, run_id=run_id))
        found = repair_report(scope, cohort_id, run_id, now=auth.now())
    return render_page(
        "coordinator/repair.html",
        found=found,
        waiting=_waiting(found),
        words=words,
        run_words=run_words,
    )


def _waiting(found: RepairReport) -> bool:
    """Whether one of the two runs is still to be solved."""
    both = (found.fewest, found.fresh)
    return any(one is not None and one.run.status in UNFINISHED for one in both)
