"""Confirming a run: first what would come of it, with a preview of the mails; then all of it at once."""

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.adapters import messages
from placement.adapters.messages import Preview
from placement.db import reading, unit_of_work
from placement.domain.errors import PlacementError, RunOutOfDate
from placement.services import confirmations
from placement.services.reports.confirming import Confirming, NewInvite, confirming
from placement.web import auth
from placement.web.coordinator.words import runs as words
from placement.web.errors import status_of
from placement.web.presenters import count
from placement.web.rendering import render_page


def ask_confirmation(cohort_id: int, run_id: int) -> ResponseReturnValue:
    """What confirming would do; the address may name the leader whose mail is to be shown."""
    return _page(cohort_id, run_id)


def confirm_run(cohort_id: int, run_id: int) -> ResponseReturnValue:
    """Confirm a run of this cohort and owe its invites; an older run than the cohort does nothing."""
    try:
        with unit_of_work() as session:
            scope = auth.scope_of(session)
            run = scope.run_of(scope.cohort(cohort_id), run_id)
            done = confirmations.confirm_run(scope, run.id, sender=auth.sender(), now=auth.now())
    except RunOutOfDate as refused:
        return _page(cohort_id, run_id, refused)
    if done.before:
        flash(f"Run {run_id} was confirmed before. Nothing was changed, and no mail goes twice.", "notice")
    else:
        flash(f"{count(done.made, 'placement').capitalize()} confirmed. The invites are on their way.")
    return auth.redirect_after_post(url_for(".show_sending", cohort_id=cohort_id))


def _page(cohort_id: int, run_id: int, refused: PlacementError | None = None) -> ResponseReturnValue:
    with reading() as session:
        found = confirming(auth.scope_of(session), cohort_id, run_id, sender=auth.sender(), now=auth.now())
    chosen = _chosen(found)
    return render_page(
        "coordinator/confirm.html",
        status=status_of(refused) if refused else 200,
        refused=refused is not None,
        found=found,
        run=found.run,
        words=words,
        chosen=chosen,
        preview=_preview(chosen) if chosen else None,
    )


def _chosen(found: Confirming) -> NewInvite | None:
    """The mail of the leader whom the address names; the first where it names nobody who gets one."""
    asked = request.args.get("leader", "")
    named = (mail for mail in found.new if str(mail.leader_id) == asked)
    return next(named, found.new[0] if found.new else None)


def _preview(mail: NewInvite) -> Preview | None:
    return None if mail.problem else messages.preview(mail.details)
