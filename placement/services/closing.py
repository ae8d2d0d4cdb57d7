"""The closing of preferences: the deadline itself is checked on each write; here it is put on record."""

from datetime import datetime

from sqlalchemy import exists, func, select

from placement.models import AuditEvent, Cohort, Leader
from placement.services import audit
from placement.services.scope import Scope

CLOSED = "preferences_closed"


def close_preferences(scope: Scope, *, now: datetime) -> int:
    """Record how many leaders had answered, of each cohort whose deadline has gone by; returns how many.

    Once for each deadline: one that was moved and goes by again is recorded again.
    """
    recorded = exists().where(
        AuditEvent.verb == CLOSED,
        AuditEvent.cohort_id == Cohort.id,
        AuditEvent.at >= Cohort.preferences_close_at,
    )
    session = scope.session
    closed = session.scalars(
        select(Cohort).where(Cohort.preferences_close_at <= now, ~recorded).order_by(Cohort.id)
    ).all()
    for cohort in closed:
        leaders, answered = session.execute(
            select(func.count(), func.count(Leader.submitted_at)).where(
                Leader.cohort_id == cohort.id, Leader.withdrawn_at.is_(None)
            )
        ).one()
        audit.record(
            scope,
            CLOSED,
            f"cohort:{cohort.id}",
            at=now,
            cohort_id=cohort.id,
            leaders=leaders,
            answered=answered,
        )
    return len(closed)
