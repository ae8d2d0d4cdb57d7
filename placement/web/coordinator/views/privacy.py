"""How long things are kept, and exporting or erasing what is kept about one person."""

from flask import current_app, flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.about_errors import ErasureBlocked
from placement.domain.errors import ButtonUnknown
from placement.services import erasing
from placement.services.reports import privacy as report
from placement.services.reports import subject
from placement.web import auth
from placement.web.erasing_form import EraseForm
from placement.web.errors import status_of
from placement.web.rendering import render_page
from placement.web.subject_files import json_file, shown_sections, table_file

MESSAGE_DAYS = "placement_message_days"


def show_privacy(cohort_id: int) -> ResponseReturnValue:
    """What is kept for how long; looking for one person."""
    with reading() as session:
        found = report.privacy(auth.scope_of(session), cohort_id, wanted=request.args.get("q", ""))
    return render_page(
        "coordinator/privacy.html", found=found, message_days=current_app.extensions[MESSAGE_DAYS]
    )


def show_data(cohort_id: int, leader_id: int) -> ResponseReturnValue:
    """All that is kept about one leader, but for the words of their access needs."""
    with reading() as session:
        found = subject.data_of(auth.scope_of(session), cohort_id, leader_id, now=auth.now())
    return render_page("coordinator/person_data.html", found=found, sections=shown_sections(found))


def export_data(cohort_id: int, leader_id: int) -> ResponseReturnValue:
    """The same as a file, which goes on record."""
    kinds = {"csv": table_file, "json": json_file}
    kind = request.form.get("kind", "")
    with unit_of_work() as session:
        found = subject.export_data(auth.scope_of(session), cohort_id, leader_id, now=auth.now())
        if kind not in kinds:
            raise ButtonUnknown
    return kinds[kind](found, f"leader-{leader_id}")


def ask_erasing(cohort_id: int, leader_id: int) -> ResponseReturnValue:
    """What erasing a leader would do, and the question whether to."""
    return _erase_page(cohort_id, leader_id, EraseForm(formdata=None))


def erase(cohort_id: int, leader_id: int) -> ResponseReturnValue:
    """Erase a leader."""
    form = EraseForm()
    if not form.validate():
        return _erase_page(cohort_id, leader_id, form)
    try:
        with unit_of_work() as session:
            done = erasing.erase_leader(auth.scope_of(session), cohort_id, leader_id, now=auth.now())
    except ErasureBlocked as refused:
        return _erase_page(cohort_id, leader_id, EraseForm(formdata=None), refused=refused)
    said = "It was erased before." if done.erased_at else "What was kept about this leader is erased."
    flash(said, "notice" if done.erased_at else "success")
    return auth.redirect_after_post(url_for(".show_privacy", cohort_id=cohort_id))


def _erase_page(
    cohort_id: int, leader_id: int, form: EraseForm, *, refused: ErasureBlocked | None = None
) -> ResponseReturnValue:
    with reading() as session:
        erasure = erasing.preview_leader(auth.scope_of(session), cohort_id, leader_id, now=auth.now())
    return render_page(
        "coordinator/person_erase.html",
        form=form,
        status=status_of(refused) if refused else 200,
        erasure=erasure,
    )
