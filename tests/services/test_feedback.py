"""What partners and leaders say of a day."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from placement.domain.attendance_errors import (
    AttendanceClosed,
    DayNotBegun,
    DayNotHeld,
    FeedbackChanged,
    FeedbackUnusable,
)
from placement.domain.errors import NotFound
from placement.models import Placement
from placement.services.attendance import close_attendance
from placement.services.feedback import FeedbackFacts, save_feedback_as_leader, save_feedback_as_partner
from placement.services.reports.afterwards import after_day, cohort_feedback, feedback_counts
from placement.services.scope import Scope
from tests.factories.attendance import make_feedback
from tests.factories.clock import FIRST_DAY
from tests.factories.opportunities import make_slot
from tests.factories.people import make_coordinator, make_leader
from tests.factories.placements import make_placement

NOW = FIRST_DAY + timedelta(hours=1)
WELL = FeedbackFacts(went=4, words="A good day.", again="yes")


@pytest.fixture
def placed(session: Session) -> Placement:
    slot = make_slot(session)
    leader = make_leader(session, cohort=slot.opportunity.partner.cohort, name="Ada")
    return make_placement(session, leader=leader, slot=slot)


def as_partner(session: Session, placed: Placement, facts: FeedbackFacts, **more: object) -> bool:
    partner = placed.slot.opportunity.partner
    said: dict[str, object] = {"seen": 0, "now": NOW} | more
    scope = Scope.of_user(session, partner.user_id)
    return save_feedback_as_partner(scope, partner.id, placed.slot_id, facts, **said)  # type: ignore[arg-type]


def as_leader(session: Session, placed: Placement, facts: FeedbackFacts, **more: object) -> bool:
    said: dict[str, object] = {"seen": 0, "now": NOW} | more
    scope = Scope.of_user(session, placed.leader.user_id)
    return save_feedback_as_leader(scope, placed.leader_id, placed.id, facts, **said)  # type: ignore[arg-type]


def test_partner_and_leader_each_have_one_feedback_that_a_coordinator_reads(
    session: Session, placed: Placement
) -> None:
    assert as_partner(session, placed, FeedbackFacts(went=2, words="Late bus", again="maybe", call_me=True))
    assert as_leader(session, placed, FeedbackFacts(went=5))
    scope = Scope.of_user(session, make_coordinator(session, cohort=placed.leader.cohort).user_id)
    lines = cohort_feedback(scope, placed.cohort_id).lines
    told = {(line.who, line.said.went, line.said.again, line.phone, line.from_partner) for line in lines}
    partner = placed.slot.opportunity.partner
    assert told == {(partner.name, 2, "maybe", partner.phone, True), ("Ada", 5, None, "", False)}
    assert dict(feedback_counts(session, placed.cohort_id)) == {
        "partner_went_2": 1,
        "partner_again_maybe": 1,
        "leader_went_5": 1,
    }


def test_saving_the_same_twice_is_harmless_and_an_older_page_saves_nothing(
    session: Session, placed: Placement
) -> None:
    assert [as_partner(session, placed, WELL) for _ in range(2)] == [True, False]
    other = FeedbackFacts(went=1, again="no")
    with pytest.raises(FeedbackChanged):
        as_partner(session, placed, other)
    assert as_partner(session, placed, other, seen=1)
    partner = placed.slot.opportunity.partner
    said = after_day(Scope.of_user(session, partner.user_id), partner.id, placed.slot_id, now=NOW).feedback
    assert said is not None
    assert (said.went, said.words, said.version) == (1, "", 2)


def test_nothing_is_said_before_the_day_nor_after_the_list_is_closed(
    session: Session, placed: Placement
) -> None:
    for save in (as_partner, as_leader):
        with pytest.raises(DayNotBegun):
            save(session, placed, WELL, now=FIRST_DAY - timedelta(days=1))
    close_attendance(Scope.system(session), placed.cohort_id, now=NOW)
    for save in (as_partner, as_leader):
        with pytest.raises(AttendanceClosed):
            save(session, placed, WELL)


def test_a_leader_whose_placement_was_cancelled_says_nothing_of_it(
    session: Session, placed: Placement
) -> None:
    placed.status = "cancelled"
    session.flush()
    with pytest.raises(DayNotHeld):
        as_leader(session, placed, WELL)


@pytest.mark.parametrize("facts", [FeedbackFacts(went=0), FeedbackFacts(went=3, again="never")])
def test_only_answers_that_there_are_can_be_given(
    session: Session, placed: Placement, facts: FeedbackFacts
) -> None:
    with pytest.raises(FeedbackUnusable):
        as_partner(session, placed, facts)


def test_nobody_else_reads_or_gives_it(session: Session, placed: Placement) -> None:
    make_feedback(session, slot=placed.slot)
    other = make_leader(session, cohort=placed.leader.cohort)
    scope = Scope.of_user(session, other.user_id)
    with pytest.raises(NotFound):
        save_feedback_as_leader(scope, other.id, placed.id, WELL, seen=0, now=NOW)
    with pytest.raises(NotFound):
        cohort_feedback(scope, placed.cohort_id)
