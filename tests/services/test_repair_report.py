"""What a coordinator chooses from: do nothing, the fewest moves, the best list made afresh, one free seat."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from placement.domain.errors import NotFound
from placement.models import MatchRun, Slot
from placement.services import confirmations, repairs, slot_changes, withdrawals
from placement.services.reports.repair import RepairReport, repair_report
from placement.services.reports.seats import SeatReport, seat_candidates
from placement.services.reports.standing import standing
from placement.services.scope import Scope
from placement.services.slot_changes import SlotChange
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.opportunities import make_slot
from tests.factories.people import make_coordinator, make_leader
from tests.services.repairing import at, confirmed_cohort, counts, live, solved_repair
from tests.services.small_cohort import SENDER, SmallCohort, make_small_cohort


@pytest.fixture
def small(session: Session) -> SmallCohort:
    return confirmed_cohort(session)


def report_on(scope: Scope, small: SmallCohort, run_id: int) -> RepairReport:
    return repair_report(scope, small.cohort.id, run_id, now=NOON)


def change(scope: Scope, slot: Slot, **facts: Any) -> None:
    slot_changes.change_slot(
        scope, slot.cohort_id, slot.id, change=SlotChange(**facts), sender=SENDER, now=NOON
    )


def seats(scope: Scope, slot: Slot, **facts: Any) -> SeatReport:
    call: dict[str, Any] = {"seconds": 10, "now": NOON} | facts
    return seat_candidates(scope, slot.cohort_id, slot.id, **call)


def test_each_move_says_who_from_where_and_to_where(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    change(scope, small.slots[0], capacity=1)
    before = at(session, small.slots[0])
    found = report_on(scope, small, solved_repair(session, small).repair)
    assert found.fewest is not None
    (move,) = found.fewest.moves
    assert move.person.leader_id in {leader.id for leader in before}
    assert (move.before and move.before.slot_id, move.after and move.after.slot_id) == (
        small.slots[0].id,
        small.slots[1].id,
    )
    assert (move.before and move.before.choice, move.after and move.after.choice) == (1, 2)
    assert (move.kind, found.fewest.moved, found.fewest.kept) == ("moved", 1, 3)


def test_the_change_of_each_stage_is_told(session: Session, scope: Scope, small: SmallCohort) -> None:
    change(scope, small.slots[0], capacity=1)
    found = report_on(scope, small, solved_repair(session, small).repair)
    assert found.fewest is not None
    stages = {stage.name: (stage.before, stage.after, stage.change) for stage in found.fewest.stages}
    assert stages["placed"] == (4, 4, 0)
    assert stages["kept"] == (4, 3, -1)
    assert stages["profile"] == (
        {"1": 2, "2": 1, "unranked": 1},
        {"1": 1, "2": 2, "unranked": 1},
        {"1": -1, "2": 1},
    )
    assert all(stage.proven for stage in found.fewest.stages)


def test_doing_nothing_says_who_waits_and_which_days_are_too_few(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    change(scope, small.slots[1], minimum=2)
    gone = at(session, small.slots[1])[0]
    withdrawals.withdraw_leader(scope, small.cohort.id, gone.id, sender=SENDER, now=NOON)
    waiting = make_leader(session, cohort=small.cohort, name="Wanda Waiting")
    found = report_on(scope, small, solved_repair(session, small).repair)
    assert [(one.person.leader_id, one.days) for one in found.nothing.unplaced] == [(waiting.id, 1)]
    (short,) = found.nothing.below_minimum
    assert (short.day.slot_id, short.leaders, short.minimum) == (small.slots[1].id, 1, 2)
    assert found.nothing.placed == 3
    assert found.nothing.due
    assert found.fewest is not None
    assert [(move.kind, move.person.name) for move in found.fewest.moves] == [("placed", "Wanda Waiting")]
    assert standing(scope, small.cohort.id, now=NOON) == found.nothing


def test_the_fresh_best_says_how_many_it_would_move(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    change(scope, small.slots[0], capacity=4)
    found = report_on(scope, small, solved_repair(session, small).repair)
    assert found.fewest is not None
    assert found.fresh is not None
    assert (found.fewest.moved, found.fewest.profile) == (0, {"1": 2, "2": 1, "unranked": 1})
    assert found.fresh.profile == {"1": 3, "unranked": 1}
    assert found.fresh.moved == 4 - found.fresh.kept > 0


def test_both_runs_lead_to_the_same_report(session: Session, scope: Scope, small: SmallCohort) -> None:
    change(scope, small.slots[0], capacity=1)
    runs = solved_repair(session, small)
    first, second = report_on(scope, small, runs.repair), report_on(scope, small, runs.fresh)
    assert (first.fewest, first.fresh, first.nothing) == (second.fewest, second.fresh, second.nothing)


def test_a_repair_that_is_not_solved_yet_says_so(session: Session, scope: Scope, small: SmallCohort) -> None:
    runs = repairs.request_repair(scope, small.cohort.id, seconds=5, now=NOON)
    found = report_on(scope, small, runs.repair)
    assert found.fewest is not None
    assert (found.fewest.proof, found.fewest.moves, found.fewest.run.status) == ("", (), "queued")


def test_the_report_stays_true_after_it_was_confirmed(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    change(scope, small.slots[0], capacity=1)
    runs = solved_repair(session, small)
    before = report_on(scope, small, runs.repair)
    confirmations.confirm_run(scope, runs.repair, sender=SENDER, now=NOON)
    after = report_on(scope, small, runs.repair)
    assert (after.confirmed, before.confirmed) == (runs.repair, None)
    assert after.fewest is not None
    assert before.fewest is not None
    assert (after.fewest.moves, after.nothing) == (before.fewest.moves, before.nothing)
    assert report_on(scope, small, runs.fresh).changes


def test_what_changed_since_is_told(session: Session, scope: Scope, small: SmallCohort) -> None:
    runs = solved_repair(session, small)
    change(scope, small.slots[0], capacity=1)
    assert "capacity 2 is now 1" in " ".join(report_on(scope, small, runs.repair).changes)


def test_an_ordinary_run_is_no_repair_and_a_strangers_is_not_found(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    ordinary = session.query(MatchRun).filter_by(kind="match").one()
    with pytest.raises(NotFound):
        report_on(scope, small, ordinary.id)
    run_id = solved_repair(session, small).repair
    with pytest.raises(NotFound):
        report_on(Scope.of_user(session, make_coordinator(session).user_id), small, run_id)


def test_a_cohort_in_which_nobody_is_placed_stands_empty(session: Session, scope: Scope) -> None:
    small = make_small_cohort(session)
    found = standing(scope, small.cohort.id, now=NOON)
    assert (found.placed, len(found.unplaced), found.broken) == (0, 4, ())


def test_who_waits_for_a_day_comes_first_for_a_free_seat(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    gone = at(session, small.slots[0])[0]
    withdrawals.withdraw_leader(scope, small.cohort.id, gone.id, sender=SENDER, now=NOON)
    change(scope, small.slots[1], capacity=2)
    waiting = make_leader(session, cohort=small.cohort, name="Wanda Waiting")
    before = counts(session)
    found = seats(scope, small.slots[0])
    assert counts(session) == before
    assert (found.free, found.closed) == (1, "")
    assert found.takers[0].own.person.leader_id == waiting.id
    assert (found.takers[0].change, len(found.takers[0].moves)) == ({"placed": 1}, 1)
    assert found.takers[0].sentence == (
        "Wanda Waiting would get a day; this one is not one of their choices. Nobody else would move."
    )
    movers = {taker.own.person.leader_id: taker for taker in found.takers[1:]}
    assert set(movers) == {leader.id for leader in at(session, small.slots[1])}
    for taker in movers.values():
        assert taker.own.before is not None
        assert taker.own.before.slot_id == small.slots[1].id
        assert [(move.person.name, move.kind) for move in taker.moves[1:]] == [("Wanda Waiting", "placed")]
        assert "1 other person would get a day" in taker.sentence


@pytest.mark.parametrize(
    ("what", "said"),
    [("full", "no free seat"), ("withdrawn", "withdrawn"), ("over", "begun"), ("nobody", "Nobody")],
)
def test_a_seat_that_nobody_can_take_says_why(
    session: Session, scope: Scope, small: SmallCohort, what: str, said: str
) -> None:
    slot, now = small.slots[0], NOON
    if what == "withdrawn":
        withdrawals.withdraw_slot(scope, small.cohort.id, slot.id, sender=SENDER, now=NOON)
    elif what == "over":
        now = FIRST_DAY + timedelta(hours=1)
    elif what == "nobody":
        slot = make_slot(session, opportunity=small.cafe, capacity=1, minimum=1)
        small.cohort.place_unranked = False
        small.cafe.women_only = True
        session.flush()
    found = seats(scope, slot, now=now)
    assert found.takers == ()
    assert said in found.closed
    assert live(session) is not None
