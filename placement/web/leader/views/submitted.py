"""The receipt of answers that are in."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.services.reports import leader as report
from placement.web import auth
from placement.web.rendering import render_page


def show_receipt(leader_id: int) -> ResponseReturnValue:
    """When the answers were handed in, and what happens next; without answers, the page to hand them in."""
    with reading() as session:
        answers = report.answers(auth.scope_of(session), leader_id=leader_id, now=auth.now())
    if answers.standing.submitted_at is None:
        return redirect(url_for(".check_answers", leader_id=leader_id), code=303)
    return render_page("leader/submitted.html", standing=answers.standing)
