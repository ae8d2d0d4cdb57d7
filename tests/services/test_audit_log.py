"""The audit log of a cohort: which events are found, in which order, with which names."""

from datetime import UTC, date, datetime, timedelta

import pytest

from placement.domain.errors import NotFound
from placement.services.audit import record
from placement.services.reports import audit_log as log
from placement.services.reports.audit_log import Asked, all_lines, audit_log
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.opportunities import make_slot
from tests.factories.people import make_coordinator, make_leader, make_user
from tests.factories.programmes import make_cohort


def filled(scope: Scope) -> tuple[Scope, int, int]:
    """A coordinator whose cohort has four events; the cohort and a leader of it."""
    session = scope.session
    cohort = make_cohort(session)
    chloe = make_coordinator(
        session, cohort=cohort, user=make_user(session, name="Chloe Ames", email="chloe@team.example")
    )
    leader = make_leader(session, cohort=cohort, name="Ada Winter")
    mine = Scope.of_user(session, chloe.user_id)
    worker = Scope.system(session, label="worker")
    record(mine, "request_run", "match_run:4", at=NOON, cohort_id=cohort.id)
    record(
        worker, "close_preferences", f"cohort:{cohort.id}", at=NOON + timedelta(days=1), cohort_id=cohort.id
    )
    record(mine, "withdraw_leader", f"leader:{leader.id}", at=NOON + timedelta(days=2), cohort_id=cohort.id)
    record(worker, "owe_reminders", "leaders:1", at=NOON + timedelta(days=2), cohort_id=cohort.id)
    record(mine, "request_run", "match_run:9", at=NOON, cohort_id=make_cohort(session).id)
    record(mine, "sign_in", f"user:{chloe.user_id}", at=NOON)
    return mine, cohort.id, leader.id


def verbs(scope: Scope, cohort_id: int, **asked: object) -> list[str]:
    found = audit_log(scope, cohort_id, Asked(**asked), page=1, size=10)  # type: ignore[arg-type]  # by name
    assert [line.verb for line in all_lines(scope, cohort_id, Asked(**asked))] == [  # type: ignore[arg-type]
        line.verb for line in found.lines
    ]
    return [line.verb for line in found.lines]


def test_a_cohort_has_its_own_events_the_newest_first(scope: Scope) -> None:
    mine, cohort_id, _ = filled(scope)
    assert verbs(mine, cohort_id) == ["owe_reminders", "withdraw_leader", "close_preferences", "request_run"]


def test_events_are_found_by_who_what_about_and_when(scope: Scope) -> None:
    mine, cohort_id, leader_id = filled(scope)
    assert verbs(mine, cohort_id, who="chlo am") == ["withdraw_leader", "request_run"]
    assert verbs(mine, cohort_id, who="team.example") == ["withdraw_leader", "request_run"]
    assert verbs(mine, cohort_id, who=mine.actor.label) == ["withdraw_leader", "request_run"]
    assert verbs(mine, cohort_id, who="service", parts=("worker",)) == ["owe_reminders", "close_preferences"]
    assert verbs(mine, cohort_id, who="nobody % _") == []
    assert verbs(mine, cohort_id, verb="request_run") == ["request_run"]
    assert verbs(mine, cohort_id, about="leader") == ["withdraw_leader"], "leaders: is another kind"
    assert verbs(mine, cohort_id, about=f"leader:{leader_id}") == ["withdraw_leader"]
    assert verbs(mine, cohort_id, about="leader:0") == []
    assert verbs(mine, cohort_id, first=date(2027, 1, 13), last=date(2027, 1, 13)) == ["close_preferences"]


def test_a_day_is_one_of_the_united_kingdom(scope: Scope) -> None:
    cohort = make_cohort(scope.session)
    record(scope, "offer_slot", "slot:1", at=datetime(2027, 6, 9, 23, 30, tzinfo=UTC), cohort_id=cohort.id)
    assert verbs(scope, cohort.id, first=date(2027, 6, 10), last=date(2027, 6, 10)) == ["offer_slot"]
    assert verbs(scope, cohort.id, last=date(2027, 6, 9)) == []


def test_ids_become_names_where_they_are_known(scope: Scope) -> None:
    mine, cohort_id, _ = filled(scope)
    slot = make_slot(scope.session)
    foreign = make_slot(scope.session)
    own = slot.cohort_id
    record(mine, "withdraw_slot", f"slot:{slot.id}", at=NOON, cohort_id=own)
    record(mine, "withdraw_slot", f"slot:{foreign.id}", at=NOON, cohort_id=own)
    lines = audit_log(scope, own, Asked(), page=1, size=10).lines
    assert [line.thing.partition(",")[0] for line in lines] == ["", slot.opportunity.title]
    assert lines[0].who == "Chloe Ames"
    assert audit_log(mine, cohort_id, Asked(), page=1, size=10).lines[1].thing == "Ada Winter"


def test_the_log_comes_in_pages(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "AT_ONCE", 3)
    cohort = make_cohort(scope.session)
    for number in range(7):
        record(scope, "offer_slot", f"slot:{number}", at=NOON, cohort_id=cohort.id)
    last = audit_log(scope, cohort.id, Asked(), page=99, size=3)
    assert (last.found, last.page, last.pages, [line.number for line in last.lines]) == (7, 3, 3, [0])
    assert [line.number for line in all_lines(scope, cohort.id, Asked())] == [6, 5, 4, 3, 2, 1, 0]


def test_another_cohorts_log_is_not_there(scope: Scope) -> None:
    mine, _, _ = filled(scope)
    other = make_cohort(scope.session).id
    with pytest.raises(NotFound):
        audit_log(mine, other, Asked(), page=1, size=10)
    with pytest.raises(NotFound):
        list(all_lines(mine, other, Asked()))
