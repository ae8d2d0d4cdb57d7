"""The closing of preferences goes on record, once for each deadline."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.models import AuditEvent
from placement.services.closing import CLOSED, close_preferences
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.people import make_leader
from tests.factories.programmes import make_cohort

MINUTE = timedelta(minutes=1)


def recorded(session: Session) -> list[tuple[int | None, datetime, dict[str, object]]]:
    events = session.scalars(select(AuditEvent).where(AuditEvent.verb == CLOSED).order_by(AuditEvent.id))
    return [(event.cohort_id, event.at, event.facts) for event in events]


def test_a_deadline_that_goes_by_is_recorded_once_with_how_many_had_answered(
    session: Session, scope: Scope
) -> None:
    cohort = make_cohort(session, preferences_close_at=NOON)
    make_cohort(session)
    make_cohort(session, preferences_close_at=NOON + MINUTE)
    make_leader(session, cohort=cohort, submitted_at=NOON - MINUTE)
    make_leader(session, cohort=cohort)
    make_leader(session, cohort=cohort, submitted_at=NOON - MINUTE, withdrawn_at=NOON - MINUTE)
    assert close_preferences(scope, now=NOON - MINUTE) == 0
    assert close_preferences(scope, now=NOON) == 1
    assert close_preferences(scope, now=NOON + MINUTE / 2) == 0
    assert recorded(session) == [(cohort.id, NOON, {"leaders": 2, "answered": 1})]


def test_a_deadline_that_was_moved_is_recorded_when_it_goes_by_again(session: Session, scope: Scope) -> None:
    cohort = make_cohort(session, preferences_close_at=NOON)
    assert close_preferences(scope, now=NOON) == 1
    cohort.preferences_close_at = NOON + 5 * MINUTE
    session.flush()
    assert close_preferences(scope, now=NOON + MINUTE) == 0
    assert close_preferences(scope, now=NOON + 6 * MINUTE) == 1
    assert [at for _, at, _ in recorded(session)] == [NOON, NOON + 6 * MINUTE]
