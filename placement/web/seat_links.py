"""The signed link in the offer of a seat: GET shows the day, POST says yes or no. Nobody need sign in.

Mail scanners fetch every link before people do, so that looking must change nothing.
"""

from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.services import seat_offers
from placement.services.reports.waiting_list import linked_seat
from placement.web import auth, seat_answers
from placement.web.headers import no_referrer
from placement.web.mail_links import links

blueprint = Blueprint("seat_link", __name__)


@blueprint.get("/seat/<token>")
@no_referrer
def show(token: str) -> ResponseReturnValue:
    """The day that is offered, or how the offer ended."""
    with reading() as session:
        seat = linked_seat(auth.nobody(session), token, links=links(), now=auth.now())
    own_page = url_for("leader.show_placement", leader_id=seat.leader_id)
    return seat_answers.shown(seat, action=url_for(".give", token=token), own_page=own_page)


@blueprint.post("/seat/<token>")
@no_referrer
def give(token: str) -> ResponseReturnValue:
    """Say yes or no."""

    def reach(session: Any) -> Any:
        scope = auth.nobody(session)
        return scope, seat_offers.linked_offer(scope, token, links=links())

    return seat_answers.answered(reach, url_for(".show", token=token))
