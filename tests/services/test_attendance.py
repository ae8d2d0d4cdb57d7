"""Who came to a day: marked once or twice, by one or by two, until the list is closed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.domain.attendance import opens_at
from placement.domain.attendance_errors import (
    AttendanceChanged,
    AttendanceClosed,
    AttendanceUnusable,
    DayNotBegun,
    DayNotHeld,
    ExtraRefused,
)
from placement.domain.errors import NotFound
from placement.models import Attendance, AuditEvent, Leader, Partner, Slot
from placement.services import attendance
from placement.services.attendance import Mark
from placement.services.reports.attendance import (
    DayAttendance,
    Person,
    attendance_for_partner,
    cohort_attendance,
    days_to_record,
)
from placement.services.scope import Scope
from tests.factories.clock import FIRST_DAY
from tests.factories.opportunities import make_slot
from tests.factories.people import make_coordinator, make_leader
from tests.factories.placements import make_placement

NOW = FIRST_DAY + timedelta(hours=1)


@dataclass
class Hosted:
    """A day that has begun, with two leaders on it, and those who may mark them."""

    session: Session
    slot: Slot
    ada: Leader
    ben: Leader
    partner_scope: Scope
    desk: Scope

    @property
    def partner(self) -> Partner:
        """Who hosts the day."""
        return self.slot.opportunity.partner

    def tap(self, leader: Leader, state: str | None, seen: int = 0, at: datetime = NOW, **facts: Any) -> int:
        """The partner marks one leader."""
        mark = Mark(who=f"leader:{leader.id}", state=state, seen=seen, **facts)
        return attendance.mark_as_partner(self.partner_scope, self.partner.id, self.slot.id, [mark], now=at)

    def day(self, at: datetime = NOW) -> DayAttendance:
        """The day as its partner sees it."""
        return attendance_for_partner(self.partner_scope, self.partner.id, self.slot.id, now=at).day

    def person(self, leader: Leader) -> Person:
        """One leader as the partner sees them."""
        (one,) = [one for one in self.day().people if one.leader_id == leader.id]
        return one


@pytest.fixture
def hosted(session: Session) -> Hosted:
    slot = make_slot(session, capacity=4)
    cohort = slot.opportunity.partner.cohort
    ada, ben = (make_leader(session, cohort=cohort, name=name) for name in ("Ada", "Ben"))
    for leader in (ada, ben):
        make_placement(session, leader=leader, slot=slot)
    return Hosted(
        session,
        slot,
        ada,
        ben,
        Scope.of_user(session, slot.opportunity.partner.user_id),
        Scope.of_user(session, make_coordinator(session, cohort=cohort).user_id),
    )


def test_a_person_is_not_known_until_somebody_marks_them(hosted: Hosted) -> None:
    assert hosted.tap(hosted.ada, "late") == 1
    ada, ben = hosted.day().people
    assert (ada.name, ada.state, ada.marked_by, ada.expected) == ("Ada", "late", "partner", True)
    assert (ben.name, ben.state, ben.version) == ("Ben", None, 0)
    assert dict(hosted.day().figures) == {"expected": 2, "late": 1, "not_known": 1}


def test_a_second_tap_changes_nothing_whatever_its_page_had_seen(hosted: Hosted) -> None:
    assert [hosted.tap(hosted.ada, "came") for _ in range(2)] == [1, 0]
    assert hosted.person(hosted.ada).version == 1
    verbs = select(func.count()).select_from(AuditEvent).where(AuditEvent.verb == "mark_attendance")
    assert hosted.session.scalar(verbs) == 1


def test_a_mark_can_be_corrected_and_taken_back(hosted: Hosted) -> None:
    hosted.tap(hosted.ada, "came")
    hosted.tap(hosted.ada, "absent", seen=1, reason="ill", note=" Rang at 9 ")
    one = hosted.person(hosted.ada)
    assert (one.state, one.reason, one.note, one.version) == ("absent", "ill", "Rang at 9", 2)
    hosted.tap(hosted.ada, "late", seen=2)
    one = hosted.person(hosted.ada)
    assert (one.state, one.reason, one.note) == ("late", None, "Rang at 9")
    hosted.tap(hosted.ada, None, seen=3)
    assert hosted.person(hosted.ada).state is None


def test_who_did_not_come_has_no_known_reason_at_first(hosted: Hosted) -> None:
    hosted.tap(hosted.ada, "absent")
    assert hosted.person(hosted.ada).reason == "unknown"
    hosted.tap(hosted.ada, "absent", seen=1, reason="travel")
    hosted.tap(hosted.ada, "absent", seen=2)
    assert hosted.person(hosted.ada).reason == "travel"


def test_of_two_who_mark_the_same_person_the_second_is_told_and_nothing_of_theirs_is_saved(
    hosted: Hosted,
) -> None:
    hosted.tap(hosted.ada, "came")
    marks = [
        Mark(who=f"leader:{hosted.ada.id}", state="absent"),
        Mark(who=f"leader:{hosted.ben.id}", state="came"),
    ]
    with pytest.raises(AttendanceChanged, match="Ada") as stale:
        attendance.mark_as_coordinator(hosted.desk, hosted.slot.cohort_id, hosted.slot.id, marks, now=NOW)
    assert stale.value.who == {f"leader:{hosted.ada.id}"}
    assert [one.state for one in hosted.day().people] == ["came", None]


def test_nobody_is_marked_before_the_morning_of_the_day_in_london(hosted: Hosted) -> None:
    opening = opens_at(FIRST_DAY)
    with pytest.raises(DayNotBegun):
        hosted.tap(hosted.ada, "came", at=opening - timedelta(seconds=1))
    assert hosted.tap(hosted.ada, "came", at=opening) == 1


def test_nobody_is_marked_on_a_day_that_was_withdrawn(hosted: Hosted) -> None:
    hosted.slot.status = "withdrawn"
    hosted.session.flush()
    with pytest.raises(DayNotHeld):
        hosted.tap(hosted.ada, "came")


@pytest.mark.parametrize(
    "mark",
    [
        Mark(who="leader:987654", state="came"),
        Mark(who="leader:no number", state="came"),
        Mark(who="extra:1", state="came"),
        Mark(who="", state="came"),
    ],
)
def test_only_who_is_on_the_list_can_be_marked(hosted: Hosted, mark: Mark) -> None:
    with pytest.raises(AttendanceUnusable):
        attendance.mark_as_partner(hosted.partner_scope, hosted.partner.id, hosted.slot.id, [mark], now=NOW)


@pytest.mark.parametrize(
    "facts", [{"state": "slept"}, {"state": "absent", "reason": "lazy"}, {"state": "late", "note": "x" * 501}]
)
def test_only_words_that_there_are_can_be_said(hosted: Hosted, facts: dict[str, Any]) -> None:
    with pytest.raises(AttendanceUnusable):
        hosted.tap(hosted.ada, **facts)


def test_a_partner_marks_no_day_of_another(hosted: Hosted) -> None:
    foreign = make_slot(hosted.session, cohort=hosted.partner.cohort)
    with pytest.raises(NotFound):
        attendance.mark_as_partner(hosted.partner_scope, hosted.partner.id, foreign.id, [], now=NOW)
    with pytest.raises(NotFound):
        attendance.mark_as_coordinator(
            hosted.partner_scope, hosted.slot.cohort_id, hosted.slot.id, [], now=NOW
        )


def test_after_the_list_is_closed_nothing_changes_until_it_is_open_again(hosted: Hosted) -> None:
    cohort_id = hosted.slot.cohort_id
    assert attendance.close_attendance(hosted.desk, cohort_id, now=NOW)
    assert not attendance.close_attendance(hosted.desk, cohort_id, now=NOW)
    with pytest.raises(AttendanceClosed, match="Ask them"):
        hosted.tap(hosted.ada, "came")
    with pytest.raises(NotFound):
        attendance.reopen_attendance(hosted.partner_scope, cohort_id, now=NOW)
    assert not hosted.day().editable
    assert attendance.reopen_attendance(hosted.desk, cohort_id, now=NOW)
    assert hosted.tap(hosted.ada, "came") == 1
    verbs = hosted.session.scalars(select(AuditEvent.verb).order_by(AuditEvent.id)).all()
    assert verbs == ["close_attendance", "reopen_attendance", "mark_attendance"]


def test_an_extra_person_counts_as_come_and_can_be_taken_off(hosted: Hosted) -> None:
    def add() -> bool:
        return attendance.add_extra_as_partner(
            hosted.partner_scope, hosted.partner.id, hosted.slot.id, name="Una ", organisation="", now=NOW
        )

    assert [add(), add()] == [True, False]
    extra = hosted.day().people[-1]
    assert (extra.name, extra.expected, extra.state) == ("Una", False, "came")
    mark = Mark(who=extra.who, state=None, seen=extra.version)
    attendance.mark_as_partner(hosted.partner_scope, hosted.partner.id, hosted.slot.id, [mark], now=NOW)
    assert len(hosted.day().people) == 2
    assert not attendance.mark_as_partner(
        hosted.partner_scope, hosted.partner.id, hosted.slot.id, [mark], now=NOW
    )


def test_an_extra_person_needs_a_name(hosted: Hosted) -> None:
    with pytest.raises(ExtraRefused, match="name"):
        attendance.add_extra_as_partner(
            hosted.partner_scope, hosted.partner.id, hosted.slot.id, name=" ", organisation="X", now=NOW
        )


def test_a_coordinator_adds_a_leader_of_the_cohort_once_and_nobody_elses(hosted: Hosted) -> None:
    def add(leader: Leader) -> bool:
        return attendance.add_extra_as_coordinator(
            hosted.desk, hosted.slot.cohort_id, hosted.slot.id, leader_id=leader.id, now=NOW
        )

    cyd = make_leader(hosted.session, cohort=hosted.partner.cohort, name="Cyd")
    assert add(cyd)
    assert [(one.name, one.expected) for one in hosted.day().people][-1] == ("Cyd", False)
    for there in (cyd, hosted.ada):
        with pytest.raises(ExtraRefused, match="already"):
            add(there)
    with pytest.raises(NotFound):
        add(make_leader(hosted.session))


def test_who_lost_the_placement_on_the_day_and_came_counts_as_extra(hosted: Hosted) -> None:
    hosted.tap(hosted.ada, "came")
    placement = make_placement(
        hosted.session, leader=make_leader(hosted.session, cohort=hosted.partner.cohort), slot=hosted.slot
    )
    assert hosted.day().figures["expected"] == 3
    placement.status = "cancelled"
    hosted.session.flush()
    assert hosted.day().figures["expected"] == 2


def test_the_rest_is_marked_in_one_go_and_that_can_be_undone(hosted: Hosted) -> None:
    cohort_id, slot_id = hosted.slot.cohort_id, hosted.slot.id
    hosted.tap(hosted.ada, "absent")
    assert attendance.mark_rest_as_came(hosted.desk, cohort_id, slot_id, now=NOW) == 1
    assert attendance.mark_rest_as_came(hosted.desk, cohort_id, slot_id, now=NOW) == 0
    day = hosted.day()
    assert [one.state for one in day.people] == ["absent", "came"]
    assert day.batch is not None
    assert attendance.undo_rest(hosted.desk, cohort_id, slot_id, day.batch, now=NOW) == 1
    assert [one.state for one in hosted.day().people] == ["absent", None]
    assert attendance.undo_rest(hosted.desk, cohort_id, slot_id, day.batch, now=NOW) == 0


def test_what_was_corrected_since_is_not_undone(hosted: Hosted) -> None:
    cohort_id, slot_id = hosted.slot.cohort_id, hosted.slot.id
    attendance.mark_rest_as_came(hosted.desk, cohort_id, slot_id, now=NOW)
    hosted.tap(hosted.ada, "late", seen=1)
    batch = hosted.day().batch
    assert batch is not None
    assert attendance.undo_rest(hosted.desk, cohort_id, slot_id, batch, now=NOW) == 1
    assert [one.state for one in hosted.day().people] == ["late", None]


def test_a_cohort_shows_its_days_that_have_begun_the_newest_first(hosted: Hosted) -> None:
    for days in (1, 2):
        later = make_slot(
            hosted.session, opportunity=hosted.slot.opportunity, starts_at=FIRST_DAY + timedelta(days=days)
        )
        make_placement(
            hosted.session, leader=make_leader(hosted.session, cohort=hosted.partner.cohort), slot=later
        )
    hosted.tap(hosted.ada, "came")
    found = cohort_attendance(hosted.desk, hosted.slot.cohort_id, now=NOW + timedelta(days=1))
    assert [day.starts_at for day in found.days] == [FIRST_DAY + timedelta(days=1), FIRST_DAY]
    assert found.next_day == FIRST_DAY + timedelta(days=2)
    assert dict(found.figures) == {"expected": 3, "came": 1, "not_known": 2}


def test_a_mark_long_after_the_day_is_marked_late(hosted: Hosted) -> None:
    hosted.tap(hosted.ada, "came", at=NOW + timedelta(days=10))
    hosted.tap(hosted.ben, "came")
    assert [one.late_mark for one in hosted.day().people] == [True, False]


def test_a_partner_has_days_to_record_while_somebody_is_not_known(hosted: Hosted) -> None:
    def left(at: datetime = NOW) -> list[int]:
        return days_to_record(hosted.session, hosted.partner.id, now=at)

    assert left(opens_at(FIRST_DAY) - timedelta(minutes=1)) == []
    hosted.tap(hosted.ada, "came")
    assert left() == [hosted.slot.id]
    hosted.tap(hosted.ben, "absent")
    assert left() == []
    hosted.session.delete(hosted.session.scalars(select(Attendance)).first())
    hosted.session.flush()
    assert left() == [hosted.slot.id]
    attendance.close_attendance(hosted.desk, hosted.slot.cohort_id, now=NOW)
    assert left() == []
