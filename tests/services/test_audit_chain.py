"""Whether the record of who did what is whole: what is changed, put in or taken out shows."""

from typing import Any

import pytest
from sqlalchemy import select, text

from placement.models import AuditCheck, AuditEvent
from placement.services import audit_chain
from placement.services.audit import record
from placement.services.audit_chain import check_new, check_whole, last_check
from placement.services.scope import Scope
from tests.factories.clock import NOON


def told(scope: Scope, number: int = 5) -> list[int]:
    """That many new events; the ids of all."""
    for turn in range(number):
        record(scope, "confirm_run", f"match_run:{turn}", at=NOON, placed=turn, before=None, names=["a", "b"])
    return list(scope.session.scalars(select(AuditEvent.id).order_by(AuditEvent.id)))


def tamper(scope: Scope, statement: str, **facts: Any) -> None:
    """Do what somebody with the database's password could: past the triggers that keep the record."""
    session = scope.session
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ALTER TABLE audit_event DISABLE TRIGGER audit_append_only"))
    else:
        for name in ("audit_event_no_update", "audit_event_no_delete", "audit_event_no_replace"):
            session.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
    session.execute(text(statement), facts)
    session.expire_all()


def test_a_record_that_nobody_touched_is_whole(scope: Scope) -> None:
    told(scope)
    found = check_whole(scope, now=NOON)
    assert (found.events, found.broken_at, found.fault, found.whole) == (5, None, None, True)
    assert last_check(scope.session) == found


def test_an_empty_record_is_whole(scope: Scope) -> None:
    assert last_check(scope.session) is None
    assert check_whole(scope, now=NOON).fault is None
    assert check_new(scope, now=NOON).fault is None


def test_a_check_of_what_is_new_goes_on_where_the_last_one_ended(scope: Scope) -> None:
    ids = told(scope)
    check_whole(scope, now=NOON)
    told(scope, 3)
    found = check_new(scope, now=NOON)
    assert (found.events, found.whole) == (len(ids) + 1 + 3, False), "the check itself is an event, too"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_event SET verb = 'cancel_run' WHERE id = :id",
        "UPDATE audit_event SET actor = 'user:9' WHERE id = :id",
        "UPDATE audit_event SET facts = '{\"placed\": 99}' WHERE id = :id",
    ],
)
def test_an_event_that_was_changed_is_named(scope: Scope, change: str) -> None:
    ids = told(scope)
    tamper(scope, change, id=ids[2])
    found = check_whole(scope, now=NOON)
    assert (found.broken_at, found.fault, found.events) == (ids[2], "changed", 2)


def test_a_gap_is_named_by_the_event_after_it(scope: Scope) -> None:
    ids = told(scope)
    tamper(scope, "DELETE FROM audit_event WHERE id = :id", id=ids[1])
    found = check_whole(scope, now=NOON)
    assert (found.broken_at, found.fault) == (ids[2], "gap")


def test_what_is_taken_from_the_end_is_missed_once_it_was_checked(scope: Scope) -> None:
    told(scope)
    check_whole(scope, now=NOON)
    ids = told(scope, 2)
    check_new(scope, now=NOON)
    tamper(scope, "DELETE FROM audit_event WHERE id >= :id", id=ids[-2])
    found = check_new(scope, now=NOON)
    assert (found.broken_at, found.fault) == (ids[-1], "missing")


def test_the_alarm_stays_while_the_record_is_broken(scope: Scope) -> None:
    ids = told(scope)
    check_whole(scope, now=NOON)
    tamper(scope, "UPDATE audit_event SET verb = 'x' WHERE id = :id", id=ids[0])
    assert check_new(scope, now=NOON).fault is None, "only what is new is looked at"
    assert check_whole(scope, now=NOON).broken_at == ids[0]
    again = check_new(scope, now=NOON)
    assert (again.broken_at, again.whole) == (ids[0], True)


def test_each_check_is_kept_and_goes_on_record(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_chain, "AT_ONCE", 2)  # more events than are held at a time
    told(scope)
    check_whole(scope, now=NOON)
    (row,) = scope.session.scalars(select(AuditCheck))
    last = scope.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert last is not None
    assert (row.at, row.events) == (NOON, 5)
    assert (last.verb, last.facts) == ("check_audit_log", {"events": 5, "broken_at": None})
