"""What leaders write about their day, and who reads it."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.attendance_errors import (
    DayNotBegun,
    DayNotHeld,
    ReflectionChanged,
    ReflectionEmpty,
    ReflectionOver,
)
from placement.domain.errors import NotFound
from placement.models import AuditEvent, Placement, Reflection
from placement.services.reflections import Readers, delete_reflection, save_reflection
from placement.services.reports.afterwards import (
    Reflecting,
    after_day,
    cohort_reflections,
    for_evaluators,
    own_day_after,
    reflecting,
    reflection_counts,
)
from placement.services.scope import Scope
from tests.factories.attendance import make_attendance, make_reflection
from tests.factories.clock import FIRST_DAY
from tests.factories.opportunities import make_slot
from tests.factories.people import make_coordinator, make_leader
from tests.factories.placements import make_placement

NOW = FIRST_DAY + timedelta(hours=8)
KEEP = 30
SAW = {"saw": "How a kitchen runs.", "tell_partner": "Thank you."}
NOBODY = Readers()
ALL = Readers(partner=True, coordinator=True, evaluators=True)


@pytest.fixture
def placed(session: Session) -> Placement:
    slot = make_slot(session)
    leader = make_leader(session, cohort=slot.opportunity.partner.cohort, name="Ada")
    return make_placement(session, leader=leader, slot=slot)


def save(session: Session, placed: Placement, **more: object) -> bool:
    facts: dict[str, object] = {
        "answers": SAW,
        "readers": NOBODY,
        "finish": True,
        "seen": 0,
        "keep_days": KEEP,
        "now": NOW,
    }
    scope = Scope.of_user(session, placed.leader.user_id)
    return save_reflection(scope, placed.leader_id, placed.id, **(facts | more))  # type: ignore[arg-type]


def readers(session: Session, placed: Placement) -> dict[str, list[str]]:
    """What each reader reads at present: the names that stand above reflections, or their first answers."""
    partner = placed.slot.opportunity.partner
    desk = Scope.of_user(session, make_coordinator(session, cohort=placed.leader.cohort).user_id)
    host = Scope.of_user(session, partner.user_id)
    return {
        "partner": [one.name for one in after_day(host, partner.id, placed.slot_id, now=NOW).reflections],
        "coordinator": [one.name for one in cohort_reflections(desk, placed.cohort_id, now=NOW).shared],
        "evaluators": [one["saw"] for one in for_evaluators(session, placed.cohort_id)],
    }


NOTHING: dict[str, list[str]] = {"partner": [], "coordinator": [], "evaluators": []}


def test_nobody_reads_a_reflection_unless_the_leader_says_so(session: Session, placed: Placement) -> None:
    save(session, placed)
    assert readers(session, placed) == NOTHING


@pytest.mark.parametrize("reader", ["partner", "coordinator", "evaluators"])
def test_each_reader_is_let_in_and_taken_off_by_itself(
    session: Session, placed: Placement, reader: str
) -> None:
    save(session, placed, readers=Readers(**{reader: True}))
    found = readers(session, placed)
    name = "How a kitchen runs." if reader == "evaluators" else "Ada"
    assert found == NOTHING | {reader: [name]}
    save(session, placed, seen=1)
    assert readers(session, placed) == NOTHING


def test_evaluators_get_answers_alone(session: Session, placed: Placement) -> None:
    save(session, placed, readers=ALL)
    (one,) = for_evaluators(session, placed.cohort_id)
    assert one == {"saw": SAW["saw"], "surprised": "", "differently": "", "tell_partner": SAW["tell_partner"]}
    assert reflection_counts(session, placed.cohort_id) == {
        "finished": 1,
        "partner": 1,
        "coordinator": 1,
        "evaluators": 1,
    }


def test_a_draft_is_read_by_nobody_and_one_that_was_finished_stays_so(
    session: Session, placed: Placement
) -> None:
    save(session, placed, readers=ALL, finish=False)
    assert readers(session, placed) == NOTHING
    save(session, placed, readers=ALL, seen=1)
    save(session, placed, answers=SAW | {"saw": "Much."}, readers=ALL, finish=False, seen=2)
    assert readers(session, placed)["evaluators"] == ["Much."]


def test_what_is_kept_cannot_be_read_in_the_database(session: Session, placed: Placement) -> None:
    save(session, placed)
    (row,) = session.scalars(select(Reflection))
    assert b"kitchen" not in row.ciphertext
    facts = [str(event.facts) for event in session.scalars(select(AuditEvent))]
    assert facts == ["{'finished': True, 'to': []}"]


def test_saving_the_same_twice_is_harmless_and_an_older_page_saves_nothing(
    session: Session, placed: Placement
) -> None:
    assert [save(session, placed) for _ in range(2)] == [True, False]
    with pytest.raises(ReflectionChanged):
        save(session, placed, answers={"saw": "Other"})
    with pytest.raises(ReflectionChanged):
        save(session, placed, readers=ALL)
    assert readers(session, placed) == NOTHING


def test_it_is_written_from_the_morning_of_the_day_until_it_is_kept_no_longer(
    session: Session, placed: Placement
) -> None:
    with pytest.raises(DayNotBegun):
        save(session, placed, now=FIRST_DAY - timedelta(hours=10))
    until = placed.ends_at + timedelta(days=KEEP)
    with pytest.raises(ReflectionOver):
        save(session, placed, now=until)
    assert save(session, placed, now=until - timedelta(seconds=1))
    with pytest.raises(ReflectionEmpty):
        save(session, placed, answers={}, seen=1)
    placed.status = "cancelled"
    session.flush()
    with pytest.raises(DayNotHeld):
        save(session, placed, seen=1)


def test_a_leader_erases_it_at_any_time_for_everybody(session: Session, placed: Placement) -> None:
    save(session, placed, readers=ALL)
    placed.status = "cancelled"
    session.flush()
    scope = Scope.of_user(session, placed.leader.user_id)
    with pytest.raises(ReflectionChanged):
        delete_reflection(scope, placed.leader_id, placed.id, seen=0, now=NOW)
    assert delete_reflection(scope, placed.leader_id, placed.id, seen=1, now=NOW)
    assert not delete_reflection(scope, placed.leader_id, placed.id, seen=1, now=NOW)
    assert readers(session, placed) == NOTHING


def test_nobody_elses_reflection_can_be_read_or_written(session: Session, placed: Placement) -> None:
    make_reflection(session, slot=placed.slot, leader=placed.leader)
    other = make_leader(session, cohort=placed.leader.cohort)
    scope = Scope.of_user(session, other.user_id)
    for leader_id in (other.id, placed.leader_id):
        with pytest.raises(NotFound):
            own_day_after(scope, leader_id, placed.id, keep_days=KEEP, now=NOW)
        with pytest.raises(NotFound):
            delete_reflection(scope, leader_id, placed.id, seen=1, now=NOW)


def test_who_came_and_has_finished_none_is_missing(session: Session, placed: Placement) -> None:
    desk = Scope.of_user(session, make_coordinator(session, cohort=placed.leader.cohort).user_id)

    def missing() -> list[str]:
        return [one.name for one in cohort_reflections(desk, placed.cohort_id, now=NOW).missing]

    assert missing() == ["Ada"]
    absent = make_attendance(session, slot=placed.slot, leader=placed.leader, state="absent", reason="ill")
    assert missing() == []
    absent.state, absent.reason = "late", None
    save(session, placed, finish=False)
    assert missing() == ["Ada"]
    save(session, placed, seen=1)
    assert missing() == []


def test_a_leader_is_led_to_the_first_day_without_a_reflection(session: Session, placed: Placement) -> None:
    later = make_slot(session, opportunity=placed.slot.opportunity, starts_at=FIRST_DAY + timedelta(days=7))
    second = make_placement(session, leader=placed.leader, slot=later)

    def state(days: int) -> Reflecting:
        at = NOW + timedelta(days=days)
        return reflecting(session, placed.leader_id, keep_days=KEEP, now=at)

    assert state(-1) == Reflecting(0, 0, None)
    assert state(7) == Reflecting(2, 0, placed.id)
    save(session, placed)
    assert state(0) == Reflecting(1, 1, placed.id)
    assert state(7) == Reflecting(2, 1, second.id)
    assert state(KEEP + 2) == Reflecting(1, 0, second.id)
