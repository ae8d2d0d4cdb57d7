"""One day: who is coming, and changing its number of places."""

from collections.abc import Callable

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from placement.adapters.holidays import bank_holiday
from placement.db import reading, unit_of_work
from placement.domain.errors import SlotChangedMeanwhile, SlotHasVisitors, SlotOver, SlotRefused
from placement.domain.text import to_london
from placement.services.reports.hosting import own_withdrawal
from placement.services.reports.partner import DayDetails, day_details
from placement.services.reports.partner_why import why_these_people
from placement.services.scope import Scope
from placement.services.slots import change_places
from placement.web.auth import now, redirect_after_post, scope_of
from placement.web.explaining import partner_words
from placement.web.partner import blueprint
from placement.web.partner.forms.places import PlacesForm
from placement.web.partner.forms.refusals import put_on_form
from placement.web.rendering import render_page

CHANGED = 409


@blueprint.get("/days/<int:slot_id>")
def show_day(partner_id: int, slot_id: int) -> ResponseReturnValue:
    """Who is coming on a day and why these, or when that will be known."""
    shown = details(partner_id, slot_id)
    with reading() as session:
        why = why_these_people(scope_of(session), partner_id, slot_id)
        withdrawn = own_withdrawal(scope_of(session), partner_id, slot_id)
    return render_page(
        "partner/day.html",
        shown=shown,
        holiday=bank_holiday(to_london(shown.day.starts_at).date()),
        why=[] if why is None else partner_words(why),
        withdrawn=withdrawn,
    )


@blueprint.get("/days/<int:slot_id>/places")
def ask_places(partner_id: int, slot_id: int) -> ResponseReturnValue:
    """Ask for how many a day is to be."""
    shown = details(partner_id, slot_id)
    return render_page("partner/places.html", form=_places_form(shown), shown=shown)


@blueprint.post("/days/<int:slot_id>/places")
def save_places(partner_id: int, slot_id: int) -> ResponseReturnValue:
    """Change for how many a day is; an older page than the latest change saves nothing."""
    form = PlacesForm()
    shown = details(partner_id, slot_id)
    if not form.validate():
        return render_page("partner/places.html", form=form, shown=shown)
    numbers = {"capacity": int(form.capacity.data or 0), "minimum": int(form.minimum.data or 0)}

    def save(scope: Scope) -> None:
        change_places(scope, partner_id, slot_id, **numbers, seen=str(form.seen.data), now=now())

    try:
        return changed(save, "The number of places is saved.", shown)
    except SlotChangedMeanwhile as stale:
        return _newer(partner_id, slot_id, stale, numbers)
    except SlotRefused as refused:
        put_on_form(form, refused)
    return render_page("partner/places.html", form=form, shown=shown)


def changed(save: Callable[[Scope], None], said: str, shown: DayDetails) -> ResponseReturnValue:
    """Do `save` and go back to the day; with the reason where it is no longer theirs to change."""
    try:
        with unit_of_work() as session:
            save(scope_of(session))
    except (SlotHasVisitors, SlotOver) as refused:
        flash(str(refused), "notice")
    else:
        flash(said)
    return redirect_after_post(url_for(".show_day", partner_id=shown.partner_id, slot_id=shown.day.id))


def _newer(partner_id: int, slot_id: int, stale: SlotRefused, typed: dict[str, int]) -> ResponseReturnValue:
    """The page as the day is now, with what was typed in words."""
    shown = details(partner_id, slot_id)
    form = _places_form(shown)
    return render_page(
        "partner/places.html", form=form, shown=shown, stale=str(stale), typed=typed, status=CHANGED
    )


def _places_form(shown: DayDetails) -> PlacesForm:
    day = shown.day
    return PlacesForm(formdata=None, seen=shown.version, capacity=day.capacity, minimum=day.minimum)


def details(partner_id: int, slot_id: int) -> DayDetails:
    """One day as it is now."""
    with reading() as session:
        return day_details(scope_of(session), partner_id, slot_id, now=now())
