"""The second step at sign-in, as its owner turns it on and off; its recovery codes, which are shown once.

They are shown in the answer to the form that made them, and kept only as hashes. Sending the form again makes
no others, because a code counts once.
"""

from urllib.parse import quote

from flask import Blueprint, flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from placement.adapters.qr import qr_svg
from placement.db import reading, unit_of_work
from placement.domain.errors import NotFound
from placement.domain.second_step_errors import SetUpCodeWrong, SetUpOver
from placement.services import second_steps
from placement.web import auth
from placement.web.rendering import render_page
from placement.web.second_step_forms import AppCodeForm, SecondStepForm

blueprint = auth.guard(Blueprint("second_step", __name__, url_prefix="/account/second-step"))

FILE_HEADING = "Recovery codes for Placement. Each works once. Keep them where nobody else looks.\n\n"


@blueprint.before_request
def look_whose_it_is() -> None:
    """How the visitor's second step stands; for whom it is not meant there are no pages."""
    with reading() as database:
        found = second_steps.state(auth.scope_of(database))
    if found is None:
        raise NotFound(thing="page")
    g.second_step = found


@blueprint.post("/begin")
def begin() -> ResponseReturnValue:
    """Make a key for an app, and show it."""
    with unit_of_work() as database:
        second_steps.begin(auth.scope_of(database), now=auth.now())
    return auth.redirect_after_post(url_for(".set_up"))


@blueprint.get("/set-up")
def set_up() -> ResponseReturnValue:
    """The key that waits to be put into an app, as a picture and in letters."""
    return _set_up_page(AppCodeForm())


@blueprint.post("/set-up")
def turn_on() -> ResponseReturnValue:
    """Let the second step count, and show the recovery codes, if the code of the app is right."""
    form = AppCodeForm()
    if form.validate():
        try:
            with unit_of_work() as database:
                codes = second_steps.turn_on(
                    auth.scope_of(database), form.code.data, sender=auth.sender(), now=auth.now()
                )
            return _codes_page(codes, turned_on=True)
        except SetUpCodeWrong as wrong:
            form.code.errors = [str(wrong)]
    return _set_up_page(form)


@blueprint.get("/off")
def ask_off() -> ResponseReturnValue:
    """Ask for a code before the second step is turned off."""
    return _code_page("second_step/off.html", SecondStepForm())


@blueprint.post("/off")
def turn_off() -> ResponseReturnValue:
    """Turn the second step off, if the code is right."""
    form = SecondStepForm()
    if form.validate():
        with unit_of_work() as database:
            refusal = second_steps.turn_off(
                auth.scope_of(database), form.typed, sender=auth.sender(), now=auth.now()
            )
        if refusal is None:
            flash("The second step is off. From now on your e-mail alone lets you in.")
            return auth.redirect_after_post(url_for("account.show"))
        form.refuse(refusal)
    return _code_page("second_step/off.html", form)


@blueprint.get("/codes")
def ask_codes() -> ResponseReturnValue:
    """Ask for a code before new recovery codes are made."""
    return _code_page("second_step/new_codes.html", SecondStepForm())


@blueprint.post("/codes")
def renew_codes() -> ResponseReturnValue:
    """Make new recovery codes, if the code is right, and show them."""
    form = SecondStepForm()
    if form.validate():
        with unit_of_work() as database:
            made = second_steps.renew_codes(
                auth.scope_of(database), form.typed, sender=auth.sender(), now=auth.now()
            )
        if made.refusal is None:
            return _codes_page(made.codes, turned_on=False)
        form.refuse(made.refusal)
    return _code_page("second_step/new_codes.html", form)


def _set_up_page(form: AppCodeForm) -> ResponseReturnValue:
    with reading() as database:
        found = second_steps.set_up(auth.scope_of(database), now=auth.now())
    if found is not None:
        picture = qr_svg(found.address)
        return render_page("second_step/set_up.html", form=form, set_up=found, picture=picture)
    if form.is_submitted():
        raise SetUpOver
    return redirect(url_for("account.show"))


def _code_page(template: str, form: SecondStepForm) -> ResponseReturnValue:
    """A page that asks for a code of what is on; where it is off, the account says so."""
    if g.second_step.on_since is None:
        if form.is_submitted():
            raise SetUpOver
        return redirect(url_for("account.show"))
    return render_page(template, form=form)


def _codes_page(codes: tuple[str, ...], *, turned_on: bool) -> ResponseReturnValue:
    text = FILE_HEADING + "".join(f"{code}\n" for code in codes)
    address = f"data:text/plain;charset=utf-8,{quote(text)}"
    return render_page("second_step/codes.html", codes=codes, turned_on=turned_on, file_address=address)
