"""Taking a day back: at once where nobody comes, else with a reason and after saying who is told."""

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.errors import SlotChangedMeanwhile, SlotOver, SlotRefused
from placement.domain.hosting import LONGEST_WORDS, TOLD_REASONS
from placement.domain.hosting_errors import VisitorsChanged
from placement.services.partner_withdrawals import preview_withdrawal, withdraw_with_people
from placement.services.reports.partner import DayDetails
from placement.services.scope import Scope
from placement.services.slots import withdraw_slot
from placement.web import between
from placement.web.auth import now, redirect_after_post, scope_of, sender
from placement.web.partner import blueprint
from placement.web.partner.forms.hosting import ReasonForm
from placement.web.partner.forms.places import WithdrawForm
from placement.web.partner.views.day import changed, details
from placement.web.presenters import count
from placement.web.rendering import render_page

CHANGED = 409


@blueprint.get("/days/<int:slot_id>/withdraw")
def ask_withdrawal(partner_id: int, slot_id: int) -> ResponseReturnValue:
    """Ask whether a day is really to be taken back, and why where people are coming."""
    shown = details(partner_id, slot_id)
    return _with_people(shown) if between.is_between() else _asked(shown)


@blueprint.post("/days/<int:slot_id>/withdraw")
def withdraw(partner_id: int, slot_id: int) -> ResponseReturnValue:
    """Take a day back; an older page than the latest change takes nothing back."""
    shown = details(partner_id, slot_id)
    if "step" in request.form:
        return _with_people(shown)
    if shown.visitors and shown.withdrawable:
        return _asked(shown, stale=VisitorsChanged())
    form = WithdrawForm()

    def save(scope: Scope) -> None:
        withdraw_slot(scope, partner_id, slot_id, seen=str(form.seen.data), now=now())

    try:
        return changed(save, "The day is withdrawn. Nobody will be sent.", shown)
    except SlotChangedMeanwhile as stale:
        return _asked(details(partner_id, slot_id), stale=stale)


def _with_people(shown: DayDetails) -> ResponseReturnValue:
    """Show what taking the day back would do; with the button of that page, do it."""
    form, step = ReasonForm(), between.step()
    if step == "edit":
        return between.shown_by_get(lambda: _asked(shown, form))
    if not form.validate():
        return _asked(shown, form)
    try:
        if step == "save":
            return _withdrawn(shown, form)
        return between.shown_by_get(lambda: _previewed(shown, form))
    except VisitorsChanged as stale:
        newer = details(shown.partner_id, shown.day.id)
        return _previewed(newer, form, stale=stale) if newer.visitors else _asked(newer, stale=stale)
    except SlotOver:
        return redirect_after_post(_url(shown, ".ask_withdrawal"))


def _asked(
    shown: DayDetails, form: ReasonForm | None = None, *, stale: SlotRefused | None = None
) -> ResponseReturnValue:
    """The question, as the day is now: why, where people are coming."""
    status = CHANGED if stale else 200
    if not (shown.visitors and shown.withdrawable):
        plain = WithdrawForm(formdata=None, seen=shown.version)
        return render_page("partner/withdraw.html", form=plain, shown=shown, stale=stale, status=status)
    form = form or ReasonForm(formdata=None, seen=shown.version_coming)
    return render_page(
        "partner/withdraw_reason.html", form=form, shown=shown, stale=stale, most=LONGEST_WORDS, status=status
    )


def _previewed(
    shown: DayDetails, form: ReasonForm, *, stale: SlotRefused | None = None
) -> ResponseReturnValue:
    with reading() as session:
        effect = preview_withdrawal(
            scope_of(session), shown.partner_id, shown.day.id, sender=sender(), now=now()
        )
    if not effect.changed or not shown.visitors:
        return redirect_after_post(_url(shown, ".ask_withdrawal"))
    return render_page(
        "partner/withdraw_check.html",
        shown=shown,
        effect=effect,
        mailed={mail.person.leader_id for mail in effect.mails},
        reason=TOLD_REASONS[form.reason.data],
        carried=[("reason", form.reason.data), ("words", form.words.data), ("seen", shown.version_coming)],
        words=form.words.data,
        stale=stale,
        status=CHANGED if stale else 200,
    )


def _withdrawn(shown: DayDetails, form: ReasonForm) -> ResponseReturnValue:
    with unit_of_work() as session:
        effect = withdraw_with_people(
            scope_of(session),
            shown.partner_id,
            shown.day.id,
            form.why(),
            seen=str(form.seen.data),
            sender=sender(),
            now=now(),
        )
    if effect.changed:
        told = count(len(effect.mails), "person gets", "people get").capitalize()
        mails = f" {told} an e-mail." if effect.mails else ""
        flash(f"The day is withdrawn.{mails} Your coordinator is asked to find another place for them.")
    else:
        flash("The day was withdrawn before; nothing is done a second time.", "notice")
    return redirect_after_post(_url(shown, ".show_day"))


def _url(shown: DayDetails, endpoint: str) -> str:
    return url_for(endpoint, partner_id=shown.partner_id, slot_id=shown.day.id)
