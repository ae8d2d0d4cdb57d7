"""An import can be undone, row by row, as far as nobody has gone by it since."""

from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from placement.db import Base
from placement.domain.sheets.tables import Kind
from placement.models import (
    AuditEvent,
    Cohort,
    ImportBatch,
    ImportRow,
    Leader,
    Opportunity,
    Partner,
    Preference,
    Slot,
    User,
)
from placement.services import access, erasing, retention
from placement.services.imports import import_undoably, list_imports
from placement.services.imports.undo import Undone, undo_import
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.placements import make_placement
from tests.factories.runs import make_run
from tests.factories.signing_in import make_signed_in
from tests.services.importing import bring_in, leader, plan, slot
from tests.unit.domain.sheets.samples import Tables, small_cohort

SOON = NOON + timedelta(hours=1)
LEFT_ALONE = {"audit_event", "import_batch", "import_row", "match_stamp", "calendar_version"}


def import_again(scope: Scope, tables: Tables) -> int:
    """Import `tables` so that it can be undone; the id of the import."""
    import_undoably(scope, plan(scope, tables), now=NOON)
    scope.session.flush()
    scope.session.expire_all()
    return scope.session.scalars(select(ImportBatch.id).order_by(ImportBatch.id.desc())).first() or 0


def undo(scope: Scope, batch_id: int) -> Undone:
    cohort_id = scope.session.scalars(select(Cohort.id)).one()
    return undo_import(scope, cohort_id, batch_id, now=SOON)


def everything(session: Session) -> dict[str, list[str]]:
    """Every row of every table but those that only say that something happened; new keys do not count."""
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in LEFT_ALONE:
            fresh = {"id"} if table.name in {"preference", "date_answer"} else set()
            columns = [column for column in table.c if column.name not in fresh]
            found[table.name] = sorted(repr(tuple(row)) for row in session.execute(select(*columns)))
    return found


def changed_everywhere() -> Tables:
    """The small cohort with something added to each sheet, and something changed in each."""
    tables = small_cohort()
    new = small_cohort()
    tables[Kind.PARTNERS].append(
        new[Kind.PARTNERS][0] | {"partner": "Youth Hub", "email": "youth@hub.example"}
    )
    tables[Kind.PARTNERS][0] |= {"email": "new@bank.example", "phone": "01632 960009"}
    tables[Kind.OPPORTUNITIES].append(
        new[Kind.OPPORTUNITIES][0] | {"ref": "OPP4", "partner": "Youth Hub", "address": "9 New Street"}
    )
    tables[Kind.OPPORTUNITIES][2] |= {"title": "Morning tea", "address": "3 Low Road"}
    tables[Kind.SLOTS].append(new[Kind.SLOTS][0] | {"slot": "S5", "opportunity": "OPP4"})
    tables[Kind.SLOTS][0] |= {"capacity": "6", "start": "10:00"}
    tables[Kind.LEADERS].append(
        new[Kind.LEADERS][0]
        | {
            "name": "Di Synthetic",
            "email": "di@new.example",
            "organisation": "New Trust",
            "place_team": "Team 9",
            "access_needs": "A quiet room",
        }
    )
    tables[Kind.LEADERS][0] |= {"role": "Director", "access_needs": "A lift", "organisation": "New Trust"}
    tables[Kind.PREFERENCES].append(
        new[Kind.PREFERENCES][0] | {"email": "di@new.example", "choice_1": "OPP4"}
    )
    tables[Kind.PREFERENCES][0] |= {"choice_1": "OPP2", "cannot_do": ""}
    return tables


def test_an_undo_leaves_every_row_as_it_was_before_the_import(session: Session, scope: Scope) -> None:
    bring_in(scope)
    before = everything(session)
    batch_id = import_again(scope, changed_everywhere())
    assert everything(session) != before
    done = undo(scope, batch_id)
    assert done.kept == ()
    assert done.removed == {
        "answer": ["Di Synthetic"],
        "need": ["Di Synthetic"],
        "leader": ["Di Synthetic"],
        "slot": ["S5"],
        "opportunity": ["OPP4"],
        "partner": ["Youth Hub"],
    }
    assert done.restored == {
        "answer": ["Ada Synthetic"],
        "need": ["Ada Synthetic"],
        "leader": ["Ada Synthetic"],
        "slot": ["S1"],
        "opportunity": ["OPP3"],
        "partner": ["Food Bank"],
    }
    assert everything(session) == before
    assert access.read_needs(session, [leader(session, "ada@trust.example").id]).popitem()[1] == (
        "Step-free access"
    )


def test_the_first_import_of_all_can_be_undone_too(session: Session, scope: Scope) -> None:
    batch_id = import_again(scope, small_cohort())
    done = undo(scope, batch_id)
    assert done.kept == ()
    for model in (Leader, Partner, Opportunity, Slot, Preference, User):
        assert session.scalar(select(func.count()).select_from(model)) == 0


def test_nothing_is_kept_of_an_import_that_changes_nothing(session: Session, scope: Scope) -> None:
    bring_in(scope)
    assert import_again(scope, small_cohort()) == 0


def test_the_list_says_who_imported_how_much_and_what_can_still_be_undone(
    session: Session, scope: Scope
) -> None:
    bring_in(scope)
    batch_id = import_again(scope, changed_everywhere())
    cohort_id = session.scalars(select(Cohort.id)).one()
    (line,) = list_imports(scope, cohort_id)
    assert (line.id, line.imported_at, line.imported_by, line.undone_at) == (batch_id, NOON, "", None)
    assert line.counts["leaders_added"] == 1
    assert line.left > 0
    undo(scope, batch_id)
    (line,) = list_imports(scope, cohort_id)
    assert (line.undone_at, line.left) == (SOON, 0)
    event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "undo_import")).one()
    assert event.facts == {"removed": 6, "restored": 6, "kept": 0}


def number_of(session: Session, model: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def reasons(done: Undone) -> dict[tuple[str, str], str]:
    return {(one.thing, one.name): one.why for one in done.kept}


def test_rows_that_were_changed_since_stay_and_are_named_with_what_changed(
    session: Session, scope: Scope
) -> None:
    bring_in(scope)
    batch_id = import_again(scope, changed_everywhere())
    slot(session, "S1").capacity = 7
    leader(session, "di@new.example").role = "Nurse"
    session.flush()
    done = undo(scope, batch_id)
    assert reasons(done)["slot", "S1"] == "it was changed since (capacity)"
    assert reasons(done)["leader", "Di Synthetic"] == "it was changed since (role)"
    assert slot(session, "S1").capacity == 7
    assert leader(session, "di@new.example").role == "Nurse"
    assert number_of(session, ImportRow) > 0


def test_nobody_is_removed_who_has_answered_has_signed_in_or_has_a_placement(
    session: Session, scope: Scope
) -> None:
    bring_in(scope)
    tables = small_cohort()
    for name in ("di", "ed", "flo"):
        tables[Kind.LEADERS].append(
            small_cohort()[Kind.LEADERS][0] | {"name": name.title(), "email": f"{name}@new.example"}
        )
    batch_id = import_again(scope, tables)
    leader(session, "di@new.example").submitted_at = SOON
    make_signed_in(session, user=leader(session, "ed@new.example").user, created_at=SOON)
    make_placement(session, leader=leader(session, "flo@new.example"), slot=slot(session, "S1"))
    done = undo(scope, batch_id)
    assert reasons(done) == {
        ("leader", "Di"): "this person has answered",
        ("leader", "Ed"): "they have signed in since",
        ("leader", "Flo"): "this person has a placement",
    }
    assert session.scalar(select(func.count()).select_from(Leader)) == 6


def test_an_answer_that_was_given_again_since_stays_with_whoever_gave_it(
    session: Session, scope: Scope
) -> None:
    bring_in(scope)
    batch_id = import_again(scope, changed_everywhere())
    ada = leader(session, "ada@trust.example")
    session.execute(delete(Preference).where(Preference.leader_id == ada.id))
    session.execute(update(Leader).where(Leader.id == ada.id).values(submitted_at=SOON))
    done = undo(scope, batch_id)
    assert reasons(done)["answer", "Ada Synthetic"] == "this person has answered again since"


def test_what_people_were_told_of_and_what_a_match_was_made_with_stays(
    session: Session, scope: Scope
) -> None:
    bring_in(scope)
    batch_id = import_again(scope, changed_everywhere())
    make_placement(session, leader=leader(session, "bo@trust.example"), slot=slot(session, "S1"))
    run = make_run(session, cohort=session.scalars(select(Cohort)).one(), requested_at=SOON)
    done = reasons(undo(scope, batch_id))
    assert "have been told" in done["slot", "S1"]
    assert "have been told" in done["partner", "Food Bank"]
    assert done["slot", "S5"] == f"match run {run.id} was made with it"
    assert ("leader", "Di Synthetic") in done


def test_what_is_used_by_something_else_by_now_stays(session: Session, scope: Scope) -> None:
    bring_in(scope)
    batch_id = import_again(scope, changed_everywhere())
    cy = leader(session, "cy@council.example")
    offer = session.scalars(select(Opportunity).where(Opportunity.reference == "OPP4")).one()
    session.add(Preference(cohort_id=cy.cohort_id, leader_id=cy.id, opportunity_id=offer.id, rank=1))
    session.flush()
    done = reasons(undo(scope, batch_id))
    assert "something else goes by it" in done["opportunity", "OPP4"]
    assert "something else goes by it" in done["partner", "Youth Hub"]
    assert ("slot", "S5") not in done


def test_after_a_month_and_when_somebody_is_erased_the_values_of_before_go(
    session: Session, scope: Scope
) -> None:
    bring_in(scope)
    batch_id = import_again(scope, changed_everywhere())
    ada = leader(session, "ada@trust.example")
    erasing.erase_leader(scope, ada.cohort_id, ada.id, now=SOON)
    about_ada = select(func.count()).select_from(ImportRow).where(ImportRow.leader_id == ada.id)
    assert session.scalar(about_ada) == 0
    assert number_of(session, ImportRow) > 0
    later = NOON + timedelta(days=31)
    assert undo_import(scope, ada.cohort_id, batch_id, now=later).does_nothing
    retention.apply(scope, message_days=90, record_days=365, now=later)
    assert session.scalar(select(func.count()).select_from(ImportRow)) == 0
    assert session.scalar(select(func.count()).select_from(ImportBatch)) == 1
