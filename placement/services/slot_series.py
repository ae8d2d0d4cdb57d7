"""Several days of one opportunity, offered in one go: all of them or none."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from placement.domain.day_errors import DaysRefused, SlotTwiceInList
from placement.domain.errors import SlotRefused
from placement.domain.text import day_in_words
from placement.models import Opportunity, Slot
from placement.services.cohorts import hold_cohort
from placement.services.scope import Scope
from placement.services.slots import (
    SlotFacts,
    offer_slot,
    refuse_closed,
    refuse_impossible,
    refuse_offered,
)

Fault = tuple[datetime, SlotRefused]


def offer_slots(
    scope: Scope, partner_id: int, opportunity_id: int, *, days: Sequence[SlotFacts], now: datetime
) -> list[Slot]:
    """Add `days` on which an opportunity of the partner takes place; where one cannot be, none is added.

    Raises
    ------
    DaysRefused
        At least one of the days cannot be offered; its `faults` name each with the reason.
    OfferingClosed
        Days can no longer be added.

    """
    hold_cohort(scope.session, scope.partner(partner_id).cohort_id)
    check_slots(scope, partner_id, opportunity_id, days=days, now=now)
    return [offer_slot(scope, partner_id, opportunity_id, facts=facts, now=now) for facts in days]


def check_slots(
    scope: Scope, partner_id: int, opportunity_id: int, *, days: Sequence[SlotFacts], now: datetime
) -> None:
    """Refuse what `offer_slots` would refuse, and save nothing."""
    partner = scope.partner(partner_id)
    opportunity = scope.opportunity_of(partner, opportunity_id)
    refuse_closed(scope, partner.cohort, now=now)
    if faults := list(_faults(_known(scope, opportunity, days), days, now=now)):
        raise DaysRefused(faults, of=len(days))


def _faults(known: Mapping[datetime, Slot], days: Sequence[SlotFacts], *, now: datetime) -> Iterator[Fault]:
    seen: set[datetime] = set()
    for facts in days:
        try:
            if facts.starts_at in seen:
                raise SlotTwiceInList(day=day_in_words(facts.starts_at))
            refuse_impossible(facts, now=now)
            refuse_offered(known.get(facts.starts_at), facts)
        except SlotRefused as refused:
            yield facts.starts_at, refused
        seen.add(facts.starts_at)


def _known(scope: Scope, opportunity: Opportunity, days: Sequence[SlotFacts]) -> dict[datetime, Slot]:
    """The days that the opportunity has at these starts."""
    starts = [facts.starts_at for facts in days]
    query = select(Slot).where(Slot.opportunity_id == opportunity.id, Slot.starts_at.in_(starts))
    return {slot.starts_at: slot for slot in scope.session.scalars(query)}
