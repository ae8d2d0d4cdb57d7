"""One leader when plans change: their days, leaving the cohort, coming back, other dates."""

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.services import aliases, leaders, restoring, withdrawals
from placement.services.reports.roster import Person, person
from placement.web import auth
from placement.web.coordinator.forms.dates import LeaderDatesForm, changed_answers, leader_dates_form
from placement.web.coordinator.views.days import done
from placement.web.coordinator.words import plans as words
from placement.web.leader.forms.dates import field_name
from placement.web.rendering import render_page


def show_person(cohort_id: int, leader_id: int) -> ResponseReturnValue:
    """A leader with their days, and what can be done."""
    return render_page("coordinator/person.html", person=_person(cohort_id, leader_id), words=words)


def ask_leaving(cohort_id: int, leader_id: int) -> ResponseReturnValue:
    """What it would do if a leader left the cohort."""
    shown = _person(cohort_id, leader_id)
    with reading() as session:
        effect = withdrawals.preview_leader(
            auth.scope_of(session), cohort_id, leader_id, sender=auth.sender(), now=auth.now()
        )
    return render_page("coordinator/person_leave.html", person=shown, effect=effect, words=words)


def withdraw_leader(cohort_id: int, leader_id: int) -> ResponseReturnValue:
    """Let a leader leave the cohort."""
    with unit_of_work() as session:
        effect = withdrawals.withdraw_leader(
            auth.scope_of(session), cohort_id, leader_id, sender=auth.sender(), now=auth.now()
        )
    return done(cohort_id, effect, "{} has left the cohort.")


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
    with unit_of_work() as session:
        effect = leaders.change_dates(
            auth.scope_of(session),
            cohort_id,
            leader_id,
            answers=changed_answers(form, shown.dates),
            now=auth.now(),
        )
    return done(cohort_id, effect, "The dates of {} are saved.")


def _person(cohort_id: int, leader_id: int) -> Person:
    with reading() as session:
        return person(auth.scope_of(session), cohort_id, leader_id, now=auth.now())


def _dates_page(shown: Person, form: LeaderDatesForm) -> ResponseReturnValue:
    return render_page(
        "coordinator/person_dates.html",
        form=form,
        person=shown,
        questions=[form[field_name(when)] for when in shown.dates],
        back_url=url_for(".show_person", cohort_id=shown.cohort_id, leader_id=shown.leader_id),
    )
