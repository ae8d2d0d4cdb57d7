"""What an import must not touch: people who are confirmed, and what the database refuses."""

import pytest
from sqlalchemy.orm import Session

from placement.domain.sheets.tables import Kind
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.placements import make_placement
from tests.services.importing import bring_in, faults, leader, plan, refusal, slot
from tests.unit.domain.sheets.samples import small_cohort, spoilt


@pytest.fixture
def placed(session: Session, scope: Scope) -> Scope:
    """The small cohort, with Ada and Bo confirmed on the first slot."""
    bring_in(scope)
    for email in ("ada@trust.example", "bo@trust.example"):
        make_placement(session, leader=leader(session, email), slot=slot(session, "S1"))
    session.expire_all()
    return scope


def test_the_same_sheets_again_change_nothing_after_confirming(placed: Scope) -> None:
    assert plan(placed, small_cohort()).changes_nothing


@pytest.mark.parametrize(
    ("kind", "column", "cell"),
    [
        (Kind.SLOTS, "date", "16/03/2027"),
        (Kind.SLOTS, "start", "10:00"),
        (Kind.SLOTS, "end", "16:00"),
        (Kind.SLOTS, "opportunity", "OPP3"),
        (Kind.OPPORTUNITIES, "title", "Sorting tins"),
        (Kind.OPPORTUNITIES, "address", "9 Far Lane"),
        (Kind.OPPORTUNITIES, "postcode", "FY1 1AA"),
        (Kind.PARTNERS, "contact", "Somebody Else"),
        (Kind.PARTNERS, "phone", "01632 960999"),
    ],
)
def test_what_people_have_been_told_cannot_be_changed_by_an_import(
    placed: Scope, kind: Kind, column: str, cell: str
) -> None:
    tables = spoilt(kind, 2, **{column: cell})
    told = faults(placed, tables)
    assert [fault[:3] for fault in told] == [(f"{kind}.csv", 2, column)]
    assert "2 people confirmed have been told" in told[0].problem
    assert refusal(placed, plan(placed, tables)) == tuple(told)


def test_the_capacity_cannot_go_below_the_people_confirmed(placed: Scope) -> None:
    told = faults(placed, spoilt(Kind.SLOTS, 2, capacity="1", minimum="1"))
    assert [fault[:3] for fault in told] == [("slots.csv", 2, "capacity")]
    assert "1 is fewer than the 2 people already confirmed" in told[0].problem


def test_the_capacity_may_go_down_to_the_people_confirmed_and_up(session: Session, placed: Scope) -> None:
    bring_in(placed, spoilt(Kind.SLOTS, 2, capacity="2"))
    assert slot(session, "S1").capacity == 2
    bring_in(placed, spoilt(Kind.SLOTS, 2, capacity="9"))
    assert slot(session, "S1").taken == 2


def test_a_capacity_that_waits_for_a_repair_is_what_the_sheets_are_compared_with(
    session: Session, placed: Scope
) -> None:
    day = slot(session, "S1")
    day.capacity, day.wanted_capacity, day.minimum = 2, 1, 1
    session.flush()
    session.expire_all()
    lowered = spoilt(Kind.SLOTS, 2, capacity="1", minimum="1")
    assert plan(placed, lowered).changes_nothing
    bring_in(placed, spoilt(Kind.SLOTS, 2, capacity="3"))
    assert (slot(session, "S1").capacity, slot(session, "S1").wanted_capacity) == (3, None)


def test_who_has_left_the_cohort_stays_so_with_a_note(session: Session, placed: Scope) -> None:
    gone = leader(session, "ada@trust.example")
    gone.withdrawn_at = NOON
    session.flush()
    session.expire_all()
    made = bring_in(placed)
    assert [note.text for note in made.notes if "has left" in note.text] == [
        "ada@trust.example has left the cohort and stays so"
    ]
    assert leader(session, "ada@trust.example").withdrawn_at == NOON


def test_what_touches_nobody_may_change_after_confirming(session: Session, placed: Scope) -> None:
    bring_in(placed, spoilt(Kind.SLOTS, 5, date="13/04/2027"))
    assert plan(placed, spoilt(Kind.SLOTS, 5, date="13/04/2027")).changes_nothing


def test_a_leader_cannot_need_fewer_days_than_are_confirmed(session: Session, placed: Scope) -> None:
    two = spoilt(Kind.LEADERS, 2, days="2")
    bring_in(placed, two)
    make_placement(session, leader=leader(session, "ada@trust.example"), slot=slot(session, "S4"))
    told = faults(placed, small_cohort())
    assert [fault[:3] for fault in told] == [("leaders.csv", 2, "days")]


def test_a_cancelled_placement_holds_nothing(session: Session, scope: Scope) -> None:
    bring_in(scope)
    cancelled = make_placement(session, leader=leader(session, "ada@trust.example"), slot=slot(session, "S1"))
    cancelled.status = "cancelled"
    session.flush()
    session.expire_all()
    changed = spoilt(Kind.SLOTS, 2, date="16/03/2027", capacity="1", minimum="1")
    bring_in(scope, changed)
    assert plan(scope, changed).changes_nothing


def test_a_row_that_the_database_refuses_is_a_fault_with_its_place(session: Session, scope: Scope) -> None:
    bring_in(scope)
    made = plan(scope, spoilt(Kind.SLOTS, 3, capacity="1", minimum="1"))
    for email in ("ada@trust.example", "bo@trust.example"):
        make_placement(session, leader=leader(session, email), slot=slot(session, "S2"))
    told = refusal(scope, made)
    assert [fault[:3] for fault in told] == [("slots.csv", 3, "capacity")]
    assert "more people are confirmed" in told[0].problem


def test_a_row_that_appeared_meanwhile_is_a_fault_and_never_a_traceback(scope: Scope) -> None:
    early = plan(scope, small_cohort())
    bring_in(scope)
    told = refusal(scope, early)
    assert [fault.file for fault in told] == ["--name"]
    both = small_cohort()
    both[Kind.LEADERS].append(both[Kind.LEADERS][0] | {"email": "dee@trust.example", "name": "Dee"})
    before = plan(scope, both)
    bring_in(scope, both)
    assert [fault.file for fault in refusal(scope, before)] == ["leaders.csv"]
