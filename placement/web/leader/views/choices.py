"""Putting the chosen placements in order."""

from flask import url_for
from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.domain.errors import PlacementError
from placement.services.reports import leader as report
from placement.web import auth
from placement.web.errors import status_of
from placement.web.forms import PageForm
from placement.web.leader import words
from placement.web.leader.changing import press
from placement.web.leader.forms.choices import Action, AskedChange
from placement.web.leader.forms.seen import order_text
from placement.web.rendering import render_page

ANCHORS: dict[Action, str] = {
    "add": "choice-{}",
    "up": "up-{}",
    "down": "down-{}",
    "top": "up-{}",
    "move": "up-{}",
    "remove": "my-choices",
    "refuse": "refused",
    "allow": "my-choices",
    "undo": "undo",
}
"""Where the page goes on after a button: at the button itself, or as near as can be."""


def show_choices(leader_id: int) -> ResponseReturnValue:
    """The leader's list, best first."""
    return _page(leader_id)


def change_choices(leader_id: int) -> ResponseReturnValue:
    """Do what one button says, or take the order that was dragged."""

    def onward(asked: AskedChange) -> str:
        anchor = ANCHORS[asked.action].format(asked.opportunity_id)
        return url_for(".show_choices", leader_id=leader_id, _anchor=anchor)

    return press(leader_id, page=lambda refused: _page(leader_id, refused), onward=onward)


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
        saved=words.saved_words(answers, now=auth.now()),
        few_left=words.few_left(answers),
        words=words,
    )
