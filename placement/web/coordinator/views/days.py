"""The days of a cohort when plans change: who is coming, changing a day, withdrawing it, its free seats."""

from flask import current_app, flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.change_errors import NothingToRepair, SeatRefused
from placement.domain.errors import ButtonUnknown, SlotChangedMeanwhile, SlotOver, SlotRefused
from placement.domain.text import hours_in_words
from placement.services import partner_withdrawals, restoring, slot_changes, withdrawals
from placement.services.reports.effects import Effect
from placement.services.reports.hosting import hosting_day
from placement.services.reports.roster import RosterDay, roster, roster_day
from placement.services.reports.seats import seat_candidates
from placement.services.saved_views import views_of
from placement.services.scope import Scope
from placement.services.seats import request_seat
from placement.web import auth, between
from placement.web.coordinator.forms.day import ChangeForm, change_form
from placement.web.coordinator.views.asking import has_moved_on
from placement.web.coordinator.views.runs import SECONDS
from placement.web.coordinator.words import plans as words
from placement.web.coordinator.words import repair as repair_words
from placement.web.downloads import Cell, csv_file
from placement.web.lists import Filter, Listing, Sort, announce, listing
from placement.web.presenters import day as day_words
from placement.web.rendering import render_page

CHANGED = 409
SEARCH_SECONDS = 3.0
"""The longest that somebody waits to read who could take a seat."""
FILTERS = (
    Filter[RosterDay]("all", "All", lambda _: True),
    Filter[RosterDay]("free", "With free seats", lambda row: row.free > 0),
    Filter[RosterDay]("amiss", "Needs a repair", lambda row: row.amiss),
    Filter[RosterDay]("withdrawn", "Withdrawn", lambda row: row.state == "withdrawn"),
)
HEAD = ("Reference", "Placement", "Partner", "Day", "Hours", "State", "Coming", "Places", "Fewest", "Who")
SORTS = (
    Sort[RosterDay]("date", "By date", lambda _: 0),
    Sort[RosterDay]("partner", "By partner", lambda row: (row.partner.casefold(), row.starts_at)),
    Sort[RosterDay]("title", "By placement", lambda row: (row.title.casefold(), row.starts_at)),
    Sort[RosterDay]("free", "Most free seats", lambda row: -row.free),
)


def list_days(cohort_id: int) -> ResponseReturnValue:
    """Each day with who is confirmed on it."""
    with reading() as session:
        scope = auth.scope_of(session)
        found, views = roster(scope, cohort_id, now=auth.now()), views_of(scope, cohort_id, "days")
    shown: Listing[RosterDay] = listing(found.days, FILTERS, _text, SORTS)
    announce(shown, "day")
    return render_page("coordinator/roster.html", found=found, shown=shown, words=words, views=views)


def download_roster(cohort_id: int) -> ResponseReturnValue:
    """The days that the page shows, with those of its further pages."""
    with reading() as session:
        found = roster(auth.scope_of(session), cohort_id, now=auth.now())
    rows = [_cells(day) for day in listing(found.days, FILTERS, _text, SORTS).found]
    return csv_file("days", HEAD, rows)


def show_day(cohort_id: int, slot_id: int) -> ResponseReturnValue:
    """One day: who is coming, what its partner did, and what can be done."""
    with reading() as session:
        hosting = hosting_day(auth.scope_of(session), cohort_id, slot_id)
    return render_page(
        "coordinator/day.html",
        cohort_id=cohort_id,
        day=_day(cohort_id, slot_id),
        hosting=hosting,
        words=words,
    )


def ask_change(cohort_id: int, slot_id: int) -> ResponseReturnValue:
    """Ask what is to be another way."""
    if between.is_between():
        return change_day(cohort_id, slot_id)
    shown = _day(cohort_id, slot_id)
    return _form_page(cohort_id, shown, change_form(shown))


def change_day(cohort_id: int, slot_id: int) -> ResponseReturnValue:
    """Show what a change would do; with the button of that page, do it."""
    form, shown = ChangeForm(), _day(cohort_id, slot_id)
    if between.step() == "edit":
        return between.shown_by_get(lambda: _form_page(cohort_id, shown, form))
    if not form.validate():
        return _form_page(cohort_id, shown, form)
    try:
        if between.step() == "save":
            return _save(cohort_id, shown, form)
        return _preview(cohort_id, shown, form)
    except SlotChangedMeanwhile as stale:
        shown = _day(cohort_id, slot_id)
        return _form_page(cohort_id, shown, change_form(shown), stale=str(stale))
    except SlotOver as over:
        flash(str(over), "notice")
        return auth.redirect_after_post(url_for(".show_day", cohort_id=cohort_id, slot_id=slot_id))
    except SlotRefused as refused:
        form.refuse(refused)
    return _form_page(cohort_id, shown, form)


def ask_withdrawal(cohort_id: int, slot_id: int) -> ResponseReturnValue:
    """What withdrawing a day would do."""
    shown = _day(cohort_id, slot_id)
    effect = _withdrawal(cohort_id, slot_id) if shown.state == "open" else None
    return _withdrawal_page(cohort_id, shown, effect)


def withdraw_day(cohort_id: int, slot_id: int) -> ResponseReturnValue:
    """Withdraw a day, whoever is confirmed on it; nothing where that is not what the page showed."""
    shown = _day(cohort_id, slot_id)
    try:
        if shown.state == "open" and has_moved_on(effect := _withdrawal(cohort_id, slot_id)):
            return _withdrawal_page(cohort_id, shown, effect, moved_on=True)
        with unit_of_work() as session:
            effect = withdrawals.withdraw_slot(
                auth.scope_of(session), cohort_id, slot_id, sender=auth.sender(), now=auth.now()
            )
    except SlotOver as over:
        flash(str(over), "notice")
        return auth.redirect_after_post(url_for(".show_day", cohort_id=cohort_id, slot_id=slot_id))
    return done(cohort_id, effect, "The day is withdrawn: {}.")


def _withdrawal(cohort_id: int, slot_id: int) -> Effect:
    with reading() as session:
        return withdrawals.preview_slot(
            auth.scope_of(session), cohort_id, slot_id, sender=auth.sender(), now=auth.now()
        )


def _withdrawal_page(
    cohort_id: int, shown: RosterDay, effect: Effect | None, *, moved_on: bool = False
) -> ResponseReturnValue:
    return render_page(
        "coordinator/day_withdraw.html",
        status=CHANGED if moved_on else 200,
        cohort_id=cohort_id,
        day=shown,
        effect=effect,
        moved_on=moved_on,
        words=words,
    )


def restore_day(cohort_id: int, slot_id: int) -> ResponseReturnValue:
    """Let a day that was withdrawn take people again."""
    try:
        with unit_of_work() as session:
            effect = restoring.restore_slot(auth.scope_of(session), cohort_id, slot_id, now=auth.now())
    except SlotOver as over:
        flash(str(over), "notice")
        return auth.redirect_after_post(url_for(".show_day", cohort_id=cohort_id, slot_id=slot_id))
    return done(cohort_id, effect, "The day takes people again: {}.")


def note_withdrawal(cohort_id: int, slot_id: int) -> ResponseReturnValue:
    """Put away that a partner withdrew a day."""
    with unit_of_work() as session:
        partner_withdrawals.note_withdrawal(auth.scope_of(session), cohort_id, slot_id, now=auth.now())
    flash("Put away. It does not stand on the first page any more.")
    return auth.redirect_after_post(url_for(".show_day", cohort_id=cohort_id, slot_id=slot_id))


def show_seats(cohort_id: int, slot_id: int) -> ResponseReturnValue:
    """Who could take one free seat of a day, with what that would do to the others."""
    with reading() as session:
        found = seat_candidates(
            auth.scope_of(session), cohort_id, slot_id, seconds=SEARCH_SECONDS, now=auth.now()
        )
    return render_page(
        "coordinator/day_seats.html",
        cohort_id=cohort_id,
        found=found,
        takers=repair_words.takers(found),
    )


def give_seat(cohort_id: int, slot_id: int) -> ResponseReturnValue:
    """Work out a repair in which the person chosen has a free seat; a second press leads to the same run."""
    try:
        with unit_of_work() as session:
            scope = auth.scope_of(session)
            run_id = request_seat(
                scope,
                cohort_id,
                slot_id,
                _chosen(scope, cohort_id, slot_id),
                seconds=current_app.extensions[SECONDS],
                now=auth.now(),
            )
    except (ButtonUnknown, SeatRefused, NothingToRepair) as refused:
        flash(str(refused), "notice")
        return auth.redirect_after_post(url_for(".show_seats", cohort_id=cohort_id, slot_id=slot_id))
    flash(
        "What giving the seat would do is being worked out. Nothing is changed until you confirm it.",
        "status",
    )
    return auth.redirect_after_post(url_for(".show_repair", cohort_id=cohort_id, run_id=run_id))


def done(cohort_id: int, effect: Effect, said: str) -> ResponseReturnValue:
    """Say what was done, and go where the rest of it is mended."""
    flash(words.done_sentence(effect, said), "success" if effect.changed else "notice")
    return auth.redirect_after_post(url_for(".show_repairs", cohort_id=cohort_id))


def _chosen(scope: Scope, cohort_id: int, slot_id: int) -> int:
    """The leader whose button was pressed; strangers hear only that there is no such day."""
    scope.slot_in(scope.cohort(cohort_id), slot_id)
    leader_id = request.form.get("leader", type=int)
    if leader_id is None:
        raise ButtonUnknown
    return leader_id


def _day(cohort_id: int, slot_id: int) -> RosterDay:
    with reading() as session:
        return roster_day(auth.scope_of(session), cohort_id, slot_id, now=auth.now())


def _form_page(
    cohort_id: int, shown: RosterDay, form: ChangeForm, *, stale: str | None = None
) -> ResponseReturnValue:
    return render_page(
        "coordinator/day_change.html",
        form=form,
        status=CHANGED if stale else 200,
        stale=stale,
        cohort_id=cohort_id,
        day=shown,
    )


def _preview(cohort_id: int, shown: RosterDay, form: ChangeForm) -> ResponseReturnValue:
    with reading() as session:
        effect = slot_changes.preview_change(
            auth.scope_of(session),
            cohort_id,
            shown.id,
            change=form.change_of(shown),
            sender=auth.sender(),
            now=auth.now(),
        )
    return between.shown_by_get(
        lambda: render_page(
            "coordinator/day_change_check.html",
            cohort_id=cohort_id,
            day=shown,
            effect=effect,
            carried=between.typed(),
            words=words,
        )
    )


def _save(cohort_id: int, shown: RosterDay, form: ChangeForm) -> ResponseReturnValue:
    with unit_of_work() as session:
        effect = slot_changes.change_slot(
            auth.scope_of(session),
            cohort_id,
            shown.id,
            change=form.change_of(shown),
            sender=auth.sender(),
            now=auth.now(),
            seen=str(form.seen.data),
        )
    return done(cohort_id, effect, "The day is changed: {}.")


def _text(row: RosterDay) -> str:
    people = " ".join(one.name for one in row.people)
    return f"{row.title} {row.partner} {row.reference} {day_words(row.starts_at)} {people}"


def _cells(row: RosterDay) -> tuple[Cell, ...]:
    return (
        row.reference,
        row.title,
        row.partner,
        day_words(row.starts_at),
        hours_in_words(row.starts_at, row.ends_at),
        words.day_state(row).text,
        len(row.people),
        row.capacity,
        row.minimum,
        "; ".join(one.name for one in row.people),
    )
