"""Replies that a person has to look at: what each says, and what is made of it."""

from typing import Any

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from placement.adapters.reply_contents import ReplyContents, read_contents
from placement.db import reading, unit_of_work
from placement.domain.answer_errors import AliasTaken, AnswerChanged, AnswerClosed, ReplySettled
from placement.domain.errors import AddressUnusable
from placement.services import aliases, reviews
from placement.services.reports.replies import ReplyDetails, replies_of, reply_details
from placement.web import auth
from placement.web.coordinator.forms.replies import alias_form, take_form
from placement.web.coordinator.words import answers as words
from placement.web.rendering import render_page


def list_replies(cohort_id: int) -> ResponseReturnValue:
    """Those that wait, and those that somebody has settled."""
    with reading() as session:
        found = replies_of(auth.scope_of(session), cohort_id)
    return render_page("coordinator/replies.html", found=found, words=words)


def show_reply(cohort_id: int, reply_id: int) -> ResponseReturnValue:
    """One reply with what it says, and what can be done."""
    return _page(_details(cohort_id, reply_id))


def take_reply(cohort_id: int, reply_id: int) -> ResponseReturnValue:
    """Hold what a reply says as the answer of a leader."""
    details = _details(cohort_id, reply_id)
    form = take_form(details, sent=True)
    if not form.validate():
        return _page(details, take=form)
    try:
        with unit_of_work() as session:
            reviews.take_reply(
                auth.scope_of(session),
                cohort_id,
                reply_id,
                placement_id=int(form.day.data),
                word=form.word,
                now=auth.now(),
            )
    except (ReplySettled, AnswerClosed) as refused:
        flash(str(refused), "notice")
        return _back(".show_reply", cohort_id, reply_id)
    flash("The answer is held. The text of the mail is deleted.")
    return _back(".list_replies", cohort_id)


def add_alias(cohort_id: int, reply_id: int) -> ResponseReturnValue:
    """Let the sender's address be a further one of a leader; the reply itself still waits."""
    details = _details(cohort_id, reply_id)
    form = alias_form(details.leaders, sent=True)
    if not form.validate():
        return _page(details, alias=form)
    try:
        with unit_of_work() as session:
            added = aliases.add_alias(
                auth.scope_of(session),
                cohort_id,
                int(form.leader.data),
                address=details.line.sender,
                now=auth.now(),
            )
    except (AliasTaken, AddressUnusable) as refused:
        form.leader.errors = [str(refused)]
        return _page(details, alias=form)
    name = next(one.name for one in details.leaders if str(one.leader_id) == form.leader.data)
    said = "From now on replies from this address count as those of" if added else "It is already that of"
    flash(f"{said} {name}.", "success" if added else "notice")
    return _back(".show_reply", cohort_id, reply_id)


def settle_reply(cohort_id: int, reply_id: int) -> ResponseReturnValue:
    """Say that nothing is to be done about a reply."""
    try:
        with unit_of_work() as session:
            reviews.settle_reply(auth.scope_of(session), cohort_id, reply_id, now=auth.now())
    except ReplySettled as refused:
        flash(str(refused), "notice")
        return _back(".show_reply", cohort_id, reply_id)
    flash("The reply is settled. The text of the mail is deleted.")
    return _back(".list_replies", cohort_id)


def reopen_reply(cohort_id: int, reply_id: int) -> ResponseReturnValue:
    """Undo what was made of a reply."""
    try:
        with unit_of_work() as session:
            reviews.reopen_reply(auth.scope_of(session), cohort_id, reply_id, now=auth.now())
    except (ReplySettled, AnswerChanged) as refused:
        flash(str(refused), "notice")
    else:
        flash("It is undone: the reply waits again.")
    return _back(".show_reply", cohort_id, reply_id)


def _details(cohort_id: int, reply_id: int) -> ReplyDetails:
    with reading() as session:
        return reply_details(auth.scope_of(session), cohort_id, reply_id, now=auth.now())


def _page(details: ReplyDetails, *, take: Any = None, alias: Any = None) -> ResponseReturnValue:
    contents = read_contents(details.octets) if details.octets else ReplyContents()
    return render_page(
        "coordinator/reply.html",
        form=take or alias,
        details=details,
        contents=contents,
        facts=words.facts_of(details.line, contents),
        take=take or take_form(details, sent=False),
        alias=alias or alias_form(details.leaders, sent=False),
        words=words,
    )


def _back(endpoint: str, cohort_id: int, reply_id: int | None = None) -> ResponseReturnValue:
    names: dict[str, Any] = {} if reply_id is None else {"reply_id": reply_id}
    return auth.redirect_after_post(url_for(endpoint, cohort_id=cohort_id, **names))
