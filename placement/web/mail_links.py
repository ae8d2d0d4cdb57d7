"""Pages behind the signed links of mails: stopping a sort of mail, and saying that offers are still true.

They work without signing in. A GET only shows, because mail scanners follow links before people do.
"""

import re
from typing import Any

from flask import Blueprint, Response, current_app, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, validate_csrf
from wtforms import ValidationError

from placement.db import reading, unit_of_work
from placement.domain.mails import OPT_OUT_NAMES
from placement.services import opt_outs, renewals
from placement.services.mail_links import MailLinks
from placement.web import auth
from placement.web.headers import no_referrer
from placement.web.presenters import count
from placement.web.rendering import render_page

ONE_CLICK = ("List-Unsubscribe", "One-Click")
"""What a mail program sends for its reader (RFC 8058)."""

ID = re.compile(r"[1-9][0-9]{0,8}")

blueprint = Blueprint("mail_links", __name__)


def links() -> MailLinks:
    """The signed links of this installation."""
    secret: Any = current_app.secret_key
    return MailLinks(auth.sender(), str(secret))


@blueprint.get("/unsubscribe/<token>")
@no_referrer
def show_subscription(token: str) -> ResponseReturnValue:
    """How the reader stands to this sort of mail, and the button that changes it."""
    with reading() as session:
        found = opt_outs.subscription(auth.nobody(session), token, links=links())
    return render_page("public/unsubscribe.html", token=token, found=found, name=OPT_OUT_NAMES[found.sort])


@blueprint.post("/unsubscribe/<token>")
@no_referrer
def unsubscribe(token: str) -> ResponseReturnValue:
    """Stop this sort of mail: by the page's button, or by a mail program's one click without a form token."""
    by_program = request.form.get(ONE_CLICK[0]) == ONE_CLICK[1]
    if not by_program:
        _refuse_without_token()
    with unit_of_work() as session:
        opt_outs.unsubscribe(auth.nobody(session), token, links=links(), now=auth.now())
    if by_program:
        return Response("Stopped.\n", mimetype="text/plain")
    return auth.redirect_after_post(url_for(".show_subscription", token=token))


@blueprint.post("/unsubscribe/<token>/undo")
@no_referrer
def resubscribe(token: str) -> ResponseReturnValue:
    """Let this sort of mail come again."""
    with unit_of_work() as session:
        opt_outs.resubscribe(auth.nobody(session), token, links=links(), now=auth.now())
    return auth.redirect_after_post(url_for(".show_subscription", token=token))


@blueprint.get("/still-true/<token>")
@no_referrer
def show_offers(token: str) -> ResponseReturnValue:
    """What a partner offers, and the button that says that it holds."""
    with reading() as session:
        found = renewals.renewal(auth.nobody(session), token, links=links(), now=auth.now())
    return render_page("public/still_true.html", token=token, found=found)


@blueprint.post("/still-true/<token>")
@no_referrer
def renew_offers(token: str) -> ResponseReturnValue:
    """Note that the ticked offers are still true."""
    ticked = [int(told) for told in request.form.getlist("offer") if ID.fullmatch(told)]
    with unit_of_work() as session:
        done = renewals.renew(auth.nobody(session), token, ticked, links=links(), now=auth.now())
    if done:
        flash(f"Thank you. {count(done, 'offer').capitalize()} noted as still true.")
    else:
        flash("Nothing was ticked, so nothing was noted.", "notice")
    return auth.redirect_after_post(url_for(".show_offers", token=token))


def _refuse_without_token() -> None:
    """Look at the form's token here, because the site lets programs' clicks through to this address."""
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError as refused:
        raise CSRFError(str(refused)) from refused
