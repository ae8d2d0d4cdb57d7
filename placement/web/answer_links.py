"""The signed links of invites: GET and HEAD show the day and a form, POST answers. Nobody need sign in.

Mail scanners fetch every link before people do, so that looking must change nothing.
"""

from flask import Blueprint, current_app, flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.answer_errors import AnswerClosed, DayMoved
from placement.domain.answers import LINK_WORDS, PREVIEW, LinkFacts, read_link
from placement.domain.errors import NotFound
from placement.services import answers
from placement.services.reports.answers import AnswerDay, linked_day
from placement.web import auth
from placement.web.answering import AnswerForm, new_form, seen_again
from placement.web.headers import no_referrer
from placement.web.rendering import render_page

GONE = 410
CHANGED = 409
ABSENT = 404

blueprint = Blueprint("answer_link", __name__)


@blueprint.get("/answer/<token>/<any(coming, perhaps, cannot):word>")
@no_referrer
def show_choice(token: str, word: str) -> ResponseReturnValue:
    """The day, with the answer of the link that was followed chosen already; nothing is held yet."""
    return _shown(token, chosen=LINK_WORDS[word])


@blueprint.get("/answer/<token>")
@no_referrer
def show(token: str) -> ResponseReturnValue:
    """The day, with the answer that is held."""
    return _shown(token, chosen=None)


@blueprint.post("/answer/<token>")
@no_referrer
def give(token: str) -> ResponseReturnValue:
    """Hold the answer, and show what is held now."""
    facts = _facts(token)
    if facts is None:
        return _absent(token)
    form = AnswerForm()
    try:
        if not form.validate():
            return _page(token, _day(facts), form)
        with unit_of_work() as session:
            given = form.given("link", now=auth.now())
            seen = form.seen_sequence
            answers.answer_by_link(auth.nobody(session), facts, given, seen=seen, now=auth.now())
    except NotFound:
        return _absent(token)
    except AnswerClosed:
        return _page(token, _day(facts), form)
    except DayMoved:
        day = _day(facts)
        return _page(token, day, seen_again(form, day), moved=True, status=CHANGED)
    flash("Your answer is held.")
    return auth.redirect_after_post(url_for(".show", token=token))


def _shown(token: str, *, chosen: str | None) -> ResponseReturnValue:
    facts = _facts(token)
    try:
        day = _day(facts) if facts else None
    except NotFound:
        day = None
    if day is None:
        return _absent(token)
    # Whoever meant to come at the old time has not said so of the new one.
    return _page(token, day, new_form(day, chosen=None if day.moved else chosen), moved=day.moved)


def _facts(token: str) -> LinkFacts | None:
    return read_link(str(current_app.secret_key), token)


def _day(facts: LinkFacts) -> AnswerDay:
    with reading() as session:
        return linked_day(session, facts, now=auth.now())


def _page(
    token: str, day: AnswerDay, form: AnswerForm, *, moved: bool = False, status: int = 200
) -> ResponseReturnValue:
    if day.closed:
        return render_page("answer/closed.html", day=day, status=GONE)
    return render_page("answer/link.html", day=day, form=form, token=token, moved=moved, status=status)


def _absent(token: str) -> ResponseReturnValue:
    """The same page for every token that opens nothing; too many from one place are refused."""
    if token != PREVIEW:
        with unit_of_work() as session:
            answers.count_miss(session, remote=request.remote_addr or "", now=auth.now())
    return render_page("answer/absent.html", preview=token == PREVIEW, status=ABSENT)
