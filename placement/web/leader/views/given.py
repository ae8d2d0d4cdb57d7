"""What was decided: the leader's placements, and each as a calendar entry."""

from flask import Response
from flask.typing import ResponseReturnValue

from placement.adapters import ics
from placement.db import reading
from placement.services.reports import leader_days as report
from placement.services.reports.explanations import NOTHING_DECIDED, own_explanations
from placement.services.reports.own_swaps import own_requests
from placement.services.reports.waiting_list import own_open_seats
from placement.web import auth
from placement.web.explaining import NOT_WORKED_OUT
from placement.web.leader import swap_words, words
from placement.web.rendering import render_page


def show_placement(leader_id: int) -> ResponseReturnValue:
    """The days that the leader was given, or how things stand without any."""
    with reading() as session:
        scope = auth.scope_of(session)
        given = report.placements(scope, leader_id=leader_id, now=auth.now())
        offered = own_open_seats(scope, leader_id, now=auth.now())
        swaps = own_requests(scope, leader_id, now=auth.now())
        why = NOTHING_DECIDED if given.standing.left_at else own_explanations(scope, leader_id)
    return render_page(
        "leader/placement.html",
        given=given,
        standing=given.standing,
        words=words,
        offered=offered,
        swaps=swaps,
        swap_words=swap_words,
        why=why,
        reasons=words.reasons(why),
        not_worked_out=NOT_WORKED_OUT,
    )


def download_calendar_entry(leader_id: int, placement_id: int) -> ResponseReturnValue:
    """One placement as a calendar file: the entry of the mail, so that no calendar shows it twice."""
    with reading() as session:
        details = report.calendar_entry(
            auth.scope_of(session), leader_id=leader_id, placement_id=placement_id, sender=auth.sender()
        )
    octets = ics.build(details)
    return Response(
        octets,
        content_type=f"text/calendar; charset=utf-8; method={details.method}",
        headers={"Content-Disposition": 'attachment; filename="placement.ics"'},
    )
