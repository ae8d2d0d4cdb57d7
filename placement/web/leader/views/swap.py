"""Asking for another day than one that was given, how that stands, and taking it back."""

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.swap_errors import SwapClosed, SwapOver, SwapWaiting, SwapWishUnusable
from placement.services import swap_requests
from placement.services.reports.own_swaps import SwapAsking, swap_asking
from placement.services.swap_requests import LONGEST_WORDS
from placement.web import auth
from placement.web.leader import swap_words as words
from placement.web.leader.forms.swap import SwapForm
from placement.web.rendering import render_page

CHANGED = 409


def ask_for_swap(leader_id: int, placement_id: int) -> ResponseReturnValue:
    """What asking for a swap means, with the form; how the request stands where one waits."""
    asking = _asking(leader_id, placement_id)
    return _page(asking, SwapForm.of(asking, formdata=None))


def send_swap_request(leader_id: int, placement_id: int) -> ResponseReturnValue:
    """Keep the request."""
    asking = _asking(leader_id, placement_id)
    form = SwapForm.of(asking)
    if not (asking.closed or asking.waits) and not form.validate():
        return _page(asking, form)
    try:
        with unit_of_work() as session:
            swap_requests.ask_for_swap(
                auth.scope_of(session),
                leader_id,
                placement_id,
                reason=form.why() if form.reason.data else "other",
                words=str(form.words.data or ""),
                wish=form.wished(),
                now=auth.now(),
            )
    except (SwapClosed, SwapWaiting) as refused:
        asking = _asking(leader_id, placement_id)
        return _page(asking, SwapForm.of(asking, formdata=None), refused=str(refused), status=CHANGED)
    except SwapWishUnusable as unusable:
        form.wish.errors = [str(unusable)]
        return _page(_asking(leader_id, placement_id), form)
    flash("Your request is with your coordinator. You keep your day until a swap is agreed.")
    return auth.redirect_after_post(url_for(".show_placement", leader_id=leader_id))


def take_back_swap(leader_id: int, request_id: int) -> ResponseReturnValue:
    """Take a request back."""
    try:
        with unit_of_work() as session:
            swap_requests.take_back_request(auth.scope_of(session), leader_id, request_id, now=auth.now())
    except SwapOver as over:
        flash(str(over), "notice")
    else:
        flash("Your request is taken back. You keep your day.")
    return auth.redirect_after_post(url_for(".show_placement", leader_id=leader_id))


def _asking(leader_id: int, placement_id: int) -> SwapAsking:
    with reading() as session:
        return swap_asking(auth.scope_of(session), leader_id, placement_id, now=auth.now())


def _page(asking: SwapAsking, form: SwapForm, *, refused: str = "", status: int = 200) -> ResponseReturnValue:
    return render_page(
        "leader/swap.html",
        asking=asking,
        form=form,
        hints=words.day_hints(asking),
        words=words,
        most=LONGEST_WORDS,
        refused=refused,
        status=status,
    )
