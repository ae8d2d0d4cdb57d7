"""Who has answered their invite, the answers of one leader for one day, and writing one down for somebody."""

from collections.abc import Sequence

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.answer_errors import AnswerChanged, AnswerClosed, DayMoved
from placement.domain.errors import ButtonUnknown
from placement.services import answers
from placement.services.reports.answers import AnswerHistory, InviteLine, answer_history, invite_list
from placement.web import auth
from placement.web.addresses import LARGEST_ID
from placement.web.answering import AnswerForm, RecordedForm, new_form, refuse_closed, seen_again
from placement.web.coordinator.downloads import csv_file
from placement.web.coordinator.lists import Filter, Listing, announce, listing
from placement.web.coordinator.words import answers as words
from placement.web.presenters import day as day_words
from placement.web.presenters import moment
from placement.web.rendering import render_page

CHANGED = 409
FILTERS = (
    Filter[InviteLine]("all", "All", lambda row: not row.past),
    Filter[InviteLine]("silent", "No answer", lambda row: not row.past and row.partstat == "NEEDS-ACTION"),
    Filter[InviteLine]("coming", "Coming", lambda row: not row.past and row.partstat == "ACCEPTED"),
    Filter[InviteLine]("perhaps", "Perhaps", lambda row: not row.past and row.partstat == "TENTATIVE"),
    Filter[InviteLine]("cannot", "Cannot come", lambda row: not row.past and row.partstat == "DECLINED"),
    Filter[InviteLine]("undelivered", "Not delivered", lambda row: not row.past and row.undelivered),
    Filter[InviteLine]("past", "Past days", lambda row: row.past),
)
HEAD = ("Day", "Placement", "Partner", "Name", "Organisation", "E-mail", "Answer", "Last mail")


def list_invites(cohort_id: int) -> ResponseReturnValue:
    """Who has answered, and who has not; days past are a list of their own."""
    with reading() as session:
        found = invite_list(auth.scope_of(session), cohort_id, now=auth.now())
    shown = _listing([*found.to_come, *found.past])
    announce(shown, "leader")
    return render_page("coordinator/invites.html", found=found, shown=shown, words=words)


def download_invites(cohort_id: int) -> ResponseReturnValue:
    """What the page shows, with what is on its further pages."""
    with reading() as session:
        found = invite_list(auth.scope_of(session), cohort_id, now=auth.now())
    rows = _listing([*found.to_come, *found.past]).found
    return csv_file("answers-to-invites", HEAD, [_cells(row) for row in rows])


def show_history(cohort_id: int, placement_id: int) -> ResponseReturnValue:
    """The answers of one leader for one day, and the form to write one down."""
    history = _history(cohort_id, placement_id)
    return _page(cohort_id, history, new_form(history.day, kind=RecordedForm))


def record_answer(cohort_id: int, placement_id: int) -> ResponseReturnValue:
    """Write down what somebody has said."""
    history, form = _history(cohort_id, placement_id), RecordedForm()
    if not history.day.closed and not form.validate():
        return _page(cohort_id, history, form)
    try:
        refuse_closed(history.day)
        with unit_of_work() as session:
            answers.record_answer(
                auth.scope_of(session),
                cohort_id,
                placement_id,
                form.given("coordinator", now=auth.now()),
                seen=form.seen_sequence,
                now=auth.now(),
            )
    except AnswerClosed as closed:
        flash(str(closed), "notice")
    except DayMoved as moved:
        flash(str(moved), "notice")
        history = _history(cohort_id, placement_id)
        return _page(cohort_id, history, seen_again(form, history.day), status=CHANGED)
    else:
        flash(f"The answer of {history.day.leader} is written down.")
    return _back(cohort_id, placement_id)


def undo_answer(cohort_id: int, placement_id: int) -> ResponseReturnValue:
    """Take back the answer that counts."""
    _history(cohort_id, placement_id)
    answer_id = request.form.get("answer", 0, type=int)
    if not 0 < answer_id <= LARGEST_ID:
        raise ButtonUnknown
    try:
        with unit_of_work() as session:
            answers.undo_answer(auth.scope_of(session), cohort_id, answer_id, now=auth.now())
    except AnswerChanged as changed:
        flash(str(changed), "notice")
    else:
        flash("The answer is undone. The one before it counts again.")
    return _back(cohort_id, placement_id)


def _history(cohort_id: int, placement_id: int) -> AnswerHistory:
    with reading() as session:
        return answer_history(auth.scope_of(session), cohort_id, placement_id, now=auth.now())


def _page(
    cohort_id: int, history: AnswerHistory, form: AnswerForm, *, status: int = 200
) -> ResponseReturnValue:
    return render_page(
        "coordinator/invite.html",
        cohort_id=cohort_id,
        history=history,
        form=form,
        words=words,
        status=status,
    )


def _back(cohort_id: int, placement_id: int) -> ResponseReturnValue:
    return auth.redirect_after_post(url_for(".show_history", cohort_id=cohort_id, placement_id=placement_id))


def _listing(rows: Sequence[InviteLine]) -> Listing[InviteLine]:
    return listing(rows, FILTERS, _text)


def _text(row: InviteLine) -> str:
    return f"{row.leader} {row.email} {row.organisation} {row.title} {row.partner} {day_words(row.starts_at)}"


def _cells(row: InviteLine) -> tuple[str | int, ...]:
    return (
        moment(row.starts_at),
        row.title,
        row.partner,
        row.leader,
        row.organisation,
        row.email,
        words.answer_state(row.partstat).text,
        words.mail_words(row),
    )
