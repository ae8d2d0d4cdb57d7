"""What a leader needs to take part, and whether the partner who hosts them may know it."""

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import unit_of_work
from placement.domain.about_errors import AboutChanged
from placement.services import about_leader
from placement.services.about_leader import Need
from placement.web import auth
from placement.web.errors import status_of
from placement.web.leader.forms.about import NeedForm, need_form, show_again
from placement.web.leader.views.about import found_about
from placement.web.rendering import render_page


def ask_need(leader_id: int) -> ResponseReturnValue:
    """Ask what the leader needs; at any time."""
    found = found_about(leader_id)
    return _page(leader_id, need_form(found.need, found.need_version))


def save_need(leader_id: int) -> ResponseReturnValue:
    """Keep it, or delete it."""
    form = NeedForm()
    deleting = "delete" in request.form
    if not deleting and not form.validate():
        return _page(leader_id, form)
    need = Need() if deleting else form.need()
    try:
        with unit_of_work() as session:
            changed = about_leader.save_need(
                auth.scope_of(session), leader_id, need, seen=str(form.seen.data), now=auth.now()
            )
    except AboutChanged as refused:
        return _page(leader_id, form, refused=refused)
    flash(_said(need, changed=changed), "status")
    return auth.redirect_after_post(url_for(".show_about", leader_id=leader_id))


def _said(need: Need, *, changed: bool) -> str:
    if not changed:
        return "Nothing was changed."
    if not need.text:
        return "Your access needs are deleted."
    told = "The partner who hosts you may know them." if need.shared else "No partner is told."
    return f"Your access needs are saved. {told}"


def _page(leader_id: int, form: NeedForm, *, refused: AboutChanged | None = None) -> ResponseReturnValue:
    found = found_about(leader_id)
    show_again(form.seen, found.need_version) if refused else None
    return render_page(
        "leader/about_needs.html",
        form=form,
        status=status_of(refused) if refused else 200,
        refusal=str(refused) if refused else None,
        about=found,
        standing=found.standing,
    )
