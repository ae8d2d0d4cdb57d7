"""Confirming a run: everything at once, once, and only while it is still true."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.domain.errors import NotFound, RunInfeasible, RunNotSolved, RunOutOfDate
from placement.domain.letters import thaw
from placement.models import AuditEvent, Invite, MatchRun, Message, Placement, Slot
from placement.services import confirmations, match_runs
from placement.services.confirmations import Confirmation
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.people import make_coordinator, make_leader
from tests.factories.preferences import make_preference
from tests.services.small_cohort import SENDER, SmallCohort, make_small_cohort, solved_run


@pytest.fixture
def small(session: Session) -> SmallCohort:
    return make_small_cohort(session)


def confirm(scope: Scope, run_id: int) -> Confirmation:
    return confirmations.confirm_run(scope, run_id, sender=SENDER, now=NOON)


def count(session: Session, model: type[object]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_confirming_makes_a_placement_an_invite_and_an_owed_mail_for_each_leader(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    run = solved_run(session, small.cohort)
    assert confirm(scope, run.id) == Confirmation(made=4, partners=2)
    assert [count(session, model) for model in (Placement, Invite, Message)] == [4, 4, 4 + 2]
    recipients = set(session.scalars(select(Message.recipient).where(Message.invite_id.is_not(None))))
    assert recipients == {leader.user.email for leader in small.leaders}


def test_confirming_twice_owes_no_second_invite(session: Session, scope: Scope, small: SmallCohort) -> None:
    run = solved_run(session, small.cohort)
    confirm(scope, run.id)
    assert confirm(scope, run.id) == Confirmation(made=0, before=True)
    assert count(session, Message) == 4 + 2


def test_confirming_counts_the_seats(session: Session, scope: Scope, small: SmallCohort) -> None:
    confirm(scope, solved_run(session, small.cohort).id)
    session.expire_all()
    assert [slot.taken for slot in session.scalars(select(Slot).order_by(Slot.id))] == [2, 2]


def test_each_mail_tells_its_leader_of_their_own_day(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    confirm(scope, solved_run(session, small.cohort).id)
    for message in session.scalars(select(Message).where(Message.invite_id.is_not(None))):
        details = thaw(message.payload)
        placement = session.scalars(
            select(Placement)
            .join(Invite, Invite.placement_id == Placement.id)
            .where(Invite.uid == details.uid)
        ).one()
        assert details.attendee.address == message.recipient == placement.leader.user.email
        assert details.starts_at == placement.slot.starts_at
        assert details.sequence == 0
        assert details.page_url == f"https://placement.example/leader/{placement.leader_id}/placement"


@pytest.mark.parametrize("status", ["queued", "solving", "failed", "cancelled"])
def test_only_a_solved_run_can_be_confirmed(
    session: Session, scope: Scope, small: SmallCohort, status: str
) -> None:
    run = solved_run(session, small.cohort)
    run.status = status
    session.flush()
    with pytest.raises(RunNotSolved, match=status):
        confirm(scope, run.id)


def test_a_run_without_a_result_that_keeps_the_rules_cannot_be_confirmed(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    run_id = match_runs.request_run(scope, small.cohort.id, seconds=5, now=NOON)
    digest = session.get_one(MatchRun, run_id).input_digest
    found = {"status": "infeasible", "assignments": [], "input_digest": digest}
    assert match_runs.record_allocation(session, run_id, found, now=NOON)
    with pytest.raises(RunInfeasible):
        confirm(scope, run_id)


@pytest.mark.parametrize("change", ["capacity", "preference", "new leader", "rule", "withdrawn"])
def test_a_change_since_the_run_is_refused_and_named(
    session: Session, scope: Scope, small: SmallCohort, change: str
) -> None:
    run = solved_run(session, small.cohort)
    named = {
        "capacity": f"day {small.slots[0].reference}: capacity 2 is now 1",
        "preference": f"leader {small.leaders[3].user.email}: choices changed",
        "new leader": "New leader: ",
        "rule": "rule gap minutes changed",
        "withdrawn": f"day {small.slots[0].reference}: capacity 2 is now 0",
    }[change]
    if change == "capacity":
        small.slots[0].capacity = 1
    elif change == "preference":
        small.leaders[3].submitted_at = NOON
        make_preference(session, leader=small.leaders[3], opportunity=small.food, rank=1)
    elif change == "new leader":
        make_leader(session, cohort=small.cohort)
    elif change == "rule":
        small.cohort.gap_minutes = 30
    else:
        small.slots[0].status = "withdrawn"
    session.flush()
    with pytest.raises(RunOutOfDate) as refused:
        confirm(scope, run.id)
    assert named in str(refused.value)
    assert [count(session, model) for model in (Placement, Invite, Message)] == [0, 0, 0]
    assert run.status == "solved"


def test_of_two_runs_over_the_same_cohort_only_one_can_be_confirmed(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    first, second = solved_run(session, small.cohort), solved_run(session, small.cohort)
    confirm(scope, first.id)
    with pytest.raises(RunOutOfDate, match="confirmed or cancelled"):
        confirm(scope, second.id)


def test_a_later_run_adds_newcomers_and_moves_nobody(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    confirm(scope, solved_run(session, small.cohort).id)
    before = {(row.leader_id, row.slot_id) for row in session.scalars(select(Placement))}
    newcomer = make_leader(session, cohort=small.cohort)
    assert confirm(scope, solved_run(session, small.cohort).id) == Confirmation(made=1, partners=1)
    after = {(row.leader_id, row.slot_id) for row in session.scalars(select(Placement))}
    assert {leader for leader, _ in after - before} == {newcomer.id}
    assert before < after
    assert count(session, Message) == 5 + 2 + 1  # what the newcomer's partner was owed is replaced


def test_a_coordinator_of_another_cohort_does_not_find_the_run(session: Session, small: SmallCohort) -> None:
    run = solved_run(session, small.cohort)
    stranger = make_coordinator(session)
    with pytest.raises(NotFound):
        confirm(Scope.of_user(session, stranger.user_id), run.id)


def test_a_confirmation_is_on_record_without_names(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    run = solved_run(session, small.cohort)
    confirm(scope, run.id)
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert (event.verb, event.subject, event.facts) == (
        "confirm_run",
        f"match_run:{run.id}",
        {"placements": 4},
    )
