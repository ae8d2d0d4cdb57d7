"""Setting up the cohort: its deadline and its rules."""

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.cohort_errors import CohortChangedMeanwhile, CohortRefused
from placement.services.cohort_setup import change_cohort, change_sentences
from placement.services.reports.set_up import CohortSetUp, cohort_set_up
from placement.web import auth
from placement.web.coordinator.forms.set_up import SetUpForm, set_up_form, typed_form
from placement.web.coordinator.words.set_up import differences
from placement.web.deciding import objective_name, worked_promises
from placement.web.errors import status_of
from placement.web.rendering import render_page


def set_up(cohort_id: int) -> ResponseReturnValue:
    """Show how the cohort is set up; keep it another way."""
    found = _found(cohort_id)
    if request.method == "GET":
        return _page(found, set_up_form(found.facts, found.version))
    form = typed_form(found.facts)
    if not form.validate():
        return _page(found, form)
    try:
        with unit_of_work() as session:
            change = change_cohort(
                auth.scope_of(session),
                cohort_id,
                facts=form.facts(),
                reason=str(form.reason.data or ""),
                seen=str(form.seen.data),
                now=auth.now(),
            )
    except CohortChangedMeanwhile as stale:
        return _page(_found(cohort_id), form, stale=stale)
    except CohortRefused as refused:
        form.refuse(refused)
        return _page(_found(cohort_id), form)
    said = " ".join(change_sentences(change, objective_name=objective_name))
    flash(said, "success" if change.changed else "notice")
    return auth.redirect_after_post(url_for(".start", cohort_id=cohort_id))


def _found(cohort_id: int) -> CohortSetUp:
    with reading() as session:
        return cohort_set_up(auth.scope_of(session), cohort_id, now=auth.now())


def _page(
    found: CohortSetUp, form: SetUpForm, *, stale: CohortChangedMeanwhile | None = None
) -> ResponseReturnValue:
    rows = []
    if stale is not None:
        rows = differences(found.facts, form.facts())
        form.seen.raw_data, form.seen.data = None, found.version  # saving again now overwrites knowingly
    return render_page(
        "coordinator/set_up.html",
        form=form,
        status=status_of(stale) if stale else 200,
        stale=str(stale) if stale else None,
        rows=rows,
        found=found,
        promises=worked_promises(),
    )
