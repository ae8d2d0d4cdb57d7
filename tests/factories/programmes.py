"""Programmes, cohorts, organisations and teams."""

from typing import Any

from sqlalchemy.orm import Session

from placement.models import Cohort, Organisation, Programme, Team
from tests.factories.clock import NOON, next_number


def make_programme(session: Session, **facts: Any) -> Programme:
    """A programme."""
    programme = Programme(**({"name": f"Programme {next_number()}"} | facts))
    session.add(programme)
    session.flush()
    return programme


def make_cohort(session: Session, *, programme: Programme | None = None, **facts: Any) -> Cohort:
    """A cohort without rules beyond the standing ones."""
    programme = programme or make_programme(session)
    defaults = {"name": f"Cohort {next_number()}", "created_at": NOON, "seed": "a published seed"}
    cohort = Cohort(**(defaults | {"programme_id": programme.id} | facts))
    session.add(cohort)
    session.flush()
    return cohort


def make_organisation(session: Session, *, cohort: Cohort | None = None, **facts: Any) -> Organisation:
    """An employer of leaders."""
    cohort = cohort or make_cohort(session)
    organisation = Organisation(
        **({"name": f"Hospital {next_number()}"} | {"cohort_id": cohort.id} | facts),
    )
    session.add(organisation)
    session.flush()
    return organisation


def make_team(session: Session, *, cohort: Cohort | None = None, **facts: Any) -> Team:
    """A team of leaders."""
    cohort = cohort or make_cohort(session)
    team = Team(**({"name": f"Team {next_number()}"} | {"cohort_id": cohort.id} | facts))
    session.add(team)
    session.flush()
    return team
