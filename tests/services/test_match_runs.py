"""Freezing a cohort, and keeping what a run found."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.domain.errors import NothingToMatch, RunOutOfDate
from placement.models import Assignment, MatchRun
from placement.services import match_runs, run_claims
from placement.services.access import record_need
from placement.services.match_problem import build_problem
from placement.services.scope import Scope
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_leader, make_partner, make_user
from tests.factories.placements import make_placement
from tests.factories.preferences import make_date_answer, make_preference
from tests.factories.programmes import make_cohort
from tests.services.small_cohort import SmallCohort, make_small_cohort, solved_run


@pytest.fixture
def small(session: Session) -> SmallCohort:
    return make_small_cohort(session)


def problem_of(session: Session, small: SmallCohort, **changed: object) -> dict[str, object]:
    facts = {"objective": "generous", "seed": "s", "now": NOON} | changed
    return build_problem(session, small.cohort, **facts).to_json()  # type: ignore[arg-type]


def leader_in(problem: dict[str, object], email: str) -> dict[str, object]:
    leaders: list[dict[str, object]] = problem["leaders"]  # type: ignore[assignment]
    return next(leader for leader in leaders if leader["id"] == email)


def test_every_slot_of_the_kth_choice_stands_in_tier_k(session: Session, small: SmallCohort) -> None:
    second_day = make_slot(session, opportunity=small.food, starts_at=FIRST_DAY + timedelta(days=1))
    said = leader_in(problem_of(session, small), small.leaders[0].user.email)
    assert said["preferences"] == [
        sorted([small.slots[0].reference, second_day.reference]),
        [small.slots[1].reference],
    ]


def test_a_date_a_leader_cannot_do_is_excluded_and_keeps_its_tier(
    session: Session, small: SmallCohort
) -> None:
    leader = small.leaders[0]
    make_date_answer(session, leader=leader, date=FIRST_DAY.date(), answer="cannot")
    said = leader_in(problem_of(session, small), leader.user.email)
    assert said["excluded"] == [small.slots[0].reference]
    assert said["preferences"] == [[small.slots[0].reference], [small.slots[1].reference]]


def test_an_if_need_be_date_is_told_as_one(session: Session, small: SmallCohort) -> None:
    leader = small.leaders[0]
    make_date_answer(session, leader=leader, date=FIRST_DAY.date(), answer="if_need_be")
    assert leader_in(problem_of(session, small), leader.user.email)["if_need_be"] == [
        small.slots[0].reference
    ]


def test_a_leader_who_did_not_submit_has_no_tiers_even_with_a_draft(
    session: Session, small: SmallCohort
) -> None:
    silent = small.leaders[3]
    make_preference(session, leader=silent, opportunity=small.food, rank=1)
    assert leader_in(problem_of(session, small), silent.user.email)["preferences"] == []


@pytest.mark.parametrize(
    ("leader_facts", "offer_facts"),
    [
        ({"check_held": "basic"}, {"check_required": "enhanced"}),
        ({"gender": "M"}, {"women_only": True}),
        ({"max_km": 0.1}, {}),
    ],
)
def test_what_a_leader_cannot_be_given_is_excluded(
    session: Session, leader_facts: dict[str, Any], offer_facts: dict[str, Any]
) -> None:
    cohort = make_cohort(session)
    slot = make_slot(session, opportunity=make_opportunity(session, cohort=cohort, **offer_facts))
    leader = make_leader(session, cohort=cohort, **leader_facts)
    problem = build_problem(session, cohort, objective="generous", seed="", now=NOON).to_json()
    assert leader_in(problem, leader.user.email)["excluded"] == [slot.reference]


def test_who_needs_step_free_access_is_kept_from_places_with_steps(
    session: Session, small: SmallCohort
) -> None:
    leader = small.leaders[0]
    record_need(session, leader, "Step-free access")
    assert len(leader_in(problem_of(session, small), leader.user.email)["excluded"]) == 2  # type: ignore[arg-type]


def test_a_withdrawn_slot_keeps_its_place_in_the_ranking_but_has_no_seats(
    session: Session, small: SmallCohort
) -> None:
    small.slots[0].status = "withdrawn"
    session.flush()
    problem = problem_of(session, small)
    slots: list[dict[str, object]] = problem["slots"]  # type: ignore[assignment]
    seats = {slot["id"]: slot["capacity"] for slot in slots}
    assert seats == {small.slots[0].reference: 0, small.slots[1].reference: 3}
    assert len(leader_in(problem, small.leaders[0].user.email)["preferences"]) == 2  # type: ignore[arg-type]


def test_a_day_that_has_begun_takes_nobody_new(session: Session, small: SmallCohort) -> None:
    problem = problem_of(session, small, now=FIRST_DAY + timedelta(days=1))
    assert leader_in(problem, small.leaders[0].user.email)["excluded"] == [small.slots[0].reference]


def test_a_cohort_whose_days_are_all_over_is_matched_as_a_rehearsal(
    session: Session, small: SmallCohort
) -> None:
    problem = problem_of(session, small, now=FIRST_DAY + timedelta(days=100))
    assert leader_in(problem, small.leaders[0].user.email)["excluded"] == []


def test_a_placement_that_stands_is_pinned(session: Session, small: SmallCohort) -> None:
    make_placement(session, leader=small.leaders[0], slot=small.slots[1])
    assert problem_of(session, small)["pins"] == [[small.leaders[0].user.email, small.slots[1].reference]]


def test_the_problem_does_not_depend_on_the_order_of_rows(session: Session) -> None:
    people = [make_user(session), make_user(session)]
    digests = set()
    for order in (1, -1):
        cohort = make_cohort(session)
        leaders = [
            make_leader(session, cohort=cohort, user=user, submitted_at=NOON) for user in people[::order]
        ]
        for name in ("a", "b")[::order]:
            partner = make_partner(session, cohort=cohort, name=f"Partner {name}")
            opportunity = make_opportunity(session, partner=partner, reference=name)
            make_slot(session, opportunity=opportunity, reference=f"slot-{name}")
            for leader in leaders:
                make_preference(session, leader=leader, opportunity=opportunity, rank={"a": 1, "b": 2}[name])
        digests.add(build_problem(session, cohort, objective="generous", seed="", now=NOON).digest())
    assert len(digests) == 1


def test_a_cohort_without_leaders_or_days_is_refused(session: Session, scope: Scope) -> None:
    cohort = make_cohort(session)
    with pytest.raises(NothingToMatch, match="no leaders"):
        match_runs.request_run(scope, cohort.id, seconds=5, now=NOON)
    make_leader(session, cohort=cohort)
    with pytest.raises(NothingToMatch, match="no days"):
        match_runs.request_run(scope, cohort.id, seconds=5, now=NOON)


def test_a_run_keeps_what_it_came_from(session: Session, small: SmallCohort) -> None:
    run = solved_run(session, small.cohort)
    assert run.status == "solved"
    assert json.loads(run.frozen_input)["seed"] == small.cohort.seed
    assert json.loads(run.result or "")["input_digest"] == run.input_digest
    assert set(run.versions or {}) == {"placement", "python", "numpy", "scipy"}
    assert run.settings == {"seconds": 20}


def test_assignments_say_which_choice_each_leader_got(session: Session, small: SmallCohort) -> None:
    run = solved_run(session, small.cohort)
    ranks = sorted(pair.rank for pair in run.assignments if pair.rank is not None)
    assert ranks == [1, 1, 2]
    assert [pair.rank for pair in run.assignments if pair.leader_id == small.leaders[3].id] == [None]


def test_an_unfinished_run_of_the_same_input_is_taken_up_again(scope: Scope, small: SmallCohort) -> None:
    first = match_runs.request_run(scope, small.cohort.id, seconds=5, now=NOON)
    assert match_runs.request_run(scope, small.cohort.id, seconds=5, now=NOON) == first


def test_a_finished_run_is_never_taken_up_again(session: Session, scope: Scope, small: SmallCohort) -> None:
    finished = solved_run(session, small.cohort)
    assert match_runs.request_run(scope, small.cohort.id, seconds=5, now=NOON) != finished.id


def test_a_result_is_recorded_once(session: Session, small: SmallCohort) -> None:
    run = solved_run(session, small.cohort)
    assert not match_runs.record_allocation(session, run.id, json.loads(run.result or ""), now=NOON)
    assert session.scalar(select(func.count()).select_from(Assignment)) == 4


def test_a_run_is_solved_by_one_worker_until_its_lease_ends(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    run_id = match_runs.request_run(scope, small.cohort.id, seconds=5, now=NOON)
    grace = timedelta(seconds=10)
    taken = run_claims.claim_run(session, token="one", now=NOON, grace=grace)
    assert taken is not None
    assert taken.id == run_id
    soon, later = NOON + timedelta(seconds=14), NOON + timedelta(seconds=16)
    assert run_claims.claim_run(session, token="two", now=soon, grace=grace) is None
    again = run_claims.claim_run(session, token="two", now=later, grace=grace)
    assert again is not None
    assert again.id == run_id


def claimed(session: Session, token: str, *, run_id: int | None = None) -> int | None:
    grace = timedelta(seconds=10)
    run = run_claims.claim_run(session, token=token, now=NOON, grace=grace, run_id=run_id)
    return None if run is None else run.id


def test_of_a_cohort_one_run_is_solved_at_a_time(session: Session, scope: Scope, small: SmallCohort) -> None:
    first, second = (
        match_runs.request_run(scope, small.cohort.id, seconds=5, now=NOON, seed=seed) for seed in "ab"
    )
    other = match_runs.request_run(scope, make_small_cohort(session).cohort.id, seconds=5, now=NOON)
    assert run_claims.claimable_runs(session, now=NOON) == [first, second, other]
    assert claimed(session, "one", run_id=second) == second
    assert run_claims.claimable_runs(session, now=NOON) == [other]
    assert [claimed(session, "two", run_id=first), claimed(session, "two"), claimed(session, "two")] == [
        None,
        other,
        None,
    ]
    assert match_runs.fail_run(session, second, reason="It was stopped.", now=NOON)
    assert claimed(session, "two") == first


def test_a_run_that_is_given_back_may_be_begun_at_once(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    run_id = match_runs.request_run(scope, small.cohort.id, seconds=5, now=NOON)
    assert run_claims.waiting_since(session, now=NOON) == NOON
    assert claimed(session, "one") == run_id
    assert run_claims.tokens_in_use(session) == ["one"]
    assert run_claims.waiting_since(session, now=NOON) is None
    run_claims.give_back(session, tokens=["other"])
    assert claimed(session, "two") is None
    run_claims.give_back(session, tokens=["one"])
    assert claimed(session, "two") == run_id


def test_a_result_of_another_problem_is_not_kept(session: Session, scope: Scope, small: SmallCohort) -> None:
    run_id = match_runs.request_run(scope, small.cohort.id, seconds=5, now=NOON)
    result = {"input_digest": "0" * 64, "assignments": []}
    assert not match_runs.record_allocation(session, run_id, result, now=NOON)
    assert scope.run(run_id).status == "queued"


def test_a_run_that_failed_says_why_and_takes_no_result_any_more(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    run_id = match_runs.request_run(scope, small.cohort.id, seconds=5, now=NOON)
    digest = scope.run(run_id).input_digest
    assert match_runs.fail_run(session, run_id, reason="The solver stopped.", now=NOON)
    assert not match_runs.record_allocation(
        session, run_id, {"input_digest": digest, "assignments": []}, now=NOON
    )
    assert session.scalars(select(MatchRun.failure)).one() == "The solver stopped."


def test_a_result_for_people_who_are_gone_is_refused(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    run_id = match_runs.request_run(scope, small.cohort.id, seconds=5, now=NOON)
    pair = {"leader": "gone@people.example", "slot": small.slots[0].reference, "rank": 1}
    result = {"input_digest": scope.run(run_id).input_digest, "assignments": [pair]}
    with pytest.raises(RunOutOfDate):
        match_runs.record_allocation(session, run_id, result, now=NOON)


def test_why_a_run_is_as_it_is_is_added_to_its_own_result_alone(session: Session) -> None:
    run = solved_run(session, make_small_cohort(session).cohort)
    kept = json.loads(run.result or "{}")
    other = {**kept, "assignments": kept["assignments"][1:], "explanations": ["of another result"]}
    assert not match_runs.record_findings(session, run.id, other)
    assert json.loads(run.result or "{}") == kept
    assert match_runs.record_findings(session, run.id, {**kept, "explanations": [], "seconds": 9.0})
    assert json.loads(run.result or "{}") == {**kept, "explanations": []}
