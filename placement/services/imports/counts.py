"""The cohorts there are, with the figures that tell how far each is."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select

from placement.models import Cohort, Leader, Placement, Slot
from placement.services.offered import on_offer
from placement.services.scope import Scope


@dataclass(frozen=True)
class CohortCounts:
    """One cohort in figures. `seats` are the places of its open slots; leaders who left are none."""

    name: str
    programme: str
    leaders: int
    answered: int
    slots: int
    seats: int
    confirmed: int


def cohort_counts(scope: Scope) -> list[CohortCounts]:
    """Every cohort that the actor coordinates, by name."""
    session = scope.session
    leaders = _by_cohort(
        scope,
        select(Leader.cohort_id, func.count(), func.count(Leader.submitted_at)).where(
            Leader.withdrawn_at.is_(None)
        ),
    )
    seats = func.sum(func.coalesce(Slot.wanted_capacity, Slot.capacity))
    slots = _by_cohort(
        scope, select(Slot.cohort_id, func.count(), seats).where(Slot.status == "open", on_offer())
    )
    placements = _by_cohort(
        scope, select(Placement.cohort_id, func.count(), func.count()).where(Placement.status == "confirmed")
    )
    return [
        CohortCounts(
            cohort.name,
            cohort.programme.name,
            *leaders.get(cohort.id, (0, 0)),
            *slots.get(cohort.id, (0, 0)),
            placements.get(cohort.id, (0, 0))[0],
        )
        for cohort in session.scalars(scope.cohorts().order_by(Cohort.name))
    ]


def _by_cohort(scope: Scope, query: Select[int, int, int]) -> dict[int, tuple[int, int]]:
    rows = scope.session.execute(query.group_by(query.selected_columns[0]))
    return {row[0]: (row[1], row[2]) for row in rows}
