"""The public start page, and the page of everything that is due to somebody signed in."""

from collections.abc import Iterator

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.services.reports import home as reports
from placement.services.reports.home import Coordinating, Hosting, Leading
from placement.web import auth
from placement.web.presenters import count
from placement.web.records import record_days
from placement.web.rendering import render_page
from placement.web.sign_in import demo_users

start_blueprint = Blueprint("start", __name__)
blueprint = auth.guard(Blueprint("home", __name__))

DEMO_BUTTONS = (
    ("leader", "Look around as a leader"),
    ("partner", "Look around as a partner"),
    ("coordinator", "Look around as a coordinator"),
)

Task = tuple[str, str | None, str, str]
"""What to do, where, its status, and a hint: as the `tasks` component takes it."""


@start_blueprint.get("/")
def show() -> ResponseReturnValue:
    """What this is and for whom; the way in."""
    users = demo_users()
    buttons = [(role, text) for role, text in DEMO_BUTTONS if role in users]
    return render_page("home/start.html", demo_buttons=buttons)


@blueprint.get("/home")
def tasks() -> ResponseReturnValue:
    """What is due to the visitor, in all that they are."""
    with reading() as session:
        due = reports.due(auth.scope_of(session), keep_days=record_days(), now=auth.now())
    links = {(place.role, place.id): auth.start_page(place) for place in auth.places()}
    return render_page(
        "home/tasks.html",
        leading=[
            task
            for row in due.leading
            for task in (_leader_task(row, links.get(("leader", row.leader_id))), *_writing(row))
        ],
        hosting=[
            task
            for row in due.hosting
            for task in (*_recording(row), *_partner_tasks(row, links.get(("partner", row.partner_id))))
        ],
        coordinating=[
            _coordinator_task(row, links.get(("coordinator", row.cohort_id)))
            for row in due.coordinating
            if not row.viewer
        ],
        viewing=[
            _viewer_task(row, links.get(("viewer", row.cohort_id))) for row in due.coordinating if row.viewer
        ],
    )


def _leader_task(leader: Leading, link: str | None) -> Task:
    if leader.days_given:
        return f"Your placement: {leader.cohort}", link, "Decided", count(leader.days_given, "day")
    state = "completed" if leader.submitted else "incomplete" if leader.window.is_open else "Closed"
    return f"Choose your placement: {leader.cohort}", link, state, leader.window.sentence


def _partner_tasks(partner: Hosting, link: str | None) -> Iterator[Task]:
    if partner.returned:
        text = f"{partner.name}: change {count(partner.returned, 'placement')}"
        yield text, link, "incomplete", "Your coordinator asks for a change"
    if partner.stale:
        text = f"{partner.name}: is it still true?"
        yield text, link, "incomplete", f"{count(partner.stale, 'placement')} not confirmed for a while"
    yield _partner_task(partner, link)


def _writing(leader: Leading) -> Iterator[Task]:
    """The reflection, from the morning of the first day on."""
    found = leader.reflecting
    if found.placement_id is not None:
        where = url_for("leader.show_reflection", leader_id=leader.leader_id, placement_id=found.placement_id)
        state = "completed" if found.finished == found.days else "incomplete"
        hint = (
            f"{found.finished} of {count(found.days, 'reflection')} finished. You alone decide who reads it"
        )
        yield f"Write your reflection: {leader.cohort}", where, state, hint


def _recording(partner: Hosting) -> Iterator[Task]:
    """Who came, as long as somebody is not marked on a day that has begun."""
    if partner.to_record:
        where = url_for(
            "partner.show_attendance", partner_id=partner.partner_id, slot_id=partner.to_record[0]
        )
        hint = f"{count(len(partner.to_record), 'day')} where somebody is not marked yet"
        yield f"{partner.name}: say who came", where, "incomplete", hint


def _partner_task(partner: Hosting, link: str | None) -> Task:
    if not partner.days:
        return f"{partner.name}: offer a day", link, "incomplete", f"For leaders of {partner.cohort}"
    expected = f"{count(partner.days, 'day')} to come, {count(partner.people, 'person', 'people')} expected"
    return f"{partner.name}: your days", link, "completed", f"{partner.cohort}: {expected}"


def _coordinator_task(cohort: Coordinating, link: str | None) -> Task:
    if cohort.placed:
        return cohort.cohort, link, "Decided", f"{cohort.placed} of {cohort.leaders} leaders have a place"
    answered = f"{cohort.answered} of {cohort.leaders} leaders have answered"
    return cohort.cohort, link, "incomplete", answered


def _viewer_task(cohort: Coordinating, link: str | None) -> Task:
    return f"The report: {cohort.cohort}", link, "Open", "Figures without names"
