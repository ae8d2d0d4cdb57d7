"""Doing what a plan says: rows are written in bulk, in the order in which they build on one another."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from placement.domain.sheets.cells import sameness
from placement.domain.sheets.differences import Comparison, Wanted
from placement.domain.sheets.faults import Fault
from placement.domain.sheets.tables import Kind
from placement.models import Cohort, Organisation, Programme, Team, User
from placement.services import audit
from placement.services.imports.leaders import Belongings, write_answers, write_leaders
from placement.services.imports.offers import write_opportunities, write_partners, write_slots
from placement.services.imports.plan import ImportPlan
from placement.services.imports.writing import Ids, Line, Writing, in_groups, refused
from placement.services.scope import Scope


def apply_import(scope: Scope, plan: ImportPlan, *, now: datetime) -> int:
    """Write everything that `plan` adds or changes, and return the id of the cohort.

    Raises
    ------
    ImportRefused
        The plan has faults, or the database refused a row; its fact `faults` holds them. Part of the rows
        may be written by then, so the caller must roll back.

    """
    if plan.faults:
        raise refused(plan.faults)
    if plan.cohort_id is not None and plan.changes_nothing:
        return plan.cohort_id
    cohort_id = plan.cohort_id or _new_cohort(scope.session, plan, now=now)
    writing = Writing(scope.session, plan.sheets, cohort_id)
    rows = plan.comparisons
    users = _write_users(writing, rows[Kind.PARTNERS], rows[Kind.LEADERS])
    partners = write_partners(writing, rows[Kind.PARTNERS], users)
    offers = write_opportunities(writing, rows[Kind.OPPORTUNITIES], partners)
    write_slots(writing, rows[Kind.SLOTS], offers)
    belongings = Belongings(
        users,
        _write_named(writing, Organisation, rows[Kind.LEADERS], "organisation"),
        _write_named(writing, Team, rows[Kind.LEADERS], "place_team"),
    )
    leaders = write_leaders(writing, rows[Kind.LEADERS], belongings)
    write_answers(writing, rows[Kind.PREFERENCES], leaders, offers, now=now)
    _record(scope, plan, cohort_id, now=now)
    return cohort_id


def _new_cohort(session: Session, plan: ImportPlan, *, now: datetime) -> int:
    """A cohort with the standing rules; its lottery seed is its name until the coordinator publishes one."""
    programmes = session.scalars(select(Programme).order_by(Programme.id))
    same = sameness(plan.programme)
    programme = next((row for row in programmes if sameness(row.name) == same), None)
    programme = programme or Programme(name=plan.programme)
    try:
        with session.begin_nested():
            session.add(programme)
            session.flush()
            cohort = Cohort(name=plan.name, programme_id=programme.id, created_at=now, seed=plan.name)
            session.add(cohort)
    except IntegrityError as error:
        problem = f"a cohort or programme called '{plan.name}' has been made just now"
        raise refused([Fault("--name", 0, "", problem, "Import again")]) from error
    return cohort.id


def _write_users(writing: Writing, partners: Comparison, leaders: Comparison) -> Ids:
    """Make a user for each mailbox that has none; the ids of all users that new and changed rows need."""
    rows = [*leaders.added, *partners.added, *(each.wanted for each in partners.changed)]
    names = {
        cast("str", row.values.get("email", row.key)): _person_in(row)
        for row in reversed(rows)  # the first row of a mailbox names it
    }
    known = _users(writing.session, names)
    new = [{"email": email, "name": name} for email, name in names.items() if email not in known]
    if new:
        try:
            with writing.session.begin_nested():
                writing.session.execute(insert(User), new)
        except IntegrityError as error:
            problem = "somebody else has just added one of these people"
            raise refused(
                [Fault(writing.sheets.file(Kind.LEADERS), 0, "", problem, "Import again")]
            ) from error
    return _users(writing.session, names)


def _person_in(row: Wanted) -> str:
    """Whose mailbox it is: the leader, a partner's contact, or the partner."""
    return cast("str", row.values.get("name") or row.values.get("contact") or row.name)


def _users(session: Session, emails: Iterable[str]) -> Ids:
    found: Ids = {}
    for group in in_groups(list(emails)):
        rows = session.execute(select(User.email, User.id).where(User.email.in_(group)))
        found.update({row[0]: row[1] for row in rows})
    return found


def _write_named(writing: Writing, model: Any, leaders: Comparison, column: str) -> Ids:
    """Make the organisations or teams that leaders name and that are not there; the ids of all."""
    known = {sameness(name) for name in writing.ids(model, model.name)}
    lines: dict[str, Line] = {}
    for row in [*leaders.added, *(each.wanted for each in leaders.changed if each.has(column))]:
        name = cast("str", row.values[column])
        if name and sameness(name) not in known:
            lines.setdefault(sameness(name), Line(row.row, {"name": name}))
    writing.insert(Kind.LEADERS, model, list(lines.values()))
    return {sameness(name): row_id for name, row_id in writing.ids(model, model.name).items()}


def _record(scope: Scope, plan: ImportPlan, cohort_id: int, *, now: datetime) -> None:
    counts = {
        f"{kind}_{word}": count
        for kind, comparison in plan.comparisons.items()
        for word, count in (("added", len(comparison.added)), ("changed", len(comparison.changed)))
    }
    audit.record(scope, "import_cohort", f"cohort:{cohort_id}", at=now, cohort_id=cohort_id, **counts)
