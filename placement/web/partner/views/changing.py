"""A change by a partner: at once where nobody is told of it, else after saying who gets an update."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.errors import SlotRefused
from placement.domain.offer_errors import OfferChangedMeanwhile, OfferRefused
from placement.services.opportunities import HELD
from placement.services.reports.effects import Effect
from placement.services.scope import Scope
from placement.web import between
from placement.web.auth import redirect_after_post, scope_of
from placement.web.partner.forms.refusals import put_on_form
from placement.web.presenters import count
from placement.web.rendering import render_page

CHANGED = 409
NOT_TYPED = frozenset({"csrf_token", "step", "seen"})

Do = Callable[[Scope], Effect]
Show = Callable[..., ResponseReturnValue]
"""Shows the form: `show(form)` as it was sent, `show(None, stale=…, typed=…, status=…)` with newer facts."""


@dataclass(frozen=True)
class Changing:
    """What is changed: its words, the address of the form, and where to go when it is done.

    `coming` are the names of who is confirmed there.
    """

    caption: str
    url: str
    done_url: str
    done: str
    coming: tuple[str, ...] = ()


def go_on(changing: Changing, form: Any, *, preview: Do, save: Do, show: Show) -> ResponseReturnValue:
    """Save what is in `form`, or first show what it would do for those who are coming."""
    step = between.step()
    if step == "edit":
        return between.shown_by_get(lambda: show(form))
    if not form.validate():
        return show(form)
    try:
        return _done(changing, save) if step == "save" else _previewed(changing, preview, save)
    except OfferChangedMeanwhile as stale:
        if between.is_between():
            return between.moved_on(changing.url)
        return show(None, stale=str(stale), typed=_typed(form), status=CHANGED)
    except (OfferRefused, SlotRefused) as refused:
        put_on_form(form, refused)
    return show(form)


def _previewed(changing: Changing, preview: Do, save: Do) -> ResponseReturnValue:
    with reading() as session:
        effect = preview(scope_of(session))
    held = HELD in effect.sentences
    if not effect.mails and not held:
        return between.moved_on(changing.url) if between.is_between() else _done(changing, save)
    return between.shown_by_get(
        lambda: render_page(
            "partner/change_check.html",
            changing=changing,
            effect=effect,
            held=held,
            carried=between.typed(),
            names=sorted({mail.person.name for mail in effect.mails}, key=str.casefold),
            anew=any(mail.news == "moved" for mail in effect.mails),
        )
    )


def _done(changing: Changing, save: Do) -> ResponseReturnValue:
    with unit_of_work() as session:
        effect = save(scope_of(session))
    if effect.changed:
        told = count(len(effect.mails), "person gets", "people get").capitalize()
        flash(f"{changing.done} {told} an e-mail." if effect.mails else changing.done)
    else:
        flash("It is so already; nothing is changed.", "notice")
    return redirect_after_post(changing.done_url)


def _typed(form: Any) -> list[tuple[str, str]]:
    """What was typed, field by field, so that it is not lost."""
    names = dict.fromkeys(name for name in between.sent() if name not in NOT_TYPED and name in form)
    return [(form[name].label.text, ", ".join(between.sent().getlist(name))) for name in names]
