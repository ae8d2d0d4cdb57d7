"""The answers that leaders gave to evaluators: for viewers alone, and for no coordinator."""

from itertools import groupby

from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.domain.attendance import PROMPTS
from placement.services.reports.evaluating import Answer, Evaluated, evaluated
from placement.web import auth
from placement.web.downloads import csv_file
from placement.web.lists import Filter, Listing, announce, listing
from placement.web.rendering import render_page


def _answers_to(question: str) -> Filter[Answer]:
    return Filter(question, PROMPTS[question], lambda answer: answer.question == question)


FILTERS = (Filter[Answer]("all", "All questions", lambda _: True), *map(_answers_to, PROMPTS))


def show_reflections(cohort_id: int) -> ResponseReturnValue:
    """The answers under their questions."""
    found = _evaluated(cohort_id)
    shown = _listing(found)
    announce(shown, "answer")
    groups = [
        (PROMPTS[name], tuple(answers)) for name, answers in groupby(shown.rows, lambda one: one.question)
    ]
    return render_page("report/reflections.html", found=found, shown=shown, groups=groups)


def download_reflections(cohort_id: int) -> ResponseReturnValue:
    """The answers that the page shows, with those of its further pages."""
    rows = [(PROMPTS[one.question], one.text) for one in _listing(_evaluated(cohort_id)).found]
    return csv_file("reflections", ("Question", "Answer"), rows)


def _evaluated(cohort_id: int) -> Evaluated:
    with reading() as session:
        return evaluated(auth.scope_of(session), cohort_id)


def _listing(found: Evaluated) -> Listing[Answer]:
    return listing(found.answers, FILTERS, lambda answer: answer.text)
