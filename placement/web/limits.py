"""The page of a partner's limits, for the partner and for its coordinator."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, request
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.day_errors import LimitBelowPlaced
from placement.domain.offer_errors import OfferChangedMeanwhile
from placement.services.partner_limits import Limits, LimitsPage
from placement.services.scope import Scope
from placement.web import auth
from placement.web.limits_form import LimitsForm, fresh
from placement.web.rendering import render_page

CHANGED = 409


@dataclass(frozen=True)
class LimitsOf:
    """Whose limits a page is about: how they are read and changed, and where it leads."""

    own: bool
    url: str
    back_url: str
    back_text: str
    read: Callable[[Scope], LimitsPage]
    change: Callable[[Scope, Limits, str], None]


def ask_limits(about: LimitsOf) -> ResponseReturnValue:
    """Ask for the limits; save them; an older page than the latest change saves nothing."""
    if request.method == "GET":
        shown = _read(about)
        return _page(about, shown, fresh(shown))
    form = LimitsForm()
    if not form.validate():
        return _page(about, _read(about), form)
    try:
        with unit_of_work() as session:
            about.change(auth.scope_of(session), form.limits(), str(form.seen.data))
    except LimitBelowPlaced as refused:
        form.put(refused)
        return _page(about, _read(about), form)
    except OfferChangedMeanwhile as stale:
        shown = _read(about)
        return _page(about, shown, fresh(shown), stale=str(stale))
    flash("The limits are saved.")
    return auth.redirect_after_post(about.back_url)


def _read(about: LimitsOf) -> LimitsPage:
    with reading() as session:
        return about.read(auth.scope_of(session))


def _page(about: LimitsOf, shown: LimitsPage, form: LimitsForm, *, stale: str = "") -> ResponseReturnValue:
    status = CHANGED if stale else 200
    return render_page("partner/limits.html", about=about, shown=shown, form=form, stale=stale, status=status)
