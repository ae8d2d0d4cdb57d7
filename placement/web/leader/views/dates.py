"""Saying which dates are possible."""

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.errors import AnswersChanged, PlacementError, PreferencesClosed
from placement.services import preferences
from placement.services.reports import leader as report
from placement.services.reports.leader import Answers, OfferedDate
from placement.web import auth
from placement.web.errors import status_of
from placement.web.leader.forms.dates import WORDS, DatesForm, dates_form, field_name
from placement.web.leader.forms.seen import answers_from
from placement.web.leader.words import standing_words
from placement.web.presenters import choice, count, day
from placement.web.rendering import render_page


def show_dates(leader_id: int) -> ResponseReturnValue:
    """Each date with its three answers; to read only once choices are closed."""
    answers = _answers(leader_id)
    return _page(answers, dates_form(answers.dates))


def save_dates(leader_id: int) -> ResponseReturnValue:
    """Keep all answers of the page."""
    answers = _answers(leader_id)
    form = dates_form(answers.dates)
    if answers.standing.window.is_open and not form.validate():
        return _page(answers, form)
    try:
        with unit_of_work() as session:
            preferences.answer_dates(
                auth.scope_of(session),
                leader_id=leader_id,
                answers=form.answers(),
                seen=answers_from(form.seen.data or ""),
                now=auth.now(),
            )
    except (AnswersChanged, PreferencesClosed) as refused:
        answers = _answers(leader_id)
        return _page(answers, dates_form(answers.dates, formdata=None), refused=refused, sent=form)
    flash("Your dates are saved.", "status")
    return auth.redirect_after_post(url_for(".check_answers", leader_id=leader_id))


def _answers(leader_id: int) -> Answers:
    with reading() as session:
        return report.answers(auth.scope_of(session), leader_id=leader_id, now=auth.now())


def _page(
    answers: Answers, form: DatesForm, *, refused: PlacementError | None = None, sent: DatesForm | None = None
) -> ResponseReturnValue:
    return render_page(
        "leader/dates.html",
        form=form,
        status=status_of(refused) if refused else 200,
        refusal=str(refused) if refused else None,
        lost=_lost(answers, sent) if sent else [],
        answers=answers,
        state=standing_words(answers.standing),
        questions=[(form[field_name(one.date)], _on_offer(one)) for one in answers.dates],
        said=[(day(one.date), WORDS[one.answer], _on_offer(one)) for one in answers.dates],
    )


def _lost(answers: Answers, sent: DatesForm) -> list[str]:
    """What was sent and not kept, date by date, so that nobody has to remember it."""
    kept = {one.date: one.answer for one in answers.dates}
    return [
        f"{day(when)}: you sent “{WORDS[answer]}”, and “{WORDS[kept[when]]}” is kept."
        for when, answer in sent.answers().items()
        if when in kept and answer in WORDS and kept[when] != answer
    ]


def _on_offer(one: OfferedDate) -> str:
    """What is on offer on a date: the leader's own choices by name, best first, and how many more."""
    chosen = sorted((offer for offer in one.offers if offer.rank), key=lambda offer: offer.rank or 0)
    named = [f"{offer.title} (your {choice(offer.rank)})" for offer in chosen]
    others = len(one.offers) - len(chosen)
    if others:
        named.append(count(others, "other placement" if named else "placement"))
    return ", ".join(named)
