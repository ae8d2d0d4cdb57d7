"""A form that was sent after the session had ended comes back filled in when its owner signs in again."""

from urllib.parse import urlsplit

from flask import Flask, current_app, flash, g, request, session
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict

from placement.db import reading, unit_of_work
from placement.services import interrupted_forms
from placement.web import auth
from placement.web.headers import SAFE_METHODS

CSRF_FIELD = "csrf_token"
NEVER_KEPT = frozenset({"second_step"})
"""Blueprints whose forms hold codes that let somebody in: they are typed anew."""
WAITING = "interrupted"
"""The name under which the cookie says on which page a form waits."""
KEPT = (
    "You were signed out because nothing happened for a while. "
    "What you typed is kept: sign in to get back to it."
)
BACK = "What you typed before you were signed out is back on this page. It is not saved yet."


def init_interrupted(app: Flask) -> None:
    """Keep what is sent too late, and bring it back."""
    app.before_request(keep_what_came_too_late)
    app.before_request(bring_back)


def keep_what_came_too_late() -> None:
    """Keep the fields of a form for whose session has run out, and remember the page that it stands on."""
    if request.method in SAFE_METHODS or auth.visitor() is not None or not _guarded():
        return  # without a look into the cookie, which whoever keeps the answer would be told of
    token, page = session.get(auth.RAN_OUT), _page_of_form()
    if not token or not page:
        return
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != CSRF_FIELD]
    session[auth.NEXT] = page
    if request.blueprint in NEVER_KEPT:
        return
    with unit_of_work() as database:
        kept = interrupted_forms.keep_form(database, token, path=page, fields=fields, now=auth.now())
    if kept and fields:
        flash(KEPT, "notice")


def bring_back() -> ResponseReturnValue | None:
    """Lead whoever has signed in again to their form, and fill it in until it is sent."""
    if auth.visitor() is None:
        return None
    if session.pop(auth.JUST_SIGNED_IN, False):
        page = _waiting_page()
        if page and page != request.path:
            return auth.redirect_after_post(page)
    page = session.get(WAITING)
    if page and request.method in SAFE_METHODS and request.path == page:
        _fill_in(page)
    elif page and request.method not in SAFE_METHODS and _page_of_form() == page:
        _forget()
    return None


def _waiting_page() -> str | None:
    with reading() as database:
        page = interrupted_forms.waiting_page(auth.scope_of(database), now=auth.now())
    if page:
        session[WAITING] = page
    return page


def _fill_in(page: str) -> None:
    with reading() as database:
        fields = interrupted_forms.waiting_fields(auth.scope_of(database), page, now=auth.now())
    if fields:
        g.interrupted_fields = ImmutableMultiDict(fields)
        flash(BACK, "notice")


def _forget() -> None:
    with unit_of_work() as database:
        interrupted_forms.forget_form(auth.scope_of(database))
    del session[WAITING]


def _page_of_form() -> str | None:
    """The path of the page from which a form was sent, as far as the browser tells."""
    return auth.safe_path(urlsplit(request.referrer or "").path)


def _guarded() -> bool:
    """Whether the form is for people who are signed in."""
    of_blueprint = current_app.before_request_funcs.get(request.blueprint, [])
    return auth.require_sign_in in of_blueprint
