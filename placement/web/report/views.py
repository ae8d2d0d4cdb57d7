"""The report as a page to read or print, as one CSV file, and as a workbook."""

from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.services.reports.season import SeasonReport, season_report
from placement.web import auth
from placement.web.downloads import csv_file, workbook_file
from placement.web.rendering import render_page
from placement.web.report import words


def show(cohort_id: int) -> ResponseReturnValue:
    """The figures of a cohort."""
    found = _report(cohort_id)
    return render_page("report/report.html", found=found, tables=words.tables(found), words=words)


def download_csv(cohort_id: int) -> ResponseReturnValue:
    """Every figure of the page in a row of its own."""
    return csv_file("report", words.CSV_HEAD, words.csv_rows(_report(cohort_id)))


def download_workbook(cohort_id: int) -> ResponseReturnValue:
    """The tables of the page, one sheet each, and one with what the figures mean."""
    return workbook_file("report", words.sheets(_report(cohort_id)))


def _report(cohort_id: int) -> SeasonReport:
    with reading() as session:
        return season_report(auth.scope_of(session), cohort_id, now=auth.now())
