"""Pages for anyone, signed in or not, and the two addresses that a monitor asks."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from placement.db import reading

blueprint = Blueprint("public", __name__)


@blueprint.get("/help")
def help_page() -> ResponseReturnValue:
    """Common questions by role, and a person to ask."""
    return render_template("public/help.html")


@blueprint.get("/how-places-are-decided")
def how_places_are_decided() -> ResponseReturnValue:
    """What the match promises, and what it does not."""
    return render_template("public/how_places_are_decided.html")


@blueprint.get("/accessibility")
def accessibility() -> ResponseReturnValue:
    """The accessibility statement."""
    return render_template("public/accessibility.html")


@blueprint.get("/privacy")
def privacy() -> ResponseReturnValue:
    """What is kept about people, why, how long, and their rights."""
    return render_template("public/privacy.html")


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
    """Whether the service can work: the database answers. The 503 page where it does not."""
    with reading() as session:
        session.connection().exec_driver_sql("SELECT 1")
    return Response("ready\n", mimetype="text/plain")
