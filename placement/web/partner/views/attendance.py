"""Who came: one tap for each person, all on one form, and somebody who was not expected."""

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.attendance_errors import (
    AttendanceChanged,
    AttendanceClosed,
    AttendanceUnusable,
    DayNotBegun,
    DayNotHeld,
    ExtraRefused,
)
from placement.services.attendance import Mark, add_extra_as_partner, mark_as_partner
from placement.services.reports.attendance import PartnerAttendance, attendance_for_partner
from placement.web import attending
from placement.web.auth import now, redirect_after_post, scope_of
from placement.web.partner import blueprint
from placement.web.partner.forms.afterwards import ExtraForm
from placement.web.rendering import render_page

CHANGED = 409
ONE_TAP, ALL = "partner/attendance.html", "partner/attendance_all.html"


@blueprint.get("/days/<int:slot_id>/attendance")
def show_attendance(partner_id: int, slot_id: int) -> ResponseReturnValue:
    """Who came, with buttons for each person."""
    return _page(ONE_TAP, _found(partner_id, slot_id))


@blueprint.get("/days/<int:slot_id>/attendance/all")
def show_attendance_form(partner_id: int, slot_id: int) -> ResponseReturnValue:
    """The same as one form with one button."""
    return _page(ALL, _found(partner_id, slot_id))


@blueprint.post("/days/<int:slot_id>/attendance")
def mark_attendance(partner_id: int, slot_id: int) -> ResponseReturnValue:
    """Record what was tapped, or all of the form; a second tap is harmless."""
    marks, template = attending.marks_sent(), ALL if request.form.get("all") else ONE_TAP
    try:
        with unit_of_work() as session:
            changed = mark_as_partner(scope_of(session), partner_id, slot_id, marks, now=now())
    except AttendanceChanged as stale:
        return _page(template, _found(partner_id, slot_id), stale=stale, marks=marks, status=CHANGED)
    except (AttendanceClosed, DayNotBegun, DayNotHeld, AttendanceUnusable) as refused:
        flash(str(refused), "notice")
        return redirect_after_post(_url(partner_id, slot_id))
    flash(attending.saved_words(_found(partner_id, slot_id).day, changed, marks), "status")
    place = attending.anchor(marks[0].who) if len(marks) == 1 and marks[0].state else None
    return redirect_after_post(_url(partner_id, slot_id, place))


@blueprint.get("/days/<int:slot_id>/attendance/extra")
def ask_extra(partner_id: int, slot_id: int) -> ResponseReturnValue:
    """Ask who came without being expected."""
    found = _found(partner_id, slot_id)
    return render_page(
        "partner/attendance_extra.html", form=ExtraForm(formdata=None), found=found, day=found.day
    )


@blueprint.post("/days/<int:slot_id>/attendance/extra")
def add_extra(partner_id: int, slot_id: int) -> ResponseReturnValue:
    """Put somebody on the list who came without being expected."""
    form, found = ExtraForm(), _found(partner_id, slot_id)
    if found.day.editable and not form.validate():
        return render_page("partner/attendance_extra.html", form=form, found=found, day=found.day)
    try:
        with unit_of_work() as session:
            add_extra_as_partner(
                scope_of(session),
                partner_id,
                slot_id,
                name=str(form.name.data or ""),
                organisation=str(form.organisation.data or ""),
                now=now(),
            )
    except ExtraRefused as refused:
        form.name.errors = [str(refused)]
        return render_page("partner/attendance_extra.html", form=form, found=found, day=found.day)
    except (AttendanceClosed, DayNotBegun, DayNotHeld) as refused:
        flash(str(refused), "notice")
    else:
        flash(f"{form.name.data} is on the list.", "status")
    return redirect_after_post(_url(partner_id, slot_id))


def _found(partner_id: int, slot_id: int) -> PartnerAttendance:
    with reading() as session:
        return attendance_for_partner(scope_of(session), partner_id, slot_id, now=now())


def _page(
    template: str,
    found: PartnerAttendance,
    *,
    stale: AttendanceChanged | None = None,
    marks: list[Mark] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    return render_page(
        template,
        status=status,
        found=found,
        day=found.day,
        stale=str(stale) if stale else None,
        changed=stale.who if stale else frozenset(),
        typed=attending.typed_by_who(marks or []),
        words=attending,
    )


def _url(partner_id: int, slot_id: int, place: str | None = None) -> str:
    return url_for(".show_attendance", partner_id=partner_id, slot_id=slot_id, _anchor=place)
