"""After a day: thanks, short feedback, and the reflections that leaders gave to the partner."""

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.attendance import PROMPTS
from placement.domain.attendance_errors import AttendanceClosed, DayNotBegun, DayNotHeld, FeedbackChanged
from placement.services.feedback import LONGEST_WORDS, save_feedback_as_partner
from placement.services.reports.afterwards import AfterDay, after_day
from placement.web import attending
from placement.web.auth import now, redirect_after_post, scope_of
from placement.web.partner import blueprint
from placement.web.partner.forms.afterwards import PartnerFeedbackForm
from placement.web.rendering import render_page
from placement.web.versions import show_version, version_in

CHANGED = 409


@blueprint.get("/days/<int:slot_id>/afterwards")
def show_afterwards(partner_id: int, slot_id: int) -> ResponseReturnValue:
    """What was said and written of the day, and the form for feedback."""
    after = _after(partner_id, slot_id)
    return _page(after, _form(after))


@blueprint.post("/days/<int:slot_id>/afterwards")
def save_feedback(partner_id: int, slot_id: int) -> ResponseReturnValue:
    """Keep the partner's feedback."""
    form, after = PartnerFeedbackForm(), _after(partner_id, slot_id)
    if after.editable and not form.validate():
        return _page(after, form)
    try:
        with unit_of_work() as session:
            save_feedback_as_partner(
                scope_of(session),
                partner_id,
                slot_id,
                form.facts(),
                seen=version_in(form.seen),
                now=now(),
            )
    except FeedbackChanged as stale:
        after = _after(partner_id, slot_id)
        show_version(form.seen, after.feedback.version if after.feedback else 0)
        return _page(after, form, stale=str(stale), status=CHANGED)
    except (AttendanceClosed, DayNotBegun, DayNotHeld) as refused:
        flash(str(refused), "notice")
    else:
        flash("Thank you. Your feedback is saved.")
    return redirect_after_post(url_for(".show_afterwards", partner_id=partner_id, slot_id=slot_id))


def _after(partner_id: int, slot_id: int) -> AfterDay:
    with reading() as session:
        return after_day(scope_of(session), partner_id, slot_id, now=now())


def _form(after: AfterDay) -> PartnerFeedbackForm:
    said = after.feedback
    if said is None:
        return PartnerFeedbackForm(formdata=None, seen=0)
    return PartnerFeedbackForm(
        formdata=None,
        seen=said.version,
        went=str(said.went),
        again=said.again,
        words=said.words,
        call_me=said.call_me,
    )


def _page(
    after: AfterDay, form: PartnerFeedbackForm, *, stale: str | None = None, status: int = 200
) -> ResponseReturnValue:
    return render_page(
        "partner/afterwards.html",
        form=form,
        status=status,
        after=after,
        stale=stale,
        words=attending,
        prompts=PROMPTS,
        most=LONGEST_WORDS,
    )
