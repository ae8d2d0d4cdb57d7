"""Several days of one opportunity, offered in one go: all of them or none."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from placement.domain.day_errors import DaysRefused, SlotTooNear, SlotTwiceInList
from placement.domain.errors import SlotRefused
from placement.domain.text import day_in_words, to_london
from placement.models import Opportunity, Partner, Slot
from placement.services.cohorts import hold_cohort
from placement.services.rest import near, open_dates
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
    known = _known(scope, opportunity, days)
    faults = [*_faults(known, days, now=now), *_near_faults(scope, partner, days)]
    if faults:
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


def _near_faults(scope: Scope, partner: Partner, days: Sequence[SlotFacts]) -> Iterator[Fault]:
    """Which days lie closer to another, standing or earlier in the list, than the partner wants."""
    if (rest := partner.rest_days) is None:
        return
    taken = open_dates(scope.session, partner)
    for facts in days:
        day = to_london(facts.starts_at).date()
        if day not in taken and (other := near(day, taken, rest)) is not None:
            words = {"day": day_in_words(facts.starts_at), "other": f"{other:%A} {other.day} {other:%B %Y}"}
            yield (
                facts.starts_at,
                SlotTooNear(**words, rest="1 day" if rest == 1 else f"{rest} days"),
            )
        taken.add(day)


def _known(scope: Scope, opportunity: Opportunity, days: Sequence[SlotFacts]) -> dict[datetime, Slot]:
    """The days that the opportunity has at these starts."""
    starts = [facts.starts_at for facts in days]
    query = select(Slot).where(Slot.opportunity_id == opportunity.id, Slot.starts_at.in_(starts))
    return {slot.starts_at: slot for slot in scope.session.scalars(query)}
