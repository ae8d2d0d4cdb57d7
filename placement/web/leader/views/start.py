"""The leader's first page: what is to be done, how long it takes, until when."""

from collections.abc import Mapping
from functools import partial

from flask import url_for
from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.services.reports import leader as report
from placement.services.reports.about import AboutLeader, about_leader
from placement.services.reports.afterwards import Reflecting, reflecting
from placement.services.reports.events import OwnEvents, own_events
from placement.services.reports.leader import Answers
from placement.services.reports.leader_days import LeaderPlacements, placements
from placement.services.reports.own_swaps import OwnRequest, own_requests
from placement.web import auth
from placement.web.leader import swap_words
from placement.web.leader.about_words import odd_postcode
from placement.web.leader.words import progress, standing_words
from placement.web.presenters import count, moment
from placement.web.records import record_days
from placement.web.rendering import render_page

Task = tuple[str, str, str, str]
"""What to do, where, its status, and a hint: as the `tasks` component takes it."""


def start(leader_id: int) -> ResponseReturnValue:
    """What is to be done, with what is done already."""
    with reading() as session:
        scope, now = auth.scope_of(session), auth.now()
        answers = report.answers(scope, leader_id=leader_id, now=now)
        given = placements(scope, leader_id=leader_id, now=now)
        events = own_events(scope, leader_id, now=now)
        about = about_leader(scope, leader_id, now=now)
        swaps = own_requests(scope, leader_id, now=now)
        written = reflecting(scope.session, leader_id, keep_days=record_days(), now=now)
    return render_page(
        "leader/start.html",
        standing=answers.standing,
        state=standing_words(answers.standing),
        minimum=answers.minimum,
        task_list=[
            *_tasks(answers, given, about),
            *_swap_tasks(leader_id, given, swaps),
            *_reflection_tasks(leader_id, written),
            *_event_tasks(events),
        ],
    )


def _tasks(answers: Answers, given: LeaderPlacements, about: AboutLeader) -> list[Task]:
    """What is to be done, in order; what was decided stands first as soon as it is."""
    page = partial(url_for, leader_id=answers.standing.leader_id)
    before = [
        ("Check what we know about you", page(".show_about"), _about_state(about), _about_hint(about)),
        ("Choose placements", page(".browse"), _choices_state(answers), progress(answers)),
        ("Put them in order", page(".show_choices"), _order_state(answers), _order_hint(answers)),
        ("Say which dates you can do", page(".show_dates"), _dates_state(answers), _dates_hint(answers)),
        ("Check and submit", page(".check_answers"), _submit_state(answers), _submit_hint(answers)),
    ]
    after = ("My placement", page(".show_placement"), _given_state(given), _given_hint(given))
    return [after, *before] if given.standing.decided else [*before, after]


def _swap_tasks(leader_id: int, given: LeaderPlacements, swaps: Mapping[int, OwnRequest]) -> list[Task]:
    """How requests for swaps stand, of days that are still to come."""
    ahead = {day.id for day in given.standing_days if not day.begun}
    where, states = url_for(".show_placement", leader_id=leader_id), swap_words.STATES
    return [
        ("My request for a swap", where, states[one.status][0], f"{one.title}, {moment(one.starts_at)}")
        for one in swaps.values()
        if one.placement_id in ahead or (one.new_id in ahead and one.status == "granted")
    ]


def _reflection_tasks(leader_id: int, written: Reflecting) -> list[Task]:
    """The way to the reflection, from the morning of the first day on."""
    if written.placement_id is None:
        return []
    where = url_for(".show_reflection", leader_id=leader_id, placement_id=written.placement_id)
    state = "completed" if written.finished == written.days else "incomplete"
    hint = f"{written.finished} of {count(written.days, 'reflection')} finished"
    return [("Write my reflection", where, state, hint)]


def _event_tasks(events: OwnEvents) -> list[Task]:
    """The way to events, for those who are invited to any."""
    if not (events.events or events.cancelled):
        return []
    to_come = [event for event in events.events if not event.over]
    hint = f"Next: {moment(to_come[0].starts_at)}" if to_come else "None is still to come"
    state = count(len(to_come), "event")
    return [("My events", url_for(".show_events", leader_id=events.leader_id), state, hint)]


def _about_state(about: AboutLeader) -> str:
    if about.checked_at is not None:
        return "completed"
    return "incomplete" if about.standing.window.is_open else "Closed"


def _about_hint(about: AboutLeader) -> str:
    if odd_postcode(about):
        return "We cannot find your postcode"
    return "Postcode, travel, DBS check, access needs, conflicts of interest"


def _choices_state(answers: Answers) -> str:
    return "completed" if not answers.missing else _due(answers)


def _order_state(answers: Answers) -> str:
    if not answers.ranked:
        return "cannot start yet" if answers.standing.window.is_open else "Closed"
    return "completed" if not answers.missing else _due(answers)


def _order_hint(answers: Answers) -> str:
    return f"First: {answers.ranked[0].title}" if answers.ranked else "Choose first, then put the best first"


def _dates_state(answers: Answers) -> str:
    done = not answers.unanswered or answers.standing.submitted_at is not None
    return "completed" if done else _due(answers)


def _dates_hint(answers: Answers) -> str:
    if not answers.dates:
        return "There are no dates yet"
    if answers.unanswered:
        return f"{count(answers.unanswered, 'date')} not answered: they count as dates you can do"
    return f"{count(len(answers.dates), 'date')} answered"


def _submit_state(answers: Answers) -> str:
    if answers.standing.submitted_at is not None:
        return "completed"
    if not answers.standing.window.is_open:
        return "Closed"
    return "cannot start yet" if answers.missing else "incomplete"


def _submit_hint(answers: Answers) -> str:
    at = answers.standing.submitted_at
    return f"Submitted on {moment(at)}" if at else "Only answers that you submit count in the match"


def _due(answers: Answers) -> str:
    return "incomplete" if answers.standing.window.is_open else "Closed"


def _unanswered(given: LeaderPlacements) -> bool:
    """Whether a day that is to come still asks for an answer."""
    days = [day for day in given.standing_days if day.has_invite and not day.begun]
    return any(day.answer == "NEEDS-ACTION" for day in days)


def _given_state(given: LeaderPlacements) -> str:
    if _unanswered(given):
        return "incomplete"
    return "completed" if given.standing_days else "Decided" if given.standing.decided else "Not decided yet"


def _given_hint(given: LeaderPlacements) -> str:
    if given.standing_days:
        decided = f"{count(len(given.standing_days), 'day')} decided"
        return f"{decided}. Say whether you are coming" if _unanswered(given) else decided
    if given.standing.decided:
        return "Read what happens next"
    return "You will get an e-mail when places are decided"
