"""One leader when plans change: their days, leaving the cohort, coming back, other dates."""

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.change_errors import LeaderChangedMeanwhile
from placement.domain.door_errors import AddressTaken
from placement.domain.errors import AddressUnusable, PlacementError
from placement.domain.mails import OPT_OUT_NAMES
from placement.services import addresses, aliases, leaders, restoring, withdrawals
from placement.services.reports.effects import Effect
from placement.services.reports.roster import Person, person
from placement.web import auth
from placement.web.coordinator.forms.address import AddressForm
from placement.web.coordinator.forms.dates import (
    LeaderDatesForm,
    changed_answers,
    leader_dates_form,
    lost_answers,
)
from placement.web.coordinator.views.asking import CHANGED, has_moved_on
from placement.web.coordinator.views.days import done
from placement.web.coordinator.words import plans as words
from placement.web.errors import status_of
from placement.web.leader.forms.dates import field_name
from placement.web.leader.forms.seen import answers_from
from placement.web.rendering import render_page
from placement.web.versions import show_seen


def show_person(cohort_id: int, leader_id: int) -> ResponseReturnValue:
    """A leader with their days, and what can be done."""
    shown = _person(cohort_id, leader_id)
    stopped = [OPT_OUT_NAMES[sort] for sort in OPT_OUT_NAMES if sort in shown.stopped]
    return render_page("coordinator/person.html", person=shown, words=words, stopped=stopped)


def ask_leaving(cohort_id: int, leader_id: int) -> ResponseReturnValue:
    """What it would do if a leader left the cohort."""
    return _leaving_page(cohort_id, leader_id, _leaving(cohort_id, leader_id))


def withdraw_leader(cohort_id: int, leader_id: int) -> ResponseReturnValue:
    """Let a leader leave the cohort; nothing where that is not what the page showed."""
    effect = _leaving(cohort_id, leader_id)
    if effect.changed and has_moved_on(effect):
        return _leaving_page(cohort_id, leader_id, effect, moved_on=True)
    with unit_of_work() as session:
        effect = withdrawals.withdraw_leader(
            auth.scope_of(session), cohort_id, leader_id, sender=auth.sender(), now=auth.now()
        )
    return done(cohort_id, effect, "{} has left the cohort.")


def _leaving(cohort_id: int, leader_id: int) -> Effect:
    with reading() as session:
        return withdrawals.preview_leader(
            auth.scope_of(session), cohort_id, leader_id, sender=auth.sender(), now=auth.now()
        )


def _leaving_page(
    cohort_id: int, leader_id: int, effect: Effect, *, moved_on: bool = False
) -> ResponseReturnValue:
    return render_page(
        "coordinator/person_leave.html",
        status=CHANGED if moved_on else 200,
        person=_person(cohort_id, leader_id),
        effect=effect,
        moved_on=moved_on,
        words=words,
    )


def restore_leader(cohort_id: int, leader_id: int) -> ResponseReturnValue:
    """Bring a leader back who left."""
    with unit_of_work() as session:
        effect = restoring.restore_leader(auth.scope_of(session), cohort_id, leader_id, now=auth.now())
    return done(cohort_id, effect, "{} is back in the cohort, without the days that were cancelled.")


def remove_alias(cohort_id: int, leader_id: int, alias_id: int) -> ResponseReturnValue:
    """Take a further address from a leader."""
    with unit_of_work() as session:
        address = aliases.remove_alias(auth.scope_of(session), cohort_id, leader_id, alias_id, now=auth.now())
    flash(f"Replies from {address} do not count as theirs any more.")
    return auth.redirect_after_post(url_for(".show_person", cohort_id=cohort_id, leader_id=leader_id))


def ask_dates(cohort_id: int, leader_id: int) -> ResponseReturnValue:
    """Ask which dates a leader can do now."""
    shown = _person(cohort_id, leader_id)
    return _dates_page(shown, leader_dates_form(shown.dates, formdata=None))


def save_dates(cohort_id: int, leader_id: int) -> ResponseReturnValue:
    """Keep what a leader now says of their dates, also after choices have closed."""
    shown = _person(cohort_id, leader_id)
    form = leader_dates_form(shown.dates)
    if not form.validate():
        return _dates_page(shown, form)
    seen = answers_from(str(form.seen.data or ""))
    try:
        with unit_of_work() as session:
            effect = leaders.change_dates(
                auth.scope_of(session),
                cohort_id,
                leader_id,
                answers=changed_answers(form, shown.dates, seen),
                seen=seen,
                now=auth.now(),
            )
    except LeaderChangedMeanwhile as refused:
        shown = _person(cohort_id, leader_id)
        return _dates_page(shown, leader_dates_form(shown.dates, formdata=None), refused, sent=form)
    return done(cohort_id, effect, "The dates of {} are saved.")


def ask_address(cohort_id: int, leader_id: int) -> ResponseReturnValue:
    """Ask for the right address of a leader."""
    shown = _person(cohort_id, leader_id)
    return _address_page(shown, AddressForm(formdata=None, seen=shown.email))


def correct_address(cohort_id: int, leader_id: int) -> ResponseReturnValue:
    """Give a leader another address; their invites go there."""
    shown, form = _person(cohort_id, leader_id), AddressForm()
    if not form.validate():
        return _address_page(shown, form)
    try:
        with unit_of_work() as session:
            effect = addresses.correct_address(
                auth.scope_of(session),
                cohort_id,
                leader_id,
                email=form.email.data or "",
                seen=str(form.seen.data or ""),
                sender=auth.sender(),
                now=auth.now(),
            )
    except (AddressTaken, AddressUnusable) as refused:
        form.email.errors = [str(refused)]
        return _address_page(shown, form)
    except LeaderChangedMeanwhile as refused:
        show_seen(form.seen, shown.email)
        return _address_page(shown, form, refused)
    return _done(shown, effect, "The address of {} is corrected.")


def clear_address(cohort_id: int, leader_id: int) -> ResponseReturnValue:
    """Take it back that mail to a leader's address does not arrive."""
    shown = _person(cohort_id, leader_id)
    with unit_of_work() as session:
        effect = addresses.clear_flag(auth.scope_of(session), cohort_id, leader_id, now=auth.now())
    return _done(shown, effect, "The note on the address of {} is gone.")


def _done(shown: Person, effect: Effect, said: str) -> ResponseReturnValue:
    """Say what was done to an address, and go back to whose it is."""
    flash(words.done_sentence(effect, said), "success" if effect.changed else "notice")
    return auth.redirect_after_post(
        url_for(".show_person", cohort_id=shown.cohort_id, leader_id=shown.leader_id)
    )


def _address_page(
    shown: Person, form: AddressForm, refused: PlacementError | None = None
) -> ResponseReturnValue:
    return render_page(
        "coordinator/person_address.html",
        form=form,
        status=status_of(refused) if refused else 200,
        refusal=refused,
        person=shown,
        back_url=url_for(".show_person", cohort_id=shown.cohort_id, leader_id=shown.leader_id),
    )


def _person(cohort_id: int, leader_id: int) -> Person:
    with reading() as session:
        return person(auth.scope_of(session), cohort_id, leader_id, now=auth.now())


def _dates_page(
    shown: Person,
    form: LeaderDatesForm,
    refused: PlacementError | None = None,
    *,
    sent: LeaderDatesForm | None = None,
) -> ResponseReturnValue:
    return render_page(
        "coordinator/person_dates.html",
        form=form,
        status=status_of(refused) if refused else 200,
        refusal=refused,
        lost=lost_answers(sent, shown.dates) if sent else [],
        person=shown,
        questions=[form[field_name(when)] for when in shown.dates],
        back_url=url_for(".show_person", cohort_id=shown.cohort_id, leader_id=shown.leader_id),
    )
