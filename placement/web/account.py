"""What somebody signed in is here, and in which browsers they are signed in."""

from flask import Blueprint, flash, session, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.services import sign_in
from placement.services.reports.account import account
from placement.web import auth
from placement.web.presenters import count
from placement.web.rendering import render_page

ROLE_NAMES = {
    "leader": "Leader",
    "partner": "Partner",
    "coordinator": "Coordinator",
    "viewer": "Viewer of the report",
}

blueprint = auth.guard(Blueprint("account", __name__))


@blueprint.get("/account")
def show() -> ResponseReturnValue:
    """Name, address, places, and open sessions."""
    with reading() as database:
        found = account(auth.scope_of(database), session[auth.TOKEN], now=auth.now())
    places = [(place, auth.start_page(place)) for place in auth.places()]
    return render_page("home/account.html", account=found, places=places, role_names=ROLE_NAMES)


@blueprint.post("/account/sign-out-elsewhere")
def sign_out_elsewhere() -> ResponseReturnValue:
    """End every session but this one; a second press finds none."""
    with unit_of_work() as database:
        scope = auth.scope_of(database)
        ended = sign_in.sign_out_elsewhere(scope, session[auth.TOKEN], now=auth.now())
    if ended:
        flash(f"You are signed out in {count(ended, 'other browser')}.")
    else:
        flash("You were signed in nowhere else.", "notice")
    return auth.redirect_after_post(url_for(".show"))
