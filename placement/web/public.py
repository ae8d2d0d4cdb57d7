"""Pages for anyone, signed in or not, and the two addresses that a monitor asks."""

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue

from placement.db import UNAVAILABLE, reading
from placement.services.readiness import look
from placement.services.reports.rules import cohort_rules
from placement.web import auth, deciding
from placement.web.readiness import DATABASE_AWAY, told
from placement.web.records import record_days
from placement.web.rendering import render_page

blueprint = Blueprint("public", __name__)


@blueprint.get("/help")
def help_page() -> ResponseReturnValue:
    """Common questions by role, and a person to ask."""
    return render_template("public/help.html")


@blueprint.get("/how-places-are-decided")
def how_places_are_decided() -> ResponseReturnValue:
    """What the match promises, and what it does not; who is signed in finds the rules of their cohorts."""
    return render_template(
        "public/how_places_are_decided.html",
        deciding=deciding,
        cohorts={place.cohort_id: place.cohort for place in auth.places()},
    )


@blueprint.get("/how-places-are-decided/<int:cohort_id>")
def rules_of_cohort(cohort_id: int) -> ResponseReturnValue:
    """The objective, rules and seed of one cohort, for those who belong to it."""
    if (turned_away := auth.require_sign_in()) is not None:
        return turned_away
    with reading() as session:
        rules = cohort_rules(auth.scope_of(session), cohort_id, now=auth.now())
    return render_page("public/rules_of_cohort.html", rules=rules, deciding=deciding)


@blueprint.get("/accessibility")
def accessibility() -> ResponseReturnValue:
    """The accessibility statement."""
    return render_template("public/accessibility.html")


@blueprint.get("/privacy")
def privacy() -> ResponseReturnValue:
    """What is kept about people, why, how long, and their rights; who is signed in finds what is theirs."""
    own = [
        (f"as a leader of {place.cohort}", url_for("leader.show_data", leader_id=place.id))
        if place.role == "leader"
        else (f"as a partner in {place.cohort}", url_for("partner.show_data", partner_id=place.id))
        for place in auth.places()
        if place.role in {"leader", "partner"}
    ]
    return render_template("public/privacy.html", own_data=own, record_days=record_days())


@blueprint.get("/cookies")
def cookies() -> ResponseReturnValue:
    """The one cookie."""
    return render_template("public/cookies.html")


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Whether the process answers; asks nothing of the database."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Whether the service does its work, in figures: database, workers, and how long anything waits."""
    now = auth.now()
    try:
        with reading() as session:
            found = look(session, now=now)
    except UNAVAILABLE:
        return DATABASE_AWAY, 503
    return told(found, now=now), 200 if found.ready else 503
