"""Nobody is sent to a partner with whom they have a conflict of interest, whoever said so."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.change_errors import SeatRefused
from placement.domain.errors import NotFound, PreferencesClosed
from placement.domain.matching.why.findings import IMPOSSIBLE, LeaderExplanation
from placement.domain.matching.why.reasons import EXCLUDED
from placement.models import AuditEvent, Conflict, Leader
from placement.services import conflicts, run_input, seats
from placement.services.conflicts import kept_conflicts
from placement.services.match_problem import build_problem
from placement.services.reports.explanations import own_explanations
from placement.services.reports.leader import answers
from placement.services.reports.readiness import readiness
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.conflicts import make_conflict
from tests.factories.people import make_coordinator, make_leader, make_partner
from tests.factories.programmes import make_cohort
from tests.factories.runs import make_run
from tests.services.repairing import at, confirmed_cohort
from tests.services.small_cohort import SmallCohort, make_small_cohort, solved_run


@pytest.fixture
def small(session: Session) -> SmallCohort:
    return make_small_cohort(session)


def own(session: Session, leader: Leader) -> Scope:
    return Scope.of_user(session, leader.user_id)


def excluded(session: Session, small: SmallCohort, leader: Leader) -> Any:
    problem: Any = build_problem(session, small.cohort, objective="generous", seed="", now=NOON).to_json()
    return next(row["excluded"] for row in problem["leaders"] if row["id"] == leader.user.email)


def test_a_partner_of_a_conflict_is_ruled_out_in_the_match_and_no_other(
    session: Session, small: SmallCohort
) -> None:
    one, other = small.leaders[:2]
    make_conflict(session, leader=one, partner=small.food.partner)
    assert excluded(session, small, one) == [small.slots[0].reference]
    assert excluded(session, small, other) == []


def test_a_day_held_online_is_ruled_out_too(session: Session, small: SmallCohort) -> None:
    small.slots[0].joining_link = "https://meet.example/1"
    make_conflict(session, leader=small.leaders[0], partner=small.food.partner)
    session.flush()
    assert excluded(session, small, small.leaders[0]) == [small.slots[0].reference]


def test_a_run_gives_nobody_a_day_at_such_a_partner(session: Session, small: SmallCohort) -> None:
    for leader in small.leaders[:2]:
        make_conflict(session, leader=leader, partner=small.food.partner)
    run = solved_run(session, small.cohort)
    there = {pair.leader_id for pair in run.assignments if pair.slot_id == small.slots[0].id}
    assert there
    assert there.isdisjoint({leader.id for leader in small.leaders[:2]})


def test_a_run_is_out_of_date_when_a_conflict_comes_up(session: Session, small: SmallCohort) -> None:
    run = solved_run(session, small.cohort)
    leader = small.leaders[0]
    conflicts.add_conflict(
        own(session, leader), leader.id, partner_id=small.food.partner_id, kind="board", now=NOON
    )
    (change,) = run_input.changes_since(session, run, now=NOON)
    assert "days they cannot be given changed" in change


def test_no_seat_is_given_there_by_hand(session: Session, scope: Scope) -> None:
    small = confirmed_cohort(session)
    leader = at(session, small.slots[0])[0]
    make_conflict(session, leader=leader, partner=small.cafe.partner)
    with pytest.raises(SeatRefused):
        seats.request_seat(scope, small.cohort.id, small.slots[1].id, leader.id, seconds=20, now=NOON)


def test_the_choosing_page_says_what_stands_against_it(session: Session, small: SmallCohort) -> None:
    leader = small.leaders[0]
    make_conflict(session, leader=leader, partner=small.food.partner, kind="funds")
    shown = answers(own(session, leader), leader_id=leader.id, now=NOON)
    found = {offer.id: (offer.hints, offer.conflict and offer.conflict.kind) for offer in shown.offers}
    assert found == {small.food.id: (("conflict",), "funds"), small.cafe.id: ((), None)}


def test_readiness_counts_such_days_apart_from_what_may_tell_of_a_need(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    leader = small.leaders[0]
    for row in (small.food, small.cafe):
        make_conflict(session, leader=leader, partner=row.partner)
    found = readiness(scope, small.cohort.id, now=NOON)
    assert found.barriers[leader.user.email] == {"offered": 2, "conflict": 2}


def test_the_explanation_names_the_conflict(session: Session, small: SmallCohort) -> None:
    leader = small.leaders[0]
    make_conflict(session, leader=leader, partner=small.food.partner)
    slot = small.slots[0].reference
    told = LeaderExplanation(leader.match_id, slot, 1, IMPOSSIBLE, (), reasons=((EXCLUDED, (slot,)),))
    result = json.dumps({"assignments": [], "explanations": [told.to_json()], "stages": []})
    make_run(session, cohort=small.cohort, status="confirmed", confirmed_at=NOON, result=result)
    why = own_explanations(own(session, leader), leader_id=leader.id)
    assert why.barriers == {slot: ("conflict",)}


def test_a_leader_says_it_once_and_takes_it_back(session: Session, small: SmallCohort) -> None:
    leader, partner = small.leaders[0], small.food.partner
    scope = own(session, leader)
    said = [
        conflicts.add_conflict(scope, leader.id, partner_id=partner.id, kind=kind, now=NOON)
        for kind in ("board", "board", "funds")
    ]
    assert said == [True, False, True]
    assert [one.kind for one in kept_conflicts(session, leader)] == ["funds"]
    assert conflicts.remove_conflict(scope, leader.id, partner_id=partner.id, now=NOON)
    assert not conflicts.remove_conflict(scope, leader.id, partner_id=partner.id, now=NOON)
    verbs = session.scalars(select(AuditEvent.verb).order_by(AuditEvent.id)).all()
    assert verbs == ["add_conflict", "add_conflict", "remove_conflict"]


def test_after_the_deadline_only_a_coordinator_changes_it(session: Session) -> None:
    cohort = make_cohort(session, preferences_close_at=NOON - timedelta(days=1))
    leader, partner = make_leader(session, cohort=cohort), make_partner(session, cohort=cohort)
    with pytest.raises(PreferencesClosed):
        conflicts.add_conflict(own(session, leader), leader.id, partner_id=partner.id, kind="board", now=NOON)
    scope = Scope.of_user(session, make_coordinator(session, cohort=cohort).user_id)
    facts: dict[str, Any] = {"partner_id": partner.id, "kind": "works", "note": "On their web page"}
    assert conflicts.set_conflict(scope, cohort.id, leader.id, **facts, now=NOON).changed
    assert not conflicts.set_conflict(scope, cohort.id, leader.id, **facts, now=NOON).changed
    with pytest.raises(PreferencesClosed):
        conflicts.remove_conflict(own(session, leader), leader.id, partner_id=partner.id, now=NOON)
    assert conflicts.lift_conflict(scope, cohort.id, leader.id, partner_id=partner.id, now=NOON).changed
    assert kept_conflicts(session, leader) == ()


def test_what_a_coordinator_noted_a_leader_cannot_take_back_or_change(
    session: Session, small: SmallCohort
) -> None:
    leader, partner = small.leaders[0], small.food.partner
    make_conflict(session, leader=leader, partner=partner, said_by="coordinator", kind="works")
    scope = own(session, leader)
    assert not conflicts.remove_conflict(scope, leader.id, partner_id=partner.id, now=NOON)
    assert not conflicts.add_conflict(scope, leader.id, partner_id=partner.id, kind="other", now=NOON)
    assert [one.kind for one in kept_conflicts(session, leader)] == ["works"]


def test_a_day_that_stands_stays_and_it_is_said_that_it_breaks_the_rule(
    session: Session, scope: Scope
) -> None:
    small = confirmed_cohort(session)
    leader = at(session, small.slots[0])[0]
    effect = conflicts.set_conflict(
        scope,
        small.cohort.id,
        leader.id,
        partner_id=small.food.partner_id,
        kind="board",
        note="Companies House",
        now=NOON,
    )
    assert leader in at(session, small.slots[0])
    assert [leader.name in sentence for sentence in effect.broken] == [True]


def test_a_partner_of_another_cohort_does_not_exist(session: Session, small: SmallCohort) -> None:
    leader, foreign = small.leaders[0], make_partner(session)
    with pytest.raises(NotFound):
        conflicts.add_conflict(own(session, leader), leader.id, partner_id=foreign.id, kind="board", now=NOON)
    assert session.scalars(select(Conflict)).all() == []
