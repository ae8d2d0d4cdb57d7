"""The slots of a cohort as a match sees them: in groups, each of which one fact rules out for a leader.

A thousand leaders meet four hundred slots. To ask of each pair what stands against it takes half a second; to
join the groups that a leader cannot be given, some hundredths of one.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import TypeVar

from placement.domain.eligibility import LeaderFacts, OfferFacts, is_too_far, reasons_against
from placement.domain.geo import Position, distance_km
from placement.domain.text import to_london
from placement.models import Leader, Opportunity, Site, Slot
from placement.services.event_hours import Hours

Key = TypeVar("Key", bound=Hashable)
References = frozenset[str]


class Offers:
    """The slots of a cohort, `over` those that have begun; every group holds references."""

    def __init__(self, slots: Sequence[Slot], over: Collection[int]) -> None:
        self._slots = slots
        self.over = self._those(lambda slot: slot.id in over)
        self.not_live = self._those(lambda slot: not slot.opportunity.live)
        self._distances: dict[Position | None, Mapping[int, float | None]] = {}
        self._metres: dict[Position | None, Mapping[str, int]] = {}
        self._barred: dict[tuple[LeaderFacts, Position | None], References] = {}
        self._taken: dict[Hours, References] = {}

    @cached_property
    def by_day(self) -> Mapping[object, References]:
        """The slots of each date."""
        return self._grouped(lambda slot: to_london(slot.starts_at).date())

    @cached_property
    def by_partner(self) -> Mapping[int, References]:
        """The slots of each partner."""
        return self._grouped(lambda slot: slot.partner_id)

    @cached_property
    def by_opportunity(self) -> Mapping[int, References]:
        """The slots of each opportunity."""
        return self._grouped(lambda slot: slot.opportunity_id)

    @cached_property
    def tiers(self) -> Mapping[int, tuple[str, ...]]:
        """The slots of each opportunity, as one who ranks it ranks them all."""
        return {key: tuple(sorted(references)) for key, references in self.by_opportunity.items()}

    def metres_from(self, start: Position | None) -> Mapping[str, int]:
        """How far each slot is from `start`, where that is known, is not nothing, and somebody travels."""
        if start not in self._metres:
            far = self._from(start)
            known = ((slot, far[slot.opportunity_id]) for slot in self._slots if not slot.virtual)
            metres = {slot.reference: round(km * 1000) for slot, km in known if km is not None}
            self._metres[start] = {slot: much for slot, much in sorted(metres.items()) if much}
        return self._metres[start]

    def barred_by(self, facts: LeaderFacts, start: Position | None) -> References:
        """What nobody of these facts who starts there can be given."""
        if (facts, start) not in self._barred:
            far = self._from(start)
            self._barred[facts, start] = _joined(
                references
                for (key, virtual), references in self._by_kind.items()
                if reasons_against(facts, self._facts[key, virtual])
                or (not virtual and is_too_far(facts, far[key]))
            )
        return self._barred[facts, start]

    def taken_by(self, events: Sequence[Hours]) -> References:
        """What overlaps any of these events."""
        for event in events:
            if event not in self._taken:
                self._taken[event] = frozenset(self._during(*event))
        return _joined(self._taken[event] for event in events)

    def _during(self, starts_at: datetime, ends_at: datetime) -> Iterator[str]:
        """The slots that overlap these hours, looked for among those that begin not too long before."""
        first = bisect_left(self._in_time, starts_at - self._longest, key=lambda slot: slot.starts_at)
        for slot in islice(self._in_time, first, None):
            if slot.starts_at >= ends_at:
                return
            if starts_at < slot.ends_at:
                yield slot.reference

    @cached_property
    def _longest(self) -> timedelta:
        return max((slot.ends_at - slot.starts_at for slot in self._slots), default=timedelta())

    @cached_property
    def _in_time(self) -> Sequence[Slot]:
        return sorted(self._slots, key=lambda slot: slot.starts_at)

    @cached_property
    def _by_kind(self) -> Mapping[tuple[int, bool], References]:
        """The slots of each opportunity, in person or (`True`) virtual."""
        return self._grouped(lambda slot: (slot.opportunity_id, slot.virtual))

    @cached_property
    def _facts(self) -> Mapping[tuple[int, bool], OfferFacts]:
        """What counts about each opportunity, in person or (`True`) virtual, but for how far it is."""
        return {
            (slot.opportunity_id, slot.virtual): facts_of_offer(slot.opportunity, None, virtual=slot.virtual)
            for slot in self._slots
        }

    @cached_property
    def _places(self) -> Mapping[int, Position | None]:
        return {slot.opportunity_id: position_of(slot.opportunity.site) for slot in self._slots}

    def _from(self, start: Position | None) -> Mapping[int, float | None]:
        """How far each opportunity is from `start`, in km; kept, because many leaders start at one place."""
        if start not in self._distances:
            known = {place: kilometres_between(start, place) for place in set(self._places.values())}
            self._distances[start] = {key: known[place] for key, place in self._places.items()}
        return self._distances[start]

    def _those(self, wanted: Callable[[Slot], bool]) -> References:
        return frozenset(slot.reference for slot in self._slots if wanted(slot))

    def _grouped(self, key: Callable[[Slot], Key]) -> Mapping[Key, References]:
        found: defaultdict[Key, list[str]] = defaultdict(list)
        for slot in self._slots:
            found[key(slot)].append(slot.reference)
        return {key: frozenset(references) for key, references in found.items()}


def facts_of_offer(opportunity: Opportunity, far: float | None, *, virtual: bool) -> OfferFacts:
    """What counts about an opportunity that is `far` away; nobody travels to a `virtual` day of it."""
    return OfferFacts(
        opportunity.check_required,
        opportunity.step_free or virtual,
        opportunity.women_only,
        far,
        partner=opportunity.partner_id,
    )


def kilometres_between(start: Position | None, end: Position | None) -> float | None:
    """How far apart two places are, in km to the metre; None where either is unknown."""
    return None if start is None or end is None else round(distance_km(start, end), 3)


def position_of(row: Leader | Site) -> Position | None:
    """Where a leader starts or a site is; None where that is not known."""
    if row.latitude is None or row.longitude is None:
        return None
    return Position(row.latitude, row.longitude)


def _joined(groups: Iterable[References]) -> References:
    return References().union(*groups)
