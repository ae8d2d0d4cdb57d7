"""The partner's profile: who they are, and whom visitors ask for."""

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.services.profiles import change_profile, preview_profile
from placement.services.reports.opportunity import ProfilePage, profile_page
from placement.services.scope import Scope
from placement.web import between
from placement.web.auth import now, scope_of, sender
from placement.web.partner import blueprint
from placement.web.partner.forms.profile import ProfileForm
from placement.web.partner.views.changing import Changing, go_on
from placement.web.rendering import render_page


@blueprint.get("/profile")
def ask_profile(partner_id: int) -> ResponseReturnValue:
    """The profile, to be changed."""
    if between.is_between():
        return save_profile(partner_id)
    return _page(_shown(partner_id), None)


@blueprint.post("/profile")
def save_profile(partner_id: int) -> ResponseReturnValue:
    """Change the profile; whoever is coming hears of another contact."""
    shown, form = _shown(partner_id), ProfileForm()

    def call(change: Any, scope: Scope) -> Any:
        told = {"facts": form.facts(), "seen": str(form.seen.data), "sender": sender(), "now": now()}
        return change(scope, partner_id, **told)

    changing = Changing(
        caption=shown.place.name,
        url=url_for(".save_profile", partner_id=partner_id),
        done_url=url_for(".start", partner_id=partner_id),
        done="Your profile is saved.",
    )
    return go_on(
        changing,
        form,
        preview=lambda scope: call(preview_profile, scope),
        save=lambda scope: call(change_profile, scope),
        show=lambda form, **more: _page(_shown(partner_id), form, **more),
    )


def _page(shown: ProfilePage, form: ProfileForm | None, **more: Any) -> ResponseReturnValue:
    form = form or ProfileForm(formdata=None, seen=shown.version, **vars(shown.facts))
    return render_page("partner/profile.html", form=form, shown=shown, **{"stale": "", "typed": [], **more})


def _shown(partner_id: int) -> ProfilePage:
    with reading() as session:
        return profile_page(scope_of(session), partner_id, now=now())
