"""What has changed since a run is kept while nothing changes, and never any longer."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from placement.db import db, reading, unit_of_work
from placement.models import AccessNeed, Leader, MatchRun, MatchStamp, Preference, Slot, User
from placement.services import access, run_input
from placement.services.kept import MOST, kept, known_changes
from placement.services.kept import _kept as all_kept
from placement.services.match_problem import problem_of
from placement.services.match_rows import read_rows
from placement.services.reports.readiness import readiness
from placement.services.scope import Scope
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.events import make_event, make_guest
from tests.factories.fixing import make_fixed_pair
from tests.factories.placements import make_placement
from tests.factories.preferences import make_date_answer, make_refusal
from tests.migrations.test_head import IN_MATCHES
from tests.services.small_cohort import make_small_cohort, solved_run
from tests.web.coordinator_desk import queries_of

Change = Callable[[Session, MatchRun], None]
NO_PART_OF_A_MATCH = {"match_run", "programme"}
"""Tables that are read along: the run itself, which never changes, and the name of the programme."""


@pytest.fixture
def run_id(app: Flask) -> int:
    """A solved run of a cohort, committed."""
    with unit_of_work() as session:
        return solved_run(session, make_small_cohort(session).cohort).id


def told(run_id: int, *, now: datetime = NOON) -> tuple[str, ...]:
    """What a page is told."""
    with reading() as session:
        return known_changes(session, session.get_one(MatchRun, run_id), now=now)


def stamp() -> str:
    with reading() as session:
        return session.scalars(select(MatchStamp.stamp)).one()


def test_the_cohort_is_frozen_once_while_nothing_changes(app: Flask, run_id: int) -> None:
    told(run_id)
    with queries_of(app) as said:
        assert told(run_id) == ()
    assert not [one for one in said if "FROM preference" in one or "frozen_input" in one]


def leader_leaves(session: Session, run: MatchRun) -> None:
    session.scalars(select(Leader).where(Leader.cohort_id == run.cohort_id)).all()[0].withdrawn_at = NOON


def capacity_changes(session: Session, run: MatchRun) -> None:
    session.scalars(select(Slot).where(Slot.cohort_id == run.cohort_id)).all()[0].capacity = 1


def choices_swap(session: Session, run: MatchRun) -> None:
    rows = session.scalars(select(Preference).where(Preference.cohort_id == run.cohort_id)).all()
    session.delete(rows[0])


def date_is_out(session: Session, run: MatchRun) -> None:
    leader = session.scalars(select(Leader).where(Leader.cohort_id == run.cohort_id)).all()[0]
    make_date_answer(session, leader=leader, day=FIRST_DAY.date(), answer="cannot")


def address_changes(session: Session, run: MatchRun) -> None:
    session.scalars(select(User).join(Leader)).all()[0].email = "somebody.else@people.example"


def needs_step_free(session: Session, run: MatchRun) -> None:
    leader = session.scalars(select(Leader).where(Leader.cohort_id == run.cohort_id)).all()[0]
    access.record_need(session, leader, "I use a wheelchair")


def place_is_given(session: Session, run: MatchRun) -> None:
    leader = session.scalars(select(Leader).where(Leader.cohort_id == run.cohort_id)).all()[0]
    slot = session.scalars(select(Slot).where(Slot.cohort_id == run.cohort_id)).all()[0]
    make_placement(session, leader=leader, slot=slot)


def event_is_planned(session: Session, run: MatchRun) -> None:
    leader = session.scalars(select(Leader).where(Leader.cohort_id == run.cohort_id)).all()[0]
    guest_of = make_event(
        session, cohort=run.cohort, starts_at=FIRST_DAY, ends_at=FIRST_DAY + timedelta(hours=2)
    )
    make_guest(session, event=guest_of, leader=leader)


def opportunity_is_refused(session: Session, run: MatchRun) -> None:
    leader = session.scalars(select(Leader).where(Leader.cohort_id == run.cohort_id)).all()[0]
    slot = session.scalars(select(Slot).where(Slot.cohort_id == run.cohort_id)).all()[0]
    make_refusal(session, leader=leader, opportunity=slot.opportunity)


def rule_changes(session: Session, run: MatchRun) -> None:
    run.cohort.max_per_partner = 1


def place_is_fixed(session: Session, run: MatchRun) -> None:
    leader = session.scalars(select(Leader).where(Leader.cohort_id == run.cohort_id)).all()[0]
    slot = session.scalars(select(Slot).where(Slot.cohort_id == run.cohort_id)).all()[0]
    make_fixed_pair(session, leader=leader, slot=slot)


@pytest.mark.parametrize(
    "change",
    [
        *(leader_leaves, capacity_changes, choices_swap, date_is_out, address_changes, needs_step_free),
        *(place_is_given, event_is_planned, rule_changes, place_is_fixed, opportunity_is_refused),
    ],
)
def test_whatever_counts_is_seen_at_the_next_look(run_id: int, change: Change) -> None:
    assert told(run_id) == ()
    with unit_of_work() as session:
        change(session, session.get_one(MatchRun, run_id))
    with reading() as session:
        frozen_anew = run_input.changes_since(session, session.get_one(MatchRun, run_id), now=NOON)
    assert told(run_id) == tuple(frozen_anew) != ()


def test_a_need_that_is_erased_is_seen(run_id: int) -> None:
    with unit_of_work() as session:
        needs_step_free(session, session.get_one(MatchRun, run_id))
    before = told(run_id)
    with unit_of_work() as session:
        session.delete(session.scalars(select(AccessNeed)).one())
    assert before != told(run_id) == ()


def test_a_day_that_begins_is_seen_though_no_row_changes(run_id: int) -> None:
    assert told(run_id) == ()
    assert told(run_id, now=FIRST_DAY + timedelta(hours=1)) != ()
    assert told(run_id) == ()


def test_what_is_not_committed_is_never_kept(run_id: int) -> None:
    told(run_id)
    with unit_of_work() as session:
        run = session.get_one(MatchRun, run_id)
        capacity_changes(session, run)
        session.flush()
        session.rollback()
    assert told(run_id) == ()


def test_a_stamp_never_comes_back(run_id: int) -> None:
    """A database that was put back to an earlier state would otherwise show a page of another state."""
    found = set()
    for capacity in (3, 2, 3, 2):
        with unit_of_work() as session:
            session.scalars(select(Slot).order_by(Slot.id)).all()[0].capacity = capacity
        found.add(stamp())
    assert len(found) == 4


def test_only_so_many_answers_are_kept_and_none_of_a_state_that_is_over(run_id: int) -> None:
    told(run_id)
    before = len(all_kept)
    for _ in range(3):
        with unit_of_work() as session:
            slot = session.scalars(select(Slot).order_by(Slot.id)).all()[0]
            slot.minimum = 3 - slot.minimum
        told(run_id)
    assert len(all_kept) == before
    with reading() as session:
        cohort_id = session.get_one(MatchRun, run_id).cohort_id
        for number in range(MOST + 3):
            assert kept(session, cohort_id, "number", number, work=partial(int, number)) == number
    assert len(all_kept) == MOST


def test_a_search_that_ran_out_of_time_is_kept_until_somebody_lets_it_take_longer(run_id: int) -> None:
    with reading() as session:
        scope, cohort_id = Scope.system(session), session.get_one(MatchRun, run_id).cohort_id
        assert not readiness(scope, cohort_id, now=NOON, seconds=0).complete
        kept_one = readiness(scope, cohort_id, now=NOON, seconds=0)
        assert readiness(scope, cohort_id, now=NOON).complete
        assert (kept_one.complete, readiness(scope, cohort_id, now=NOON, seconds=0).complete) == (False, True)


def test_every_table_that_a_match_reads_draws_a_new_stamp(app: Flask, run_id: int) -> None:
    with unit_of_work() as session, queries_of(app) as said:
        run = session.get_one(MatchRun, run_id)
        problem_of(read_rows(session, run.cohort, now=NOON), objective="generous", seed="a", kind="match")
    tables = set(inspect(db.engine).get_table_names())
    names = {name for one in said for name in re.findall(r'(?:FROM|JOIN) "?(\w+)"?', one)}
    assert (names & tables) - NO_PART_OF_A_MATCH <= set(IN_MATCHES)
    assert {"leader", "slot", "preference", "date_answer", "access_need", "event_guest"} <= names


def test_changes_in_another_cohort_leave_the_stamp_alone(run_id: int) -> None:
    before = stamp()
    with unit_of_work() as session:
        make_small_cohort(session)
    with reading() as session:
        run = session.get_one(MatchRun, run_id)
        kept = session.scalar(
            text("SELECT stamp FROM match_stamp WHERE cohort_id = :id").bindparams(id=run.cohort_id)
        )
    assert kept == before
