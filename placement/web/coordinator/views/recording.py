"""The page of the answers to one invite, of a placement or an event: seen, written down, and undone.

Each function is handed an `Answered`, which says whose answers for which day they are.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, request
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.answer_errors import AnswerChanged, AnswerClosed, DayMoved
from placement.domain.answers import GivenAnswer
from placement.domain.errors import ButtonUnknown
from placement.services import answers
from placement.services.reports.answers import AnswerHistory
from placement.services.scope import Scope
from placement.web import auth
from placement.web.addresses import LARGEST_ID
from placement.web.answering import AnswerForm, RecordedForm, new_form, refuse_closed, seen_again
from placement.web.coordinator.words import answers as words
from placement.web.rendering import render_page

CHANGED = 409


@dataclass(frozen=True)
class Answered:
    """Whose answers for which day: how they are read and written down, and the address of their page.

    `record` takes the answer and the SEQUENCE that was shown. `undo_url` is where one is taken back.
    """

    cohort_id: int
    read: Callable[[Scope], AnswerHistory]
    record: Callable[[Scope, GivenAnswer, int], object]
    url: str
    undo_url: str
    back_url: str
    back_text: str


def show_answers(of: Answered) -> ResponseReturnValue:
    """All answers, and the form to write one down."""
    history = _history(of)
    return _page(of, history, new_form(history.day, kind=RecordedForm))


def record_answer(of: Answered) -> ResponseReturnValue:
    """Write down what somebody has said."""
    history, form = _history(of), RecordedForm()
    if not history.day.closed and not form.validate():
        return _page(of, history, form)
    try:
        refuse_closed(history.day)
        with unit_of_work() as session:
            given = form.given("coordinator", now=auth.now())
            of.record(auth.scope_of(session), given, form.seen_sequence)
    except AnswerClosed as closed:
        flash(str(closed), "notice")
    except DayMoved as moved:
        flash(str(moved), "notice")
        history = _history(of)
        return _page(of, history, seen_again(form, history.day), status=CHANGED)
    else:
        flash(f"The answer of {history.day.leader} is written down.")
    return auth.redirect_after_post(of.url)


def undo_answer(of: Answered) -> ResponseReturnValue:
    """Take back the answer that counts."""
    _history(of)
    answer_id = request.form.get("answer", 0, type=int)
    if not 0 < answer_id <= LARGEST_ID:
        raise ButtonUnknown
    try:
        with unit_of_work() as session:
            answers.undo_answer(auth.scope_of(session), of.cohort_id, answer_id, now=auth.now())
    except AnswerChanged as changed:
        flash(str(changed), "notice")
    else:
        flash("The answer is undone. The one before it counts again.")
    return auth.redirect_after_post(of.url)


def _history(of: Answered) -> AnswerHistory:
    with reading() as session:
        return of.read(auth.scope_of(session))


def _page(
    of: Answered, history: AnswerHistory, form: AnswerForm, *, status: int = 200
) -> ResponseReturnValue:
    return render_page(
        "coordinator/invite.html",
        cohort_id=of.cohort_id,
        of=of,
        history=history,
        form=form,
        words=words,
        status=status,
    )
