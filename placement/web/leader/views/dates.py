"""Saying which dates are possible."""

from collections.abc import Mapping
from datetime import date

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.errors import AnswersChanged, PlacementError, PreferencesClosed
from placement.domain.states import DateAnswerWord
from placement.domain.text import DAY_NAMES, time_in_words
from placement.services import preferences
from placement.services.reports import leader as report
from placement.services.reports.leader import Answers
from placement.services.reports.leader_events import PlannedEvent, planned_events
from placement.web import auth
from placement.web.errors import status_of
from placement.web.leader.calendar import months, on_offer
from placement.web.leader.forms.dates import WORDS, DatesForm, dates_form
from placement.web.leader.forms.seen import answers_from
from placement.web.leader.words import standing_words
from placement.web.presenters import count, day
from placement.web.rendering import render_page

SET_WEEKDAY, AUTOSAVE = "set_weekday", "autosave"
"""The button for all dates of one weekday; what the page's script sends along when it saves by itself."""


def show_dates(leader_id: int) -> ResponseReturnValue:
    """Each date with its three answers; to read only once choices are closed."""
    answers, events = _facts(leader_id)
    return _page(answers, events, dates_form(answers.dates))


def save_dates(leader_id: int) -> ResponseReturnValue:
    """Keep all answers of the page."""
    answers, events = _facts(leader_id)
    form = dates_form(answers.dates)
    if answers.standing.window.is_open and not form.validate():
        return _page(answers, events, form)
    given, told, onward = _asked(form)
    try:
        with unit_of_work() as session:
            preferences.answer_dates(
                auth.scope_of(session),
                leader_id=leader_id,
                answers=given,
                seen=answers_from(form.seen.data or ""),
                now=auth.now(),
            )
    except (AnswersChanged, PreferencesClosed) as refused:
        answers, events = _facts(leader_id)
        fresh = dates_form(answers.dates, formdata=None)
        return _page(answers, events, fresh, refused=refused, sent=form)
    flash(told, "status")
    return auth.redirect_after_post(url_for(onward, leader_id=leader_id))


def _asked(form: DatesForm) -> tuple[Mapping[date, DateAnswerWord], str, str]:
    """What is to be kept, what is said of it, and the page that comes next."""
    if SET_WEEKDAY in request.form:
        answers, number = form.with_weekday()
        return answers, _weekday_words(form, number), ".show_dates"
    if AUTOSAVE in request.form:
        return form.answers(), f"Saved at {time_in_words(auth.now())}.", ".show_dates"
    return form.answers(), "Your dates are saved.", ".check_answers"


def _weekday_words(form: DatesForm, number: int) -> str:
    if not number:
        return "Your dates are saved."
    weekday, word = DAY_NAMES[int(form.weekday.data)], WORDS[form.weekday_answer.data]
    return f"{count(number, weekday)} set to “{word}”. Saved at {time_in_words(auth.now())}."


def _facts(leader_id: int) -> tuple[Answers, tuple[PlannedEvent, ...]]:
    with reading() as session:
        scope = auth.scope_of(session)
        answers = report.answers(scope, leader_id=leader_id, now=auth.now())
        return answers, planned_events(scope, leader_id=leader_id)


def _page(
    answers: Answers,
    events: tuple[PlannedEvent, ...],
    form: DatesForm,
    *,
    refused: PlacementError | None = None,
    sent: DatesForm | None = None,
) -> ResponseReturnValue:
    return render_page(
        "leader/dates.html",
        form=form,
        status=status_of(refused) if refused else 200,
        refusal=str(refused) if refused else None,
        lost=_lost(answers, sent) if sent else [],
        answers=answers,
        state=standing_words(answers.standing),
        months=months(answers.dates, events, form),
        said=[(day(one.date), WORDS[one.answer], on_offer(one)) for one in answers.dates],
    )


def _lost(answers: Answers, sent: DatesForm) -> list[str]:
    """What was sent and not kept, date by date, so that nobody has to remember it."""
    kept = {one.date: one.answer for one in answers.dates}
    return [
        f"{day(when)}: you sent “{WORDS[answer]}”, and “{WORDS[kept[when]]}” is kept."
        for when, answer in sent.answers().items()
        if when in kept and answer in WORDS and kept[when] != answer
    ]
