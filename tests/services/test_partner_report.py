"""What partners see of their days and of the people who come."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from placement.domain.errors import NotFound
from placement.services.access import record_need
from placement.services.reports.partner import day_details, days_of_partner
from placement.services.scope import Scope
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_coordinator, make_leader, make_partner, make_user
from tests.factories.placements import make_invite, make_placement
from tests.factories.programmes import make_cohort, make_organisation
from tests.factories.runs import make_run

NOON = datetime(2027, 1, 12, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_a_partner_without_days_gets_an_empty_list(scope: Scope) -> None:
    partner = make_partner(scope.session, name="Seaport Food Bank")
    shown = days_of_partner(scope, partner.id, now=NOON)
    assert (shown.name, shown.offers, shown.closed) == ("Seaport Food Bank", (), None)


@pytest.mark.parametrize(
    ("facts", "placed", "decided", "state"),
    [
        ({}, 0, False, "open"),
        ({}, 0, True, "closed"),
        ({}, 1, True, "matched"),
        ({"status": "withdrawn"}, 0, False, "withdrawn"),
        ({"status": "withdrawn"}, 0, True, "withdrawn"),
        ({"starts_at": NOON - HOUR, "ends_at": NOON}, 0, False, "past"),
        ({"starts_at": NOON - HOUR, "ends_at": NOON}, 1, True, "past"),
        ({"starts_at": NOON - HOUR, "ends_at": NOON + HOUR}, 1, True, "matched"),
    ],
)
def test_each_day_has_one_state(
    scope: Scope, facts: dict[str, Any], placed: int, decided: bool, state: str
) -> None:
    slot = make_slot(scope.session, **facts)
    cohort = slot.opportunity.partner.cohort
    if decided:
        make_run(scope.session, cohort=cohort, status="confirmed", confirmed_at=NOON - DAY)
    for _ in range(placed):
        make_placement(scope.session, leader=make_leader(scope.session, cohort=cohort), slot=slot)
    (offer,) = days_of_partner(scope, slot.partner_id, now=NOON).offers
    assert [(day.state, day.taken) for day in offer.days] == [(state, placed)]
    assert day_details(scope, slot.partner_id, slot.id, now=NOON).day == offer.days[0]


def test_coming_days_stand_before_those_gone_by(scope: Scope) -> None:
    opportunity = make_opportunity(scope.session)
    for days in (-9, 30, 2, -3):
        make_slot(scope.session, opportunity=opportunity, starts_at=NOON + days * DAY)
    make_slot(scope.session, opportunity=opportunity, starts_at=NOON + DAY, status="withdrawn")
    (offer,) = days_of_partner(scope, opportunity.partner_id, now=NOON).offers
    assert [(day.starts_at - NOON).days for day in offer.days] == [2, 30, -9, -3, 1]


def test_only_the_partners_own_days_are_listed(scope: Scope) -> None:
    mine = make_slot(scope.session)
    make_slot(scope.session, cohort=mine.opportunity.partner.cohort)
    shown = days_of_partner(scope, mine.partner_id, now=NOON)
    assert [day.id for offer in shown.offers for day in offer.days] == [mine.id]


def test_visitors_come_with_organisation_role_check_and_reply_but_no_access_need(scope: Scope) -> None:
    slot = make_slot(scope.session)
    cohort = slot.opportunity.partner.cohort
    hospital = make_organisation(scope.session, cohort=cohort, name="Bay Hospital")
    facts = {"cohort": cohort, "role": "Matron", "check_held": "enhanced", "organisation_id": hospital.id}
    leader = make_leader(scope.session, name="Zoë Young", **facts)  # type: ignore[arg-type]  # row facts
    plain = make_leader(scope.session, name="ada Field", cohort=cohort, role="")
    record_need(scope.session, leader, "Lip-reads", shared=True)
    make_invite(
        scope.session,
        placement=make_placement(scope.session, leader=leader, slot=slot),
        partstat="ACCEPTED",
    )
    make_placement(scope.session, leader=plain, slot=slot)
    details = day_details(scope, slot.partner_id, slot.id, now=NOON)
    assert [vars(visitor) for visitor in details.visitors] == [
        {
            "name": "ada Field",
            "organisation": "",
            "role": "",
            "check_held": "none",
            "reply": "NEEDS-ACTION",
            "leader_id": plain.id,
            "need": "",
        },
        {
            "name": "Zoë Young",
            "organisation": "Bay Hospital",
            "role": "Matron",
            "check_held": "enhanced",
            "reply": "ACCEPTED",
            "leader_id": leader.id,
            "need": "",
        },
    ]
    assert "Lip-reads" not in repr(details)


def test_cancelled_placements_and_other_days_are_not_who_is_coming(scope: Scope) -> None:
    slot = make_slot(scope.session)
    other = make_slot(scope.session, opportunity=slot.opportunity, starts_at=slot.starts_at + DAY)
    cohort = slot.opportunity.partner.cohort
    leaders = [make_leader(scope.session, cohort=cohort) for _ in range(2)]
    make_placement(scope.session, leader=leaders[0], slot=slot, status="cancelled", cancelled_at=NOON)
    make_placement(scope.session, leader=leaders[1], slot=other)
    assert day_details(scope, slot.partner_id, slot.id, now=NOON).visitors == ()


@pytest.mark.parametrize(
    ("facts", "placed", "changeable"),
    [
        ({}, 0, True),
        ({}, 1, False),
        ({"status": "withdrawn"}, 0, False),
        ({"starts_at": NOON - HOUR, "ends_at": NOON + HOUR}, 0, False),
    ],
)
def test_a_day_says_whether_its_partner_may_change_it(
    scope: Scope, facts: dict[str, Any], placed: int, changeable: bool
) -> None:
    slot = make_slot(scope.session, **facts)
    for _ in range(placed):
        leader = make_leader(scope.session, cohort=slot.opportunity.partner.cohort)
        make_placement(scope.session, leader=leader, slot=slot)
    assert day_details(scope, slot.partner_id, slot.id, now=NOON).changeable is changeable


def test_the_coordinators_of_the_cohort_are_named_and_viewers_are_not(scope: Scope) -> None:
    partner = make_partner(scope.session)
    chloe = make_user(scope.session, name="Chloe", email="chloe@programme.example")
    make_coordinator(scope.session, cohort=partner.cohort, user=chloe)
    make_coordinator(scope.session, cohort=partner.cohort, role="viewer")
    make_coordinator(scope.session)
    (contact,) = days_of_partner(scope, partner.id, now=NOON).coordinators
    assert (contact.name, contact.email) == ("Chloe", "chloe@programme.example")


def test_a_closed_cohort_says_why_no_day_can_be_added(scope: Scope) -> None:
    cohort = make_cohort(scope.session, preferences_close_at=NOON)
    partner = make_partner(scope.session, cohort=cohort)
    assert days_of_partner(scope, partner.id, now=NOON - HOUR).closed is None
    closed = days_of_partner(scope, partner.id, now=NOON).closed
    assert closed == "Choices closed on Tuesday 12 January 2027, 12pm (midday)."


def test_foreign_and_absent_days_do_not_exist(scope: Scope) -> None:
    mine, foreign = make_slot(scope.session), make_slot(scope.session)
    me = Scope.of_user(scope.session, mine.opportunity.partner.user_id)
    for partner_id, slot_id in (
        (foreign.partner_id, foreign.id),
        (mine.partner_id, foreign.id),
        (mine.partner_id, 0),
        (0, mine.id),
    ):
        with pytest.raises(NotFound):
            day_details(me, partner_id, slot_id, now=NOON)
    with pytest.raises(NotFound):
        days_of_partner(me, foreign.partner_id, now=NOON)
