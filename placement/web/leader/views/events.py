"""The events that a leader is invited to."""

from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.services.reports.events import own_events
from placement.web import auth
from placement.web.rendering import render_page


def show_events(leader_id: int) -> ResponseReturnValue:
    """Workshops, learning sets and coaching sessions, with where to go or how to join."""
    with reading() as session:
        found = own_events(auth.scope_of(session), leader_id, now=auth.now())
    return render_page("leader/events.html", found=found)
