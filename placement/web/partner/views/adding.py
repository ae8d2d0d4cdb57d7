"""Adding days of an opportunity, step by step: which opportunity, when, check, save.

Nothing is saved before the last step. Until then each page carries the answers of the others in hidden
fields, and each step checks them all again, so no step can be skipped and nothing that was typed is lost.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from placement.adapters.holidays import bank_holiday
from placement.db import reading, unit_of_work
from placement.domain.day_errors import DaysRefused
from placement.domain.errors import NotFound, OfferingClosed, SlotOfferedTwice
from placement.domain.text import to_london
from placement.services.reports.partner import Offer, PartnerDays, days_of_partner
from placement.services.slot_series import check_slots, offer_slots
from placement.services.slots import SlotFacts
from placement.web import between
from placement.web.auth import now, redirect_after_post, scope_of
from placement.web.forms import PageForm
from placement.web.partner import blueprint
from placement.web.partner.forms.hours import HoursForm
from placement.web.partner.forms.which import NEW, WhichForm
from placement.web.presenters import count
from placement.web.rendering import render_page

CLOSED = 409
STEPS = frozenset({"when", "check", "save"})


@dataclass(frozen=True)
class Draft:
    """Days that are being added: of which opportunity, and their form."""

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
            days=self.days() if step == "check" else [],
        )

    def days(self) -> list[tuple[SlotFacts, str | None]]:
        """Each day that was asked for, with the bank holiday that it falls on."""
        return [(facts, bank_holiday(to_london(facts.starts_at).date())) for facts in self.hours.facts()]


@blueprint.get("/days/new")
def ask_day(partner_id: int) -> ResponseReturnValue:
    """Ask which opportunity the day is for; then, with the answer in the address, when it is."""
    if between.is_between():
        return add_day(partner_id)
    shown = _shown(partner_id)
    if shown.closed:
        return render_page("partner/add_closed.html", shown=shown)
    which = request.args.get("opportunity")
    if which == NEW or not shown.offers:
        return redirect_after_post(url_for(".ask_opportunity", partner_id=partner_id))
    if which is None:
        return _which_page(shown)
    return _draft(shown, which, answers=None, like=request.args.get("like")).page("when")


@blueprint.post("/days/new")
def add_day(partner_id: int) -> ResponseReturnValue:
    """Go on to the step that is asked for, if what was answered so far is in order; at last, save."""
    shown = _shown(partner_id)
    sent = between.sent()
    if "opportunity" not in sent:
        return redirect_after_post(url_for(".ask_day", partner_id=partner_id, asked=1))
    draft = _draft(shown, sent["opportunity"], answers=sent)
    step = between.step() or "check"
    if step not in STEPS:
        raise NotFound(thing="step")
    if shown.closed:
        return render_page("partner/add_closed.html", shown=shown, status=CLOSED)
    if step == "when":
        return between.shown_by_get(lambda: draft.page("when"))
    if not draft.hours.validate():
        return draft.page("when")
    return _saved(draft) if step == "save" else _checked(draft)


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


def _draft(
    shown: PartnerDays, which: str, *, answers: MultiDict[str, str] | None, like: str | None = None
) -> Draft:
    """The draft for opportunity `which`, filled with `answers`, or with the hours and numbers of another day.

    That is day `like` where it is to be copied, and else the latest one.
    """
    offer = next((offer for offer in shown.offers if str(offer.id) == which), None)
    if offer is None:
        raise NotFound(thing="opportunity")
    if answers is not None:
        return Draft(shown, offer, HoursForm(formdata=answers))
    return Draft(shown, offer, HoursForm(formdata=None, **_hours_before(offer, like)))


def _hours_before(offer: Offer, like: str | None) -> dict[str, object]:
    """Hours and numbers of day `like` of an opportunity, or of its latest one."""
    if not offer.days:
        return {}
    latest = max(offer.days, key=lambda day: day.starts_at)
    day = next((day for day in offer.days if str(day.id) == like), latest)
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
        for name, value in between.sent().items(multi=True):
            if name.partition("-")[0] in names:
                yield name, value


def _checked(draft: Draft) -> ResponseReturnValue:
    days = draft.hours.facts()
    try:
        with reading() as session:
            check_slots(scope_of(session), draft.shown.partner_id, draft.offer.id, days=days, now=now())
    except DaysRefused as refused:
        return _refused(draft, refused, once_more=between.is_between())
    return between.shown_by_get(lambda: draft.page("check"))


def _saved(draft: Draft) -> ResponseReturnValue:
    try:
        saved = _save(draft)
    except OfferingClosed:
        return render_page("partner/add_closed.html", shown=_shown(draft.shown.partner_id), status=CLOSED)
    except DaysRefused as refused:
        return _refused(draft, refused, once_more=True)
    flash(_said(draft.offer, len(saved)))
    return _to(saved, draft.shown.partner_id)


def _refused(draft: Draft, refused: DaysRefused, *, once_more: bool) -> ResponseReturnValue:
    """The form with what is wrong; to days that are there exactly so, as this very form saved them before."""
    saved = _there_already(refused)
    if not once_more or len(saved) < len(draft.hours.facts()):
        draft.hours.put(refused)
        return draft.page("when")
    these = "This day was" if len(saved) == 1 else "These days were"
    flash(f"{these} on your list already, so nothing was added twice.", "notice")
    return _to(saved, draft.shown.partner_id)


def _to(saved: list[int], partner_id: int) -> ResponseReturnValue:
    if len(saved) > 1:
        return redirect_after_post(url_for(".start", partner_id=partner_id))
    return redirect_after_post(url_for(".show_day", partner_id=partner_id, slot_id=saved[0]))


def _there_already(refused: DaysRefused) -> list[int]:
    """The days that were refused because they stand exactly so."""
    faults = [fault for _, fault in refused.faults if isinstance(fault, SlotOfferedTwice)]
    return [int(str(fault.facts["slot_id"])) for fault in faults if fault.facts["identical"]]


def _said(offer: Offer, number: int) -> str:
    days, them = ("Your day is", "it") if number == 1 else (f"Your {count(number, 'day')} are", "them")
    if offer.status == "live":
        return f"{days} saved. Leaders can now choose {them}."
    return f"{days} saved. Leaders can choose {them} once the placement is approved."


def _save(draft: Draft) -> list[int]:
    """Save the days; the ids of the slots."""
    days, partner_id = draft.hours.facts(), draft.shown.partner_id
    with unit_of_work() as session:
        saved = offer_slots(scope_of(session), partner_id, draft.offer.id, days=days, now=now())
        return [slot.id for slot in saved]
