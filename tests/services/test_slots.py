"""A partner's days: offering, changing, withdrawing, and what is refused."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.db import unit_of_work
from placement.domain.errors import (
    MinimumAboveCapacity,
    NotFound,
    OfferingClosed,
    PlacesOutOfRange,
    SlotChangedMeanwhile,
    SlotEndsBeforeStart,
    SlotHasVisitors,
    SlotInPast,
    SlotOfferedTwice,
    SlotOver,
    SlotRefused,
    SlotTooFarAhead,
)
from placement.domain.text import london_to_utc
from placement.models import AuditEvent, Opportunity, Slot
from placement.services import slots
from placement.services.scope import Scope
from placement.services.slots import SlotFacts
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_leader, make_partner
from tests.factories.placements import make_placement
from tests.factories.programmes import make_cohort
from tests.factories.runs import make_run

NOON = datetime(2027, 1, 12, 12, 0, tzinfo=UTC)
FACTS = SlotFacts(
    starts_at=london_to_utc(date(2027, 3, 3), time(9, 30)),
    ends_at=london_to_utc(date(2027, 3, 3), time(15, 0)),
    capacity=4,
    minimum=2,
)


def facts(**other: Any) -> SlotFacts:
    return replace(FACTS, **other)


def offer(scope: Scope, opportunity: Opportunity, **other: Any) -> Slot:
    return slots.offer_slot(scope, opportunity.partner_id, opportunity.id, facts=facts(**other), now=NOON)


def verbs(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.verb).order_by(AuditEvent.id)))


def test_an_offered_day_is_open_with_the_next_reference_of_its_cohort(scope: Scope) -> None:
    opportunity = make_opportunity(scope.session)
    make_slot(scope.session, opportunity=opportunity, reference="SLOT037")
    slot = offer(scope, opportunity)
    scope.session.expire(slot)
    assert (slot.reference, slot.status, slot.capacity, slot.minimum) == ("SLOT038", "open", 4, 2)
    assert (slot.starts_at, slot.ends_at, slot.taken) == (FACTS.starts_at, FACTS.ends_at, 0)
    assert (slot.cohort_id, slot.partner_id) == (opportunity.cohort_id, opportunity.partner_id)
    assert verbs(scope.session) == ["offer_slot"]


def test_the_same_start_twice_is_refused_and_names_the_day_that_is_there(scope: Scope) -> None:
    opportunity = make_opportunity(scope.session, title="Soup kitchen")
    slot = offer(scope, opportunity)
    with pytest.raises(SlotOfferedTwice, match="“Soup kitchen” on Wednesday 3 March 2027 at 9:30am") as same:
        offer(scope, opportunity)
    with pytest.raises(SlotOfferedTwice) as other:
        offer(scope, opportunity, capacity=5)
    assert (same.value.facts["slot_id"], same.value.facts["identical"]) == (slot.id, True)
    assert (other.value.facts["slot_id"], other.value.facts["identical"]) == (slot.id, False)


def test_two_opportunities_may_start_at_the_same_time(scope: Scope) -> None:
    partner = make_partner(scope.session)
    first, second = (make_opportunity(scope.session, partner=partner) for _ in range(2))
    assert offer(scope, first).id != offer(scope, second).id


def test_a_withdrawn_day_is_opened_again_by_offering_its_start(scope: Scope) -> None:
    opportunity = make_opportunity(scope.session)
    slot = offer(scope, opportunity)
    slots.withdraw_slot(scope, slot.partner_id, slot.id, seen=slots.version_of(slot), now=NOON)
    again = offer(scope, opportunity, capacity=6)
    assert (again.id, again.status, again.capacity) == (slot.id, "open", 6)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"starts_at": NOON - timedelta(minutes=1)}, SlotInPast),
        ({"starts_at": NOON}, SlotInPast),
        (
            {"starts_at": FACTS.starts_at.replace(year=2207), "ends_at": FACTS.ends_at.replace(year=2207)},
            SlotTooFarAhead,
        ),
        ({"ends_at": FACTS.starts_at}, SlotEndsBeforeStart),
        ({"ends_at": FACTS.starts_at - timedelta(hours=1)}, SlotEndsBeforeStart),
        ({"capacity": 2, "minimum": 3}, MinimumAboveCapacity),
        ({"capacity": 0, "minimum": 0}, PlacesOutOfRange),
        ({"minimum": 0}, PlacesOutOfRange),
        ({"capacity": 201}, PlacesOutOfRange),
        ({"capacity": 10**12}, PlacesOutOfRange),
    ],
)
def test_an_impossible_day_is_refused_by_its_own_rule_and_not_kept(
    scope: Scope, changed: dict[str, Any], error: type[SlotRefused]
) -> None:
    opportunity = make_opportunity(scope.session)
    with pytest.raises(error):
        offer(scope, opportunity, **changed)
    assert scope.session.scalars(select(Slot)).all() == []


def test_days_are_not_taken_after_choices_have_closed(scope: Scope) -> None:
    closed = make_cohort(scope.session, preferences_close_at=NOON)
    opportunity = make_opportunity(scope.session, cohort=closed)
    with pytest.raises(
        OfferingClosed, match=r"Choices closed on Tuesday 12 January 2027.* ask your coordinator"
    ):
        offer(scope, opportunity)


def test_days_are_not_taken_after_places_were_decided(scope: Scope) -> None:
    opportunity = make_opportunity(scope.session)
    cohort = opportunity.partner.cohort
    make_run(scope.session, cohort=cohort, status="confirmed", confirmed_at=NOON - timedelta(days=1))
    with pytest.raises(OfferingClosed, match="when places were decided, on Monday 11 January 2027"):
        offer(scope, opportunity)


def test_a_partner_reaches_only_its_own_opportunities_and_days(scope: Scope) -> None:
    mine, foreign = make_opportunity(scope.session), make_opportunity(scope.session)
    slot = make_slot(scope.session, opportunity=foreign)
    me = Scope.of_user(scope.session, mine.partner.user_id)
    seen = slots.version_of(slot)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: slots.offer_slot(me, foreign.partner_id, foreign.id, facts=FACTS, now=NOON),
        lambda: slots.offer_slot(me, mine.partner_id, foreign.id, facts=FACTS, now=NOON),
        lambda: slots.change_places(me, mine.partner_id, slot.id, capacity=9, minimum=1, seen=seen, now=NOON),
        lambda: slots.withdraw_slot(me, mine.partner_id, slot.id, seen=seen, now=NOON),
        lambda: slots.withdraw_slot(me, foreign.partner_id, slot.id, seen=seen, now=NOON),
    )
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()
    assert verbs(scope.session) == []


def test_places_change_while_nobody_is_confirmed(scope: Scope) -> None:
    slot = make_slot(scope.session)
    seen = slots.version_of(slot)
    slots.change_places(scope, slot.partner_id, slot.id, capacity=8, minimum=3, seen=seen, now=NOON)
    scope.session.expire(slot)
    assert (slot.capacity, slot.minimum) == (8, 3)
    assert verbs(scope.session) == ["change_places"]


def test_saving_the_same_places_again_leaves_no_trace(scope: Scope) -> None:
    slot = make_slot(scope.session, capacity=4, minimum=1)
    seen = slots.version_of(slot)
    slots.change_places(scope, slot.partner_id, slot.id, capacity=4, minimum=1, seen=seen, now=NOON)
    assert verbs(scope.session) == []


def test_a_second_tab_cannot_overwrite_what_the_first_saved(scope: Scope) -> None:
    slot = make_slot(scope.session)
    seen = slots.version_of(slot)
    slots.change_places(scope, slot.partner_id, slot.id, capacity=8, minimum=3, seen=seen, now=NOON)
    with pytest.raises(SlotChangedMeanwhile):
        slots.change_places(scope, slot.partner_id, slot.id, capacity=2, minimum=1, seen=seen, now=NOON)
    with pytest.raises(SlotChangedMeanwhile):
        slots.withdraw_slot(scope, slot.partner_id, slot.id, seen=seen, now=NOON)
    assert (slot.capacity, slot.minimum, slot.status) == (8, 3, "open")


def test_withdrawing_twice_is_harmless(scope: Scope) -> None:
    slot = make_slot(scope.session)
    seen = slots.version_of(slot)
    for _ in range(2):
        assert slots.withdraw_slot(scope, slot.partner_id, slot.id, seen=seen, now=NOON).status == "withdrawn"
    assert verbs(scope.session) == ["withdraw_slot"]


def test_a_day_with_people_on_it_is_the_coordinators_to_change(scope: Scope) -> None:
    slot = make_slot(scope.session)
    leader = make_leader(scope.session, cohort=slot.opportunity.partner.cohort)
    make_placement(scope.session, leader=leader, slot=slot)
    seen = slots.version_of(slot)
    with pytest.raises(SlotHasVisitors, match="ask your coordinator"):
        slots.change_places(scope, slot.partner_id, slot.id, capacity=9, minimum=1, seen=seen, now=NOON)
    with pytest.raises(SlotHasVisitors, match="ask your coordinator"):
        slots.withdraw_slot(scope, slot.partner_id, slot.id, seen=seen, now=NOON)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"status": "withdrawn"}, "has been withdrawn"),
        ({"starts_at": NOON - timedelta(hours=1)}, "has begun or is over"),
        ({"starts_at": NOON}, "has begun or is over"),
    ],
)
def test_a_day_that_is_over_stays_as_it_is(scope: Scope, facts: dict[str, Any], said: str) -> None:
    slot = make_slot(scope.session, **facts)
    seen = slots.version_of(slot)
    with pytest.raises(SlotOver, match=said):
        slots.change_places(scope, slot.partner_id, slot.id, capacity=9, minimum=1, seen=seen, now=NOON)


@pytest.mark.parametrize(("capacity", "minimum"), [(0, 0), (1, 2), (201, 1), (3, -1)])
def test_impossible_places_are_refused(scope: Scope, capacity: int, minimum: int) -> None:
    slot = make_slot(scope.session, capacity=4, minimum=1)
    seen = slots.version_of(slot)
    with pytest.raises(SlotRefused):
        slots.change_places(
            scope, slot.partner_id, slot.id, capacity=capacity, minimum=minimum, seen=seen, now=NOON
        )
    assert (slot.capacity, slot.minimum) == (4, 1)


def test_days_offered_at_the_same_moment_get_references_of_their_own(app: Flask) -> None:
    with unit_of_work() as session:
        cohort = make_cohort(session)
        opportunities = [make_opportunity(session, cohort=cohort) for _ in range(4)]
        keys = [(opportunity.partner_id, opportunity.id) for opportunity in opportunities]
    failures = run_together([partial(offer_in_own_thread, app, *key) for key in keys])
    with unit_of_work() as session:
        references = sorted(session.scalars(select(Slot.reference)))
    assert failures == []
    assert references == ["SLOT001", "SLOT002", "SLOT003", "SLOT004"]


def test_a_form_sent_twice_at_the_same_moment_makes_one_day(app: Flask) -> None:
    with unit_of_work() as session:
        opportunity = make_opportunity(session)
        key = opportunity.partner_id, opportunity.id
    failures = run_together([lambda: offer_in_own_thread(app, *key)] * 3)
    with unit_of_work() as session:
        assert len(session.scalars(select(Slot)).all()) == 1
    assert [type(failure) for failure in failures] == [SlotOfferedTwice] * 2


def offer_in_own_thread(app: Flask, partner_id: int, opportunity_id: int) -> None:
    with app.app_context(), unit_of_work() as session:
        slots.offer_slot(Scope.system(session), partner_id, opportunity_id, facts=FACTS, now=NOON)


def run_together(works: Sequence[Callable[[], None]]) -> list[SlotRefused]:
    """Do all works in threads of their own that start together; what they raised."""
    start = threading.Barrier(len(works))
    failures: list[SlotRefused] = []

    def run(work: Callable[[], None]) -> None:
        start.wait()
        try:
            work()
        except SlotRefused as refused:
            failures.append(refused)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures
