"""Importing the small cohort of the sheet samples, spoilt or changed as a test wants."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.domain.errors import ImportRefused
from placement.domain.sheets.faults import Fault
from placement.domain.sheets.tables import Kind
from placement.models import (
    AccessNeed,
    AuditEvent,
    Cohort,
    DateAnswer,
    Leader,
    Opportunity,
    Organisation,
    Partner,
    Preference,
    Programme,
    Site,
    Slot,
    Team,
    User,
)
from placement.services.imports import ImportPlan, apply_import, plan_import
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.unit.domain.sheets.samples import Table, Tables, small_cohort, understood

NAME = "Coast 1"
ALL_MODELS: tuple[type[object], ...] = (
    *(Programme, Cohort, Organisation, Team, User, Partner, Site, Opportunity),
    *(Slot, Leader, AccessNeed, Preference, DateAnswer, AuditEvent),
)


def plan(scope: Scope, tables: Mapping[Kind, Table], *, name: str = NAME, programme: str = "") -> ImportPlan:
    """What importing `tables` would do."""
    return plan_import(scope, understood(tables), name=name, programme=programme)


def bring_in(scope: Scope, tables: Mapping[Kind, Table] | None = None, *, name: str = NAME) -> ImportPlan:
    """Import `tables`, the small cohort if none are given; the plan that was followed."""
    made = plan(scope, small_cohort() if tables is None else tables, name=name)
    apply_import(scope, made, now=NOON)
    scope.session.flush()
    scope.session.expire_all()
    return made


def faults(scope: Scope, tables: Tables) -> list[Fault]:
    """The faults of importing `tables`, which must have some."""
    made = plan(scope, tables)
    assert made.faults
    return list(made.faults)


def refusal(scope: Scope, made: ImportPlan) -> tuple[Fault, ...]:
    """Why `made` cannot be done, or nothing where it was done."""
    try:
        apply_import(scope, made, now=NOON)
    except ImportRefused as error:
        told = error.facts["faults"]
        assert isinstance(told, tuple)
        return told
    return ()


def row_counts(session: Session) -> dict[str, int]:
    """How many rows each table has."""
    return {
        model.__name__: session.scalar(select(func.count()).select_from(model)) or 0 for model in ALL_MODELS
    }


def slot(session: Session, reference: str) -> Slot:
    """One slot by its reference."""
    return session.scalars(select(Slot).where(Slot.reference == reference)).one()


def leader(session: Session, email: str) -> Leader:
    """One leader by e-mail address."""
    return session.scalars(
        select(Leader).join(User, User.id == Leader.user_id).where(User.email == email)
    ).one()
