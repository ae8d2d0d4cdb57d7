"""Confirming a run: first what would come of it, with a preview of the mails; then all of it at once."""

from collections.abc import Mapping

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.adapters import messages
from placement.adapters.messages import Preview
from placement.db import reading, unit_of_work
from placement.domain.errors import PlacementError, RunOutOfDate
from placement.services import confirmations
from placement.services.confirmations import Confirmation
from placement.services.partner_news import KIND
from placement.services.reports.confirming import Confirming, NewInvite, confirming
from placement.services.reports.effects import PartnerMail
from placement.web import auth
from placement.web.coordinator.words import cautions
from placement.web.coordinator.words import mails as mail_words
from placement.web.coordinator.words import runs as words
from placement.web.coordinator.words.repair import run_name
from placement.web.errors import status_of
from placement.web.presenters import count
from placement.web.rendering import render_page

CANCELLATION = "-cancellation"
"""What follows a leader's number in the address where a cancellation is meant."""
PARTNER = "partner-"
"""What stands before a partner's number there."""


def ask_confirmation(cohort_id: int, run_id: int) -> ResponseReturnValue:
    """What confirming would do; the address may name the leader whose mail is to be shown."""
    return _page(cohort_id, run_id)


def confirm_run(cohort_id: int, run_id: int) -> ResponseReturnValue:
    """Confirm a run of this cohort and owe its invites; an older run than the cohort does nothing."""
    try:
        with unit_of_work() as session:
            scope = auth.scope_of(session)
            run = scope.run_of(scope.cohort(cohort_id), run_id)
            repair = run.kind != "match"
            done = confirmations.confirm_run(scope, run.id, sender=auth.sender(), now=auth.now())
    except RunOutOfDate as refused:
        return _page(cohort_id, run_id, refused)
    if done.before:
        flash(f"Run {run_id} was confirmed before. Nothing was changed, and no mail goes twice.", "notice")
    else:
        flash(_done(done, repair=repair))
    return auth.redirect_after_post(url_for(".show_sending", cohort_id=cohort_id))


def _page(cohort_id: int, run_id: int, refused: PlacementError | None = None) -> ResponseReturnValue:
    with reading() as session:
        found = confirming(auth.scope_of(session), cohort_id, run_id, sender=auth.sender(), now=auth.now())
    mails = _mails(found)
    chosen = _chosen(mails)
    preview = _preview(chosen) if chosen else None
    return render_page(
        "coordinator/confirm.html",
        status=status_of(refused) if refused else 200,
        refused=refused is not None,
        found=found,
        run=found.run,
        words=words,
        cautions=cautions,
        run_name=run_name(found.run.kind, run_id),
        mails=mails,
        mail_words=mail_words,
        chosen=chosen,
        preview=preview,
        facts=mail_words.facts(chosen, preview, auth.sender()) if chosen and preview else (),
    )


def _done(done: Confirmation, *, repair: bool) -> str:
    """What confirming did."""
    if not repair:
        told = f" {count(done.partners, 'partner').capitalize()} told." if done.partners else ""
        return f"{count(done.made, 'placement').capitalize()} confirmed. The invites are on their way.{told}"
    changed = f"{count(done.ended, 'placement')} ended, {count(done.made, 'placement')} made"
    return f"The repair is done: {changed}, {done.kept} kept as they were. The mails are on their way."


def _mails(found: Confirming) -> dict[str, NewInvite | PartnerMail]:
    """Every mail that confirming would owe, by what stands for it in the address: invites first."""
    mails: dict[str, NewInvite | PartnerMail] = {}
    for kind, several in (("", found.new), (CANCELLATION, found.cancelled)):
        for mail in several:
            name = f"{mail.leader_id}{kind}"
            number = sum(key.partition(".")[0] == name for key in mails)
            mails[f"{name}.{number + 1}" if number else name] = mail
    return mails | {f"{PARTNER}{mail.partner_id}": mail for mail in found.partners}


def _chosen(mails: Mapping[str, NewInvite | PartnerMail]) -> NewInvite | PartnerMail | None:
    """The mail that the address names; the first where it names none that there is."""
    asked = request.args.get("leader", "")
    return mails.get(asked) or next(iter(mails.values()), None)


def _preview(mail: NewInvite | PartnerMail) -> Preview | None:
    if isinstance(mail, PartnerMail):
        return messages.preview_letter(KIND, mail.facts, recipient=mail.recipient)
    return None if mail.problem else messages.preview(mail.details)
