"""Charities that a leader must not be sent to, because of what they are to them."""

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import unit_of_work
from placement.domain.errors import ButtonUnknown, PreferencesClosed
from placement.services import conflicts
from placement.web import auth
from placement.web.errors import status_of
from placement.web.leader import about_words as words
from placement.web.leader.forms.conflicts import ConflictForm, conflict_form
from placement.web.leader.views.about import found_about
from placement.web.rendering import render_page


def show_conflicts(leader_id: int) -> ResponseReturnValue:
    """Those that are kept, and a form for another; to read only once choices are closed."""
    return _page(leader_id, None)


def add_conflict(leader_id: int) -> ResponseReturnValue:
    """Keep one more."""
    form = conflict_form(found_about(leader_id).partners)
    if not form.validate():
        return _page(leader_id, form)
    try:
        with unit_of_work() as session:
            conflicts.add_conflict(
                auth.scope_of(session),
                leader_id,
                partner_id=form.partner_id(),
                kind=form.chosen_kind(),
                now=auth.now(),
            )
    except PreferencesClosed as refused:
        return _page(leader_id, form, refused=refused)
    flash("Saved. You will not be given a day at this charity.", "status")
    return auth.redirect_after_post(url_for(".show_conflicts", leader_id=leader_id))


def remove_conflict(leader_id: int) -> ResponseReturnValue:
    """Take back one that the leader said."""
    partner_id = request.form.get("partner", type=int)
    found_about(leader_id)  # strangers hear only that there is no such page
    if partner_id is None:
        raise ButtonUnknown
    try:
        with unit_of_work() as session:
            removed = conflicts.remove_conflict(
                auth.scope_of(session), leader_id, partner_id=partner_id, now=auth.now()
            )
    except PreferencesClosed as refused:
        return _page(leader_id, None, refused=refused)
    flash("It is taken off." if removed else "Nothing was changed.", "status")
    return auth.redirect_after_post(url_for(".show_conflicts", leader_id=leader_id))


def _page(
    leader_id: int, form: ConflictForm | None, *, refused: PreferencesClosed | None = None
) -> ResponseReturnValue:
    found = found_about(leader_id)
    return render_page(
        "leader/about_conflicts.html",
        form=form or conflict_form(found.partners, formdata=None),
        status=status_of(refused) if refused else 200,
        refusal=str(refused) if refused else None,
        about=found,
        standing=found.standing,
        state=words.state_words(found),
        tie_words=words.tie_words,
    )
