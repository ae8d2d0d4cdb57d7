"""The imports into a cohort, and undoing one of them."""

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.import_errors import UndoChangedMeanwhile
from placement.services.imports import list_imports
from placement.services.imports.undo import Undone, undo_import, undo_seen
from placement.web import auth
from placement.web.coordinator.forms.imports import SeenForm
from placement.web.coordinator.words import imports as words
from placement.web.errors import status_of
from placement.web.rendering import render_page

SHOWN_KEPT = 100


def list_batches(cohort_id: int) -> ResponseReturnValue:
    """All imports, newest first."""
    with reading() as session:
        scope = auth.scope_of(session)
        name = scope.cohort(cohort_id).name
        found = list_imports(scope, cohort_id)
    return render_page("coordinator/imports.html", cohort=name, cohort_id=cohort_id, found=found, words=words)


def ask_undo(cohort_id: int, batch_id: int) -> ResponseReturnValue:
    """What undoing an import would do, and the question whether to."""
    return _undo_page(cohort_id, batch_id)


def undo(cohort_id: int, batch_id: int) -> ResponseReturnValue:
    """Undo an import, if that does just what was shown."""
    form = SeenForm()
    try:
        with unit_of_work() as session:
            done = undo_seen(
                auth.scope_of(session), cohort_id, batch_id, seen=str(form.seen.data), now=auth.now()
            )
    except UndoChangedMeanwhile as stale:
        return _undo_page(cohort_id, batch_id, stale=stale)
    flash(words.said_of_undo(done), "notice" if done.does_nothing else "success")
    return auth.redirect_after_post(url_for(".list_batches", cohort_id=cohort_id))


def _undo_page(
    cohort_id: int, batch_id: int, *, stale: UndoChangedMeanwhile | None = None
) -> ResponseReturnValue:
    found, name = _looked(cohort_id, batch_id)
    return render_page(
        "coordinator/import_undo.html",
        status=status_of(stale) if stale else 200,
        stale=stale,
        cohort=name,
        cohort_id=cohort_id,
        found=found,
        removed=words.undo_parts(found.removed),
        restored=words.undo_parts(found.restored),
        kept=[(words.NAMES[one.thing][0], one.name, one.why) for one in found.kept[:SHOWN_KEPT]],
        form=SeenForm(formdata=None, seen=found.seen),
    )


def _looked(cohort_id: int, batch_id: int) -> tuple[Undone, str]:
    """What undoing would do: it is done and taken back."""
    with unit_of_work() as session:
        scope = auth.scope_of(session)
        name = scope.cohort(cohort_id).name
        found = undo_import(scope, cohort_id, batch_id, now=auth.now())
        session.rollback()
    return found, name
