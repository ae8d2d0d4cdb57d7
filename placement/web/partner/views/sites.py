"""The partner's sites: the list, a new one, and changing one."""

from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.offer_errors import SiteKnown
from placement.services.reports.opportunity import PartnerPlace, SitePage, place_of_partner, site_page
from placement.services.scope import Scope
from placement.services.sites import add_site, change_site, preview_site
from placement.web import between
from placement.web.auth import now, redirect_after_post, scope_of, sender
from placement.web.partner import blueprint
from placement.web.partner.forms.refusals import put_on_form
from placement.web.partner.forms.site import KnownSiteForm, SiteForm
from placement.web.partner.views.changing import Changing, go_on
from placement.web.rendering import render_page

FROM_PLACEMENT = "placement"
"""Word of the address for whoever came here on the way to a new placement."""


@blueprint.get("/sites")
def list_sites(partner_id: int) -> ResponseReturnValue:
    """The places of the partner."""
    return render_page("partner/sites.html", place=_place(partner_id))


@blueprint.get("/sites/new")
def ask_site(partner_id: int) -> ResponseReturnValue:
    """Ask where another place is."""
    return _new_page(partner_id, SiteForm(formdata=None))


@blueprint.post("/sites/new")
def save_new_site(partner_id: int) -> ResponseReturnValue:
    """Add a place; whoever came from a new placement goes back there."""
    form = SiteForm()
    if not form.validate():
        return _new_page(partner_id, form)
    try:
        with unit_of_work() as session:
            add_site(scope_of(session), partner_id, facts=form.facts(), now=now())
    except SiteKnown as refused:
        put_on_form(form, refused)
        return _new_page(partner_id, form)
    flash("The place is saved.")
    return redirect_after_post(_back_url(partner_id))


@blueprint.get("/sites/<int:site_id>")
def show_site(partner_id: int, site_id: int) -> ResponseReturnValue:
    """One place, to be changed."""
    if between.is_between():
        return save_site(partner_id, site_id)
    return _page(_shown(partner_id, site_id), None)


@blueprint.post("/sites/<int:site_id>")
def save_site(partner_id: int, site_id: int) -> ResponseReturnValue:
    """Change a place; whoever is coming there hears of it."""
    shown = _shown(partner_id, site_id)
    form = KnownSiteForm(before=shown.facts)

    def call(change: Any, scope: Scope) -> Any:
        told = {"facts": form.facts(), "same": form.same.data == "yes", "seen": str(form.seen.data)}
        return change(scope, partner_id, site_id, **told, sender=sender(), now=now())

    changing = Changing(
        caption=shown.facts.name or shown.facts.address,
        url=url_for(".save_site", partner_id=partner_id, site_id=site_id),
        done_url=url_for(".list_sites", partner_id=partner_id),
        done="The place is saved.",
    )
    return go_on(
        changing,
        form,
        preview=lambda scope: call(preview_site, scope),
        save=lambda scope: call(change_site, scope),
        show=lambda form, **more: _page(_shown(partner_id, site_id), form, **more),
    )


def _new_page(partner_id: int, form: SiteForm) -> ResponseReturnValue:
    return render_page(
        "partner/site_new.html",
        form=form,
        place=_place(partner_id),
        then=request.args.get("then") if request.args.get("then") == FROM_PLACEMENT else None,
        back_url=_back_url(partner_id),
    )


def _back_url(partner_id: int) -> str:
    back = ".ask_opportunity" if request.args.get("then") == FROM_PLACEMENT else ".list_sites"
    return url_for(back, partner_id=partner_id)


def _page(shown: SitePage, form: KnownSiteForm | None, **more: Any) -> ResponseReturnValue:
    if form is None:
        form = KnownSiteForm(formdata=None, seen=shown.version)
        form.show(shown.facts)
    return render_page("partner/site.html", form=form, shown=shown, **{"stale": "", "typed": [], **more})


def _place(partner_id: int) -> PartnerPlace:
    with reading() as session:
        return place_of_partner(scope_of(session), partner_id, now=now())


def _shown(partner_id: int, site_id: int) -> SitePage:
    with reading() as session:
        return site_page(scope_of(session), partner_id, site_id, now=now())
