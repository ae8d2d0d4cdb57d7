"""Who is told that a run has ended, and in which words."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.invites import Mailbox
from placement.domain.sender import Sender
from placement.models import MatchRun, Message, User
from placement.services import match_runs, run_letters
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.people import make_coordinator
from tests.services.small_cohort import SmallCohort, make_small_cohort

SENDER = Sender(Mailbox("Placement", "placement@programme.example"), "https://placement.example")
LONG = timedelta(minutes=2)


@pytest.fixture
def small(session: Session) -> SmallCohort:
    return make_small_cohort(session)


@pytest.fixture
def asker(session: Session, small: SmallCohort) -> User:
    """A coordinator of the cohort."""
    return make_coordinator(session, cohort=small.cohort).user


def run_asked_by(session: Session, small: SmallCohort, user: User) -> int:
    return match_runs.request_run(Scope.of_user(session, user.id), small.cohort.id, seconds=30, now=NOON)


def told_of(session: Session, run_id: int) -> list[Message]:
    run_letters.owe_news_of_run(session, run_id, sender=SENDER)
    return list(session.scalars(select(Message).where(Message.kind == run_letters.KIND)))


def end(session: Session, run_id: int, *, after: timedelta = LONG, **kept: object) -> None:
    facts = {"status": "solved", "result": json.dumps({"status": "optimal"})} | kept
    assert match_runs.finish(session, run_id, now=NOON + after, **facts)  # type: ignore[arg-type]


def test_who_asked_for_a_run_that_took_long_is_told_once(
    session: Session, small: SmallCohort, asker: User
) -> None:
    run_id = run_asked_by(session, small, asker)
    end(session, run_id)
    (mail,) = told_of(session, run_id)
    assert (mail.recipient, mail.payload["solved"]) == (asker.email, True)
    assert mail.payload["link"] == f"https://placement.example/coordinator/{small.cohort.id}/runs/{run_id}"
    assert len(told_of(session, run_id)) == 1


def test_of_a_run_that_was_quick_nobody_is_told(session: Session, small: SmallCohort, asker: User) -> None:
    run_id = run_asked_by(session, small, asker)
    end(session, run_id, after=timedelta(seconds=59))
    assert told_of(session, run_id) == []


def test_a_run_without_a_list_is_told_with_its_reason(
    session: Session, small: SmallCohort, asker: User
) -> None:
    run_id = run_asked_by(session, small, asker)
    end(session, run_id, status="failed", result=None, failure="It needed more memory than it may have.")
    (mail,) = told_of(session, run_id)
    assert mail.payload["solved"] is False
    assert mail.payload["reason"] == "It needed more memory than it may have."


def test_a_run_that_found_that_no_list_keeps_every_rule_says_so(
    session: Session, small: SmallCohort, asker: User
) -> None:
    run_id = run_asked_by(session, small, asker)
    end(session, run_id, result=json.dumps({"status": "infeasible"}))
    (mail,) = told_of(session, run_id)
    assert mail.payload["reason"] == "No list keeps every rule."


def test_a_run_that_a_command_asked_for_tells_nobody(session: Session, small: SmallCohort) -> None:
    run_id = match_runs.request_run(Scope.system(session), small.cohort.id, seconds=30, now=NOON)
    end(session, run_id)
    assert told_of(session, run_id) == []


def test_who_is_no_coordinator_any_more_is_not_told(session: Session, small: SmallCohort) -> None:
    coordinator = make_coordinator(session, cohort=small.cohort)
    run_id = run_asked_by(session, small, coordinator.user)
    end(session, run_id)
    session.delete(coordinator)
    session.flush()
    assert told_of(session, run_id) == []


def test_an_address_whose_mail_comes_back_gets_none(
    session: Session, small: SmallCohort, asker: User
) -> None:
    run_id = run_asked_by(session, small, asker)
    end(session, run_id)
    asker.bounced_at = NOON
    assert told_of(session, run_id) == []


def test_a_run_that_has_not_ended_tells_nobody(session: Session, small: SmallCohort, asker: User) -> None:
    run_id = run_asked_by(session, small, asker)
    assert session.get_one(MatchRun, run_id).finished_at is None
    assert told_of(session, run_id) == []
