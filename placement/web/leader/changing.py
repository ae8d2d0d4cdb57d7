"""One button of a leader's page about choices: what it does, and what is said of it."""

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import flash, request
from flask.typing import ResponseReturnValue

from placement.db import unit_of_work
from placement.domain.choice_errors import NothingToUndo, TooFewLeft
from placement.domain.errors import (
    AnswersChanged,
    ButtonUnknown,
    ChoicesNeeded,
    OpportunityGone,
    PlacementError,
    PreferencesClosed,
)
from placement.services import choices, refusals
from placement.services.choices import RankingChange
from placement.services.scope import Scope
from placement.web import auth
from placement.web.leader import words
from placement.web.leader.forms.choices import Action, AskedChange, asked_change

Page = Callable[[PlacementError | None], ResponseReturnValue]
"""Shows the page where the button was, with why it changed nothing."""

Ranking = Callable[..., RankingChange]

RANKINGS: Mapping[Action, Ranking] = {
    "add": choices.add_choice,
    "up": choices.move_choice_up,
    "down": choices.move_choice_down,
    "top": choices.move_choice_to_top,
    "remove": choices.remove_choice,
}


def press(leader_id: int, *, page: Page, onward: Callable[[AskedChange], str]) -> ResponseReturnValue:
    """Do what the button that was sent says, then go `onward`; each change is saved at once."""
    asked = asked_change(request.form)
    if asked is None:
        return page(ButtonUnknown())
    try:
        with unit_of_work() as session:
            told = _change(auth.scope_of(session), leader_id, asked, now=auth.now())
    except (
        AnswersChanged,
        PreferencesClosed,
        ChoicesNeeded,
        OpportunityGone,
        TooFewLeft,
        NothingToUndo,
    ) as refused:
        return page(refused)
    flash(told, "status")
    return auth.redirect_after_post(onward(asked))


def _change(scope: Scope, leader_id: int, asked: AskedChange, *, now: datetime) -> str:
    """Do it, and say what became of it."""
    who, which, seen = leader_id, asked.opportunity_id, asked.seen
    if asked.action == "allow":
        allowed = refusals.allow_opportunity(scope, leader_id=who, opportunity_id=which, now=now)
        return words.refusal_words(allowed)
    if asked.action == "refuse":
        refused = refusals.refuse_opportunity(scope, leader_id=who, opportunity_id=which, seen=seen, now=now)
        return words.refusal_words(refused)
    if asked.action == "undo":
        change = choices.undo_change(scope, leader_id=who, seen=seen, now=now)
    elif asked.action == "move":
        change = choices.reorder_choices(
            scope, leader_id=who, opportunity_id=which, order=asked.order, seen=seen, now=now
        )
    else:
        change = RANKINGS[asked.action](scope, leader_id=who, opportunity_id=which, seen=seen, now=now)
    return words.change_words(change)
