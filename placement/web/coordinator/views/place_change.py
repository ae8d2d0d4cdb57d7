"""Changing what one leader gets in a run: other days with their effect, then one of them, then a new run."""

from flask import current_app, flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.fixing_errors import ChangeRefused, FixedPairsClash, PairRefused
from placement.services import place_changes
from placement.services.reports.place_change import PlaceChange, PlaceOption, place_options
from placement.web import auth
from placement.web.coordinator.forms.board import ReasonForm
from placement.web.coordinator.views.days import SEARCH_SECONDS
from placement.web.coordinator.views.runs import SECONDS
from placement.web.coordinator.words import board as words
from placement.web.coordinator.words.repair import day_words
from placement.web.rendering import render_page

LONGER_SECONDS = 12.0
"""How long is searched for who asks to look again."""


def exchange_place(cohort_id: int, run_id: int, leader_id: int) -> ResponseReturnValue:
    """Show the other days; then, for the one that the address names, what it does; then make it so."""
    slot_id = _slot_asked()
    found = _found(cohort_id, run_id, leader_id, slot_id)
    option = found.option(slot_id) if slot_id is not None else None
    if option is None:
        if request.method == "POST":
            here = url_for(".exchange_place", cohort_id=cohort_id, run_id=run_id, leader_id=leader_id)
            return auth.redirect_after_post(here)
        return render_page(
            "coordinator/place_change.html", found=found, run=found.run, words=words, day_words=day_words
        )
    form = ReasonForm()
    if request.method == "GET" or not form.validate():
        return _page(found, option, form)
    try:
        with unit_of_work() as session:
            new_run = place_changes.change_place(
                auth.scope_of(session),
                cohort_id,
                run_id,
                leader_id,
                option.day.slot_id,
                reason=str(form.reason.data),
                seconds=current_app.extensions[SECONDS],
                now=auth.now(),
            )
    except (PairRefused, FixedPairsClash, ChangeRefused) as refused:
        form.reason.errors = [str(refused)]
        return _page(found, option, form)
    flash(f"Run {new_run} is being made with this change. Run {run_id} stays as it is.", "status")
    return auth.redirect_after_post(url_for(".show_run", cohort_id=cohort_id, run_id=new_run))


def _slot_asked() -> int | None:
    text = request.args.get("slot", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _found(cohort_id: int, run_id: int, leader_id: int, slot_id: int | None) -> PlaceChange:
    with reading() as session:
        return place_options(
            auth.scope_of(session),
            cohort_id,
            run_id,
            leader_id,
            seconds=LONGER_SECONDS if request.args.get("longer") else SEARCH_SECONDS,
            now=auth.now(),
            slot_id=slot_id,
        )


def _page(found: PlaceChange, option: PlaceOption, form: ReasonForm) -> ResponseReturnValue:
    return render_page(
        "coordinator/place_change_check.html",
        found=found,
        run=found.run,
        option=option,
        form=form,
        words=words,
        day_words=day_words,
    )
