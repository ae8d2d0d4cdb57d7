"""The offer of a seat on the leader's own pages, for who is signed in."""

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.services import seat_offers
from placement.services.reports.waiting_list import own_seat
from placement.web import auth, seat_answers


def show_seat_offer(leader_id: int, offer_id: int) -> ResponseReturnValue:
    """The day that is offered, or how the offer ended."""
    with reading() as session:
        seat = own_seat(auth.scope_of(session), leader_id, offer_id, now=auth.now())
    own_page = url_for(".show_placement", leader_id=leader_id)
    action = url_for(".answer_seat_offer", leader_id=leader_id, offer_id=offer_id)
    return seat_answers.shown(seat, action=action, own_page=own_page, back_url=own_page)


def answer_seat_offer(leader_id: int, offer_id: int) -> ResponseReturnValue:
    """Say yes or no."""

    def reach(session: Any) -> Any:
        scope = auth.scope_of(session)
        return scope, seat_offers.own_offer(scope, leader_id, offer_id)

    return seat_answers.answered(reach, url_for(".show_seat_offer", leader_id=leader_id, offer_id=offer_id))
