"""Checking all answers, and handing them in."""

from flask import url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.errors import AnswersChanged, PlacementError, PreferencesClosed, TooFewChoices
from placement.services import preferences
from placement.services.reports import leader as report
from placement.services.reports.about import about_leader
from placement.services.reports.leader import Answers
from placement.web import auth
from placement.web.errors import status_of
from placement.web.leader import about_words, words
from placement.web.leader.forms.check import SubmitForm, submit_form
from placement.web.leader.forms.seen import answers_from, order_from
from placement.web.presenters import count, day, listed
from placement.web.rendering import render_page


def check_answers(leader_id: int) -> ResponseReturnValue:
    """All answers, with links to change them and the button to hand them in."""
    return _page(leader_id)


def submit_answers(leader_id: int) -> ResponseReturnValue:
    """Hand the answers in."""
    sent = SubmitForm()
    try:
        with unit_of_work() as session:
            preferences.submit_preferences(
                auth.scope_of(session),
                leader_id=leader_id,
                seen_ranking=order_from(sent.ranking.data or ""),
                seen_dates=answers_from(sent.dates.data or ""),
                sender=auth.sender(),
                now=auth.now(),
            )
    except (AnswersChanged, PreferencesClosed, TooFewChoices) as refused:
        return _page(leader_id, refused)
    return auth.redirect_after_post(url_for(".show_receipt", leader_id=leader_id))


def _page(leader_id: int, refused: PlacementError | None = None) -> ResponseReturnValue:
    with reading() as session:
        scope, now = auth.scope_of(session), auth.now()
        answers = report.answers(scope, leader_id=leader_id, now=now)
        about = about_leader(scope, leader_id, now=now)
    status = status_of(refused) if refused else 200
    form = submit_form(answers)
    if refused and status != 409:
        form.form_errors = [str(refused)]
    return render_page(
        "leader/check.html",
        form=form,
        status=status,
        refusal=str(refused) if status == 409 else None,
        answers=answers,
        state=words.standing_words(answers.standing),
        progress=words.progress(answers),
        ranked=words.choices(answers.ranked),
        refused=[offer.title for offer in answers.refused],
        date_rows=_date_rows(answers),
        about_rows=about_words.summary_rows(about),
        no_date_left=bool(answers.dates) and all(one.answer == "cannot" for one in answers.dates),
    )


def _date_rows(answers: Answers) -> list[tuple[str, str]]:
    """The dates by answer; those that can be done are most, so they are only counted."""
    if_need_be = [day(one.date) for one in answers.dates if one.answer == "if_need_be"]
    cannot = [day(one.date) for one in answers.dates if one.answer == "cannot"]
    can = len(answers.dates) - len(if_need_be) - len(cannot)
    which = "All" if can == len(answers.dates) else "The other"
    return [
        ("I cannot", listed(cannot) or "No dates"),
        ("If need be", listed(if_need_be) or "No dates"),
        ("I can", f"{which} {count(can, 'date')}" if can else "No dates"),
    ]
