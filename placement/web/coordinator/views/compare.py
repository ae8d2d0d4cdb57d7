"""Two runs of a cohort side by side."""

from collections.abc import Sequence

from flask import request
from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.services.reports.compare import Comparison, RunWithList, compare_runs, runs_to_compare
from placement.services.scope import Scope
from placement.web import auth
from placement.web.coordinator.words import compare as words
from placement.web.rendering import render_page

MOST_CHANGES = 12


def show_comparison(cohort_id: int) -> ResponseReturnValue:
    """The two runs that the address names; else the newest one against the one before it."""
    with reading() as session:
        scope = auth.scope_of(session)
        cohort, known = scope.cohort(cohort_id).name, runs_to_compare(scope, cohort_id)
        found = _comparison(scope, cohort_id, known)
    return render_page(
        "coordinator/compare.html",
        cohort_id=cohort_id,
        cohort=cohort,
        known=known,
        found=found,
        words=words,
        most=MOST_CHANGES,
    )


def _comparison(scope: Scope, cohort_id: int, known: Sequence[RunWithList]) -> Comparison | None:
    if len(known) < 2:
        return None
    ids = [run.id for run in known]
    second = _asked("second", ids, ids[0])
    others = [run_id for run_id in ids if run_id != second]
    first = _asked("first", ids, next((one for one in others if one < second), others[0]))
    return compare_runs(scope, cohort_id, first, second)


def _asked(name: str, ids: Sequence[int], otherwise: int) -> int:
    """The run that the address names; what it says that is no run with a list is passed over."""
    text = request.args.get(name, "")
    return next((run_id for run_id in ids if str(run_id) == text), otherwise)
