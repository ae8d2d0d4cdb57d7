"""Adding a day of an opportunity, step by step: which opportunity, when, check, save.

Nothing is saved before the last step. Until then each page carries the answers of the others in hidden
fields, and each step checks them all again, so no step can be skipped and nothing that was typed is lost.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from placement.db import reading, unit_of_work
from placement.domain.errors import NotFound, OfferingClosed, SlotOfferedTwice, SlotRefused
from placement.domain.text import to_london
from placement.services.reports.partner import Offer, PartnerDays, days_of_partner
from placement.services.slots import check_slot, offer_slot
from placement.web.auth import now, redirect_after_post, scope_of
from placement.web.forms import PageForm
from placement.web.partner import blueprint
from placement.web.partner.forms.hours import HoursForm
from placement.web.partner.forms.refusals import put_on_form
from placement.web.partner.forms.which import NEW, WhichForm
from placement.web.rendering import render_page

CLOSED = 409
STEPS = frozenset({"when", "check", "save"})


@dataclass(frozen=True)
class Draft:
    """A day that is being added: for which opportunity, and its form."""

    shown: PartnerDays
    offer: Offer
    hours: HoursForm

    def page(self, step: str) -> ResponseReturnValue:
        """The page of a step, with the answers of the others in hidden fields."""
        form = self.hours if step == "when" else None
        return render_page(
            f"partner/add_{step}.html",
            form=form,
            shown=self.shown,
            offer=self.offer,
            hours=self.hours,
            which=str(self.offer.id),
            carried=list(_carried(self, form)),
        )


@blueprint.get("/days/new")
def ask_day(partner_id: int) -> ResponseReturnValue:
    """Ask which opportunity the day is for; then, with the answer in the address, when it is."""
    shown = _shown(partner_id)
    if shown.closed:
        return render_page("partner/add_closed.html", shown=shown)
    which = request.args.get("opportunity")
    if which == NEW or not shown.offers:
        return redirect_after_post(url_for(".ask_opportunity", partner_id=partner_id))
    if which is None:
        return _which_page(shown)
    return _draft(shown, which, answers=None).page("when")


@blueprint.post("/days/new")
def add_day(partner_id: int) -> ResponseReturnValue:
    """Go on to the step that is asked for, if what was answered so far is in order; at last, save."""
    shown = _shown(partner_id)
    if "opportunity" not in request.form:
        return redirect_after_post(url_for(".ask_day", partner_id=partner_id, asked=1))
    draft = _draft(shown, request.form["opportunity"], answers=request.form)
    step = request.form.get("step", "check")
    if step not in STEPS:
        raise NotFound(thing="step")
    if shown.closed:
        return render_page("partner/add_closed.html", shown=shown, status=CLOSED)
    if step == "when":
        return draft.page("when")
    if not draft.hours.validate() or (step == "check" and not _hours_stand(draft)):
        return draft.page("when")
    return _saved(draft) if step == "save" else draft.page("check")


def _shown(partner_id: int) -> PartnerDays:
    with reading() as session:
        return days_of_partner(scope_of(session), partner_id, now=now())


def _which_page(shown: PartnerDays) -> ResponseReturnValue:
    asked = "asked" in request.args
    form = WhichForm(formdata=request.args if asked else None)
    form.offer_choices(shown.offers)
    if asked:
        form.validate()
    return render_page("partner/add_which.html", form=form, shown=shown)


def _draft(shown: PartnerDays, which: str, *, answers: MultiDict[str, str] | None) -> Draft:
    """The draft for opportunity `which`, filled with `answers`, or with what the partner said last time."""
    offer = next((offer for offer in shown.offers if str(offer.id) == which), None)
    if offer is None:
        raise NotFound(thing="opportunity")
    if answers is not None:
        return Draft(shown, offer, HoursForm(formdata=answers))
    return Draft(shown, offer, HoursForm(formdata=None, **_last_hours(offer)))


def _last_hours(offer: Offer) -> dict[str, object]:
    """Hours and numbers of the latest day of an opportunity."""
    if not offer.days:
        return {}
    day = max(offer.days, key=lambda day: day.starts_at)
    return {
        "starts": to_london(day.starts_at).time(),
        "ends": to_london(day.ends_at).time(),
        "capacity": day.capacity,
        "minimum": day.minimum,
    }


def _carried(draft: Draft, form: PageForm | None) -> Iterator[tuple[str, str]]:
    """The answers that the page of `form` does not ask for, as they were typed."""
    if form is None:
        names = {field.name for field in draft.hours if field.name != "csrf_token"}
        for name, value in request.form.items(multi=True):
            if name.partition("-")[0] in names:
                yield name, value


def _hours_stand(draft: Draft) -> bool:
    offer_id = draft.offer.id
    try:
        with reading() as session:
            check_slot(
                scope_of(session), draft.shown.partner_id, offer_id, facts=draft.hours.facts(), now=now()
            )
    except SlotRefused as refused:
        put_on_form(draft.hours, refused)
        return False
    return True


def _saved(draft: Draft) -> ResponseReturnValue:
    partner_id = draft.shown.partner_id
    try:
        slot_id = _save(draft)
    except OfferingClosed:
        return render_page("partner/add_closed.html", shown=_shown(partner_id), status=CLOSED)
    except SlotRefused as refused:
        # A day that is there exactly so was saved by this very form, which was sent twice.
        if not (isinstance(refused, SlotOfferedTwice) and refused.facts["identical"]):
            put_on_form(draft.hours, refused)
            return draft.page("when")
        flash("This day was on your list already, so nothing was added twice.", "notice")
        slot_id = int(str(refused.facts["slot_id"]))
    else:
        flash(_said(draft.offer))
    return redirect_after_post(url_for(".show_day", partner_id=partner_id, slot_id=slot_id))


def _said(offer: Offer) -> str:
    if offer.status == "live":
        return "Your day is saved. Leaders can now choose it."
    return "Your day is saved. Leaders can choose it once the placement is approved."


def _save(draft: Draft) -> int:
    """Save the day; the id of the slot."""
    facts, partner_id = draft.hours.facts(), draft.shown.partner_id
    with unit_of_work() as session:
        return offer_slot(scope_of(session), partner_id, draft.offer.id, facts=facts, now=now()).id
