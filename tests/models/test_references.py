"""No row points to a row of another cohort or of another partner."""

from collections.abc import Iterator

import pytest
from sqlalchemy import ForeignKeyConstraint, Table, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from placement.db import Base
from tests.factories.answers import make_held_answer, make_task
from tests.factories.attendance import make_attendance, make_feedback, make_reflection
from tests.factories.clock import NOON
from tests.factories.conflicts import make_conflict
from tests.factories.events import make_event, make_event_invite, make_guest
from tests.factories.fixing import make_fixed_pair, make_fixing_step, make_run_note
from tests.factories.hosting import make_partner_message, make_withdrawal
from tests.factories.opportunities import make_activity, make_opportunity, make_site, make_slot
from tests.factories.outbox import make_message
from tests.factories.people import make_coordinator, make_leader, make_partner
from tests.factories.placements import make_invite, make_placement
from tests.factories.preferences import (
    make_date_answer,
    make_preference,
    make_previous_ranking,
    make_refusal,
)
from tests.factories.programmes import make_cohort, make_organisation, make_team
from tests.factories.replies import make_reply
from tests.factories.runs import make_run
from tests.factories.seat_offers import make_seat_offer
from tests.factories.swaps import make_swap_request

TABLES = Base.metadata.tables
SHARED = ("cohort_id", "partner_id", "leader_id")  # a reference carries these along where both rows have them


def references() -> Iterator[ForeignKeyConstraint]:
    for table in Base.metadata.sorted_tables:
        yield from sorted(table.foreign_key_constraints, key=lambda key: str(key.name or key.column_keys))


def name(key: ForeignKeyConstraint) -> str:
    return f"{key.parent.name}-{'-'.join(key.column_keys)}"


COMPOSITE = [key for key in references() if len(key.columns) > 1]


@pytest.fixture
def two_cohorts(session: Session) -> tuple[dict[str, int], dict[str, int]]:
    """The newest row of each table, once for a first and once for a second cohort."""
    return fill(session), fill(session)


def fill(session: Session) -> dict[str, int]:
    cohort = make_cohort(session)
    leader = make_leader(
        session,
        cohort=cohort,
        organisation_id=make_organisation(session, cohort=cohort).id,
        team_id=make_team(session, cohort=cohort).id,
    )
    make_coordinator(session, cohort=cohort)
    event = make_event(session, cohort=cohort, team_id=leader.team_id)
    make_guest(session, event=event, leader=leader)
    make_event_invite(session, event=event, leader=leader)
    slot = make_slot(session, cohort=cohort)
    make_activity(session, opportunity=slot.opportunity)
    make_attendance(session, slot=slot, leader=leader)
    make_feedback(session, slot=slot, leader=leader)
    make_reflection(session, slot=slot, leader=leader)
    make_preference(session, leader=leader, opportunity=slot.opportunity)
    make_date_answer(session, leader=leader)
    make_previous_ranking(session, leader=leader)
    make_seat_offer(session, leader=leader, slot=slot)
    make_withdrawal(session, slot=slot)
    make_partner_message(session, slot=slot)
    make_refusal(session, leader=leader, opportunity=slot.opportunity)
    make_conflict(session, leader=leader, partner=slot.opportunity.partner)
    run = make_run(session, cohort=cohort, pairs=[(leader, slot)])
    make_fixing_step(
        session, pair=make_fixed_pair(session, leader=leader, slot=slot), run_id=run.id, new_run_id=run.id
    )
    make_run_note(session, run=run)
    placement = make_placement(session, leader=leader, slot=slot, run=run)
    invite = make_invite(session, placement=placement)
    make_swap_request(
        session, placement=placement, status="granted", settled_at=NOON, new_placement_id=placement.id
    )
    make_message(session, invite=invite)
    reply = make_reply(session, invite=invite)
    make_task(session, answer=make_held_answer(session, invite=invite, reply_id=reply.id))
    return {
        table.name: session.scalars(select(func.max(table.c.id))).one()
        for table in TABLES.values()
        if "id" in table.c and session.scalar(select(func.max(table.c.id)))
    }


def own_columns(key: ForeignKeyConstraint) -> list[tuple[str, str]]:
    """The pairs of columns that name the row itself, not whose it is."""
    return [
        (column.name, element.column.name)
        for column, element in zip(key.columns, key.elements, strict=True)
        if element.column.name == "id"
    ]


@pytest.mark.parametrize("key", COMPOSITE, ids=name)
def test_a_row_cannot_point_into_another_cohort(
    session: Session, two_cohorts: tuple[dict[str, int], dict[str, int]], key: ForeignKeyConstraint
) -> None:
    first, second = two_cohorts
    table, target = TABLES[str(key.parent.name)], key.referred_table
    ((column, _),) = own_columns(key)
    row = table.c[column] == first[target.name]
    assert session.scalar(select(func.count()).select_from(table).where(row))
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(table).where(row).values({column: second[target.name]}))


@pytest.mark.parametrize("key", COMPOSITE, ids=name)
def test_a_row_cannot_move_to_another_cohort_alone(
    session: Session, two_cohorts: tuple[dict[str, int], dict[str, int]], key: ForeignKeyConstraint
) -> None:
    first, second = two_cohorts
    table = TABLES[str(key.parent.name)]
    move = update(table).where(table.c.id == first[table.name])
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(move.values(cohort_id=second["cohort"]))


def test_every_reference_carries_along_whose_row_it_is() -> None:
    loose = [
        name(key)
        for key in references()
        for shared in SHARED
        if shared in key.parent.columns
        and shared in key.referred_table.columns
        and shared not in key.column_keys
        and not points_to_owner(key, shared)
    ]
    assert loose == []


def points_to_owner(key: ForeignKeyConstraint, shared: str) -> bool:
    """Whether `key` is the reference to the owner itself, such as leader_id to the leader."""
    return key.column_keys == [shared] or (shared == "leader_id" and key.referred_table.name == "leader")


def test_an_opportunity_is_at_a_site_of_its_own_partner(session: Session) -> None:
    opportunity = make_opportunity(session)
    neighbour = make_partner(session, cohort=opportunity.partner.cohort)
    site = make_site(session, partner=neighbour)
    with pytest.raises(IntegrityError), session.begin_nested():
        opportunity.site_id = site.id
    with pytest.raises(IntegrityError), session.begin_nested():
        opportunity.partner_id = neighbour.id


def test_a_slot_is_of_an_opportunity_of_its_own_partner(session: Session) -> None:
    slot = make_slot(session)
    neighbour = make_partner(session, cohort=slot.opportunity.partner.cohort)
    other = make_opportunity(session, partner=neighbour)
    with pytest.raises(IntegrityError), session.begin_nested():
        slot.opportunity_id = other.id
    with pytest.raises(IntegrityError), session.begin_nested():
        slot.partner_id = neighbour.id


def test_an_invite_is_for_the_leader_of_its_placement(session: Session) -> None:
    slot = make_slot(session)
    cohort = slot.opportunity.partner.cohort
    placement = make_placement(session, leader=make_leader(session, cohort=cohort), slot=slot)
    other = make_leader(session, cohort=cohort)
    with pytest.raises(IntegrityError), session.begin_nested():
        make_invite(session, placement=placement, leader_id=other.id)


def test_a_message_about_an_invite_names_the_cohort(session: Session) -> None:
    slot = make_slot(session)
    leader = make_leader(session, cohort=slot.opportunity.partner.cohort)
    invite = make_invite(session, placement=make_placement(session, leader=leader, slot=slot))
    with pytest.raises(IntegrityError, match="invite_in_cohort"), session.begin_nested():
        make_message(session, invite=invite, cohort_id=None)


def test_what_others_point_to_cannot_be_deleted(session: Session) -> None:
    numbers = fill(session)
    for key in references():
        target: Table = key.referred_table
        if key.ondelete == "CASCADE" or target.name not in numbers or key.parent.name not in numbers:
            continue
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(target.delete().where(target.c.id == numbers[target.name]))
