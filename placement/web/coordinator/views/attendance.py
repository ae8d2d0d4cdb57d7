"""Who came, by day and by person: marking, correcting, closing the list."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, url_for
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
from placement.services import attendance as service
from placement.services.attendance import Mark
from placement.services.reports.attendance import (
    CohortAttendance,
    DayAttendance,
    Person,
    attendance_for_coordinator,
    cohort_attendance,
    leaders_to_choose,
)
from placement.web import attending, auth
from placement.web.coordinator.forms.extra import ExtraForm
from placement.web.downloads import csv_file
from placement.web.lists import Filter, Listing, announce, listing
from placement.web.presenters import count, day, moment
from placement.web.rendering import render_page

CHANGED = 409
REFUSED = (AttendanceClosed, DayNotBegun, DayNotHeld, AttendanceUnusable)
HEAD = (
    *("Day", "Placement", "Partner", "Name", "Organisation", "Expected", "Took part"),
    *("Reason", "Note", "Marked by", "Marked"),
)


@dataclass(frozen=True)
class Row:
    """One person of one day."""

    day: DayAttendance
    one: Person


DAY_FILTERS = (
    Filter[DayAttendance]("all", "All days", lambda _: True),
    Filter[DayAttendance]("to-mark", "Somebody not known", lambda row: row.not_known > 0),
    Filter[DayAttendance](
        "late", "Marked late by the partner", lambda row: any(late_by_partner(one) for one in row.people)
    ),
)
PERSON_FILTERS = (
    Filter[Row]("all", "All", lambda _: True),
    Filter[Row]("not-known", "Not known", lambda row: row.one.state is None),
    Filter[Row]("came", "Came on time", lambda row: row.one.state == "came"),
    Filter[Row]("late", "Came late", lambda row: row.one.state == "late"),
    Filter[Row]("left-early", "Left early", lambda row: row.one.state == "left_early"),
    Filter[Row]("absent", "Did not come", lambda row: row.one.state == "absent"),
    Filter[Row]("extra", "Extra", lambda row: not row.one.expected),
)


def late_by_partner(one: Person) -> bool:
    """Whether the partner marked somebody when the day was long over."""
    return one.late_mark and one.marked_by == "partner"


def show_attendance(cohort_id: int) -> ResponseReturnValue:
    """The figures, and each day that has begun."""
    found = _cohort(cohort_id)
    shown = listing(found.days, DAY_FILTERS, lambda row: f"{row.title} {row.partner} {day(row.starts_at)}")
    announce(shown, "day")
    return render_page(
        "coordinator/attendance.html",
        found=found,
        shown=shown,
        words=attending,
        late_days={row.slot_id for row in shown.rows if any(late_by_partner(one) for one in row.people)},
    )


def show_attendance_people(cohort_id: int) -> ResponseReturnValue:
    """Each person of each day."""
    found = _cohort(cohort_id)
    shown = _people(found)
    announce(shown, "person", "people")
    return render_page("coordinator/attendance_people.html", found=found, shown=shown, words=attending)


def download_attendance(cohort_id: int) -> ResponseReturnValue:
    """The people that the page shows, with those of its further pages."""
    return csv_file("attendance", HEAD, [_cells(row) for row in _people(_cohort(cohort_id)).found])


def close_attendance(cohort_id: int) -> ResponseReturnValue:
    """Let nobody change any more who came."""
    with unit_of_work() as session:
        done = service.close_attendance(auth.scope_of(session), cohort_id, now=auth.now())
    flash("The list is closed. You can open it again." if done else "It was closed already.")
    return auth.redirect_after_post(url_for(".show_attendance", cohort_id=cohort_id))


def reopen_attendance(cohort_id: int) -> ResponseReturnValue:
    """Let people correct who came again."""
    with unit_of_work() as session:
        done = service.reopen_attendance(auth.scope_of(session), cohort_id, now=auth.now())
    flash("The list is open again." if done else "It was open already.")
    return auth.redirect_after_post(url_for(".show_attendance", cohort_id=cohort_id))


def show_day_attendance(cohort_id: int, slot_id: int) -> ResponseReturnValue:
    """One day with its people."""
    return _page(_day(cohort_id, slot_id))


def mark_attendance(cohort_id: int, slot_id: int) -> ResponseReturnValue:
    """Record what the form says of all people of the day."""
    marks = attending.marks_sent()
    try:
        with unit_of_work() as session:
            changed = service.mark_as_coordinator(
                auth.scope_of(session), cohort_id, slot_id, marks, now=auth.now()
            )
    except AttendanceChanged as stale:
        return _page(_day(cohort_id, slot_id), stale=stale, marks=marks)
    except REFUSED as refused:
        flash(str(refused), "notice")
    else:
        flash(attending.saved_words(_day(cohort_id, slot_id), changed, marks))
    return _back(cohort_id, slot_id)


def mark_rest(cohort_id: int, slot_id: int) -> ResponseReturnValue:
    """Record that everybody came who is not marked yet."""
    try:
        with unit_of_work() as session:
            number = service.mark_rest_as_came(auth.scope_of(session), cohort_id, slot_id, now=auth.now())
    except REFUSED as refused:
        flash(str(refused), "notice")
    else:
        people = count(number, "person", "people").capitalize()
        flash(
            f"{people} marked as came. You can undo that below."
            if number
            else "Everybody was marked already."
        )
    return _back(cohort_id, slot_id)


def undo_rest(cohort_id: int, slot_id: int, batch: str) -> ResponseReturnValue:
    """Take back what was marked in one go."""
    try:
        with unit_of_work() as session:
            number = service.undo_rest(auth.scope_of(session), cohort_id, slot_id, batch, now=auth.now())
    except REFUSED as refused:
        flash(str(refused), "notice")
    else:
        flash(f"Taken back for {count(number, 'person', 'people')}.")
    return _back(cohort_id, slot_id)


def ask_extra(cohort_id: int, slot_id: int) -> ResponseReturnValue:
    """Ask who came without being expected."""
    return _extra_page(cohort_id, slot_id, ExtraForm(formdata=None))


def add_extra(cohort_id: int, slot_id: int) -> ResponseReturnValue:
    """Put somebody on the list who came without being expected."""
    form = ExtraForm()
    with reading() as session:
        form.offer(leaders_to_choose(auth.scope_of(session), cohort_id))
    if not form.validate():
        return _extra_page(cohort_id, slot_id, form)
    try:
        with unit_of_work() as session:
            service.add_extra_as_coordinator(
                auth.scope_of(session),
                cohort_id,
                slot_id,
                name=str(form.name.data or ""),
                organisation=str(form.organisation.data or ""),
                leader_id=form.leader_id,
                now=auth.now(),
            )
    except ExtraRefused as refused:
        field = form.leader if form.leader_id else form.name
        field.errors = [str(refused)]
        return _extra_page(cohort_id, slot_id, form)
    except REFUSED as refused:
        flash(str(refused), "notice")
    else:
        flash("They are on the list.")
    return _back(cohort_id, slot_id)


def _extra_page(cohort_id: int, slot_id: int, form: ExtraForm) -> ResponseReturnValue:
    with reading() as session:
        scope = auth.scope_of(session)
        found = attendance_for_coordinator(scope, cohort_id, slot_id, now=auth.now())
        form.offer(leaders_to_choose(scope, cohort_id))
    return render_page("coordinator/attendance_extra.html", form=form, day=found)


def _cohort(cohort_id: int) -> CohortAttendance:
    with reading() as session:
        return cohort_attendance(auth.scope_of(session), cohort_id, now=auth.now())


def _day(cohort_id: int, slot_id: int) -> DayAttendance:
    with reading() as session:
        return attendance_for_coordinator(auth.scope_of(session), cohort_id, slot_id, now=auth.now())


def _people(found: CohortAttendance) -> Listing[Row]:
    rows = [Row(day, one) for day in found.days for one in day.people]
    return listing(
        sorted(rows, key=lambda row: (row.one.name.casefold(), row.day.starts_at)),
        PERSON_FILTERS,
        lambda row: f"{row.one.name} {row.one.organisation} {row.day.title} {row.day.partner}",
    )


def _page(
    found: DayAttendance, *, stale: AttendanceChanged | None = None, marks: Sequence[Mark] = ()
) -> ResponseReturnValue:
    return render_page(
        "coordinator/attendance_day.html",
        status=CHANGED if stale else 200,
        day=found,
        stale=str(stale) if stale else None,
        changed=stale.who if stale else frozenset(),
        typed=attending.typed_by_who(list(marks)),
        words=attending,
        late=[one for one in found.people if late_by_partner(one)],
    )


def _back(cohort_id: int, slot_id: int) -> ResponseReturnValue:
    return auth.redirect_after_post(url_for(".show_day_attendance", cohort_id=cohort_id, slot_id=slot_id))


def _cells(row: Row) -> tuple[str | int, ...]:
    found, one = row.day, row.one
    return (
        day(found.starts_at),
        found.title,
        found.partner,
        one.name,
        one.organisation,
        "Yes" if one.expected else "No",
        attending.STATE_WORDS[one.state] if one.state else "Not known",
        attending.REASON_WORDS[one.reason] if one.reason else "",
        one.note,
        attending.MARKER_WORDS.get(one.marked_by, ""),
        moment(one.marked_at) if one.marked_at else "",
    )
