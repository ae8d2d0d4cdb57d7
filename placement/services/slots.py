"""The days that partners offer: adding one, changing its number of places, withdrawing it.

Whatever changes a day holds its cohort first, so that nothing slips in beside the confirmation of a run and
no two days are given the same reference.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.errors import (
    MinimumAboveCapacity,
    OfferingClosed,
    PlacesOutOfRange,
    SlotChangedMeanwhile,
    SlotEndsBeforeStart,
    SlotHasVisitors,
    SlotInPast,
    SlotOfferedTwice,
    SlotOver,
    SlotTooFarAhead,
)
from placement.domain.references import next_reference
from placement.domain.text import day_in_words, time_in_words, to_london
from placement.models import Cohort, Opportunity, Slot
from placement.services import audit
from placement.services.cohorts import hold_cohort
from placement.services.preferences import window_of
from placement.services.scope import Scope

FIRST_REFERENCE = "SLOT001"
LARGEST_CAPACITY = 200
YEARS_AHEAD = 5


@dataclass(frozen=True)
class SlotFacts:
    """What a partner says of a day: aware moments, and for how many leaders it is."""

    starts_at: datetime
    ends_at: datetime
    capacity: int
    minimum: int


def offer_slot(
    scope: Scope, partner_id: int, opportunity_id: int, *, facts: SlotFacts, now: datetime
) -> Slot:
    """Add a day on which an opportunity of the partner takes place.

    A withdrawn day with the same start is opened again with these facts, because an opportunity has one
    day for each start.

    Raises
    ------
    SlotRefused
        One of its subclasses: the facts are impossible, the start is taken, or days can no longer be added.

    """
    partner = scope.partner(partner_id)
    hold_cohort(scope.session, partner.cohort_id)
    opportunity = scope.opportunity_of(partner, opportunity_id)
    refuse_closed(scope, partner.cohort, now=now)
    refuse_impossible(facts, now=now)
    withdrawn = _twin(scope.session, opportunity, facts)
    refuse_offered(withdrawn, facts)
    slot = _new_slot(scope.session, opportunity, facts) if withdrawn is None else _reopened(withdrawn, facts)
    opportunity.renewed_at = now  # who adds a day says that the offer holds
    scope.session.flush()
    _record(scope, "offer_slot", slot, now)
    return slot


def change_places(
    scope: Scope, partner_id: int, slot_id: int, *, capacity: int, minimum: int, seen: str, now: datetime
) -> Slot:
    """Change for how many leaders a day is, while nobody is confirmed on it.

    `seen` is the `version_of` the day that the partner looked at; raises a subclass of `SlotRefused`.
    """
    slot = _changeable(scope, partner_id, slot_id, seen=seen, now=now)
    refuse_places(capacity, minimum)
    if (slot.capacity, slot.minimum) != (capacity, minimum):
        slot.capacity, slot.minimum = capacity, minimum
        slot.opportunity.renewed_at = now
        scope.session.flush()
        _record(scope, "change_places", slot, now)
    return slot


def withdraw_slot(scope: Scope, partner_id: int, slot_id: int, *, seen: str, now: datetime) -> Slot:
    """Take a day back, while nobody is confirmed on it; doing so twice is harmless.

    `seen` is the `version_of` the day that the partner looked at; raises a subclass of `SlotRefused`.
    """
    partner = scope.partner(partner_id)
    hold_cohort(scope.session, partner.cohort_id)
    if (slot := scope.slot_of(partner, slot_id)).status == "withdrawn":
        return slot
    slot = _changeable(scope, partner_id, slot_id, seen=seen, now=now)
    slot.status = "withdrawn"
    scope.session.flush()
    _record(scope, "withdraw_slot", slot, now)
    return slot


def version_of(slot: Slot) -> str:
    """What a page shows of a changeable day; a form sends it back, so that an old page is noticed."""
    hours = f"{slot.starts_at:%Y%m%dT%H%M}-{slot.ends_at:%Y%m%dT%H%M}"
    where = sha256(slot.joining_link.encode()).hexdigest()[:8] if slot.joining_link else "site"
    return f"{slot.status}-{slot.offered_capacity}-{slot.minimum}-{hours}-{where}"


def version_with_people(slot: Slot, leaders: Iterable[int]) -> str:
    """The same with who is confirmed on the day, for what concerns them: the ids of their leaders."""
    there = ",".join(str(leader) for leader in sorted(leaders))
    return f"{version_of(slot)}-{sha256(there.encode()).hexdigest()[:12]}"


def closed_reason(scope: Scope, cohort: Cohort, *, now: datetime) -> str | None:
    """Why partners can add no more days to `cohort`, as a sentence; None while they can.

    Days are taken for as long as leaders can rank them: one that comes later nobody would have chosen.
    """
    closed = window_of(scope.session, cohort, now=now).closed
    return None if closed is None else f"Choices closed {closed}."


def refuse_closed(scope: Scope, cohort: Cohort, *, now: datetime) -> None:
    """Raise `OfferingClosed` once partners can add no more days."""
    if (reason := closed_reason(scope, cohort, now=now)) is not None:
        raise OfferingClosed(reason=reason)


def refuse_impossible(facts: SlotFacts, *, now: datetime) -> None:
    """Raise the subclass of `SlotRefused` for a day that cannot be: gone by, backwards, for nobody."""
    refuse_hours(facts.starts_at, facts.ends_at, now=now)
    refuse_places(facts.capacity, facts.minimum)


def refuse_hours(starts_at: datetime, ends_at: datetime, *, now: datetime) -> None:
    """Raise the subclass of `SlotRefused` for hours that cannot be: gone by, too far ahead, backwards."""
    if starts_at <= now:
        raise SlotInPast(day=day_in_words(starts_at), time=time_in_words(starts_at))
    if (year := to_london(starts_at).year) > to_london(now).year + YEARS_AHEAD:
        raise SlotTooFarAhead(year=year)
    if ends_at <= starts_at:
        raise SlotEndsBeforeStart


def refuse_places(capacity: int, minimum: int) -> None:
    """Raise the subclass of `SlotRefused` for a day for nobody or a crowd, or with too high a minimum."""
    if not (1 <= capacity <= LARGEST_CAPACITY and minimum >= 1):
        raise PlacesOutOfRange(largest=LARGEST_CAPACITY)
    if minimum > capacity:
        raise MinimumAboveCapacity(capacity=capacity)


def refuse_offered(twin: Slot | None, facts: SlotFacts) -> None:
    """Raise `SlotOfferedTwice` where the opportunity has an open day, `twin`, with the same start."""
    if twin is not None and twin.status == "open":
        raise SlotOfferedTwice(
            slot_id=twin.id,
            identical=(twin.ends_at, twin.capacity, twin.minimum)
            == (facts.ends_at, facts.capacity, facts.minimum),
            title=twin.opportunity.title,
            day=day_in_words(twin.starts_at),
            time=time_in_words(twin.starts_at),
        )


def _twin(session: Session, opportunity: Opportunity, facts: SlotFacts) -> Slot | None:
    """The day of the opportunity with the same start, whether it stands or was withdrawn."""
    query = select(Slot).where(Slot.opportunity_id == opportunity.id, Slot.starts_at == facts.starts_at)
    return session.scalars(query).one_or_none()


def _changeable(scope: Scope, partner_id: int, slot_id: int, *, seen: str, now: datetime) -> Slot:
    partner = scope.partner(partner_id)
    hold_cohort(scope.session, partner.cohort_id)
    slot = scope.slot_of(partner, slot_id)
    if slot.taken > 0:
        raise SlotHasVisitors
    if slot.status == "withdrawn":
        raise SlotOver(state="has been withdrawn")
    if slot.starts_at <= now:
        raise SlotOver(state="has begun or is over")
    if version_of(slot) != seen:
        raise SlotChangedMeanwhile
    return slot


def _new_slot(session: Session, opportunity: Opportunity, facts: SlotFacts) -> Slot:
    taken = session.execute(
        select(Slot.reference, Slot.partner_id).where(Slot.cohort_id == opportunity.cohort_id)
    ).all()
    slot = Slot(
        cohort_id=opportunity.cohort_id,
        partner_id=opportunity.partner_id,
        opportunity_id=opportunity.id,
        reference=next_reference(
            [reference for reference, _ in taken],
            own=[reference for reference, partner_id in taken if partner_id == opportunity.partner_id],
            first=FIRST_REFERENCE,
        ),
        starts_at=facts.starts_at,
        ends_at=facts.ends_at,
        capacity=facts.capacity,
        minimum=facts.minimum,
        status="open",
    )
    session.add(slot)
    return slot


def _reopened(slot: Slot, facts: SlotFacts) -> Slot:
    slot.ends_at, slot.capacity, slot.minimum = facts.ends_at, facts.capacity, facts.minimum
    slot.status = "open"
    return slot


def _record(scope: Scope, verb: str, slot: Slot, now: datetime) -> None:
    audit.record(
        scope,
        verb,
        f"slot:{slot.id}",
        at=now,
        cohort_id=slot.cohort_id,
        capacity=slot.capacity,
        minimum=slot.minimum,
        status=slot.status,
    )
