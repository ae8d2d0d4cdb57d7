"""What people have said of an event in another way: written down by a coordinator, audited, and undone."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.answer_errors import AnswerClosed, DayMoved
from placement.domain.answers import GivenAnswer
from placement.domain.errors import NotFound
from placement.domain.states import AnswerWord
from placement.models import AuditEvent, Event, HeldAnswer, Invite, Leader, Message, Task
from placement.services import answers, event_guests, events
from placement.services.reports.answers import event_answers
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.events import make_event, make_event_invite
from tests.factories.people import make_coordinator, make_leader
from tests.services.repairing import send_all
from tests.services.small_cohort import SENDER, SmallCohort, make_small_cohort
from tests.services.test_events import LINK, WORKSHOP

SOON = NOON + timedelta(hours=1)
CALL: dict[str, Any] = {"sender": SENDER, "now": NOON}


@pytest.fixture
def small(session: Session) -> SmallCohort:
    return make_small_cohort(session)


@pytest.fixture
def event(session: Session, scope: Scope, small: SmallCohort) -> Event:
    """A workshop to which everybody has had an invite."""
    planned = events.plan_event(scope, small.cohort.id, facts=WORKSHOP, **CALL)
    send_all(session)
    return session.get_one(Event, planned.event_id)


def record(
    scope: Scope, event: Event, leader: Leader, word: AnswerWord, *, seen: int = 0, note: str = ""
) -> HeldAnswer:
    given = GivenAnswer(partstat=word, way="coordinator", given_at=SOON, note=note)
    return answers.record_event_answer(
        scope, event.cohort_id, event.id, leader.id, given, seen=seen, now=SOON
    )


def held(session: Session, event: Event, leader: Leader) -> str:
    session.expire_all()
    live = select(Invite.partstat).where(Invite.event_id == event.id, Invite.leader_id == leader.id)
    return session.scalars(live.where(Invite.state != "cancelled")).one()


@pytest.mark.parametrize("word", ["ACCEPTED", "DECLINED", "TENTATIVE"])
def test_each_answer_is_held_with_its_reason_and_by_whom(
    session: Session, small: SmallCohort, event: Event, word: AnswerWord
) -> None:
    coordinator = make_coordinator(session, cohort=small.cohort)
    scope, guest = Scope.of_user(session, coordinator.user_id), small.leaders[0]
    before = session.scalars(select(Message.id)).all()
    answer = record(scope, event, guest, word, note="Rang:\x00 on leave. ")
    assert held(session, event, guest) == word
    assert held(session, event, small.leaders[1]) == "NEEDS-ACTION"
    (shown,) = event_answers(scope, small.cohort.id, event.id, guest.id, now=SOON).answers
    assert (shown.partstat, shown.note, shown.counts) == (word, "Rang: on leave.", True)
    assert shown.by == coordinator.user.name
    audited = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert audited is not None
    assert (audited.verb, audited.cohort_id) == ("record_answer", small.cohort.id)
    assert audited.facts == {"answer": answer.id, "before": "NEEDS-ACTION", "after": word}
    assert session.scalars(select(Message.id)).all() == before
    assert session.scalars(select(Task)).all() == []


def test_an_answer_is_undone_and_the_one_before_counts_again(
    session: Session, scope: Scope, small: SmallCohort, event: Event
) -> None:
    guest = small.leaders[0]
    record(scope, event, guest, "ACCEPTED")
    second = record(scope, event, guest, "DECLINED")
    assert record(scope, event, guest, "DECLINED") is second
    answers.undo_answer(scope, small.cohort.id, second.id, now=SOON)
    assert held(session, event, guest) == "ACCEPTED"


def test_an_event_that_moved_takes_no_answer_to_what_was_shown_before(
    session: Session, scope: Scope, small: SmallCohort, event: Event
) -> None:
    guest = small.leaders[0]
    record(scope, event, guest, "ACCEPTED")
    facts = events.virtual(events.facts_of(event), LINK)
    events.change_event(scope, small.cohort.id, event.id, facts=facts, **CALL)
    with pytest.raises(DayMoved):
        record(scope, event, guest, "ACCEPTED")
    assert held(session, event, guest) == "NEEDS-ACTION"
    record(scope, event, guest, "TENTATIVE", seen=1)
    assert held(session, event, guest) == "TENTATIVE"


def test_whoever_is_off_the_list_takes_no_answer_until_they_are_invited_again(
    session: Session, scope: Scope, small: SmallCohort, event: Event
) -> None:
    guest = small.leaders[0]
    record(scope, event, guest, "DECLINED")
    event_guests.remove_guest(scope, small.cohort.id, event.id, guest.id, **CALL)
    with pytest.raises(AnswerClosed):
        record(scope, event, guest, "ACCEPTED", seen=1)
    event_guests.add_guest(scope, small.cohort.id, event.id, guest.id, **CALL)
    assert held(session, event, guest) == "NEEDS-ACTION"
    record(scope, event, guest, "ACCEPTED")
    assert held(session, event, guest) == "ACCEPTED"


def test_an_event_that_is_cancelled_or_has_begun_takes_no_answer(
    session: Session, scope: Scope, small: SmallCohort, event: Event
) -> None:
    begun = make_event(session, cohort=small.cohort, starts_at=SOON)
    make_event_invite(session, event=begun, leader=small.leaders[0])
    events.cancel_event(scope, small.cohort.id, event.id, **CALL)
    for closed, seen in ((begun, 0), (event, 1)):
        with pytest.raises(AnswerClosed):
            record(scope, closed, small.leaders[0], "ACCEPTED", seen=seen)


def test_nobody_answers_for_people_or_events_of_others(
    session: Session, scope: Scope, small: SmallCohort, event: Event
) -> None:
    uninvited = make_leader(session, cohort=small.cohort)
    stranger, foreign = make_coordinator(session), make_leader(session)
    with pytest.raises(NotFound):
        record(scope, event, uninvited, "ACCEPTED")
    with pytest.raises(NotFound):
        record(scope, event, foreign, "ACCEPTED")
    with pytest.raises(NotFound):
        record(Scope.of_user(session, stranger.user_id), event, small.leaders[0], "ACCEPTED")
    with pytest.raises(NotFound):
        event_answers(
            Scope.of_user(session, stranger.user_id), small.cohort.id, event.id, small.leaders[0].id, now=SOON
        )
