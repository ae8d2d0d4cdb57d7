"""Several days offered in one go: all or none, with each fault at its date."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from placement.domain.day_errors import DaysRefused
from placement.domain.errors import NotFound, OfferingClosed
from placement.domain.text import london_to_utc
from placement.models import AuditEvent, Opportunity, Slot
from placement.services.scope import Scope
from placement.services.slot_series import check_slots, offer_slots
from placement.services.slots import SlotFacts
from tests.factories.opportunities import make_opportunity
from tests.factories.programmes import make_cohort

NOON = datetime(2027, 1, 12, 12, 0, tzinfo=UTC)


def on(day: date, *, capacity: int = 4) -> SlotFacts:
    return SlotFacts(london_to_utc(day, time(9, 30)), london_to_utc(day, time(15)), capacity, 2)


MARCH = [on(date(2027, 3, 3) + timedelta(weeks=number)) for number in range(3)]


def offer(scope: Scope, opportunity: Opportunity, days: list[SlotFacts]) -> list[Slot]:
    return offer_slots(scope, opportunity.partner_id, opportunity.id, days=days, now=NOON)


def kept(scope: Scope) -> list[Slot]:
    return list(scope.session.scalars(select(Slot).order_by(Slot.starts_at)))


def test_each_of_several_days_is_open_with_a_reference_of_its_own(scope: Scope) -> None:
    offered = offer(scope, make_opportunity(scope.session), MARCH)
    assert [slot.starts_at for slot in kept(scope)] == [facts.starts_at for facts in MARCH]
    assert len({slot.reference for slot in offered}) == 3
    assert {slot.status for slot in offered} == {"open"}
    assert list(scope.session.scalars(select(AuditEvent.verb))) == ["offer_slot"] * 3


def test_one_day_that_cannot_be_keeps_all_others_back(scope: Scope) -> None:
    opportunity = make_opportunity(scope.session, title="Soup kitchen")
    offer(scope, opportunity, MARCH[:1])
    past = on(date(2027, 1, 6))
    with pytest.raises(DaysRefused, match="2 of 4 days cannot be offered, so none was saved") as wrong:
        offer(scope, opportunity, [past, *MARCH])
    assert [(starts_at, fault.code) for starts_at, fault in wrong.value.faults] == [
        (past.starts_at, "slot_in_past"),
        (MARCH[0].starts_at, "slot_offered_twice"),
    ]
    assert len(kept(scope)) == 1


def test_a_date_that_is_there_twice_is_named(scope: Scope) -> None:
    with pytest.raises(DaysRefused) as wrong:
        offer(scope, make_opportunity(scope.session), [*MARCH, MARCH[1]])
    ((_, fault),) = wrong.value.faults
    assert str(fault) == "Wednesday 10 March 2027 is there twice. Take one of them away."
    assert kept(scope) == []


def test_checking_says_what_saving_would_say_and_saves_nothing(scope: Scope) -> None:
    opportunity = make_opportunity(scope.session)
    check_slots(scope, opportunity.partner_id, opportunity.id, days=MARCH, now=NOON)
    assert kept(scope) == []
    with pytest.raises(DaysRefused):
        check_slots(
            scope, opportunity.partner_id, opportunity.id, days=[replace(MARCH[0], minimum=5)], now=NOON
        )


def test_a_withdrawn_day_among_them_is_opened_again(scope: Scope) -> None:
    opportunity = make_opportunity(scope.session)
    offer(scope, opportunity, MARCH)[1].status = "withdrawn"
    scope.session.flush()
    (again,) = offer(scope, opportunity, [on(date(2027, 3, 10), capacity=6)])
    assert (again.status, again.capacity, len(kept(scope))) == ("open", 6, 3)


def test_nothing_is_taken_once_choices_have_closed_or_of_another_partner(scope: Scope) -> None:
    closed = make_opportunity(scope.session, cohort=make_cohort(scope.session, preferences_close_at=NOON))
    with pytest.raises(OfferingClosed):
        offer(scope, closed, MARCH)
    mine, foreign = make_opportunity(scope.session), make_opportunity(scope.session)
    me = Scope.of_user(scope.session, mine.partner.user_id)
    for partner_id in (mine.partner_id, foreign.partner_id):
        with pytest.raises(NotFound):
            offer_slots(me, partner_id, foreign.id, days=MARCH, now=NOON)
    assert kept(scope) == []
