"""Asking for a match run."""

from flask import current_app, flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.services import match_runs
from placement.services.match_runs import known_objective
from placement.services.reports.cohort import CohortReport, cohort_report, run_asked_since
from placement.web import auth
from placement.web.coordinator.forms.run import RunForm
from placement.web.deciding import OBJECTIVE_WORDS
from placement.web.rendering import render_page

SECONDS = "placement_solver_seconds"


def ask_run(cohort_id: int) -> ResponseReturnValue:
    """Ask by which objective and seed; those of the cohort, or of the address, are filled in."""
    cohort = _cohort(cohort_id)
    asked = request.args.get("objective", cohort.objective)
    form = RunForm(
        formdata=None,
        seen=str(cohort.runs[0].id if cohort.runs else 0),
        objective=asked if asked in OBJECTIVE_WORDS else cohort.objective,
        seed=request.args.get("seed", cohort.seed),
    )
    return _page(cohort, form)


def request_run(cohort_id: int) -> ResponseReturnValue:
    """Freeze the cohort and queue a run; a second press of the same button leads to the same run."""
    form = RunForm()
    if not form.validate():
        return _page(_cohort(cohort_id), form)
    objective, seed = known_objective(form.objective.data), str(form.seed.data)
    with unit_of_work() as session:
        scope = auth.scope_of(session)
        run_id = run_asked_since(scope, cohort_id, seen=form.newest_seen(), objective=objective, seed=seed)
        if run_id is not None:
            flash("This run was asked for already, so it was not started twice.", "status")
        else:
            run_id = match_runs.request_run(
                scope,
                cohort_id,
                seconds=current_app.extensions[SECONDS],
                now=auth.now(),
                objective=objective,
                seed=seed,
            )
    return auth.redirect_after_post(url_for(".show_run", cohort_id=cohort_id, run_id=run_id))


def _cohort(cohort_id: int) -> CohortReport:
    with reading() as session:
        return cohort_report(auth.scope_of(session), cohort_id, now=auth.now())


def _page(cohort: CohortReport, form: RunForm) -> ResponseReturnValue:
    return render_page(
        "coordinator/run_new.html",
        form=form,
        cohort=cohort,
        promises={word: words.promise for word, words in OBJECTIVE_WORDS.items()},
    )
