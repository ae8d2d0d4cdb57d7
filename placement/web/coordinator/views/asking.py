"""A change of which people are told, in three steps: a form, what it would do with each mail, doing it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.errors import PlacementError, SlotOver, SlotRefused
from placement.domain.event_errors import EventChangedMeanwhile, EventOver, EventRefused
from placement.services.reports.effects import Effect
from placement.services.scope import Scope
from placement.web import auth, between
from placement.web.coordinator.words import plans as words
from placement.web.rendering import render_page

Do = Callable[[Scope], Effect]
CHANGED = 409
REFUSALS = (EventRefused, SlotRefused)


@dataclass(frozen=True)
class Asking:
    """What is asked: the page's words, the address of its form, and the page that it came from.

    `fields` says at which field of the form a refusal stands, by its code.
    """

    cohort_id: int
    title: str
    caption: str
    lead: str
    button: str
    url: str
    back_url: str
    back_text: str
    done: str
    fields: Mapping[str, str]


def has_moved_on(effect: Effect) -> bool:
    """Whether the page on which a button was pressed had shown something else than `effect`."""
    seen = request.form.get("seen")
    return seen is not None and seen != effect.version


def is_opened() -> bool:
    """Whether the form is opened as things are, not as somebody has filled it in."""
    return request.method == "GET" and not between.is_between()


def show_form(asking: Asking, form: Any, *, stale: str = "") -> ResponseReturnValue:
    """The form of a change; `stale` says that nothing was saved, because the page was an old one."""
    status = CHANGED if stale else 200
    return render_page("coordinator/change_form.html", asking=asking, form=form, stale=stale, status=status)


def go_on(asking: Asking, form: Any, *, preview: Do, save: Do) -> ResponseReturnValue:
    """Show what the change in `form` would do; with the button of that page, do it."""
    step = between.step()
    if step == "edit":
        return between.shown_by_get(lambda: show_form(asking, form))
    if not form.validate():
        return show_form(asking, form)
    try:
        return _saved(asking, save) if step == "save" else _previewed(asking, preview)
    except (EventChangedMeanwhile, EventOver, SlotOver) as stale:
        flash(str(stale), "notice")
        return auth.redirect_after_post(
            asking.url if isinstance(stale, EventChangedMeanwhile) else asking.back_url
        )
    except REFUSALS as refused:
        _refuse(asking, form, refused)
    return show_form(asking, form)


def ask(asking: Asking, preview: Do) -> ResponseReturnValue:
    """What something would do that needs no form, with the button that does it."""
    try:
        with reading() as session:
            effect = preview(auth.scope_of(session))
    except (EventOver, SlotOver) as over:
        return render_page("coordinator/change_ask.html", asking=asking, refused=str(over), effect=None)
    return render_page("coordinator/change_ask.html", asking=asking, effect=effect, words=words)


def do(asking: Asking, save: Do) -> ResponseReturnValue:
    """Do what `ask` showed."""
    try:
        return _saved(asking, save)
    except (EventOver, SlotOver) as over:
        flash(str(over), "notice")
        return auth.redirect_after_post(asking.back_url)


def _previewed(asking: Asking, preview: Do) -> ResponseReturnValue:
    with reading() as session:
        effect = preview(auth.scope_of(session))
    return between.shown_by_get(
        lambda: render_page(
            "coordinator/change_check.html",
            asking=asking,
            effect=effect,
            carried=between.typed(),
            words=words,
        )
    )


def _saved(asking: Asking, save: Do) -> ResponseReturnValue:
    with unit_of_work() as session:
        effect = save(auth.scope_of(session))
    flash(words.done_sentence(effect, asking.done), "success" if effect.changed else "notice")
    if effect.broken:
        return auth.redirect_after_post(url_for(".show_repairs", cohort_id=asking.cohort_id))
    return auth.redirect_after_post(asking.back_url)


def _refuse(asking: Asking, form: Any, refused: PlacementError) -> None:
    """Show what was refused at its field; raise it again where no field is meant."""
    name = asking.fields.get(refused.code)
    if name is None:
        raise refused
    form[name].errors = [*form[name].errors, str(refused)]
