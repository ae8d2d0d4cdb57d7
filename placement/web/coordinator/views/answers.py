"""Who has answered and who has not."""

from collections.abc import Sequence

from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.services.reports.cohort import Answer, answer_list
from placement.web import auth
from placement.web.downloads import csv_file
from placement.web.lists import Filter, Listing, announce, listing
from placement.web.presenters import moment
from placement.web.rendering import render_page

FILTERS = (
    Filter[Answer]("all", "All", lambda _: True),
    Filter[Answer]("not-answered", "Not answered", lambda row: row.submitted_at is None),
    Filter[Answer]("answered", "Answered", lambda row: row.submitted_at is not None),
)
HEAD = ("Name", "Organisation", "E-mail", "Placements chosen", "Submitted")


def show_answers(cohort_id: int) -> ResponseReturnValue:
    """All leaders: those who have not answered first."""
    with reading() as session:
        answers = answer_list(auth.scope_of(session), cohort_id, now=auth.now())
    shown = _listing(answers.leaders)
    announce(shown, "leader")
    return render_page("coordinator/answers.html", answers=answers, shown=shown)


def download_answers(cohort_id: int) -> ResponseReturnValue:
    """The leaders that the page shows, with those of its further pages."""
    with reading() as session:
        answers = answer_list(auth.scope_of(session), cohort_id, now=auth.now())
    return csv_file("answers", HEAD, [_cells(row) for row in _listing(answers.leaders).found])


def _listing(rows: Sequence[Answer]) -> Listing[Answer]:
    return listing(rows, FILTERS, lambda row: f"{row.name} {row.organisation} {row.email}")


def _cells(row: Answer) -> tuple[str | int, ...]:
    submitted = moment(row.submitted_at) if row.submitted_at else "Not answered"
    return (row.name, row.organisation, row.email, row.chosen, submitted)
