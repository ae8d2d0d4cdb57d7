"""The waiting list: who waits, which seats are free, and offering one to somebody."""

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.change_errors import SeatRefused
from placement.domain.waiting_errors import SeatHeld, SeatOfferOver
from placement.services import seat_offers
from placement.services.reports.waiting_list import offer_draft, waiting_list
from placement.web import auth
from placement.web.coordinator.forms.seat import SeatOfferForm
from placement.web.mail_links import links
from placement.web.rendering import render_page

SHOWN = 100


def show_waiting_list(cohort_id: int) -> ResponseReturnValue:
    """Who waits for a day, and how offers of seats stand."""
    with reading() as session:
        found = waiting_list(auth.scope_of(session), cohort_id, now=auth.now())
    return render_page("coordinator/waiting_list.html", found=found, shown=SHOWN)


def ask_seat_offer(cohort_id: int, slot_id: int, leader_id: int) -> ResponseReturnValue:
    """To whom which seat is offered, and how long it is kept."""
    return _page(cohort_id, slot_id, leader_id, SeatOfferForm(formdata=None))


def offer_seat(cohort_id: int, slot_id: int, leader_id: int) -> ResponseReturnValue:
    """Hold the seat and ask the leader by mail."""
    form = SeatOfferForm()
    if not form.validate():
        return _page(cohort_id, slot_id, leader_id, form)
    try:
        with unit_of_work() as session:
            row = seat_offers.offer_seat(
                auth.scope_of(session),
                cohort_id,
                slot_id,
                leader_id,
                hours=int(form.hours.data),
                links=links(),
                now=auth.now(),
            )
            name = row.leader.name
    except (SeatRefused, SeatHeld) as refused:
        flash(str(refused), "notice")
    else:
        flash(f"The seat is offered to {name}, who gets a mail with a link to answer.")
    return _back(cohort_id)


def withdraw_seat_offer(cohort_id: int, offer_id: int) -> ResponseReturnValue:
    """Take an offer back."""
    try:
        with unit_of_work() as session:
            name = seat_offers.withdraw_offer(
                auth.scope_of(session), cohort_id, offer_id, now=auth.now()
            ).leader.name
    except SeatOfferOver as over:
        flash(str(over), "notice")
    else:
        flash(f"The offer to {name} is taken back. Their link says so; they get no further mail.")
    return _back(cohort_id)


def note_seat_offer(cohort_id: int, offer_id: int) -> ResponseReturnValue:
    """Put away how an offer ended."""
    with unit_of_work() as session:
        seat_offers.note_offer(auth.scope_of(session), cohort_id, offer_id, now=auth.now())
    flash("Put away. The seat stays free.")
    return _back(cohort_id)


def _page(cohort_id: int, slot_id: int, leader_id: int, form: SeatOfferForm) -> ResponseReturnValue:
    with reading() as session:
        draft = offer_draft(auth.scope_of(session), cohort_id, slot_id, leader_id, now=auth.now())
    return render_page(
        "coordinator/seat_offer.html", form=form, cohort_id=cohort_id, slot_id=slot_id, draft=draft
    )


def _back(cohort_id: int) -> ResponseReturnValue:
    return auth.redirect_after_post(url_for(".show_waiting_list", cohort_id=cohort_id))
