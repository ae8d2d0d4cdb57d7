"""Signing in by a mail with a link and a code, the second step, signing out, and the demo's one-click way in.

A link's GET only shows a button, because mail scanners fetch links before people do; its POST spends it.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from wtforms import EmailField, StringField
from wtforms.validators import DataRequired, Regexp

from placement.config_values import is_loopback
from placement.db import reading, unit_of_work
from placement.domain.errors import AddressUnusable, CodeWrong, LinkSpent
from placement.domain.second_step_errors import HalfWayOver
from placement.services import sign_in
from placement.web import auth
from placement.web.forms import PageForm
from placement.web.headers import no_referrer
from placement.web.rendering import render_page
from placement.web.second_step_forms import SIX_NUMBERS, SecondStepForm, digits_alone

EMAIL = "sign_in_email"
DEMO = "placement_demo"
WRONG_ADDRESS = "Enter an e-mail address in the correct format, like name@example.org"

blueprint = Blueprint("sign_in", __name__)
demo_blueprint = Blueprint("demo", __name__)


class EmailForm(PageForm):
    """Who wants to sign in."""

    email = EmailField(
        "E-mail address",
        description="The address that your coordinator has for you",
        validators=[DataRequired("Enter your e-mail address")],
        render_kw={"autocomplete": "email"},
    )


class CodeForm(PageForm):
    """The code from the mail; spaces and dashes do not matter."""

    code = StringField(
        "Code from the e-mail",
        description="6 numbers. You can paste them.",
        filters=[digits_alone],
        validators=[
            DataRequired("Enter the code from the e-mail"),
            Regexp(SIX_NUMBERS, message="Enter the 6 numbers from the e-mail"),
        ],
    )


@blueprint.get("/sign-in")
def ask() -> ResponseReturnValue:
    """Ask for the e-mail address; remember where the visitor was going."""
    if "next" in request.args:
        session[auth.NEXT] = auth.safe_path(request.args["next"])
    if auth.visitor() is not None:
        return redirect(url_for("home.tasks"))
    return render_page("sign_in/ask.html", form=EmailForm())


@blueprint.post("/sign-in")
def request_mail() -> ResponseReturnValue:
    """Owe the mail; the answer is the same for an address that nobody has."""
    form = EmailForm()
    if form.validate() and _request_sign_in(form):
        session[EMAIL] = form.email.data
        return auth.redirect_after_post(url_for(".check_your_email"))
    return render_page("sign_in/ask.html", form=form)


@blueprint.get("/sign-in/check-your-email")
def check_your_email() -> ResponseReturnValue:
    """Say that a mail is on its way if the address is known, and take the code."""
    if EMAIL not in session:
        return redirect(url_for(".ask"))
    return render_page("sign_in/check_your_email.html", form=CodeForm(), minutes=_minutes())


@blueprint.post("/sign-in/check-your-email")
def spend_code() -> ResponseReturnValue:
    """Sign in with the code."""
    form = CodeForm()
    if EMAIL not in session:
        return auth.redirect_after_post(url_for(".ask"))
    if form.validate():
        with unit_of_work() as database:
            answer = sign_in.spend_code(
                auth.nobody(database), email=session[EMAIL], code=form.code.data, now=auth.now()
            )
        try:
            return auth.enter(answer.entry_or_refusal())
        except CodeWrong as wrong:
            form.code.errors = [str(wrong)]
    return render_page("sign_in/check_your_email.html", form=form, minutes=_minutes())


@blueprint.get("/sign-in/link/<token>")
@no_referrer
def look_at_link(token: str) -> ResponseReturnValue:
    """Show the button that spends a link."""
    with reading() as database:
        sign_in.look_at_link(auth.nobody(database), token, now=auth.now())
    return render_page("sign_in/link.html", token=token)


@blueprint.post("/sign-in/link/<token>")
@no_referrer
def spend_link(token: str) -> ResponseReturnValue:
    """Spend a link and sign in."""
    with unit_of_work() as database:
        entry = sign_in.spend_link(auth.nobody(database), token, now=auth.now())
    return auth.enter(entry)


@blueprint.get("/sign-in/second-step")
def ask_second_step() -> ResponseReturnValue:
    """Ask whom the mail has let in for the code of their app."""
    found = auth.half_way()
    if found is None:
        return redirect(url_for(".ask"))
    if found.is_over(now=auth.now()):
        raise HalfWayOver
    return render_page("sign_in/second_step.html", form=SecondStepForm())


@blueprint.post("/sign-in/second-step")
def take_second_step() -> ResponseReturnValue:
    """Sign in with the code of the app, or with a recovery code."""
    found, form = auth.half_way(), SecondStepForm()
    if found is None:
        return auth.redirect_after_post(url_for(".ask"))
    if form.validate():
        with unit_of_work() as database:
            answer = sign_in.take_second_step(
                auth.nobody(database), found, form.typed, sender=auth.sender(), now=auth.now()
            )
        if answer.refusal is None:
            return auth.begin_session(answer.token_or_refusal())
        form.refuse(answer.refusal)
    return render_page("sign_in/second_step.html", form=form)


@blueprint.errorhandler(HalfWayOver)
def begin_again(error: HalfWayOver) -> ResponseReturnValue:
    """Lead back to the first step whoever took too long for the second."""
    session.pop(auth.HALF_WAY, None)
    flash(str(error), "notice")
    return auth.redirect_after_post(url_for(".ask"))


@blueprint.get("/signed-in")
def time_left() -> ResponseReturnValue:
    """How many seconds the session lasts if nothing more happens; asked by pages that are open."""
    found = auth.visitor()
    left = found.left(now=auth.now()).total_seconds() if found else 0
    return {"seconds": int(left)}


@blueprint.post("/signed-in")
def stay() -> ResponseReturnValue:
    """Stay signed in: somebody is there."""
    return time_left()


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session."""
    return auth.end_session()


@blueprint.errorhandler(LinkSpent)
def show_spent(_error: LinkSpent) -> ResponseReturnValue:
    """Offer a new link in place of one that is used, too old, or never was."""
    return render_page("sign_in/spent.html", status=410)


def demo_users() -> Mapping[str, str]:
    """The address of the demo's user for each role; empty for visitors from elsewhere and without a demo."""
    users: Mapping[str, str] = current_app.extensions.get(DEMO, {})
    return users if is_loopback(request.remote_addr or "") else {}


@demo_blueprint.post("/demo/sign-in/<role>")
def enter(role: str) -> ResponseReturnValue:
    """Sign in as the demo's user of one role, from this machine only."""
    email = demo_users().get(role)
    if email is None:
        abort(404)
    with unit_of_work() as database:
        token = sign_in.enter_without_mail(auth.nobody(database), email, now=auth.now())
    return auth.begin_session(token)


def _request_sign_in(form: Any) -> bool:
    """Whether the mail, if any, is owed; an unusable address becomes an error of the form."""
    try:
        with unit_of_work() as database:
            sign_in.request_sign_in(
                auth.nobody(database),
                email=form.email.data,
                sender=auth.sender(),
                remote=request.remote_addr or "",
                now=auth.now(),
            )
    except AddressUnusable:
        form.email.errors = [WRONG_ADDRESS]
        return False
    return True


def _minutes() -> int:
    return int(sign_in.LINK_LIFE.total_seconds() // 60)
