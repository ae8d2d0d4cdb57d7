"""One opportunity of a partner: beginning it, each part of its description, sending it, how it stands."""

from typing import Any

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.errors import NotFound, OpportunityKnown
from placement.domain.offer_errors import (
    OfferChangedMeanwhile,
    OfferHasDays,
    OfferIncomplete,
    OfferSentAlready,
)
from placement.services.opportunities import (
    begin_opportunity,
    change_opportunity,
    discard_draft,
    preview_opportunity,
    send_for_approval,
)
from placement.services.renewals import renew_own
from placement.services.reports.opportunity import OpportunityPage, opportunity_page, place_of_partner
from placement.services.scope import Scope
from placement.web import between, offer_words
from placement.web.auth import now, redirect_after_post, scope_of, sender
from placement.web.partner import blueprint
from placement.web.partner.forms.opportunity import PARTS, AboutForm, ChecksForm, PartForm, SeenForm
from placement.web.partner.forms.refusals import put_on_form
from placement.web.partner.views.changing import CHANGED, Changing, go_on
from placement.web.rendering import render_page

ONE = "/opportunities/<int:opportunity_id>"


@blueprint.get("/opportunities/new")
def ask_opportunity(partner_id: int) -> ResponseReturnValue:
    """Ask what a new opportunity is called and where it is; where there is no site yet, lead to that."""
    return _new_page(partner_id, None)


@blueprint.post("/opportunities/new")
def save_new_opportunity(partner_id: int) -> ResponseReturnValue:
    """Begin a draft, and go on to its next part."""
    with reading() as session:
        place = place_of_partner(scope_of(session), partner_id, now=now())
    form = AboutForm()
    form.offer_sites(place.sites)
    if place.closed or not form.validate():
        return _new_page(partner_id, form)
    try:
        with unit_of_work() as session:
            row = begin_opportunity(scope_of(session), partner_id, facts=form.first_facts(), now=now())
            opportunity_id = row.id
    except OpportunityKnown as refused:
        put_on_form(form, refused)
        return _new_page(partner_id, form)
    keys: dict[str, Any] = {"partner_id": partner_id, "opportunity_id": opportunity_id}
    return redirect_after_post(url_for(".ask_part", part="visit", **keys))


@blueprint.get(ONE)
def show_opportunity(partner_id: int, opportunity_id: int) -> ResponseReturnValue:
    """What was said of an opportunity, what is missing, and how it stands."""
    return _page(_shown(partner_id, opportunity_id))


@blueprint.get(f"{ONE}/<part>")
def ask_part(partner_id: int, opportunity_id: int, part: str) -> ResponseReturnValue:
    """One part of the description, to be filled in or changed."""
    if between.is_between():
        return save_part(partner_id, opportunity_id, part)
    return _part_page(_shown(partner_id, opportunity_id), _known(part), None)


@blueprint.post(f"{ONE}/<part>")
def save_part(partner_id: int, opportunity_id: int, part: str) -> ResponseReturnValue:
    """Save one part; whoever is coming hears of it where their invite says otherwise."""
    shown = _shown(partner_id, opportunity_id)
    form = _form(shown, _known(part), sent=True)

    def call(change: Any, scope: Scope) -> Any:
        told = {"facts": form.facts(shown.facts), "seen": str(form.seen.data)}
        return change(scope, partner_id, opportunity_id, **told, sender=sender(), now=now())

    changing = Changing(
        caption=shown.facts.title,
        url=_url(shown, ".save_part", part=part),
        done_url=_next_url(shown, part),
        done="Saved as a draft." if shown.offer.status == "draft" else "Saved.",
        coming=shown.coming,
    )
    return go_on(
        changing,
        form,
        preview=lambda scope: call(preview_opportunity, scope),
        save=lambda scope: call(change_opportunity, scope),
        show=lambda form, **more: _part_page(_shown(partner_id, opportunity_id), part, form, **more),
    )


@blueprint.post(f"{ONE}/send")
def send_opportunity(partner_id: int, opportunity_id: int) -> ResponseReturnValue:
    """Send a description to the coordinators for approval."""
    form = SeenForm()
    try:
        with unit_of_work() as session:
            seen = str(form.seen.data)
            send_for_approval(scope_of(session), partner_id, opportunity_id, seen=seen, now=now())
    except (OfferChangedMeanwhile, OfferIncomplete) as refused:
        return _page(_shown(partner_id, opportunity_id), refused=str(refused), status=CHANGED)
    flash("Sent. Your coordinator looks at it, and you get an e-mail.")
    return _back(partner_id, opportunity_id)


@blueprint.post(f"{ONE}/still-true")
def renew_opportunity(partner_id: int, opportunity_id: int) -> ResponseReturnValue:
    """Note that an opportunity is still true."""
    with unit_of_work() as session:
        title = renew_own(scope_of(session), partner_id, opportunity_id, now=now()).title
    flash(f"Thank you. “{title}” is noted as still true.")
    return redirect_after_post(url_for(".start", partner_id=partner_id))


@blueprint.get(f"{ONE}/delete")
def ask_discarding(partner_id: int, opportunity_id: int) -> ResponseReturnValue:
    """Ask whether a draft is really to be deleted."""
    return render_page("partner/opportunity_delete.html", shown=_shown(partner_id, opportunity_id))


@blueprint.post(f"{ONE}/delete")
def discard_opportunity(partner_id: int, opportunity_id: int) -> ResponseReturnValue:
    """Delete a draft."""
    try:
        with unit_of_work() as session:
            discard_draft(scope_of(session), partner_id, opportunity_id, now=now())
    except (OfferSentAlready, OfferHasDays) as refused:
        flash(str(refused), "notice")
        return _back(partner_id, opportunity_id)
    flash("The draft is deleted.")
    return redirect_after_post(url_for(".start", partner_id=partner_id))


def _known(part: str) -> str:
    if part not in PARTS:
        raise NotFound(thing="page")
    return part


def _new_page(partner_id: int, form: AboutForm | None) -> ResponseReturnValue:
    with reading() as session:
        place = place_of_partner(scope_of(session), partner_id, now=now())
    if place.closed:
        return render_page("partner/add_closed.html", shown=place, status=200 if form is None else CHANGED)
    if form is None:
        form = AboutForm(formdata=None, site=str(place.sites[0].id) if len(place.sites) == 1 else None)
        form.offer_sites(place.sites)
    return render_page("partner/opportunity_new.html", form=form, place=place)


def _page(shown: OpportunityPage, *, refused: str = "", status: int = 200) -> ResponseReturnValue:
    return render_page(
        "partner/opportunity.html",
        sending=SeenForm(formdata=None, seen=shown.version),
        shown=shown,
        words=offer_words,
        refused=refused,
        status=status,
    )


def _form(shown: OpportunityPage, part: str, *, sent: bool) -> PartForm:
    kind = PARTS[part]
    form = kind() if sent else kind(formdata=None, seen=shown.version)
    if isinstance(form, AboutForm):
        form.offer_sites(shown.place.sites)
    if isinstance(form, ChecksForm):
        form.offer_checks(shown.facts)
    if not sent:
        form.show(shown.facts)
    return form


def _part_page(shown: OpportunityPage, part: str, form: PartForm | None, **more: Any) -> ResponseReturnValue:
    order, draft = list(PARTS), shown.offer.status == "draft"
    before = order[order.index(part) - 1] if draft and part in order[2:] else None
    return render_page(
        f"partner/part_{part}.html",
        form=form or _form(shown, part, sent=False),
        shown=shown,
        words=offer_words,
        back_url=_url(shown, ".ask_part", part=before) if before else _url(shown, ".show_opportunity"),
        here=_url(shown, ".save_part", part=part),
        **{"stale": "", "typed": [], **more},
    )


def _next_url(shown: OpportunityPage, part: str) -> str:
    """Where to go when a part is saved: a draft goes on to what is missing, anything else to its page."""
    after = [missing for missing in shown.missing if missing != part]
    if shown.offer.status == "draft" and after:
        return _url(shown, ".ask_part", part=after[0])
    return _url(shown, ".show_opportunity")


def _url(shown: OpportunityPage, endpoint: str, **more: str | None) -> str:
    keys: dict[str, Any] = {"partner_id": shown.place.partner_id, "opportunity_id": shown.offer.id, **more}
    return url_for(endpoint, **keys)


def _back(partner_id: int, opportunity_id: int) -> ResponseReturnValue:
    return redirect_after_post(
        url_for(".show_opportunity", partner_id=partner_id, opportunity_id=opportunity_id)
    )


def _shown(partner_id: int, opportunity_id: int) -> OpportunityPage:
    with reading() as session:
        return opportunity_page(scope_of(session), partner_id, opportunity_id, now=now())
