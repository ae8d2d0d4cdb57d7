"""Rows of the audit are only ever added."""

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from placement.models import AuditEvent
from placement.services.audit import record
from placement.services.scope import Scope
from tests.factories.clock import NOON


@pytest.fixture
def event(scope: Scope) -> AuditEvent:
    record(scope, "confirm_run", "match_run:1", at=NOON, placed=3)
    return scope.session.scalars(select(AuditEvent)).one()


def test_an_event_cannot_be_changed(session: Session, event: AuditEvent) -> None:
    for facts in ({"actor": "nobody"}, {"hash": "0" * 64}, {"id": event.id + 1}, {"verb": event.verb}):
        with pytest.raises(IntegrityError, match="audit_append_only"), session.begin_nested():
            session.execute(update(AuditEvent).values(**facts))


def test_an_event_cannot_be_deleted(session: Session, event: AuditEvent) -> None:
    with pytest.raises(IntegrityError, match="audit_append_only"), session.begin_nested():
        session.execute(delete(AuditEvent).where(AuditEvent.id == event.id))
    with pytest.raises(IntegrityError, match="audit_append_only"), session.begin_nested():
        session.delete(event)
    assert session.scalar(select(func.count()).select_from(AuditEvent)) == 1


def test_an_event_cannot_be_replaced(session: Session, event: AuditEvent) -> None:
    if session.get_bind().dialect.name == "sqlite":
        columns = "id, at, cohort_id, verb, subject, facts, previous_hash, hash"
        statement = (
            f"INSERT OR REPLACE INTO audit_event ({columns}, actor) SELECT {columns}, 'x' FROM audit_event"
        )
    else:
        statement = "TRUNCATE audit_event"
    with pytest.raises(IntegrityError, match="audit_append_only"), session.begin_nested():
        session.execute(text(statement))
