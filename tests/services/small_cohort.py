"""A cohort small enough to see through: two days, three leaders who answered and one who did not."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from placement.domain.invites import Mailbox
from placement.domain.matching import Problem, solve
from placement.domain.sender import Sender
from placement.models import Cohort, Leader, MatchRun, Opportunity, Slot
from placement.services import match_runs
from placement.services.scope import Scope
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_leader
from tests.factories.preferences import make_preference
from tests.factories.programmes import make_cohort

SENDER = Sender(Mailbox("Placement", "placements@placement.example"), "https://placement.example")


@dataclass
class SmallCohort:
    """The rows of the cohort."""

    cohort: Cohort
    leaders: list[Leader]
    food: Opportunity
    cafe: Opportunity
    slots: list[Slot]


NEXT_JUNE = datetime(datetime.now(UTC).year + 1, 6, 10, 8, 30, tzinfo=UTC)
"""A first day for tests in which something looks at the clock itself."""


def make_small_cohort(session: Session, *, first_day: datetime = FIRST_DAY) -> SmallCohort:
    """Five seats for four leaders; everybody who answered wants the food bank, which takes two."""
    cohort = make_cohort(session)
    food, cafe = make_opportunity(session, cohort=cohort), make_opportunity(session, cohort=cohort)
    slots = [
        make_slot(session, opportunity=food, capacity=2, minimum=1, starts_at=first_day),
        make_slot(session, opportunity=cafe, capacity=3, minimum=1, starts_at=first_day + timedelta(days=7)),
    ]
    leaders = [make_leader(session, cohort=cohort, submitted_at=NOON) for _ in range(3)]
    for leader in leaders:
        make_preference(session, leader=leader, opportunity=food, rank=1)
        make_preference(session, leader=leader, opportunity=cafe, rank=2)
    leaders.append(make_leader(session, cohort=cohort))
    return SmallCohort(cohort, leaders, food, cafe, slots)


def solved_run(session: Session, cohort: Cohort) -> MatchRun:
    """A run of `cohort` as it stands, solved and recorded."""
    scope = Scope.system(session)
    run_id = match_runs.request_run(scope, cohort.id, seconds=20, now=NOON)
    queued = match_runs.load_run(scope, run_id)
    solution = solve(Problem.from_json(queued.problem), clock=time.monotonic, time_limit=20)
    assert match_runs.record_allocation(session, run_id, solution.to_json(), now=NOON)
    session.expire_all()
    return scope.run(run_id)
