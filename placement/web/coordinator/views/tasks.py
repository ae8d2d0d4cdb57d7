"""Declines that wait: who cannot come, who could take the seat, and what becomes of the placement."""

from flask import current_app, flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.answer_errors import TaskClosed
from placement.domain.change_errors import NothingToRepair, SeatRefused
from placement.domain.errors import SlotOver
from placement.services import leaving, tasks
from placement.services.reports.answers import PlacementAnswers, answer_history
from placement.services.reports.roster import person
from placement.services.reports.tasks import seat_if_left, task_details, task_list
from placement.services.scope import Scope
from placement.services.seats import request_seat
from placement.web import auth
from placement.web.addresses import LARGEST_ID
from placement.web.coordinator.views.asking import CHANGED, has_moved_on
from placement.web.coordinator.views.days import SEARCH_SECONDS, done
from placement.web.coordinator.views.runs import SECONDS
from placement.web.coordinator.words import answers as words
from placement.web.coordinator.words import plans
from placement.web.coordinator.words import repair as repair_words
from placement.web.rendering import render_page


def list_tasks(cohort_id: int) -> ResponseReturnValue:
    """The declines that wait, the next day first."""
    with reading() as session:
        found = task_list(auth.scope_of(session), cohort_id, now=auth.now())
    return render_page("coordinator/tasks.html", found=found, words=words)


def show_task(cohort_id: int, task_id: int) -> ResponseReturnValue:
    """One decline with who could take the seat, the best for everybody first."""
    with reading() as session:
        scope, now = auth.scope_of(session), auth.now()
        task = task_details(scope, cohort_id, task_id, now=now)
        seat = seat_if_left(scope, cohort_id, task, seconds=SEARCH_SECONDS, now=now) if task.waits else None
    return render_page(
        "coordinator/task.html",
        task=task,
        seat=seat,
        takers=repair_words.takers(seat) if seat else [],
        words=words,
    )


def keep_placement(cohort_id: int, task_id: int) -> ResponseReturnValue:
    """Leave the placement as it is."""
    try:
        with unit_of_work() as session:
            tasks.keep_placement(auth.scope_of(session), cohort_id, task_id, now=auth.now())
    except TaskClosed as closed:
        flash(str(closed), "notice")
    else:
        flash("The placement stays as it is. Nobody gets a mail.")
    return auth.redirect_after_post(url_for(".list_tasks", cohort_id=cohort_id))


def ask_leaving_day(cohort_id: int, placement_id: int) -> ResponseReturnValue:
    """What it would do if a leader left one day, with whom the seat is for where that is said."""
    with reading() as session:
        scope, now = auth.scope_of(session), auth.now()
        history = answer_history(scope, cohort_id, placement_id, now=now)
        try:
            effect = leaving.preview_leaving(
                scope, cohort_id, placement_id, bar_date=False, sender=auth.sender(), now=now
            )
        except (TaskClosed, SlotOver) as refused:
            flash(str(refused), "notice")
            return auth.redirect_after_post(_history(cohort_id, placement_id))
        follower = _follower(scope, cohort_id)
    moved_on = request.method == "POST"
    return render_page(
        "coordinator/day_leave.html",
        status=CHANGED if moved_on else 200,
        moved_on=moved_on,
        cohort_id=cohort_id,
        day=history.day,
        effect=effect,
        follower=follower,
        words=plans,
    )


def leave_day(cohort_id: int, placement_id: int) -> ResponseReturnValue:
    """Let a leader leave one day; where the seat is for somebody, work out the repair that gives it.

    Nothing is done where that is not what the page showed.
    """
    run_id = None
    try:
        if _has_moved_on(cohort_id, placement_id):
            return ask_leaving_day(cohort_id, placement_id)
        with unit_of_work() as session:
            scope, now = auth.scope_of(session), auth.now()
            shown = answer_history(scope, cohort_id, placement_id, now=now)
            effect = leaving.leave_day(
                scope,
                cohort_id,
                placement_id,
                bar_date=request.form.get("bar_date") == "yes",
                sender=auth.sender(),
                now=now,
            )
            follower = _follower(scope, cohort_id)
            if follower is not None:
                run_id = _request_seat(scope, cohort_id, shown, follower[0])
    except (TaskClosed, SlotOver, SeatRefused, NothingToRepair) as refused:
        flash(str(refused), "notice")
        return auth.redirect_after_post(_history(cohort_id, placement_id))
    if run_id is None:
        return done(cohort_id, effect, "{} does not come to this day any more.")
    flash(plans.done_sentence(effect, "{} does not come to this day any more."))
    flash(
        "What giving the seat would do is being worked out. Nothing more is changed until you confirm it.",
        "status",
    )
    return auth.redirect_after_post(url_for(".show_repair", cohort_id=cohort_id, run_id=run_id))


def _has_moved_on(cohort_id: int, placement_id: int) -> bool:
    with reading() as session:
        effect = leaving.preview_leaving(
            auth.scope_of(session),
            cohort_id,
            placement_id,
            bar_date=False,
            sender=auth.sender(),
            now=auth.now(),
        )
    return has_moved_on(effect)


def _request_seat(scope: Scope, cohort_id: int, shown: PlacementAnswers, leader_id: int) -> int:
    return request_seat(
        scope,
        cohort_id,
        shown.slot_id,
        leader_id,
        seconds=current_app.extensions[SECONDS],
        now=auth.now(),
    )


def _follower(scope: Scope, cohort_id: int) -> tuple[int, str] | None:
    """The leader for whom the seat is, and their name; None where it is for nobody yet."""
    leader_id = request.values.get("follower", type=int)
    if leader_id is None or not 0 < leader_id <= LARGEST_ID:
        return None
    found = person(scope, cohort_id, leader_id, now=auth.now())
    return found.leader_id, found.name


def _history(cohort_id: int, placement_id: int) -> str:
    return url_for(".show_history", cohort_id=cohort_id, placement_id=placement_id)
