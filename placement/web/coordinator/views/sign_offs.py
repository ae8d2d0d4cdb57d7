"""Organisations, and whether they have signed off the lists of their leaders."""

from collections.abc import Sequence

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.list_errors import ListChanged
from placement.services.reports.sign_offs import OrganisationList, sign_off_of, sign_offs
from placement.services.sign_offs import sign_off_list, take_back_sign_off
from placement.web import auth
from placement.web.coordinator.forms.sign_off import SignOffForm
from placement.web.coordinator.words import sign_offs as words
from placement.web.downloads import csv_file
from placement.web.lists import Filter, Listing, announce, listing
from placement.web.presenters import count
from placement.web.rendering import render_page

CHANGED = 409
FILTERS = (
    Filter[OrganisationList]("all", "All", lambda _: True),
    Filter[OrganisationList]("open", "To sign off", lambda row: not row.complete),
    Filter[OrganisationList]("signed", "Signed off", lambda row: row.complete),
)
HEAD = ("Organisation", "Name", "Role", "E-mail", "Signed off")


def list_organisations(cohort_id: int) -> ResponseReturnValue:
    """All organisations with how their lists stand."""
    with reading() as session:
        found = sign_offs(auth.scope_of(session), cohort_id)
    shown = _listing(found.organisations)
    announce(shown, "organisation")
    return render_page("coordinator/organisations.html", found=found, shown=shown, words=words)


def download_organisations(cohort_id: int) -> ResponseReturnValue:
    """The leaders of the organisations that the page shows, to be sent to them or kept."""
    with reading() as session:
        found = sign_offs(auth.scope_of(session), cohort_id)
    return csv_file("organisations", HEAD, _rows(_listing(found.organisations).found))


def show_organisation(cohort_id: int, organisation_id: int) -> ResponseReturnValue:
    """The list of one organisation, with a form to keep that it is signed off."""
    return _page(cohort_id, organisation_id, SignOffForm(formdata=None))


def download_organisation(cohort_id: int, organisation_id: int) -> ResponseReturnValue:
    """The list of one organisation, to be sent to it."""
    with reading() as session:
        found = sign_off_of(auth.scope_of(session), cohort_id, organisation_id)
    return csv_file("leaders", HEAD, _rows(found.organisations))


def sign_off(cohort_id: int, organisation_id: int) -> ResponseReturnValue:
    """Keep that the list is signed off, by whom."""
    form = SignOffForm()
    if not form.validate():
        return _page(cohort_id, organisation_id, form)
    try:
        with unit_of_work() as session:
            leaders = sign_off_list(
                auth.scope_of(session),
                cohort_id,
                organisation_id,
                leader_ids=form.leader_ids(),
                by=str(form.by.data),
                now=auth.now(),
            )
    except ListChanged as stale:
        return _page(cohort_id, organisation_id, form, stale=str(stale))
    flash(f"Signed off: the list of {count(leaders, 'leader')}.")
    return _to_list(cohort_id, organisation_id)


def take_back_signature(cohort_id: int, organisation_id: int) -> ResponseReturnValue:
    """Keep no longer that the list is signed off."""
    with unit_of_work() as session:
        done = take_back_sign_off(auth.scope_of(session), cohort_id, organisation_id, now=auth.now())
    flash("The list is not signed off any more." if done else "The list was not signed off.")
    return _to_list(cohort_id, organisation_id)


def _page(cohort_id: int, organisation_id: int, form: SignOffForm, *, stale: str = "") -> ResponseReturnValue:
    with reading() as session:
        found = sign_off_of(auth.scope_of(session), cohort_id, organisation_id)
    (shown,) = found.organisations
    if stale or request.method == "GET":
        form.show(shown.leaders)
    return render_page(
        "coordinator/organisation.html",
        form=form,
        status=CHANGED if stale else 200,
        found=found,
        shown=shown,
        stale=stale,
        words=words,
        back_url=url_for(".list_organisations", cohort_id=cohort_id),
    )


def _to_list(cohort_id: int, organisation_id: int) -> ResponseReturnValue:
    where = url_for(".show_organisation", cohort_id=cohort_id, organisation_id=organisation_id)
    return auth.redirect_after_post(where)


def _listing(rows: Sequence[OrganisationList]) -> Listing[OrganisationList]:
    return listing(rows, FILTERS, lambda row: f"{row.name} {row.by}")


def _rows(organisations: Sequence[OrganisationList]) -> list[tuple[str, ...]]:
    return [
        (one.name, leader.name, leader.role, leader.email, "Yes" if leader.signed_off else "No")
        for one in organisations
        for leader in one.leaders
    ]
