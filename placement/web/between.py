"""Pages between a form and its deed, shown by GET, so that Back, Forward and reload never send anything.

A form that is sent to be looked at first is answered with the way to a page whose address holds, sealed, what
was typed. The deed itself is a POST of its own.
"""

from collections.abc import Callable

from flask import Flask, flash, g, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from placement.db import reading
from placement.services import carried_forms
from placement.web import auth

ARGUMENT = "typed"
STEP = "step"
DEEDS = frozenset({"save", "send"})
"""The buttons that do something: none of them is ever pressed by an address."""
CSRF_FIELD = "csrf_token"
LONGEST = 3000
"""Characters that fit an address before any server; who types more is answered with the page itself."""
MOVED_ON = "What you were about to change has changed since. This is how it is now."


def init_between(app: Flask) -> None:
    """Let addresses hold what was typed."""
    app.before_request(take_up)


def take_up() -> None:
    """Fill the forms of this page with what its address holds.

    The token of the form was looked at when it was sent, and nobody but the site can seal.
    """
    sealed = request.args.get(ARGUMENT)
    if not sealed or request.method != "GET" or auth.visitor() is None:
        return
    with reading() as database:
        fields = carried_forms.fields_in(auth.scope_of(database), request.path, sealed)
    if fields and dict(fields).get(STEP) not in DEEDS:
        g.carried_fields = ImmutableMultiDict(fields)
        g.csrf_valid = True


def is_between() -> bool:
    """Whether this page shows what was sent before, and by its address."""
    return "carried_fields" in g


def sent() -> MultiDict[str, str]:
    """What the form of this page holds: as it is sent, or as it was."""
    return g.carried_fields if is_between() else request.form


def step() -> str | None:
    """The button that was pressed."""
    return sent().get(STEP)


def typed() -> list[tuple[str, str]]:
    """What was typed, to be carried on in hidden fields."""
    return [field for field in sent().items(multi=True) if field[0] not in {CSRF_FIELD, STEP}]


def shown_by_get(page: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """What `page` makes; after a POST, the way there. Nothing may be done on that page."""
    if request.method != "POST":
        return page()
    fields = [field for field in request.form.items(multi=True) if field[0] != CSRF_FIELD]
    with reading() as database:
        sealed = carried_forms.seal_fields(auth.scope_of(database), request.path, fields)
    if len(sealed) > LONGEST or request.endpoint is None:
        return page()
    where = url_for(request.endpoint, **{**(request.view_args or {}), ARGUMENT: sealed})
    return auth.redirect_after_post(where)


def moved_on(url: str) -> ResponseReturnValue:
    """Lead away from a page that shows what is over."""
    flash(MOVED_ON, "notice")
    return auth.redirect_after_post(url)
