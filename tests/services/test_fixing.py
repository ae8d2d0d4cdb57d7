"""Places that a coordinator fixes: what the next run makes of them, what is refused, undo and redo."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.change_errors import SeatRefused
from placement.domain.errors import NotFound
from placement.domain.fixing_errors import FixedPairsClash, NothingToUndo, PairRefused, ReasonMissing
from placement.models import AuditEvent, FixedPair, Leader, MatchRun, Slot
from placement.services import confirmations, fixing, match_runs, run_input, seats
from placement.services.fixed_rows import live_pairs
from placement.services.reports.explanations import explanations
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.fixing import make_fixed_pair
from tests.factories.people import make_coordinator, make_leader
from tests.factories.preferences import make_date_answer
from tests.factories.programmes import make_organisation
from tests.services.repairing import confirmed_cohort, solve_run, solved_repair
from tests.services.small_cohort import SENDER, SmallCohort, make_small_cohort, solved_run

WHY = "Agreed by phone"


@pytest.fixture
def small(session: Session) -> SmallCohort:
    return make_small_cohort(session)


def keep(scope: Scope, leader: Leader, slot: Slot, **facts: Any) -> int:
    call: dict[str, Any] = {"reason": WHY, "now": NOON} | facts
    step = fixing.keep_place(scope, leader.cohort_id, leader.id, slot.id, **call)
    return step.id if step else 0


def never(scope: Scope, leader: Leader, slot: Slot, **facts: Any) -> int:
    call: dict[str, Any] = {"reason": WHY, "now": NOON} | facts
    step = fixing.rule_out(scope, leader.cohort_id, leader.id, slot.id, **call)
    return step.id if step else 0


def undo(scope: Scope, small: SmallCohort, step: int) -> None:
    fixing.undo(scope, small.cohort.id, step_id=step, now=NOON)


def redo(scope: Scope, small: SmallCohort, step: int) -> None:
    fixing.redo(scope, small.cohort.id, step_id=step, now=NOON)


def standing(session: Session, small: SmallCohort) -> list[tuple[str, int, int | None]]:
    return [(one.kind, one.leader_id, one.slot_id) for one in live_pairs(session, small.cohort.id)]


def given(run: MatchRun) -> dict[int, int]:
    return {pair.leader_id: pair.slot_id for pair in run.assignments}


def changes(session: Session, run: MatchRun) -> list[str]:
    session.expire_all()
    return run_input.changes_since(session, run, now=NOON)


def test_who_is_kept_on_a_place_gets_it_in_the_next_run(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    *_, silent = small.leaders
    food, cafe = small.slots
    assert given(solved_run(session, small.cohort))[silent.id] == cafe.id
    assert keep(scope, silent, food)
    assert given(solved_run(session, small.cohort))[silent.id] == food.id


@pytest.mark.parametrize("every_day", [False, True])
def test_who_is_never_to_have_a_place_does_not_get_it_in_the_next_run(
    session: Session, scope: Scope, small: SmallCohort, every_day: bool
) -> None:
    ada, food = small.leaders[0], small.slots[0]
    assert never(scope, ada, food, every_day=every_day)
    assert given(solved_run(session, small.cohort))[ada.id] == small.slots[1].id


def test_a_run_of_before_is_out_of_date_and_says_what_was_fixed_since(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    ada, ben, *_ = small.leaders
    cafe = small.slots[1]
    run = solved_run(session, small.cohort)
    kept, ruled_out = keep(scope, ada, cafe), never(scope, ben, cafe)
    assert changes(session, run) == [
        f"{ada.match_id} is now kept on {cafe.reference}.",
        f"{cafe.reference} is now ruled out for {ben.match_id}.",
    ]
    newer = solved_run(session, small.cohort)
    assert changes(session, newer) == []
    undo(scope, small, ruled_out)
    undo(scope, small, kept)
    assert changes(session, run) == []
    assert changes(session, newer) == [
        f"{ada.match_id} is no longer kept on {cafe.reference}.",
        f"{cafe.reference} is no longer ruled out for {ben.match_id}.",
    ]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_place_is_fixed_only_with_a_reason(scope: Scope, small: SmallCohort, reason: str) -> None:
    with pytest.raises(ReasonMissing):
        keep(scope, small.leaders[0], small.slots[0], reason=reason)
    with pytest.raises(ReasonMissing):
        never(scope, small.leaders[0], small.slots[0], reason=reason)


def cannot_come(session: Session, small: SmallCohort) -> None:
    make_date_answer(session, leader=small.leaders[0], day=small.slots[0].starts_at.date(), answer="cannot")


def needs_a_check(session: Session, small: SmallCohort) -> None:
    small.food.check_required = "enhanced"


def withdrawn(session: Session, small: SmallCohort) -> None:
    small.slots[0].status = "withdrawn"


def has_left(session: Session, small: SmallCohort) -> None:
    small.leaders[0].withdrawn_at = NOON


def full(session: Session, small: SmallCohort) -> None:
    for leader in small.leaders[1:3]:
        make_fixed_pair(session, leader=leader, slot=small.slots[0])


def kept_elsewhere(session: Session, small: SmallCohort) -> None:
    make_fixed_pair(session, leader=small.leaders[0], slot=small.slots[1])


def one_organisation(session: Session, small: SmallCohort) -> None:
    small.cohort.max_same_organisation = 1
    hospital = make_organisation(session, cohort=small.cohort)
    for leader in small.leaders[:2]:
        leader.organisation_id = hospital.id
    make_fixed_pair(session, leader=small.leaders[1], slot=small.slots[0])


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (cannot_come, "They cannot come on that date."),
        (needs_a_check, "It needs a check that they do not hold."),
        (withdrawn, "The day has been withdrawn."),
        (has_left, "They have left the cohort."),
        (full, "All its places are kept for others."),
        (kept_elsewhere, "more days than they need"),
        (one_organisation, "More people of one organisation"),
    ],
)
def test_a_place_that_breaks_a_rule_is_not_kept_and_the_rule_is_named(
    session: Session, scope: Scope, small: SmallCohort, spoil: Any, rule: str
) -> None:
    spoil(session, small)
    session.flush()
    with pytest.raises(PairRefused, match=rule):
        keep(scope, small.leaders[0], small.slots[0])


def test_fixing_the_same_twice_changes_nothing(session: Session, scope: Scope, small: SmallCohort) -> None:
    ada, ben, *_ = small.leaders
    assert keep(scope, ada, small.slots[0])
    assert never(scope, ben, small.slots[0], every_day=True)
    assert not keep(scope, ada, small.slots[0])
    assert not never(scope, ben, small.slots[0])
    assert len(standing(session, small)) == 2


def test_the_newest_word_about_a_place_counts_and_undoing_brings_the_older_back(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    ada, food = small.leaders[0], small.slots[0]
    keep(scope, ada, food)
    step = never(scope, ada, food, every_day=True)
    assert standing(session, small) == [("forbid", ada.id, None)]
    undo(scope, small, step)
    assert standing(session, small) == [("pin", ada.id, food.id)]
    redo(scope, small, step)
    assert standing(session, small) == [("forbid", ada.id, None)]


def test_steps_are_undone_and_done_again_in_order_and_a_new_one_forgets_what_was_undone(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    ada, ben, *_ = small.leaders
    first, second = keep(scope, ada, small.slots[0]), keep(scope, ben, small.slots[0])
    with pytest.raises(NothingToUndo):
        undo(scope, small, first)
    undo(scope, small, second)
    undo(scope, small, first)
    assert standing(session, small) == []
    with pytest.raises(NothingToUndo):
        redo(scope, small, second)
    redo(scope, small, first)
    assert standing(session, small) == [("pin", ada.id, small.slots[0].id)]
    keep(scope, ben, small.slots[1])
    with pytest.raises(NothingToUndo):
        redo(scope, small, second)


def test_what_is_taken_back_no_longer_holds_and_that_can_be_undone(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    ada = small.leaders[0]
    keep(scope, ada, small.slots[0])
    (pair,) = live_pairs(session, small.cohort.id)
    assert fixing.take_back(scope, small.cohort.id, pair.id, now=NOON)
    assert not fixing.take_back(scope, small.cohort.id, pair.id, now=NOON)
    assert standing(session, small) == []
    step = fixing.last_step(scope, small.cohort)
    assert step is not None
    undo(scope, small, step.id)
    assert standing(session, small) == [("pin", ada.id, small.slots[0].id)]


def test_a_kept_place_that_cannot_be_given_any_more_holds_nobody_up(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    ada, food = small.leaders[0], small.slots[0]
    keep(scope, ada, food)
    make_date_answer(session, leader=ada, day=food.starts_at.date(), answer="cannot")
    assert given(solved_run(session, small.cohort))[ada.id] == small.slots[1].id


def test_kept_places_that_became_too_many_are_named_before_a_run(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    keep(scope, small.leaders[0], small.slots[0])
    keep(scope, small.leaders[1], small.slots[0])
    small.slots[0].capacity = 1
    session.flush()
    with pytest.raises(FixedPairsClash, match="capacity of 1"):
        match_runs.request_run(scope, small.cohort.id, seconds=20, now=NOON)


def test_nobody_is_ruled_out_where_they_are_confirmed(session: Session, scope: Scope) -> None:
    small = confirmed_cohort(session)
    placed = next(leader for leader in small.leaders if leader.submitted_at)
    run = session.scalars(select(MatchRun)).one()
    slot = session.get_one(Slot, given(run)[placed.id])
    with pytest.raises(PairRefused, match="They are confirmed there"):
        never(scope, placed, slot)


def test_a_repair_keeps_who_is_to_be_kept_and_gives_nobody_what_is_ruled_out(
    session: Session, scope: Scope
) -> None:
    small = confirmed_cohort(session)
    run = session.scalars(select(MatchRun)).one()
    food, cafe = small.slots
    at_food = [leader for leader in small.leaders if given(run)[leader.id] == food.id]
    at_cafe = [leader for leader in small.leaders if given(run)[leader.id] == cafe.id]
    keep(scope, at_food[0], food)
    never(scope, at_cafe[0], food)
    runs = solved_repair(session, small)
    fresh = given(session.get_one(MatchRun, runs.fresh))
    assert fresh[at_food[0].id] == food.id
    assert fresh[at_cafe[0].id] == cafe.id
    food.capacity = 3
    session.flush()
    with pytest.raises(SeatRefused, match="ruled it out"):
        seats.request_seat(scope, small.cohort.id, food.id, at_cafe[0].id, seconds=20, now=NOON)


def test_the_explanation_says_that_the_coordinator_chose_it(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    run = solved_run(session, small.cohort)
    assert explanations(scope, small.cohort.id, run.id).fixed == ("standing",)
    keep(scope, small.leaders[3], small.slots[0])
    newer = solved_run(session, small.cohort)
    assert explanations(scope, small.cohort.id, newer.id).fixed == ("given",)
    confirmations.confirm_run(scope, newer.id, sender=SENDER, now=NOON)
    make_leader(session, cohort=small.cohort)
    last = solved_run(session, small.cohort)
    assert explanations(scope, small.cohort.id, last.id).fixed == ("standing", "given")


def test_who_coordinates_another_cohort_fixes_nothing(session: Session, small: SmallCohort) -> None:
    other = Scope.of_user(session, make_coordinator(session).user_id)
    with pytest.raises(NotFound):
        keep(other, small.leaders[0], small.slots[0])
    pair = make_fixed_pair(session, leader=small.leaders[0], slot=small.slots[0])
    with pytest.raises(NotFound):
        fixing.take_back(other, small.cohort.id, pair.id, now=NOON)


def test_each_step_goes_on_record_with_ids_only(session: Session, scope: Scope, small: SmallCohort) -> None:
    step = keep(scope, small.leaders[0], small.slots[0])
    undo(scope, small, step)
    redo(scope, small, step)
    events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [event.verb for event in events] == ["fix_keep", "undo_fixing", "redo_fixing"]
    assert WHY not in str([event.facts for event in events])
    assert session.scalars(select(FixedPair.reason)).one() == WHY


def test_a_run_over_kept_places_is_solved_as_any_other(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    keep(scope, small.leaders[0], small.slots[1])
    run_id = match_runs.request_run(scope, small.cohort.id, seconds=20, now=NOON)
    assert solve_run(session, run_id).status == "solved"
