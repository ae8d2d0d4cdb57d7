"""Columns with a closed list of words take no other, and the counts and keys that must be unique are."""

import re
from collections.abc import Callable
from typing import get_args

import pytest
from sqlalchemy import CheckConstraint, Table, inspect, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from placement.db import Base
from placement.domain import states
from tests.factories.answers import make_held_answer, make_task, make_user_alias
from tests.factories.attendance import make_attendance, make_feedback, make_reflection
from tests.factories.clock import NOON
from tests.factories.conflicts import make_conflict
from tests.factories.events import make_event, make_event_invite, make_guest
from tests.factories.fixing import make_fixed_pair, make_fixing_step
from tests.factories.hosting import make_partner_message, make_withdrawal
from tests.factories.letters import make_opt_out
from tests.factories.lists import make_audit_check, make_saved_view
from tests.factories.opportunities import make_activity, make_opportunity, make_slot
from tests.factories.outbox import make_delivery_try, make_message
from tests.factories.people import make_coordinator, make_leader, make_partner, make_user
from tests.factories.placements import make_invite, make_placement
from tests.factories.preferences import make_date_answer, make_preference
from tests.factories.programmes import make_cohort, make_organisation, make_programme, make_team
from tests.factories.replies import make_reply
from tests.factories.runs import make_assignment, make_run
from tests.factories.seat_offers import make_seat_offer
from tests.factories.signing_in import make_feed
from tests.factories.swaps import make_swap_request

LISTED = re.compile(r"^(\w+) IN \((.*)\)$")


Make = Callable[[], object]


def refused(session: Session, make: Make) -> bool:
    """Whether the database refuses what `make` writes."""
    try:
        with session.begin_nested():
            make()
    except IntegrityError:
        return True
    return False


def listed() -> list[tuple[Table, str, tuple[str, ...]]]:
    """Each column with a closed list: its table, its name, its words."""
    found = []
    for table in Base.metadata.sorted_tables:
        for check in table.constraints:
            match = LISTED.match(str(check.sqltext)) if isinstance(check, CheckConstraint) else None
            if match:
                found.append((table, match[1], tuple(re.findall(r"'([^']*)'", match[2]))))
    return sorted(found, key=lambda entry: (entry[0].name, entry[1]))


def fill(session: Session) -> None:
    slot = make_slot(session)
    make_activity(session, opportunity=slot.opportunity)
    cohort = slot.opportunity.partner.cohort
    leader = make_leader(session, cohort=cohort)
    make_coordinator(session, cohort=cohort)
    make_date_answer(session, leader=leader)
    make_conflict(session, leader=leader)
    make_fixing_step(session, pair=make_fixed_pair(session, leader=leader, slot=slot))
    run = make_run(session, cohort=cohort)
    placement = make_placement(session, leader=leader, slot=slot, run=run)
    invite = make_invite(session, placement=placement)
    make_delivery_try(session, message=make_message(session, invite=invite))
    make_reply(session, invite=invite)
    make_task(session, answer=make_held_answer(session, invite=invite), closed_at=NOON, outcome="kept")
    make_feed(session, user=leader.user)
    make_opt_out(session, user=leader.user)
    make_event(session, cohort=cohort, joining_link="https://meet.example/1")
    make_saved_view(session)
    make_audit_check(session, fault="gap", broken_at=1)
    make_attendance(session, slot=slot, leader=leader)
    make_feedback(session, slot=slot)
    make_seat_offer(session, leader=leader, slot=slot)
    make_withdrawal(session, slot=slot)
    make_swap_request(session, placement=placement)


@pytest.mark.parametrize(("table", "column", "words"), listed(), ids=str)
def test_a_column_takes_its_words_and_no_other(
    session: Session, table: Table, column: str, words: tuple[str, ...]
) -> None:
    fill(session)
    assert session.execute(select(table)).first() is not None
    for word in words:
        with session.begin_nested() as tried:
            session.execute(update(table).values({column: word}))
            tried.rollback()
    for other in ("", "else", words[0].swapcase(), words[0][1:]):
        with pytest.raises(IntegrityError, match=f"ck_{table.name}_"), session.begin_nested():
            session.execute(update(table).values({column: other}))


def test_every_closed_list_of_words_is_kept_somewhere() -> None:
    lists = {
        frozenset(get_args(thing))
        for thing in vars(states).values()
        if getattr(thing, "__origin__", None) is not None or get_args(thing)
    }
    kept = {frozenset(words) for _, _, words in listed()}
    assert lists - {frozenset()} == kept


def test_what_must_be_unique_is(session: Session) -> None:
    cohort = make_cohort(session)
    leader = make_leader(session, cohort=cohort)
    partner = make_partner(session, cohort=cohort)
    opportunity = make_opportunity(session, partner=partner)
    other = make_opportunity(session, partner=partner)
    slot = make_slot(session, opportunity=opportunity)
    placement = make_placement(session, leader=leader, slot=slot)
    invite = make_invite(session, placement=placement)
    message = make_message(session)
    reply = make_reply(session)
    make_preference(session, leader=leader, opportunity=opportunity)
    make_date_answer(session, leader=leader)
    coordinator = make_coordinator(session, cohort=cohort)
    run = make_run(session, cohort=cohort, pairs=[(leader, slot)])
    make_run(session, cohort=cohort, status="solving")
    programme, organisation = make_programme(session), make_organisation(session, cohort=cohort)
    feed, alias = make_feed(session, user=leader.user), make_user_alias(session, user=leader.user)
    declined = make_held_answer(session, invite=invite)
    make_task(session, answer=declined)
    team = make_team(session, cohort=cohort)
    again: dict[str, Make] = {
        "cohort name": lambda: make_cohort(session, name=cohort.name),
        "programme name": lambda: make_programme(session, name=programme.name),
        "organisation name": lambda: make_organisation(session, cohort=cohort, name=organisation.name),
        "team name": lambda: make_team(session, cohort=cohort, name=team.name),
        "user email": lambda: make_user(session, email=leader.user.email),
        "leader once": lambda: make_leader(session, cohort=cohort, user=leader.user),
        "partner name": lambda: make_partner(session, cohort=cohort, name=partner.name),
        "coordinator once": lambda: make_coordinator(session, cohort=cohort, user=coordinator.user),
        "opportunity reference": lambda: make_opportunity(
            session, partner=partner, reference=opportunity.reference
        ),
        "slot reference": lambda: make_slot(session, opportunity=other, reference=slot.reference),
        "slot start": lambda: make_slot(session, opportunity=opportunity),
        "one rank each": lambda: make_preference(session, leader=leader, opportunity=other),
        "ranked once": lambda: make_preference(session, leader=leader, opportunity=opportunity, rank=2),
        "date answered once": lambda: make_date_answer(session, leader=leader),
        "pair once": lambda: make_assignment(session, run=run, leader=leader, slot=slot),
        "invite once": lambda: make_invite(session, placement=placement),
        "owed once": lambda: make_message(session, idem_key=message.idem_key),
        "message id": lambda: make_message(session, message_id=message.message_id),
        "reply once": lambda: make_reply(session, message_id=reply.message_id, digest=reply.digest),
        "alias": lambda: make_user_alias(session, user=coordinator.user, email=alias.email),
        "task of an answer": lambda: make_task(session, answer=declined, closed_at=NOON, outcome="kept"),
        "one open task": lambda: make_task(session, answer=make_held_answer(session, invite=invite)),
        "feed token": lambda: make_feed(session, user=leader.user, token_hash=feed.token_hash),
        "one solve per cohort": lambda: make_run(session, cohort=cohort, status="solving"),
        "one live feed": lambda: make_feed(session, user=leader.user, subject_id=feed.subject_id),
    }
    assert [what for what, make in again.items() if not refused(session, make)] == []
    second = make_placement(session, leader=make_leader(session, cohort=cohort), slot=slot)
    with pytest.raises(IntegrityError, match="uid"), session.begin_nested():
        make_invite(session, placement=second, uid=invite.uid)


def test_what_must_be_unique_of_views_and_fixed_places_is(session: Session) -> None:
    slot = make_slot(session)
    leader = make_leader(session, cohort=slot.opportunity.partner.cohort)
    coordinator = make_coordinator(session)
    view = make_saved_view(session, coordinator=coordinator)
    make_fixed_pair(session, leader=leader, slot=slot)
    make_fixed_pair(session, leader=leader, slot=slot, slot_id=None, kind="forbid")
    again: dict[str, Make] = {
        "one view of a name": lambda: make_saved_view(session, coordinator=coordinator, name=view.name),
        "fixed once": lambda: make_fixed_pair(session, leader=leader, slot=slot),
        "ruled out once": lambda: make_fixed_pair(
            session, leader=leader, slot=slot, slot_id=None, kind="forbid"
        ),
    }
    assert [what for what, make in again.items() if not refused(session, make)] == []


def test_what_must_be_unique_of_a_day_is(session: Session) -> None:
    leader = make_leader(session)
    slot = make_slot(session, cohort=leader.cohort)
    make_attendance(session, slot=slot, leader=leader)
    make_feedback(session, slot=slot, leader=leader)
    make_feedback(session, slot=slot)
    make_reflection(session, slot=slot, leader=leader)
    again: dict[str, Make] = {
        "attendance": lambda: make_attendance(session, slot=slot, leader=leader),
        "feedback of a leader": lambda: make_feedback(session, slot=slot, leader=leader),
        "feedback of the partner": lambda: make_feedback(session, slot=slot),
        "reflection": lambda: make_reflection(session, slot=slot, leader=leader),
    }
    assert [what for what, make in again.items() if not refused(session, make)] == []


def test_what_must_be_unique_of_an_event_is(session: Session) -> None:
    leader = make_leader(session)
    event = make_event(session, cohort=leader.cohort)
    placement = make_placement(session, leader=leader, slot=make_slot(session, cohort=leader.cohort))
    make_guest(session, event=event, leader=leader)
    make_event_invite(session, event=event, leader=leader)
    again: dict[str, Make] = {
        "event reference": lambda: make_event(session, cohort=leader.cohort, reference=event.reference),
        "invited once": lambda: make_guest(session, event=event, leader=leader),
        "one live invite to an event": lambda: make_event_invite(session, event=event, leader=leader),
        "of one thing": lambda: make_event_invite(
            session, event=event, leader=leader, placement_id=placement.id, state="cancelled"
        ),
    }
    assert [what for what, make in again.items() if not refused(session, make)] == []


def test_values_that_make_no_sense_are_refused(session: Session) -> None:
    slot = make_slot(session)
    cohort = slot.opportunity.partner.cohort
    leader = make_leader(session, cohort=cohort)
    run = make_run(session, cohort=cohort)
    placement = make_placement(session, leader=leader, slot=slot)
    other = make_placement(
        session, leader=make_leader(session, cohort=cohort), slot=make_slot(session, cohort=cohort)
    )
    invite = make_invite(session, placement=other)
    nonsense: tuple[Make, ...] = (
        lambda: make_user(session, email="Capital@people.example"),
        lambda: make_leader(session, cohort=cohort, days=0),
        lambda: make_leader(session, cohort=cohort, max_km=-1.0),
        lambda: make_leader(session, cohort=cohort, latitude=None),
        lambda: make_cohort(session, choices_minimum=0),
        lambda: make_cohort(session, min_sectors=4),
        lambda: make_cohort(session, max_per_partner=0),
        lambda: make_cohort(session, max_same_organisation=0),
        lambda: make_cohort(session, gap_minutes=-1),
        lambda: make_preference(session, leader=leader, opportunity=slot.opportunity, rank=0),
        lambda: make_assignment(session, run=run, leader=leader, slot=slot, rank=0),
        lambda: make_placement(session, leader=make_leader(session, cohort=cohort), slot=slot, rank=0),
        lambda: make_invite(session, placement=placement, sequence=-1),
        lambda: make_invite(session, placement=placement, revision=-1),
        lambda: make_user_alias(session, user=leader.user, email="Capital@people.example"),
        lambda: make_held_answer(session, invite=invite, sequence=-1),
        lambda: make_task(session, answer=make_held_answer(session, invite=invite), outcome="kept"),
        lambda: make_attendance(session, slot=slot, name=""),
        lambda: make_feedback(session, slot=slot, went=6),
        lambda: make_withdrawal(session, slot=slot, people=0),
        lambda: make_partner_message(session, slot=slot, people=0),
    )
    for make in nonsense:
        with pytest.raises(IntegrityError, match="ck_"), session.begin_nested():
            make()


def test_every_reference_is_found_without_reading_the_whole_table(session: Session) -> None:
    """Each foreign key has an index that begins with the column that names the row."""
    looked_at = inspect(session.connection())
    bare = []
    for table in Base.metadata.sorted_tables:
        first = {
            index["column_names"][0] for index in looked_at.get_indexes(table.name) if not partial(index)
        }
        first |= {unique["column_names"][0] for unique in looked_at.get_unique_constraints(table.name)}
        first |= set(looked_at.get_pk_constraint(table.name)["constrained_columns"][:1])
        for key in table.foreign_key_constraints:
            named = [c.name for c, e in zip(key.columns, key.elements, strict=True) if e.column.name == "id"]
            bare += [f"{table.name}.{column}" for column in named if column not in first]
    assert bare == []


def partial(index: object) -> bool:
    options = dict(index).get("dialect_options", {})  # type: ignore[call-overload]
    return any(option.endswith("_where") for option in options)
