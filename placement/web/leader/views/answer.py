"""A leader's answer for one of their own days, on their own pages."""

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.answer_errors import AnswerClosed, DayMoved
from placement.services import answers
from placement.services.reports.answers import AnswerDay, own_day
from placement.web import auth
from placement.web.answering import AnswerForm, new_form, refuse_closed, seen_again
from placement.web.rendering import render_page

CHANGED = 409


def ask_answer(leader_id: int, placement_id: int) -> ResponseReturnValue:
    """Ask whether the leader is coming."""
    day = _day(leader_id, placement_id)
    return _page(day, new_form(day))


def save_answer(leader_id: int, placement_id: int) -> ResponseReturnValue:
    """Hold what the leader says."""
    day, form = _day(leader_id, placement_id), AnswerForm()
    if not day.closed and not form.validate():
        return _page(day, form)
    try:
        refuse_closed(day)
        with unit_of_work() as session:
            answers.give_answer(
                auth.scope_of(session),
                leader_id,
                placement_id,
                form.given("page", now=auth.now()),
                seen=form.seen_sequence,
                now=auth.now(),
            )
    except AnswerClosed as closed:
        flash(str(closed), "notice")
    except DayMoved:
        day = _day(leader_id, placement_id)
        return _page(day, seen_again(form, day), moved=True, status=CHANGED)
    else:
        flash("Your answer is held.")
    return auth.redirect_after_post(url_for(".show_placement", leader_id=leader_id))


def _day(leader_id: int, placement_id: int) -> AnswerDay:
    with reading() as session:
        return own_day(auth.scope_of(session), leader_id, placement_id, now=auth.now())


def _page(day: AnswerDay, form: AnswerForm, *, moved: bool = False, status: int = 200) -> ResponseReturnValue:
    return render_page("leader/answer.html", day=day, form=form, moved=moved, status=status)
