"""Changing what people were told of an offer, and switching a day between its site and a link."""

from functools import partial
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.domain.offer_errors import OfferChangedMeanwhile
from placement.services import offer_changes, slot_changes
from placement.services.reports import offers as reports
from placement.services.reports.offers import ContactShown, OfferShown
from placement.services.reports.roster import RosterDay, roster_day
from placement.services.slot_changes import SlotChange
from placement.web import auth
from placement.web.coordinator.forms.offer import ContactForm, LinkForm, PlaceForm, WordsForm
from placement.web.coordinator.views.asking import Asking, ask, do, go_on, is_opened, show_form
from placement.web.presenters import day as day_words

LINK = {"joining_link_unusable": "joining_link"}
PREVIEWED = "On the next page you see what it would do, and who would get a mail."


def change_words(cohort_id: int, opportunity_id: int) -> ResponseReturnValue:
    """Ask for the new words of an opportunity; show who would get an update; save them."""
    shown = _offer(cohort_id, opportunity_id)
    asking = _asking(
        cohort_id,
        title="Change title and what to know",
        caption=f"{shown.title}, {shown.partner}",
        lead=f"The change holds for all days of this placement. Answers stand. {PREVIEWED}",
        url=url_for(".change_words", cohort_id=cohort_id, opportunity_id=opportunity_id),
    )

    def fresh(shown: OfferShown) -> WordsForm:
        return WordsForm(formdata=None, seen=shown.version, **vars(shown.words))

    if is_opened():
        return show_form(asking, fresh(shown))
    form = WordsForm()

    def call(change: Any, scope: Any, **more: Any) -> Any:
        told = {"words": form.words(), "sender": auth.sender(), "now": auth.now()}
        return change(scope, cohort_id, opportunity_id, **told, **more)

    preview, save = partial(call, offer_changes.preview_words), partial(call, offer_changes.change_words)
    try:
        return go_on(asking, form, preview=preview, save=partial(save, seen=str(form.seen.data)))
    except OfferChangedMeanwhile as stale:
        return show_form(asking, fresh(_offer(cohort_id, opportunity_id)), stale=str(stale))


def change_place(cohort_id: int, opportunity_id: int) -> ResponseReturnValue:
    """Ask where an opportunity takes place now; show who would be told; save it."""
    shown = _offer(cohort_id, opportunity_id)
    asking = _asking(
        cohort_id,
        title="Change the place",
        caption=f"{shown.title}, {shown.partner}",
        lead=f"The change holds for all days of this placement that are still to come. {PREVIEWED}",
        url=url_for(".change_place", cohort_id=cohort_id, opportunity_id=opportunity_id),
    )

    def fresh(shown: OfferShown) -> PlaceForm:
        return PlaceForm(formdata=None, seen=shown.version, address=shown.address, postcode=shown.postcode)

    if is_opened():
        return show_form(asking, fresh(shown))
    form = PlaceForm()

    def call(change: Any, scope: Any, **more: Any) -> Any:
        told = {"place": form.place(), "sender": auth.sender(), "now": auth.now()}
        return change(scope, cohort_id, opportunity_id, **told, **more)

    preview, save = partial(call, offer_changes.preview_place), partial(call, offer_changes.change_place)
    try:
        return go_on(asking, form, preview=preview, save=partial(save, seen=str(form.seen.data)))
    except OfferChangedMeanwhile as stale:
        return show_form(asking, fresh(_offer(cohort_id, opportunity_id)), stale=str(stale))


def change_contact(cohort_id: int, partner_id: int) -> ResponseReturnValue:
    """Ask whom people ask for at a partner; show who would get an update; save it."""
    shown = _contact(cohort_id, partner_id)
    asking = _asking(
        cohort_id,
        title="Change the contact on the day",
        caption=shown.partner,
        lead=f"The change holds for all days at this partner. Answers stand. {PREVIEWED}",
        url=url_for(".change_contact", cohort_id=cohort_id, partner_id=partner_id),
    )

    def fresh(shown: ContactShown) -> ContactForm:
        return ContactForm(formdata=None, seen=shown.version, **vars(shown.contact))

    if is_opened():
        return show_form(asking, fresh(shown))
    form = ContactForm()

    def call(change: Any, scope: Any, **more: Any) -> Any:
        told = {"contact": form.contact(), "sender": auth.sender(), "now": auth.now()}
        return change(scope, cohort_id, partner_id, **told, **more)

    preview, save = partial(call, offer_changes.preview_contact), partial(call, offer_changes.change_contact)
    try:
        return go_on(asking, form, preview=preview, save=partial(save, seen=str(form.seen.data)))
    except OfferChangedMeanwhile as stale:
        return show_form(asking, fresh(_contact(cohort_id, partner_id)), stale=str(stale))


def hold_day_online(cohort_id: int, slot_id: int) -> ResponseReturnValue:
    """Ask for the link; show what holding a day online would do; do it."""
    shown = _day(cohort_id, slot_id)
    asking = _about_day(shown, cohort_id, ".hold_day_online", "Hold this day online", PREVIEWED)
    if is_opened():
        return show_form(asking, LinkForm(formdata=None, joining_link=shown.joining_link))
    form = LinkForm()

    def call(change: Any, scope: Any) -> Any:
        return _switch(change, scope, cohort_id, slot_id, str(form.joining_link.data))

    preview, save = partial(call, slot_changes.preview_change), partial(call, slot_changes.change_slot)
    return go_on(asking, form, preview=preview, save=save)


def hold_day_at_its_site(cohort_id: int, slot_id: int) -> ResponseReturnValue:
    """Show what taking a day back to its site would do; do it."""
    shown = _day(cohort_id, slot_id)
    lead = "This is what it would do:"
    asking = _about_day(shown, cohort_id, ".hold_day_at_its_site", "Hold this day in person", lead)
    if request.method == "GET":
        return ask(asking, lambda scope: _switch(slot_changes.preview_change, scope, cohort_id, slot_id, ""))
    return do(asking, lambda scope: _switch(slot_changes.change_slot, scope, cohort_id, slot_id, ""))


def _offer(cohort_id: int, opportunity_id: int) -> OfferShown:
    with reading() as session:
        return reports.offer(auth.scope_of(session), cohort_id, opportunity_id)


def _contact(cohort_id: int, partner_id: int) -> ContactShown:
    with reading() as session:
        return reports.contact(auth.scope_of(session), cohort_id, partner_id)


def _switch(change: Any, scope: Any, cohort_id: int, slot_id: int, link: str) -> Any:
    wanted = SlotChange(joining_link=link)
    return change(scope, cohort_id, slot_id, change=wanted, sender=auth.sender(), now=auth.now())


def _day(cohort_id: int, slot_id: int) -> RosterDay:
    with reading() as session:
        return roster_day(auth.scope_of(session), cohort_id, slot_id, now=auth.now())


def _about_day(shown: RosterDay, cohort_id: int, endpoint: str, title: str, lead: str) -> Asking:
    keys: dict[str, Any] = {"cohort_id": cohort_id, "slot_id": shown.id}
    return Asking(
        cohort_id=cohort_id,
        title=title,
        caption=f"{shown.title}, {shown.partner}, {day_words(shown.starts_at)}",
        lead=lead,
        button=title,
        url=url_for(endpoint, **keys),
        back_url=url_for(".show_day", **keys),
        back_text=day_words(shown.starts_at),
        done="The day is changed: {}.",
        fields=LINK,
    )


def _asking(cohort_id: int, *, title: str, caption: str, lead: str, url: str) -> Asking:
    return Asking(
        cohort_id=cohort_id,
        title=title,
        caption=caption,
        lead=lead,
        button="Save the change",
        url=url,
        back_url=url_for(".list_days", cohort_id=cohort_id),
        back_text="Days and who is coming",
        done="The change is saved: {}.",
        fields={},
    )
