"""What partners offer: the list, what waits for approval, and deciding on it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.offer_errors import OfferChangedMeanwhile, OfferNotWaiting, SafeguardingNeeded
from placement.services.offer_approvals import approve_opportunity, return_opportunity
from placement.services.reports.offer_list import OfferDetails, OfferLine, offer_details, offer_list
from placement.services.scope import Scope
from placement.web import auth, offer_words
from placement.web.coordinator.forms.approval import ApproveForm, ReturnForm
from placement.web.downloads import csv_file
from placement.web.lists import Filter, Listing, Sort, announce, listing
from placement.web.mail_links import links
from placement.web.presenters import day
from placement.web.rendering import render_page

CHANGED = 409
APPROVED = "Approved. Leaders can choose it, and the partner is told."
WAITING = "waiting"
FILTERS = (
    Filter[OfferLine]("all", "All", lambda _: True),
    Filter[OfferLine](WAITING, "Waiting for approval", lambda row: row.status == "waiting"),
    Filter[OfferLine]("returned", "Sent back", lambda row: row.status == "returned"),
    Filter[OfferLine]("live", "Live", lambda row: row.status == "live"),
    Filter[OfferLine]("regulated", "Regulated activity", lambda row: row.regulated),
    Filter[OfferLine]("without-days", "Live without days", lambda row: row.status == "live" and not row.days),
)
SORTS = (
    Sort[OfferLine]("title", "By name", lambda row: (row.title.casefold(), row.id)),
    Sort[OfferLine]("partner", "By partner", lambda row: (row.partner.casefold(), row.title.casefold())),
    Sort[OfferLine]("waiting", "Longest waiting", lambda row: (*_since(row.waiting_since), row.id)),
    Sort[OfferLine]("renewed", "Longest not confirmed", lambda row: (*_since(row.renewed_at), row.id)),
)
HEAD = (
    "Reference",
    "Placement",
    "Partner",
    "Place",
    "State",
    "Check",
    "Regulated activity",
    "Days to come",
    "Seats",
    "People confirmed",
    "Last confirmed by the partner",
)


def list_opportunities(cohort_id: int) -> ResponseReturnValue:
    """Everything that partners offer, or have sent for approval."""
    with reading() as session:
        found = offer_list(auth.scope_of(session), cohort_id, now=auth.now())
    shown = _listing(found.offers)
    announce(shown, "placement")
    return render_page("coordinator/opportunities.html", found=found, shown=shown, words=offer_words)


def download_opportunities(cohort_id: int) -> ResponseReturnValue:
    """The opportunities that the page shows, with those of its further pages."""
    with reading() as session:
        found = offer_list(auth.scope_of(session), cohort_id, now=auth.now())
    return csv_file("placements-on-offer", HEAD, [_cells(row) for row in _listing(found.offers).found])


def show_opportunity(cohort_id: int, opportunity_id: int) -> ResponseReturnValue:
    """One opportunity, with what can be decided on it."""
    return _page(_shown(cohort_id, opportunity_id))


def approve(cohort_id: int, opportunity_id: int) -> ResponseReturnValue:
    """Put an opportunity on offer, and tell its partner."""
    form = ApproveForm()

    def do(scope: Scope) -> Any:
        agreed = bool(form.safeguarding.data)
        return approve_opportunity(
            scope,
            cohort_id,
            opportunity_id,
            safeguarding_agreed=agreed,
            seen=str(form.seen.data),
            links=links(),
            now=auth.now(),
        )

    try:
        return _decided(
            do, cohort_id, opportunity_id, "Approved. Leaders can choose it, and the partner is told."
        )
    except SafeguardingNeeded as refused:
        form.safeguarding.errors = [str(refused)]
    return _page(_shown(cohort_id, opportunity_id), approving=form)


def send_back(cohort_id: int, opportunity_id: int) -> ResponseReturnValue:
    """Send an opportunity back to its partner with a note."""
    form = ReturnForm()
    if not form.validate():
        return _page(_shown(cohort_id, opportunity_id), returning=form)

    def do(scope: Scope) -> Any:
        return return_opportunity(
            scope,
            cohort_id,
            opportunity_id,
            note=str(form.note.data),
            seen=str(form.seen.data),
            links=links(),
            now=auth.now(),
        )

    return _decided(do, cohort_id, opportunity_id, "Sent back. The partner is told, with your note.", form)


def _decided(
    do: Callable[[Scope], Any], cohort_id: int, opportunity_id: int, done: str, form: ReturnForm | None = None
) -> ResponseReturnValue:
    """Do what was decided and go on to what else waits; an older page decides nothing."""
    try:
        with unit_of_work() as session:
            do(auth.scope_of(session))
    except (OfferChangedMeanwhile, OfferNotWaiting) as stale:
        typed = str(form.note.data) if form else ""
        return _page(_shown(cohort_id, opportunity_id), stale=str(stale), typed=typed, status=CHANGED)
    flash(done)
    return auth.redirect_after_post(url_for(".list_opportunities", cohort_id=cohort_id, show=WAITING))


def _page(
    shown: OfferDetails,
    *,
    approving: ApproveForm | None = None,
    returning: ReturnForm | None = None,
    **more: Any,
) -> ResponseReturnValue:
    return render_page(
        "coordinator/opportunity.html",
        form=approving or returning,
        approving=approving or ApproveForm(formdata=None, seen=shown.version),
        returning=returning or ReturnForm(formdata=None, seen=shown.version, note=more.get("typed", "")),
        shown=shown,
        words=offer_words,
        **{"stale": "", "status": 200, **more},
    )


def _listing(rows: tuple[OfferLine, ...]) -> Listing[OfferLine]:
    return listing(rows, FILTERS, lambda row: f"{row.reference} {row.title} {row.partner} {row.place}", SORTS)


def _since(moment_: datetime | None) -> tuple[bool, float]:
    """To sort by: the longest ago first, never last."""
    return moment_ is None, moment_.timestamp() if moment_ else 0.0


def _cells(row: OfferLine) -> tuple[str | int, ...]:
    return (
        row.reference,
        row.title,
        row.partner,
        row.place,
        offer_words.STATES[row.status],
        offer_words.CHECKS[row.check_required],
        "Yes" if row.regulated else "No",
        row.days,
        row.seats,
        row.people,
        day(row.renewed_at) if row.renewed_at else "",
    )


def _shown(cohort_id: int, opportunity_id: int) -> OfferDetails:
    with reading() as session:
        return offer_details(auth.scope_of(session), cohort_id, opportunity_id, now=auth.now())
