"""Partners to whom a leader must not be sent, as a coordinator knows them."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.errors import ButtonUnknown
from placement.services import conflicts
from placement.services.reports.about import partners_in
from placement.services.reports.roster import Person, person
from placement.web import auth
from placement.web.coordinator.views.days import done
from placement.web.leader.about_words import THEIR_TIES
from placement.web.leader.forms.conflicts import KnownConflictForm, known_conflict_form
from placement.web.rendering import render_page

Partners = tuple[tuple[int, str], ...]


def show_conflicts(cohort_id: int, leader_id: int) -> ResponseReturnValue:
    """Those that are kept, and a form for another."""
    shown, partners = _found(cohort_id, leader_id)
    return _page(shown, known_conflict_form(partners, formdata=None))


def set_conflict(cohort_id: int, leader_id: int) -> ResponseReturnValue:
    """Keep one more, or another kind of one that is kept."""
    shown, partners = _found(cohort_id, leader_id)
    form = known_conflict_form(partners)
    if not form.validate():
        return _page(shown, form)
    with unit_of_work() as session:
        effect = conflicts.set_conflict(
            auth.scope_of(session),
            cohort_id,
            leader_id,
            partner_id=form.partner_id(),
            kind=form.chosen_kind(),
            note=str(form.note.data),
            now=auth.now(),
        )
    return done(cohort_id, effect, "The conflict of interest of {} is saved.")


def lift_conflict(cohort_id: int, leader_id: int) -> ResponseReturnValue:
    """Take one back, whoever said it."""
    partner_id = request.form.get("partner", type=int)
    _found(cohort_id, leader_id)
    if partner_id is None:
        raise ButtonUnknown
    with unit_of_work() as session:
        effect = conflicts.lift_conflict(
            auth.scope_of(session), cohort_id, leader_id, partner_id=partner_id, now=auth.now()
        )
    return done(cohort_id, effect, "The conflict of interest of {} is taken back.")


def _found(cohort_id: int, leader_id: int) -> tuple[Person, Partners]:
    with reading() as session:
        shown = person(auth.scope_of(session), cohort_id, leader_id, now=auth.now())
        return shown, partners_in(session, shown.cohort_id)


def _page(shown: Person, form: KnownConflictForm) -> ResponseReturnValue:
    return render_page(
        "coordinator/person_conflicts.html",
        form=form,
        person=shown,
        ties=THEIR_TIES,
        back_url=url_for(".show_person", cohort_id=shown.cohort_id, leader_id=shown.leader_id),
    )
