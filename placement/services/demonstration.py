"""The demonstration: one made-up cohort whose leaders are choosing, and somebody to run it."""

from datetime import datetime, time, timedelta

from placement.domain.sheets.rows import CohortSheets
from placement.domain.text import london_to_utc, to_london
from placement.services.imports import apply_import, plan_import
from placement.services.people import add_user
from placement.services.scope import Scope

COHORT = "Arrowdale spring cohort"
PROGRAMME = "Leadership in action (demonstration)"
CHOICES_STAY_OPEN = timedelta(weeks=2)
CHOICES_CLOSE = time(17)


def load_demonstration(
    scope: Scope, sheets: CohortSheets, *, coordinator: str, name: str, now: datetime
) -> None:
    """Import `sheets` as the demonstration's cohort, with choices open for two weeks.

    `coordinator` is the e-mail address and `name` the name of who runs it.
    """
    plan = plan_import(scope, sheets, name=COHORT, programme=PROGRAMME)
    apply_import(scope, plan, now=now)
    last_day = to_london(now).date() + CHOICES_STAY_OPEN
    scope.cohort_named(COHORT).preferences_close_at = london_to_utc(last_day, CHOICES_CLOSE)
    add_user(scope, email=coordinator, role="coordinator", cohort_name=COHORT, name=name, now=now)
