"""Choosing placements and putting them in order."""

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.errors import (
    AnswersChanged,
    ButtonUnknown,
    ChoicesNeeded,
    OpportunityGone,
    PlacementError,
    PreferencesClosed,
)
from placement.services import preferences
from placement.services.reports import leader as report
from placement.web import auth, offer_words
from placement.web.errors import status_of
from placement.web.forms import PageForm
from placement.web.leader import words
from placement.web.leader.forms.choices import Action, asked_change
from placement.web.leader.forms.seen import order_text
from placement.web.rendering import render_page

CHANGES = {
    "add": preferences.add_choice,
    "up": preferences.move_choice_up,
    "down": preferences.move_choice_down,
    "top": preferences.move_choice_to_top,
    "remove": preferences.remove_choice,
}
ANCHORS: dict[Action, str] = {
    "add": "opportunity-{}",
    "up": "up-{}",
    "down": "down-{}",
    "top": "up-{}",
    "remove": "my-choices",
}
"""Where the page goes on after a button: at the button itself, or as near as can be."""


def show_choices(leader_id: int) -> ResponseReturnValue:
    """The leader's list, and everything that can be added to it."""
    return _page(leader_id)


def change_choices(leader_id: int) -> ResponseReturnValue:
    """Do what one button says; each is saved at once."""
    asked = asked_change(request.form)
    if asked is None:
        return _page(leader_id, ButtonUnknown())
    try:
        with unit_of_work() as session:
            change = CHANGES[asked.action](
                auth.scope_of(session),
                leader_id=leader_id,
                opportunity_id=asked.opportunity_id,
                seen=asked.seen,
                now=auth.now(),
            )
    except (AnswersChanged, PreferencesClosed, ChoicesNeeded, OpportunityGone) as refused:
        return _page(leader_id, refused)
    flash(words.change_words(change), "status")
    anchor = ANCHORS[asked.action].format(asked.opportunity_id)
    return auth.redirect_after_post(url_for(".show_choices", leader_id=leader_id, _anchor=anchor))


def _page(leader_id: int, refused: PlacementError | None = None) -> ResponseReturnValue:
    with reading() as session:
        answers = report.answers(auth.scope_of(session), leader_id=leader_id, now=auth.now())
    status = status_of(refused) if refused else 200
    form = PageForm(formdata=None)
    if refused and status != 409:
        form.form_errors = [str(refused)]
    return render_page(
        "leader/choices.html",
        form=form,
        status=status,
        refusal=str(refused) if status == 409 else None,
        answers=answers,
        ranked=words.choices(answers.ranked),
        seen={"seen": order_text(offer.id for offer in answers.ranked)},
        words=words,
        offer_words=offer_words,
    )
