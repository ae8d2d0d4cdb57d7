"""What a coordinator sees of a cohort."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from placement.domain.errors import NotFound
from placement.services import match_runs
from placement.services.reports.cohort import (
    CohortReport,
    answer_list,
    cohort_report,
    newest_changes,
    run_asked_since,
)
from placement.services.reports.sending import sending
from placement.services.scope import Scope
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.opportunities import make_slot
from tests.factories.outbox import make_message
from tests.factories.people import make_coordinator, make_leader
from tests.factories.placements import make_invite, make_placement
from tests.factories.preferences import make_preference
from tests.factories.programmes import make_cohort
from tests.factories.runs import make_run
from tests.services.small_cohort import SmallCohort, make_small_cohort, solved_run


@pytest.fixture
def small(session: Session) -> SmallCohort:
    return make_small_cohort(session)


def report(scope: Scope, small: SmallCohort, **facts: object) -> CohortReport:
    return cohort_report(scope, small.cohort.id, **({"now": NOON} | facts))  # type: ignore[arg-type]


def test_an_empty_cohort_has_figures_of_nought(session: Session, scope: Scope) -> None:
    found = cohort_report(scope, make_cohort(session).id, now=NOON)
    assert (found.leaders, found.answered, found.placed, found.capacity.short) == (0, 0, 0, 0)
    assert (found.demand, found.runs, found.mail.waiting) == ((), (), 0)
    assert newest_changes(scope, found, now=NOON) == ()
    assert not found.capacity.rehearsal


def test_answers_days_and_seats_are_counted(scope: Scope, small: SmallCohort) -> None:
    found = report(scope, small)
    assert (found.leaders, found.answered) == (4, 3)
    capacity = found.capacity
    assert (capacity.needed, capacity.given, capacity.days, capacity.seats, capacity.free) == (4, 0, 2, 5, 5)
    assert capacity.short == 0


def test_missing_seats_are_those_of_days_still_needed(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    small.leaders[3].days = 4
    make_placement(session, leader=small.leaders[0], slot=small.slots[0])
    capacity = report(scope, small).capacity
    assert (capacity.needed, capacity.given, capacity.free, capacity.short) == (7, 1, 4, 2)


def test_withdrawn_days_and_days_that_have_begun_offer_nothing(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    make_slot(session, opportunity=small.food, status="withdrawn", starts_at=FIRST_DAY + timedelta(days=3))
    found = report(scope, small, now=FIRST_DAY + timedelta(days=1))
    assert (found.capacity.days, found.capacity.seats) == (1, 3)
    assert not found.capacity.rehearsal


def test_when_all_days_are_over_they_are_counted_as_a_rehearsal(scope: Scope, small: SmallCohort) -> None:
    capacity = report(scope, small, now=FIRST_DAY + timedelta(days=99)).capacity
    assert (capacity.days, capacity.rehearsal) == (2, True)


def test_demand_counts_only_answers_that_are_in_most_wanted_first(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    make_preference(session, leader=small.leaders[3], opportunity=small.cafe, rank=1)
    told = [
        (row.title, row.days, row.seats, row.first_choices, row.chosen) for row in report(scope, small).demand
    ]
    assert told == [(small.food.title, 1, 2, 3, 3), (small.cafe.title, 1, 3, 0, 3)]


def test_runs_come_newest_first_with_how_many_they_place(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    first = solved_run(session, small.cohort)
    second = match_runs.request_run(scope, small.cohort.id, seconds=5, now=NOON, seed="another")
    newest, oldest = report(scope, small).runs
    assert (newest.id, newest.status, newest.proof, newest.placed, newest.unfinished) == (
        second,
        "queued",
        "",
        0,
        True,
    )
    assert (oldest.id, oldest.proof, oldest.placed, oldest.confirmable) == (first.id, "optimal", 4, True)


def test_changes_since_the_newest_result_are_told(session: Session, scope: Scope, small: SmallCohort) -> None:
    solved_run(session, small.cohort)
    assert newest_changes(scope, report(scope, small), now=NOON) == ()
    small.slots[0].capacity = 1
    changes = newest_changes(scope, report(scope, small), now=NOON)
    assert changes == (f"The day {small.slots[0].reference}: capacity 2 is now 1.",)


def test_leaders_with_a_standing_placement_are_counted_once(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    for slot in small.slots:
        make_placement(session, leader=small.leaders[0], slot=slot)
    make_placement(
        session, leader=small.leaders[1], slot=small.slots[1], status="cancelled", cancelled_at=NOON
    )
    assert report(scope, small).placed == 1


def test_mail_waits_since_the_oldest_that_has_not_gone(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    earlier = NOON - timedelta(hours=1)
    make_message(session, cohort=small.cohort, created_at=earlier, status="sending")
    make_message(session, cohort=small.cohort)
    make_message(
        session, cohort=small.cohort, created_at=NOON - timedelta(days=1), status="sent", sent_at=NOON
    )
    mail = report(scope, small).mail
    assert (mail.waiting, mail.waiting_since, mail.counts) == (
        2,
        earlier,
        {"todo": 1, "sending": 1, "sent": 1},
    )


def test_those_who_have_not_answered_come_first(scope: Scope, small: SmallCohort) -> None:
    found = answer_list(scope, small.cohort.id, now=NOON).leaders
    assert found[0].id == small.leaders[3].id
    assert [row.chosen for row in found] == [0, 2, 2, 2]
    assert [row.submitted_at is None for row in found] == [True, False, False, False]


def test_a_second_press_means_the_run_that_was_asked_for_since(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    old = make_run(session, cohort=small.cohort, seed="s")
    like = {"seen": old.id, "objective": "generous", "seed": "s"}
    assert run_asked_since(scope, small.cohort.id, **like) is None  # type: ignore[arg-type]
    make_run(session, cohort=small.cohort, seed="s", status="failed")
    make_run(session, cohort=small.cohort, seed="other")
    make_run(session, cohort=small.cohort, seed="s", objective="lottery")
    assert run_asked_since(scope, small.cohort.id, **like) is None  # type: ignore[arg-type]
    new = make_run(session, cohort=small.cohort, seed="s")
    assert run_asked_since(scope, small.cohort.id, **like) == new.id  # type: ignore[arg-type]


def test_sending_tells_each_mail_with_its_answer_what_went_wrong_first(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    placement = make_placement(session, leader=small.leaders[0], slot=small.slots[0])
    invite = make_invite(session, placement=placement, partstat="DECLINED")
    make_message(session, invite=invite, status="sent", sent_at=NOON)
    make_message(session, cohort=small.cohort, status="failed", last_error="no such mailbox")
    found = sending(scope, small.cohort.id, now=NOON)
    assert [(mail.status, mail.reply, mail.last_error) for mail in found.mails] == [
        ("failed", "", "no such mailbox"),
        ("sent", "DECLINED", ""),
    ]
    assert (found.counts["sent"], found.counts["failed"], found.counts["todo"]) == (1, 1, 0)
    assert not found.moving


@pytest.mark.parametrize(
    ("facts", "moving"),
    [
        ({"status": "sending"}, True),
        ({"due_at": NOON - timedelta(hours=1)}, True),
        ({"due_at": NOON + timedelta(hours=1)}, False),
        ({"status": "held"}, False),
    ],
)
def test_mail_moves_while_it_is_sent_or_due(
    session: Session, scope: Scope, small: SmallCohort, facts: dict[str, Any], moving: bool
) -> None:
    make_message(session, cohort=small.cohort, **facts)
    assert sending(scope, small.cohort.id, now=NOON).moving is moving


@pytest.mark.parametrize("role", ["viewer", "leader", "another"])
def test_only_a_coordinator_of_the_cohort_sees_it(session: Session, small: SmallCohort, role: str) -> None:
    if role == "viewer":
        user_id = make_coordinator(session, cohort=small.cohort, role="viewer").user_id
    elif role == "leader":
        user_id = small.leaders[0].user_id
    else:
        user_id = make_coordinator(session).user_id
    scope = Scope.of_user(session, user_id)
    for see in (cohort_report, answer_list, sending):
        with pytest.raises(NotFound):
            see(scope, small.cohort.id, now=NOON)
    mine = Scope.of_user(session, make_coordinator(session, cohort=small.cohort).user_id)
    assert cohort_report(mine, small.cohort.id, now=NOON).leaders == 4


def test_leaders_of_other_cohorts_are_not_counted(session: Session, scope: Scope, small: SmallCohort) -> None:
    make_leader(session)
    assert report(scope, small).leaders == 4
