"""Answering the offer of a seat: the same page behind the link of its mail and on the leader's own pages."""

from collections.abc import Callable
from typing import Any

from flask import flash, request
from flask.typing import ResponseReturnValue

from placement.db import unit_of_work
from placement.domain.errors import ButtonUnknown
from placement.domain.waiting_errors import SeatGone, SeatOfferOver
from placement.services import seat_offers
from placement.services.reports.waiting_list import OfferedSeat
from placement.web import auth
from placement.web.rendering import render_page

Reach = Callable[[Any], Any]
"""From a session to the scope of whoever answers and the offer, or an error where that is not theirs."""


def shown(
    seat: OfferedSeat, *, action: str, own_page: str, back_url: str | None = None
) -> ResponseReturnValue:
    """The day that is offered, with the buttons while it can be answered."""
    return render_page("answer/seat.html", seat=seat, action=action, own_page=own_page, back_url=back_url)


def answered(reach: Reach, address: str) -> ResponseReturnValue:
    """Hold a yes or a no, and lead back to the page, which says what became of it."""
    said = request.form.get("answer")
    try:
        with unit_of_work() as session:
            scope, row = reach(session)
            if said not in ("yes", "no"):
                raise ButtonUnknown
            if said == "yes":
                seat_offers.accept(scope, row, sender=auth.sender(), now=auth.now())
            else:
                seat_offers.decline(scope, row, now=auth.now())
    except SeatOfferOver as over:
        flash(str(over), "notice")
    except SeatGone as gone:
        with unit_of_work() as session:
            scope, row = reach(session)
            seat_offers.end_impossible(scope, row, now=auth.now())
        flash(str(gone), "notice")
    else:
        flash("The day is yours." if said == "yes" else "Thank you for telling us.")
    return auth.redirect_after_post(address)
