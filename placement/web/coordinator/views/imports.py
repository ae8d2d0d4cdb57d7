"""Importing spreadsheets: send them, look what they would do, import just that; or take them back to mend."""

from collections.abc import Iterable

from flask import Response, abort, flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.adapters.postcodes import sector_centres
from placement.adapters.sheets import nothing_found, read_files
from placement.adapters.sheets.to_write import WrittenSheet
from placement.db import reading, unit_of_work
from placement.domain.import_errors import ImportChangedMeanwhile, ImportGone
from placement.domain.sheets.examples import ADVICE, HOLDS, is_needed, template
from placement.domain.sheets.faults import FAULT_HEADINGS, Fault, fault_cells, inert
from placement.domain.sheets.mending import mended
from placement.domain.sheets.rows import CohortSheets
from placement.domain.sheets.tables import Kind, RawSheets
from placement.domain.sheets.understand import understand
from placement.services.imports import list_imports
from placement.services.imports.checked import ImportCheck, check_import, import_checked
from placement.services.imports.uploads import forget_upload, keep_upload, kept_upload
from placement.services.reports.set_up import cohort_set_up
from placement.web import auth
from placement.web.coordinator.forms.imports import SeenForm, SheetsForm
from placement.web.coordinator.words import imports as words
from placement.web.downloads import csv_file, workbook_file
from placement.web.errors import status_of
from placement.web.rendering import render_page

SHOWN_FAULTS = 100


def send_sheets(cohort_id: int) -> ResponseReturnValue:
    """Ask for files; keep them until somebody has looked at what they would do."""
    form = SheetsForm()
    files = form.sent() if request.method == "POST" and form.validate() else {}
    if files:
        with unit_of_work() as session:
            keep_upload(auth.scope_of(session), cohort_id, files, now=auth.now())
        return auth.redirect_after_post(url_for(".check_sheets", cohort_id=cohort_id))
    with reading() as session:
        scope = auth.scope_of(session)
        found = cohort_set_up(scope, cohort_id, now=auth.now())
        waiting = kept_upload(scope, cohort_id, now=auth.now())
        earlier = len(list_imports(scope, cohort_id))
    return render_page(
        "coordinator/import.html",
        form=form,
        found=found,
        waiting=list(waiting),
        earlier=earlier,
        holds=HOLDS,
        advice=ADVICE,
        is_needed=is_needed,
    )


def check_sheets(cohort_id: int) -> ResponseReturnValue:
    """What the files that wait would do, or everything that is wrong in them; nothing is written."""
    files = _files(cohort_id)
    if not files:
        return auth.redirect_after_post(url_for(".send_sheets", cohort_id=cohort_id))
    return _check_page(cohort_id, files)


def import_rows(cohort_id: int) -> ResponseReturnValue:
    """Import the files that wait, if that does just what was shown."""
    form = SeenForm()
    files = _files(cohort_id)
    _, sheets = _read(files)
    try:
        with unit_of_work() as session:
            done = import_checked(
                auth.scope_of(session), cohort_id, sheets, seen=str(form.seen.data), now=auth.now()
            )
    except ImportGone as gone:
        flash(str(gone), "notice")
        return auth.redirect_after_post(url_for(".send_sheets", cohort_id=cohort_id))
    except ImportChangedMeanwhile as stale:
        return _check_page(cohort_id, files, stale=stale)
    flash(words.said_of_import(done), "success")
    return auth.redirect_after_post(url_for(".list_batches", cohort_id=cohort_id))


def forget_sheets(cohort_id: int) -> ResponseReturnValue:
    """Delete the files that wait."""
    with unit_of_work() as session:
        scope = auth.scope_of(session)
        forget_upload(scope, scope.cohort(cohort_id).id)
    flash("The files are deleted. Nothing was imported.", "notice")
    return auth.redirect_after_post(url_for(".send_sheets", cohort_id=cohort_id))


def download_faults(cohort_id: int) -> ResponseReturnValue:
    """All faults of the files that wait."""
    check = _checked(cohort_id, _read(_waiting(cohort_id))[1])
    return csv_file("faults", FAULT_HEADINGS, map(fault_cells, check.plan.faults))


def download_changes(cohort_id: int) -> ResponseReturnValue:
    """Everything that the files that wait would add or change."""
    check = _checked(cohort_id, _read(_waiting(cohort_id))[1])
    return csv_file("changes", words.CHANGE_HEADINGS, words.changed_cells(check.plan))


def download_mended(cohort_id: int, sheet: str) -> ResponseReturnValue:
    """One sheet as it was sent, with a column that says what to fix."""
    raw, sheets = _read(_waiting(cohort_id))
    found = next((one for kind, one in raw.sheets.items() if kind == sheet), None)
    if found is None:
        abort(404)
    head, *rows = mended(found, _checked(cohort_id, sheets).plan.faults)
    return csv_file(f"{sheet}-what-to-fix", [inert(text) for text in head], rows)


def download_all_mended(cohort_id: int) -> Response:
    """All sheets as they were sent, in one workbook, each with a column that says what to fix."""
    raw, sheets = _read(_waiting(cohort_id))
    if not raw.sheets:
        abort(404)
    faults = _checked(cohort_id, sheets).plan.faults
    tables = {str(kind): mended(sheet, faults) for kind, sheet in raw.sheets.items()}
    return workbook_file("what-to-fix", [WrittenSheet(name, one[0], one[1:]) for name, one in tables.items()])


def download_templates(cohort_id: int) -> Response:
    """All five sheets in one workbook, each with its headings and an example row."""
    with reading() as session:
        auth.scope_of(session).cohort(cohort_id)
    tables = {str(kind): template(kind) for kind in Kind}
    return workbook_file("templates", [WrittenSheet(name, one[0], one[1:]) for name, one in tables.items()])


def download_template(cohort_id: int, sheet: str) -> Response:
    """One of the five sheets with its headings and an example row."""
    with reading() as session:
        auth.scope_of(session).cohort(cohort_id)
    kind = next((kind for kind in Kind if kind == sheet), None)
    if kind is None:
        abort(404)
    head, example = template(kind)
    return csv_file(sheet, head, [example])


def _files(cohort_id: int) -> dict[str, bytes]:
    with reading() as session:
        return kept_upload(auth.scope_of(session), cohort_id, now=auth.now())


def _waiting(cohort_id: int) -> dict[str, bytes]:
    """The files that wait, of which there must be some."""
    files = _files(cohort_id)
    if not files:
        raise ImportGone
    return files


def _read(files: dict[str, bytes]) -> tuple[RawSheets, CohortSheets]:
    raw = read_files(files, some=True)
    if not raw.sheets and not raw.faults:
        raw = RawSheets({}, (nothing_found(files),), raw.notes)
    return raw, understand(raw, sector_centres())


def _checked(cohort_id: int, sheets: CohortSheets) -> ImportCheck:
    """What an import would do: it is done and taken back, so that the database has its say too."""
    with unit_of_work() as session:
        check = check_import(auth.scope_of(session), cohort_id, sheets, now=auth.now())
        session.rollback()
    return check


def _check_page(
    cohort_id: int, files: dict[str, bytes], *, stale: ImportChangedMeanwhile | None = None
) -> ResponseReturnValue:
    raw, sheets = _read(files)
    check = _checked(cohort_id, sheets)
    plan = check.plan
    return render_page(
        "coordinator/import_check.html",
        status=status_of(stale) if stale else 200,
        stale=stale,
        cohort=check.set_up.facts.name,
        cohort_id=cohort_id,
        plan=plan,
        form=SeenForm(formdata=None, seen=check.seen),
        faults=plan.faults[:SHOWN_FAULTS],
        sheets=sorted(str(kind) for kind, sheet in raw.sheets.items() if _has_fault(plan.faults, sheet.file)),
        lines=words.sheet_lines(plan),
        rows=words.rows_of(plan),
        warnings=words.warnings(check),
    )


def _has_fault(faults: Iterable[Fault], file: str) -> bool:
    return any(fault.file == file for fault in faults)
