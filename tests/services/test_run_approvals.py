"""Approval by a second person, notes on runs, and giving a run up."""

import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.fixing_errors import (
    ApprovalMissing,
    ApprovalRefused,
    NoteNotYours,
    NoteUnusable,
)
from placement.models import AuditEvent, MatchRun, RunNote
from placement.services import confirmations, fixing, match_runs, run_approvals, run_claims, run_notes
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.people import make_coordinator
from tests.factories.runs import make_run
from tests.services.repairing import solve_run
from tests.services.small_cohort import SENDER, SmallCohort, make_small_cohort


@pytest.fixture
def small(session: Session) -> SmallCohort:
    small = make_small_cohort(session)
    small.cohort.second_approval = True
    session.flush()
    return small


@pytest.fixture
def ada(session: Session, small: SmallCohort) -> Scope:
    return Scope.of_user(session, make_coordinator(session, cohort=small.cohort).user_id)


@pytest.fixture
def ben(session: Session, small: SmallCohort) -> Scope:
    return Scope.of_user(session, make_coordinator(session, cohort=small.cohort).user_id)


@pytest.fixture
def run(session: Session, small: SmallCohort, ada: Scope) -> MatchRun:
    """A run that Ada asked for."""
    return solve_run(session, match_runs.request_run(ada, small.cohort.id, seconds=20, now=NOON))


def approve(scope: Scope, run: MatchRun) -> bool:
    return run_approvals.approve_run(scope, run.cohort_id, run.id, now=NOON)


def test_a_run_is_confirmed_only_once_somebody_else_has_approved_it(
    ada: Scope, ben: Scope, run: MatchRun
) -> None:
    with pytest.raises(ApprovalMissing):
        confirmations.confirm_run(ada, run.id, sender=SENDER, now=NOON)
    with pytest.raises(ApprovalRefused, match="You asked for it yourself"):
        approve(ada, run)
    assert approve(ben, run)
    assert not approve(ben, run)
    assert (run.approved_by, run.approved_at) == (ben.actor.label, NOON)
    assert confirmations.confirm_run(ada, run.id, sender=SENDER, now=NOON).made == 4


def test_a_cohort_that_does_not_ask_for_it_needs_no_approval(
    small: SmallCohort, ada: Scope, run: MatchRun
) -> None:
    small.cohort.second_approval = False
    assert confirmations.confirm_run(ada, run.id, sender=SENDER, now=NOON).made == 4


def test_a_run_that_is_out_of_date_is_not_approved(
    session: Session, small: SmallCohort, ben: Scope, run: MatchRun
) -> None:
    small.slots[0].capacity = 3
    session.flush()
    with pytest.raises(ApprovalRefused, match="has changed since"):
        approve(ben, run)


def test_a_run_without_a_list_is_not_approved(session: Session, small: SmallCohort, ben: Scope) -> None:
    none = make_run(session, cohort=small.cohort, result=json.dumps({"status": "infeasible"}))
    with pytest.raises(ApprovalRefused, match="no list"):
        approve(ben, none)


def test_an_approval_is_of_one_run_and_a_newer_one_needs_its_own(
    session: Session, small: SmallCohort, ada: Scope, ben: Scope, run: MatchRun
) -> None:
    approve(ben, run)
    fixing.keep_place(
        ada, small.cohort.id, small.leaders[3].id, small.slots[0].id, reason="By phone", now=NOON
    )
    newer = solve_run(session, match_runs.request_run(ada, small.cohort.id, seconds=20, now=NOON))
    with pytest.raises(ApprovalMissing):
        confirmations.confirm_run(ada, newer.id, sender=SENDER, now=NOON)


def test_a_run_that_waits_is_given_up_once_and_its_result_is_not_kept(
    session: Session, small: SmallCohort, ada: Scope, run: MatchRun
) -> None:
    assert not run_claims.cancel_run(ada, small.cohort.id, run.id, now=NOON)
    waiting = match_runs.request_run(ada, small.cohort.id, seconds=20, now=NOON, objective="lottery")
    assert run_claims.cancel_run(ada, small.cohort.id, waiting, now=NOON)
    assert not run_claims.cancel_run(ada, small.cohort.id, waiting, now=NOON)
    found = session.get_one(MatchRun, waiting)
    assert (found.status, found.finished_at) == ("cancelled", NOON)
    late = {"input_digest": found.input_digest, "assignments": []}
    assert not match_runs.record_allocation(session, waiting, late, now=NOON)
    assert session.scalars(select(AuditEvent.verb).order_by(AuditEvent.id.desc())).first() == "cancel_run"


def test_a_note_is_changed_and_removed_only_by_whoever_wrote_it(
    session: Session, small: SmallCohort, ada: Scope, ben: Scope, run: MatchRun
) -> None:
    note = run_notes.write_note(ada, small.cohort.id, run.id, text=" One more seat? ", now=NOON)
    assert session.get_one(RunNote, note).text == "One more seat?"
    with pytest.raises(NoteNotYours):
        run_notes.change_note(ben, small.cohort.id, run.id, note, text="No.", now=NOON)
    with pytest.raises(NoteNotYours):
        run_notes.remove_note(ben, small.cohort.id, run.id, note, now=NOON)
    run_notes.change_note(ada, small.cohort.id, run.id, note, text="Two more seats?", now=NOON)
    assert run_notes.remove_note(ada, small.cohort.id, run.id, note, now=NOON) == "Two more seats?"
    assert session.scalars(select(RunNote)).all() == []
    facts = session.scalars(select(AuditEvent.facts).where(AuditEvent.verb.endswith("_note"))).all()
    assert facts == [{"note": note}] * 3


@pytest.mark.parametrize("text", ["", " \n ", "x" * 2001])
def test_an_empty_note_or_a_novel_is_refused(ada: Scope, run: MatchRun, text: str) -> None:
    with pytest.raises(NoteUnusable):
        run_notes.write_note(ada, run.cohort_id, run.id, text=text, now=NOON)
