"""What a leader writes about a day, for themselves and for whom they choose."""

from flask import Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.attendance import PROMPTS
from placement.domain.attendance_errors import (
    DayNotBegun,
    DayNotHeld,
    ReflectionChanged,
    ReflectionEmpty,
    ReflectionOver,
)
from placement.domain.errors import NotFound
from placement.services.reflections import LONGEST_ANSWER, delete_reflection, save_reflection
from placement.services.reports.afterwards import OwnDay, own_day_after
from placement.web import auth
from placement.web.leader.forms.afterwards import DeleteForm, ReflectionForm
from placement.web.records import record_days
from placement.web.rendering import render_page
from placement.web.versions import show_version, version_in

CHANGED = 409
NOT_NOW = (DayNotBegun, DayNotHeld, ReflectionOver)


def show_reflection(leader_id: int, placement_id: int) -> ResponseReturnValue:
    """What was written so far, and the form for more."""
    day = own_day(leader_id, placement_id)
    return _page(day, _form(day))


def save_own_reflection(leader_id: int, placement_id: int) -> ResponseReturnValue:
    """Keep what is written, as a draft or as finished."""
    day, form = own_day(leader_id, placement_id), ReflectionForm()
    if day.editable and not form.validate():
        return _page(day, form)
    finish = request.form.get("do") == "finish"
    try:
        with unit_of_work() as session:
            save_reflection(
                auth.scope_of(session),
                leader_id,
                placement_id,
                answers=form.answers(),
                readers=form.readers(),
                finish=finish,
                seen=version_in(form.seen),
                keep_days=record_days(),
                now=auth.now(),
            )
    except ReflectionChanged as stale:
        day = own_day(leader_id, placement_id)
        show_version(form.seen, day.version)
        return _page(day, form, stale=str(stale), status=CHANGED)
    except ReflectionEmpty as empty:
        form.saw.errors = [str(empty)]
        return _page(day, form)
    except NOT_NOW as refused:
        flash(str(refused), "notice")
    else:
        flash(
            "Your reflection is saved."
            if finish or day.finished_at
            else "Your draft is saved. Nobody else can read it."
        )
    return auth.redirect_after_post(_url(leader_id, placement_id))


def ask_deletion(leader_id: int, placement_id: int) -> ResponseReturnValue:
    """Ask whether it is really to be erased, and say for whom it is gone then."""
    day = _written(leader_id, placement_id)
    form = DeleteForm(formdata=None, seen=day.version)
    return render_page("leader/reflection_delete.html", form=form, day=day)


def delete_own_reflection(leader_id: int, placement_id: int) -> ResponseReturnValue:
    """Erase it."""
    form = DeleteForm()
    try:
        with unit_of_work() as session:
            delete_reflection(
                auth.scope_of(session),
                leader_id,
                placement_id,
                seen=version_in(form.seen),
                now=auth.now(),
            )
    except ReflectionChanged as refused:
        flash(str(refused), "notice")
    else:
        flash("Your reflection is erased. Nobody can read it any more.")
    return auth.redirect_after_post(_url(leader_id, placement_id))


def show_record(leader_id: int, placement_id: int) -> ResponseReturnValue:
    """The leader's own record of the day, to print."""
    day = _written(leader_id, placement_id)
    return render_page("leader/reflection_record.html", day=day, prompts=PROMPTS)


def download_record(leader_id: int, placement_id: int) -> ResponseReturnValue:
    """The same as a text file."""
    text = render_template(
        "leader/reflection_record.txt", day=_written(leader_id, placement_id), prompts=PROMPTS
    )
    return Response(
        text.encode(),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="reflection.txt"'},
    )


def own_day(leader_id: int, placement_id: int) -> OwnDay:
    """One day of the leader's own, with what they said and wrote of it."""
    with reading() as session:
        return own_day_after(
            auth.scope_of(session), leader_id, placement_id, keep_days=record_days(), now=auth.now()
        )


def _written(leader_id: int, placement_id: int) -> OwnDay:
    day = own_day(leader_id, placement_id)
    if not day.version:
        raise NotFound(thing="reflection")
    return day


def _url(leader_id: int, placement_id: int) -> str:
    return url_for(".show_reflection", leader_id=leader_id, placement_id=placement_id)


def _form(day: OwnDay) -> ReflectionForm:
    return ReflectionForm(
        formdata=None,
        seen=day.version,
        to_partner=day.readers.partner,
        to_coordinator=day.readers.coordinator,
        to_evaluators=day.readers.evaluators,
        **day.answers,
    )


def _page(
    day: OwnDay, form: ReflectionForm, *, stale: str | None = None, status: int = 200
) -> ResponseReturnValue:
    return render_page(
        "leader/reflection.html",
        form=form,
        status=status,
        day=day,
        stale=stale,
        prompts=PROMPTS,
        most=LONGEST_ANSWER,
    )
