"""How a cohort is set up, for whoever may change it: its settings, and which of them are fixed by now."""

from dataclasses import dataclass
from datetime import datetime

from placement.domain.windows import RankingWindow
from placement.services.cohort_setup import CohortFacts, facts_of, first_day, first_run, version_of
from placement.services.preferences import decided_at, window_of
from placement.services.scope import Scope


@dataclass(frozen=True)
class CohortSetUp:
    """The settings of a cohort.

    `decided_at` fixes the deadline, `first_run` the seed; a deadline that has `passed` changes with a reason.
    """

    cohort_id: int
    facts: CohortFacts
    version: str
    window: RankingWindow
    passed: bool
    decided_at: datetime | None
    first_run: int | None
    first_day: datetime | None


def cohort_set_up(scope: Scope, cohort_id: int, *, now: datetime) -> CohortSetUp:
    """How a cohort is set up that the actor coordinates."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    closes_at = cohort.preferences_close_at
    return CohortSetUp(
        cohort_id=cohort.id,
        facts=facts_of(cohort),
        version=version_of(cohort),
        window=window_of(session, cohort, now=now),
        passed=closes_at is not None and closes_at <= now,
        decided_at=decided_at(session, cohort),
        first_run=first_run(session, cohort.id),
        first_day=first_day(session, cohort.id, now=now),
    )
