"""What a leader says of a day to those who run the programme."""

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from placement.db import unit_of_work
from placement.domain.attendance import WENT_WORDS
from placement.domain.attendance_errors import AttendanceClosed, DayNotBegun, DayNotHeld, FeedbackChanged
from placement.services.feedback import LONGEST_WORDS, save_feedback_as_leader
from placement.services.reports.afterwards import OwnDay
from placement.web import auth
from placement.web.leader.forms.afterwards import LeaderFeedbackForm
from placement.web.leader.views.reflection import own_day
from placement.web.rendering import render_page
from placement.web.versions import show_version, version_in

CHANGED = 409


def show_feedback(leader_id: int, placement_id: int) -> ResponseReturnValue:
    """What was said of the day, and the form for it."""
    day = own_day(leader_id, placement_id)
    said = day.feedback
    facts = {"went": str(said.went), "words": said.words} if said else {}
    return _page(day, LeaderFeedbackForm(formdata=None, seen=said.version if said else 0, **facts))


def save_own_feedback(leader_id: int, placement_id: int) -> ResponseReturnValue:
    """Keep what is said."""
    day, form = own_day(leader_id, placement_id), LeaderFeedbackForm()
    if day.feedback_open and not form.validate():
        return _page(day, form)
    try:
        with unit_of_work() as session:
            save_feedback_as_leader(
                auth.scope_of(session),
                leader_id,
                placement_id,
                form.facts(),
                seen=version_in(form.seen),
                now=auth.now(),
            )
    except FeedbackChanged as stale:
        day = own_day(leader_id, placement_id)
        show_version(form.seen, day.feedback.version if day.feedback else 0)
        return _page(day, form, stale=str(stale), status=CHANGED)
    except (AttendanceClosed, DayNotBegun, DayNotHeld) as refused:
        flash(str(refused), "notice")
    else:
        flash("Thank you. Your feedback is saved.")
    return auth.redirect_after_post(url_for(".show_feedback", leader_id=leader_id, placement_id=placement_id))


def _page(
    day: OwnDay, form: LeaderFeedbackForm, *, stale: str | None = None, status: int = 200
) -> ResponseReturnValue:
    return render_page(
        "leader/feedback.html",
        form=form,
        status=status,
        day=day,
        stale=stale,
        went=WENT_WORDS,
        most=LONGEST_WORDS,
    )
