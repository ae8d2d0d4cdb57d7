"""Requests for swaps: the list, one with the ways to grant it, what granting would do, and refusing it."""

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.swap_errors import SwapGone, SwapOver
from placement.services.reports.swaps import SwapDetails, SwapLine, swap_details, swap_list
from placement.services.swap_requests import LONGEST_WORDS
from placement.services.swaps import Target, grant_swap, preview_swap, refuse_swap
from placement.web import auth
from placement.web.coordinator.forms.swap import GrantForm, RefuseForm
from placement.web.coordinator.words import plans
from placement.web.coordinator.words import swaps as words
from placement.web.lists import Filter, Sort, announce, listing
from placement.web.mail_links import links
from placement.web.rendering import render_page

CHANGED = 409
FILTERS = (
    Filter[SwapLine]("waiting", "Waiting", lambda row: row.waits),
    Filter[SwapLine]("possible", "Can be granted", lambda row: bool(row.ways)),
    Filter[SwapLine]("granted", "Granted", lambda row: row.status == "granted"),
    Filter[SwapLine]("refused", "Refused", lambda row: row.status == "refused"),
    Filter[SwapLine]("ended", "Taken back or lapsed", lambda row: row.status in ("withdrawn", "lapsed")),
    Filter[SwapLine]("all", "All", lambda _: True),
)
SORTS = (
    Sort[SwapLine]("day", "Next day", lambda row: (row.day.starts_at, row.id)),
    Sort[SwapLine]("asked", "Longest waiting", lambda row: (row.asked_at, row.id)),
    Sort[SwapLine]("name", "By name", lambda row: (row.leader.casefold(), row.id)),
)


def list_swaps(cohort_id: int) -> ResponseReturnValue:
    """Who asks for a swap, the next day first."""
    with reading() as session:
        found = swap_list(auth.scope_of(session), cohort_id, now=auth.now())
    shown = listing(found.requests, FILTERS, _text, SORTS)
    announce(shown, "request")
    return render_page("coordinator/swaps.html", found=found, shown=shown, words=words)


def show_swap(cohort_id: int, request_id: int) -> ResponseReturnValue:
    """One request with the ways to grant it."""
    return _page(_details(cohort_id, request_id))


def ask_seat_swap(cohort_id: int, request_id: int, slot_id: int) -> ResponseReturnValue:
    """What it would do to give the leader a free seat instead of their day."""
    return _ask(cohort_id, request_id, Target(slot_id=slot_id))


def grant_seat_swap(cohort_id: int, request_id: int, slot_id: int) -> ResponseReturnValue:
    """Give it."""
    return _grant(cohort_id, request_id, Target(slot_id=slot_id))


def ask_exchange(cohort_id: int, request_id: int, other_id: int) -> ResponseReturnValue:
    """What it would do if two leaders changed places."""
    return _ask(cohort_id, request_id, Target(other_id=other_id))


def grant_exchange(cohort_id: int, request_id: int, other_id: int) -> ResponseReturnValue:
    """Let them."""
    return _grant(cohort_id, request_id, Target(other_id=other_id))


def refuse_request(cohort_id: int, request_id: int) -> ResponseReturnValue:
    """Say no, with a sentence that goes to the leader."""
    found = _details(cohort_id, request_id)
    if request.method == "GET":
        return _refusing(found, RefuseForm(formdata=None))
    form = RefuseForm()
    if found.line.waits and not form.validate():
        return _refusing(found, form)
    try:
        with unit_of_work() as session:
            refuse_swap(
                auth.scope_of(session),
                cohort_id,
                request_id,
                answer=str(form.answer.data or "-"),
                links=links(),
                now=auth.now(),
            )
    except SwapOver as over:
        return _page(_details(cohort_id, request_id), refused=str(over), status=CHANGED)
    flash(f"Refused. {found.line.leader} keeps their day, and is told why in a mail.")
    return auth.redirect_after_post(url_for(".list_swaps", cohort_id=cohort_id))


def _text(row: SwapLine) -> str:
    return f"{row.leader} {row.organisation} {row.day.title} {row.day.partner}"


def _details(cohort_id: int, request_id: int) -> SwapDetails:
    with reading() as session:
        return swap_details(auth.scope_of(session), cohort_id, request_id, now=auth.now())


def _ask(cohort_id: int, request_id: int, target: Target) -> ResponseReturnValue:
    try:
        with reading() as session:
            scope, now = auth.scope_of(session), auth.now()
            shown = preview_swap(scope, cohort_id, request_id, target, sender=auth.sender(), now=now)
            found = swap_details(scope, cohort_id, request_id, now=now)
    except (SwapGone, SwapOver) as refused:
        return _page(_details(cohort_id, request_id), refused=str(refused), status=CHANGED)
    way = found.way(target.slot_id, target.other_id)
    if way is None:  # granted to somebody else between the two looks
        return _page(found, refused=str(SwapGone()), status=CHANGED)
    return render_page(
        "coordinator/swap_grant.html",
        form=GrantForm(formdata=None, seen=shown.version),
        found=found,
        way=way,
        effect=shown.effect,
        words=words,
        plans=plans,
    )


def _grant(cohort_id: int, request_id: int, target: Target) -> ResponseReturnValue:
    form = GrantForm()
    try:
        with unit_of_work() as session:
            effect = grant_swap(
                auth.scope_of(session),
                cohort_id,
                request_id,
                target,
                seen=str(form.seen.data or ""),
                sender=auth.sender(),
                now=auth.now(),
            )
    except (SwapGone, SwapOver) as refused:
        return _page(_details(cohort_id, request_id), refused=str(refused), status=CHANGED)
    flash(plans.done_sentence(effect, "The swap is made for {}."))
    return auth.redirect_after_post(url_for(".list_swaps", cohort_id=cohort_id))


def _page(found: SwapDetails, *, refused: str = "", status: int = 200) -> ResponseReturnValue:
    return render_page("coordinator/swap.html", found=found, refused=refused, words=words, status=status)


def _refusing(found: SwapDetails, form: RefuseForm) -> ResponseReturnValue:
    return render_page(
        "coordinator/swap_refuse.html", found=found, form=form, words=words, most=LONGEST_WORDS
    )
