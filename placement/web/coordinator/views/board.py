"""The review board of a run: what is fixed, undo and redo, notes, approval, giving a run up."""

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.errors import NotFound
from placement.domain.fixing_errors import (
    ApprovalRefused,
    FixedPairsClash,
    NothingToUndo,
    PairRefused,
)
from placement.services import fixing, run_approvals, run_claims, run_notes
from placement.services.reports.board import board, fixed_places
from placement.services.reports.review import GivenDay, Review, ReviewedLeader, review
from placement.web import auth
from placement.web.coordinator.forms.board import NeverForm, NoteForm, ReasonForm, StepForm
from placement.web.coordinator.words import board as words
from placement.web.errors import status_of
from placement.web.rendering import render_page

FIXED = "It holds in every run from now on. Run the match again to see what that makes of the list."


def list_fixed(cohort_id: int) -> ResponseReturnValue:
    """Everything that is fixed, with undo and redo."""
    return _fixed_page(cohort_id)


def take_back(cohort_id: int, pair_id: int) -> ResponseReturnValue:
    """Take back what was fixed; that can be undone."""
    with unit_of_work() as session:
        done = fixing.take_back(auth.scope_of(session), cohort_id, pair_id, now=auth.now())
    if done:
        flash("It is no longer fixed. You can undo this below.")
    else:
        flash("It was taken back already.", "status")
    return auth.redirect_after_post(url_for(".list_fixed", cohort_id=cohort_id))


def undo_fixing(cohort_id: int) -> ResponseReturnValue:
    """Undo the step that the page showed; a change leads back to the run of before it."""
    try:
        with unit_of_work() as session:
            scope = auth.scope_of(session)
            scope.cohort(cohort_id)  # before the form: who may not be here hears nothing of it
            step = fixing.undo(scope, cohort_id, step_id=StepForm().step_id(), now=auth.now())
            run_id = step.run_id if step.word == "change" else None
    except (NothingToUndo, FixedPairsClash) as refused:
        return _fixed_page(cohort_id, refused)
    return _stepped(cohort_id, run_id, "Undone.")


def redo_fixing(cohort_id: int) -> ResponseReturnValue:
    """Do the step again that was undone last; a change leads to the run that it began."""
    try:
        with unit_of_work() as session:
            scope = auth.scope_of(session)
            scope.cohort(cohort_id)  # before the form: who may not be here hears nothing of it
            step = fixing.redo(scope, cohort_id, step_id=StepForm().step_id(), now=auth.now())
            run_id = step.new_run_id if step.word == "change" else None
    except (NothingToUndo, FixedPairsClash) as refused:
        return _fixed_page(cohort_id, refused)
    return _stepped(cohort_id, run_id, "Done again.")


def keep_place(cohort_id: int, run_id: int, leader_id: int, slot_id: int) -> ResponseReturnValue:
    """Ask why a leader is to keep a place that a run gives; then keep it."""
    found, leader, day = _given(cohort_id, run_id, leader_id, slot_id)
    form = ReasonForm()
    if request.method == "GET" or not form.validate():
        return _fix_page("coordinator/keep.html", found, leader, day, form)
    try:
        with unit_of_work() as session:
            step = fixing.keep_place(
                auth.scope_of(session),
                cohort_id,
                leader_id,
                slot_id,
                reason=str(form.reason.data),
                run_id=run_id,
                now=auth.now(),
            )
    except PairRefused as refused:
        return _fix_page("coordinator/keep.html", found, leader, day, form, refused)
    flash(f"{leader.name} keeps this place. {FIXED}" if step else "It is fixed already.")
    return _to_leader(cohort_id, run_id, leader_id)


def rule_out(cohort_id: int, run_id: int, leader_id: int, slot_id: int) -> ResponseReturnValue:
    """Ask why a leader is never to have a place, and whether on any day; then rule it out."""
    found, leader, day = _given(cohort_id, run_id, leader_id, slot_id)
    form = NeverForm()
    if request.method == "GET" or not form.validate():
        return _fix_page("coordinator/never.html", found, leader, day, form)
    try:
        with unit_of_work() as session:
            step = fixing.rule_out(
                auth.scope_of(session),
                cohort_id,
                leader_id,
                slot_id,
                reason=str(form.reason.data),
                every_day=form.much.data == "every",
                run_id=run_id,
                now=auth.now(),
            )
    except PairRefused as refused:
        return _fix_page("coordinator/never.html", found, leader, day, form, refused)
    flash(f"{leader.name} is not given this place again. {FIXED}" if step else "It is ruled out already.")
    return _to_leader(cohort_id, run_id, leader_id)


def write_note(cohort_id: int, run_id: int) -> ResponseReturnValue:
    """Ask for a note on a run; then keep it."""
    form = NoteForm()
    if request.method == "GET" or not form.validate():
        return _note_page(cohort_id, run_id, form)
    with unit_of_work() as session:
        run_notes.write_note(
            auth.scope_of(session), cohort_id, run_id, text=str(form.text.data), now=auth.now()
        )
    flash("The note is kept.")
    return _to_run(cohort_id, run_id, "notes")


def change_note(cohort_id: int, run_id: int, note_id: int) -> ResponseReturnValue:
    """Change a note of one's own."""
    with reading() as session:
        notes = board(auth.scope_of(session), cohort_id, run_id).notes
    note = next((one for one in notes if one.id == note_id and one.own), None)
    if note is None:
        raise NotFound(thing="note of yours")
    if request.method == "GET":
        return _note_page(cohort_id, run_id, NoteForm(formdata=None, text=note.text), note_id)
    form = NoteForm()
    if not form.validate():
        return _note_page(cohort_id, run_id, form, note_id)
    with unit_of_work() as session:
        run_notes.change_note(
            auth.scope_of(session), cohort_id, run_id, note_id, text=str(form.text.data), now=auth.now()
        )
    flash("The note is changed.")
    return _to_run(cohort_id, run_id, "notes")


def remove_note(cohort_id: int, run_id: int, note_id: int) -> ResponseReturnValue:
    """Remove a note of one's own, from the page that shows it."""
    with unit_of_work() as session:
        run_notes.remove_note(auth.scope_of(session), cohort_id, run_id, note_id, now=auth.now())
    flash("The note is removed.")
    return _to_run(cohort_id, run_id, "notes")


def approve_run(cohort_id: int, run_id: int) -> ResponseReturnValue:
    """Approve a run that somebody else asked for."""
    try:
        with unit_of_work() as session:
            done = run_approvals.approve_run(auth.scope_of(session), cohort_id, run_id, now=auth.now())
    except ApprovalRefused as refused:
        flash(str(refused), "notice")
    else:
        flash(f"Run {run_id} is approved. It can be confirmed now." if done else "It was approved already.")
    return _to_run(cohort_id, run_id)


def cancel_run(cohort_id: int, run_id: int) -> ResponseReturnValue:
    """Give up a run that waits or is being solved."""
    with unit_of_work() as session:
        done = run_claims.cancel_run(auth.scope_of(session), cohort_id, run_id, now=auth.now())
    if done:
        flash(f"Run {run_id} is cancelled.")
    else:
        flash("The run had ended before, so there was nothing to cancel.", "status")
    return _to_run(cohort_id, run_id)


def _fixed_page(
    cohort_id: int, refused: NothingToUndo | FixedPairsClash | None = None
) -> ResponseReturnValue:
    with reading() as session:
        found = fixed_places(auth.scope_of(session), cohort_id, now=auth.now())
    return render_page(
        "coordinator/fixed.html",
        status=status_of(refused) if refused else 200,
        found=found,
        refused=str(refused) if refused else "",
        words=words,
    )


def _given(
    cohort_id: int, run_id: int, leader_id: int, slot_id: int
) -> tuple[Review, ReviewedLeader, GivenDay]:
    """A day that a run gives a leader; 404 where it does not."""
    with reading() as session:
        found = review(auth.scope_of(session), cohort_id, run_id)
    leader = next((one for one in found.leaders if one.id == leader_id), None)
    day = next((one for one in leader.given if one.slot_id == slot_id), None) if leader else None
    if leader is None or day is None:
        raise NotFound(thing="place in this run")
    return found, leader, day


def _fix_page(
    template: str,
    found: Review,
    leader: ReviewedLeader,
    day: GivenDay,
    form: ReasonForm,
    refused: PairRefused | None = None,
) -> ResponseReturnValue:
    if refused is not None:
        form.reason.errors = [str(refused)]
    return render_page(template, run=found.run, leader=leader, day=day, form=form)


def _note_page(
    cohort_id: int, run_id: int, form: NoteForm, note_id: int | None = None
) -> ResponseReturnValue:
    with reading() as session:
        run = review(auth.scope_of(session), cohort_id, run_id).run
    return render_page("coordinator/run_note.html", run=run, form=form, note_id=note_id)


def _stepped(cohort_id: int, run_id: int | None, said: str) -> ResponseReturnValue:
    if run_id is not None:
        flash(f"{said} This is run {run_id}, which goes with it.")
        return _to_run(cohort_id, run_id)
    flash(f"{said} Run the match again to see what that makes of the list.")
    return auth.redirect_after_post(url_for(".list_fixed", cohort_id=cohort_id))


def _to_run(cohort_id: int, run_id: int, anchor: str | None = None) -> ResponseReturnValue:
    return auth.redirect_after_post(url_for(".show_run", cohort_id=cohort_id, run_id=run_id, _anchor=anchor))


def _to_leader(cohort_id: int, run_id: int, leader_id: int) -> ResponseReturnValue:
    return auth.redirect_after_post(
        url_for(".show_leader", cohort_id=cohort_id, run_id=run_id, leader_id=leader_id)
    )
