"""What a partner can take over all its days: the rule of the match, and the rest between days."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from placement.domain.day_errors import DaysRefused, LimitBelowPlaced, LimitOutOfRange
from placement.domain.errors import NotFound
from placement.domain.matching import solve
from placement.domain.offer_errors import OfferChangedMeanwhile
from placement.domain.repair import what_breaks
from placement.domain.text import london_to_utc
from placement.models import AuditEvent, Partner
from placement.services.match_problem import build_problem
from placement.services.partner_limits import (
    Limits,
    change_limits,
    change_own_limits,
    limits_in,
    own_limits,
)
from placement.services.reports.rules import cohort_rules
from placement.services.rest import too_near
from placement.services.scope import Scope
from placement.services.slot_series import offer_slots
from placement.services.slots import SlotFacts
from placement.web.deciding import rule_sentences
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_coordinator, make_leader, make_partner
from tests.factories.placements import make_placement
from tests.factories.programmes import make_cohort

NOON = datetime(2027, 1, 12, 12, 0, tzinfo=UTC)
MARCH = datetime(2027, 3, 3, 9, 30, tzinfo=UTC)


def limit(scope: Scope, partner: Partner, most: int | None, rest: int | None = None) -> None:
    seen = own_limits(scope, partner.id).version
    change_own_limits(scope, partner.id, limits=Limits(most, rest), seen=seen, now=NOON)


def on(day: date) -> SlotFacts:
    return SlotFacts(london_to_utc(day, time(9, 30)), london_to_utc(day, time(15)), 4, 2)


def test_no_more_are_placed_at_a_partner_than_it_has_room_for_over_all_its_days(scope: Scope) -> None:
    cohort = make_cohort(scope.session, place_unranked=True)
    partner = make_partner(scope.session, cohort=cohort, name="Seaport Choir")
    opportunity = make_opportunity(scope.session, partner=partner)
    for number in range(2):
        make_slot(
            scope.session,
            opportunity=opportunity,
            starts_at=MARCH + timedelta(days=number),
            capacity=3,
            minimum=1,
        )
    for _ in range(5):
        make_leader(scope.session, cohort=cohort)
    for most, placed in ((None, 5), (2, 2)):
        limit(scope, partner, most)
        problem = build_problem(scope.session, cohort, objective="generous", seed="s", now=NOON)
        assert len(solve(problem, clock=lambda: 0.0).assignments) == placed
    assert dict(problem.rules.partner_capacity) == {"Seaport Choir": 2}
    words = rule_sentences(cohort_rules(scope, cohort.id, now=NOON))
    assert "No more than 2 places are given at Seaport Choir, over all its days." in words


def test_days_that_are_over_count_towards_the_limit(scope: Scope) -> None:
    cohort = make_cohort(scope.session)
    opportunity = make_opportunity(scope.session, cohort=cohort)
    past = make_slot(scope.session, opportunity=opportunity, starts_at=NOON - timedelta(days=7))
    make_slot(scope.session, opportunity=opportunity, starts_at=MARCH)
    make_placement(scope.session, slot=past, leader=make_leader(scope.session, cohort=cohort))
    make_leader(scope.session, cohort=cohort)
    limit(scope, opportunity.partner, 3)
    problem = build_problem(scope.session, cohort, objective="generous", seed="s", now=NOON)
    assert dict(problem.rules.partner_capacity) == {opportunity.partner.name: 2}


def test_a_limit_below_what_is_placed_is_refused_and_one_at_it_is_kept(scope: Scope) -> None:
    slot = make_slot(scope.session, starts_at=MARCH)
    partner = slot.opportunity.partner
    for _ in range(2):
        make_placement(
            scope.session,
            slot=slot,
            leader=make_leader(scope.session, cohort=slot.opportunity.partner.cohort),
        )
    with pytest.raises(LimitBelowPlaced, match="2 places at this partner are given already"):
        limit(scope, partner, 1)
    limit(scope, partner, 2)
    assert own_limits(scope, partner.id).limits == Limits(2, None)
    events = scope.session.scalars(select(AuditEvent).where(AuditEvent.verb == "change_limits")).all()
    assert [event.facts for event in events] == [{"capacity_overall": 2, "rest_days": None}]
    problem = build_problem(
        scope.session, partner.cohort, objective="generous", seed="s", now=NOON, kind="repair"
    )
    partner.capacity_overall = 1
    scope.session.flush()
    tighter = build_problem(
        scope.session, partner.cohort, objective="generous", seed="s", now=NOON, kind="repair"
    )
    standing = sorted(problem.confirmed)
    assert "partner_capacity" not in [one.rule for one in what_breaks(problem, standing)]
    assert "partner_capacity" in [one.rule for one in what_breaks(tighter, standing)]


@pytest.mark.parametrize("limits", [Limits(0, None), Limits(1001, None), Limits(None, 0), Limits(None, 61)])
def test_limits_that_cannot_be_are_refused(scope: Scope, limits: Limits) -> None:
    partner = make_partner(scope.session)
    with pytest.raises(LimitOutOfRange):
        change_own_limits(
            scope, partner.id, limits=limits, seen=own_limits(scope, partner.id).version, now=NOON
        )


def test_an_older_page_saves_nothing_and_nobody_else_changes_limits(scope: Scope) -> None:
    partner = make_partner(scope.session)
    seen = own_limits(scope, partner.id).version
    limit(scope, partner, 6)
    with pytest.raises(OfferChangedMeanwhile):
        change_own_limits(scope, partner.id, limits=Limits(9, None), seen=seen, now=NOON)
    other = Scope.of_user(scope.session, make_partner(scope.session).user_id)
    with pytest.raises(NotFound):
        own_limits(other, partner.id)
    with pytest.raises(NotFound):
        change_limits(other, partner.cohort_id, partner.id, limits=Limits(9, 1), seen=seen, now=NOON)
    coordinator = make_coordinator(scope.session, cohort=partner.cohort)
    theirs = Scope.of_user(scope.session, coordinator.user_id)
    page = limits_in(theirs, partner.cohort_id, partner.id)
    change_limits(theirs, partner.cohort_id, partner.id, limits=Limits(9, 1), seen=page.version, now=NOON)
    assert own_limits(scope, partner.id).limits == Limits(9, 1)


def test_a_day_inside_the_rest_is_refused_at_its_date(scope: Scope) -> None:
    opportunity = make_opportunity(scope.session)
    limit(scope, opportunity.partner, None, 2)
    make_slot(scope.session, opportunity=opportunity, starts_at=MARCH)
    days = [on(date(2027, 3, day)) for day in (5, 6, 8)]
    with pytest.raises(DaysRefused) as wrong:
        offer_slots(scope, opportunity.partner_id, opportunity.id, days=days, now=NOON)
    assert [str(fault) for _, fault in wrong.value.faults] == [
        f"{day} is too near to {other}: you ask for 2 days between two of your days. "
        "Choose another date, or change that in “Your limits”."
        for day, other in (
            ("Friday 5 March 2027", "Wednesday 3 March 2027"),
            ("Saturday 6 March 2027", "Friday 5 March 2027"),
            ("Monday 8 March 2027", "Saturday 6 March 2027"),
        )
    ]
    apart = [on(date(2027, 3, day)) for day in (6, 9)]
    assert len(offer_slots(scope, opportunity.partner_id, opportunity.id, days=apart, now=NOON)) == 2


def test_days_that_stand_closer_than_the_rest_are_found_and_those_of_one_date_are_one(scope: Scope) -> None:
    opportunity = make_opportunity(scope.session)
    for hours in (0, 3, 48, 96):
        make_slot(scope.session, opportunity=opportunity, starts_at=MARCH + timedelta(hours=hours))
    cohort = opportunity.partner.cohort
    assert too_near(scope.session, cohort, now=NOON) == ()
    limit(scope, opportunity.partner, None, 1)
    assert too_near(scope.session, cohort, now=NOON) == ()
    limit(scope, opportunity.partner, None, 2)
    found = too_near(scope.session, cohort, now=NOON)
    assert [(one.first, one.second) for one in found] == [
        (MARCH, MARCH + timedelta(hours=48)),
        (MARCH + timedelta(hours=48), MARCH + timedelta(hours=96)),
    ]
