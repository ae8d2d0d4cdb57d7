"""Everything that is kept about a leader: to see, to take away, to have erased."""

from flask import Response, flash, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.about_errors import ErasureBlocked
from placement.services import erasing
from placement.services.erasing import Erasure
from placement.services.reports.subject import Subject, own_data
from placement.web import auth
from placement.web.erasing_form import EraseForm
from placement.web.errors import status_of
from placement.web.rendering import render_page
from placement.web.subject_files import json_file, shown_sections, table_file


def show_data(leader_id: int) -> ResponseReturnValue:
    """All of it on one page, in sections."""
    found = _found(leader_id)
    return render_page("leader/data.html", found=found, sections=shown_sections(found))


def download_json(leader_id: int) -> Response:
    """All of it for another program."""
    return json_file(_found(leader_id))


def download_csv(leader_id: int) -> Response:
    """All of it for a spreadsheet."""
    return table_file(_found(leader_id))


def ask_erasing(leader_id: int) -> ResponseReturnValue:
    """What erasing would do, and the question whether to."""
    return _erase_page(leader_id, EraseForm(formdata=None))


def erase(leader_id: int) -> ResponseReturnValue:
    """Erase it; whoever is nothing else is signed out by that."""
    form = EraseForm()
    if not form.validate():
        return _erase_page(leader_id, form)
    try:
        with unit_of_work() as session:
            done = erasing.erase_self(auth.scope_of(session), leader_id, now=auth.now())
    except ErasureBlocked as refused:
        return _erase_page(leader_id, EraseForm(formdata=None), refused=refused)
    flash(f"What was kept about you as a leader of {done.cohort} is erased.", "success")
    return auth.redirect_after_post(url_for("home.tasks" if done.elsewhere else "start.show"))


def _found(leader_id: int) -> Subject:
    with reading() as session:
        return own_data(auth.scope_of(session), leader_id, now=auth.now())


def _preview(leader_id: int) -> Erasure:
    with reading() as session:
        return erasing.preview_self(auth.scope_of(session), leader_id, now=auth.now())


def _erase_page(
    leader_id: int, form: EraseForm, *, refused: ErasureBlocked | None = None
) -> ResponseReturnValue:
    return render_page(
        "leader/erase.html",
        form=form,
        status=status_of(refused) if refused else 200,
        erasure=_preview(leader_id),
    )
