"""What would let one more day be given: of each class of rules the least loosening that does.

That a remedy helps some leaders is shown by a result of the loosened problem that gives one day more in all
and to them: one found by moving people on from the result at hand, or else the best one, searched for. That a
rule does not help is never claimed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice

from placement.domain.matching.candidates import Candidate, list_candidates
from placement.domain.matching.check import breaches
from placement.domain.matching.parts import LeaderNeeds, Pair, SlotOffer
from placement.domain.matching.problem import Problem
from placement.domain.matching.solution import assignments_of
from placement.domain.matching.why.alternatives import Alternatives, NotProven
from placement.domain.matching.why.findings import Loosened
from placement.domain.matching.why.loosening import (
    LIMITS,
    lifted_bans,
    lifted_exclusions,
    loosen,
    looser_limits,
    lower_minimums,
    more_seats,
)
from placement.domain.matching.why.seating import Seating

CLASSES = ("seat", "minimum", "partner_capacity", "forbidden", *LIMITS[1:], "exclusion")
"""The classes in the order in which they are offered: what is asked of one partner first, then rules that the
coordinator has made for all, last what a leader has said or a safeguard demands."""

_MOST_OPTIONS = 40
"""How many loosenings of one class are looked at."""
_MOST_SEARCHES = 3
"""How many of them are searched for."""
_NEW_PAIRS = frozenset({"forbidden", "exclusion", "place_unranked"})
"""What makes pairs possible that were not."""

_UNSEATED = frozenset({"max_per_partner", "min_sectors", "gap_minutes", "teams"})
"""What a seating leaves aside."""


class Remedies:
    """Finds remedies beside one result that gives the most days.

    Parameters
    ----------
    problem
        What is to be matched; its objective gives the most days first.
    candidates
        Its candidates.
    alternatives
        Answers about that result.

    """

    def __init__(self, problem: Problem, candidates: Sequence[Candidate], alternatives: Alternatives) -> None:
        self._problem = problem
        self._alternatives = alternatives
        self._pairs = alternatives.pairs
        self._candidates = candidates
        self._places = {leader.id: place for place, leader in enumerate(problem.leaders)}
        self._slots = {slot.id: place for place, slot in enumerate(problem.slots)}
        self._seating = Seating(problem, self._candidates, organisations=True, start=self._pairs)
        self._seated: dict[Loosened, Seating] = {}
        self._searches: dict[Loosened, frozenset[Pair] | None] = {}

    def for_set(self, leaders: Iterable[str], slots: Iterable[str]) -> tuple[Loosened, ...]:
        """Give the first loosening that helps of each class, about these leaders and slots."""
        wanted = set(leaders)
        people = [leader for leader in self._problem.leaders if leader.id in wanted]
        offers = self._by_demand(set(slots), people)
        found = (self._first(self._options(kind, people, offers), people) for kind in CLASSES)
        return tuple(one for one in found if one is not None)

    def _by_demand(self, slots: set[str], people: Sequence[LeaderNeeds]) -> list[SlotOffer]:
        """Sort slots: the ones that are full first, then those that most of these leaders ranked."""
        ranked = [{slot for tier in leader.preferences for slot in tier} for leader in people]
        load = {slot: sum(where == slot for _, where in self._pairs) for slot in slots}
        return sorted(
            (slot for slot in self._problem.slots if slot.id in slots),
            key=lambda slot: (
                load[slot.id] < slot.capacity,
                -sum(slot.id in theirs for theirs in ranked),
                slot.id,
            ),
        )

    def _options(
        self, kind: str, people: Sequence[LeaderNeeds], offers: Sequence[SlotOffer]
    ) -> list[Loosened]:
        partners = {slot.partner for slot in offers}
        ways: Mapping[str, Callable[[], list[Loosened]]] = {
            "seat": lambda: more_seats(offers),
            "minimum": lambda: lower_minimums(offers),
            "forbidden": lambda: lifted_bans(people, self._problem),
            "exclusion": lambda: self._with_room_first(lifted_exclusions(people, self._problem)),
            "partner_capacity": lambda: [
                one for one in looser_limits(self._problem, kind) if one.where in partners
            ],
        }
        return ways[kind]() if kind in ways else looser_limits(self._problem, kind)

    def _with_room_first(self, options: Sequence[Loosened]) -> list[Loosened]:
        """Put slots first that have people and a seat left: there one more surely finds a place."""
        load = {slot.id: 0 for slot in self._problem.slots}
        for _, slot_id in self._pairs:
            load[slot_id] += 1
        room = {slot.id for slot in self._problem.slots if 0 < load[slot.id] < slot.capacity}
        return sorted(options, key=lambda one: one.where not in room)

    def _first(self, options: Iterable[Loosened], people: Sequence[LeaderNeeds]) -> Loosened | None:
        """Give the first loosening that helps, by a quick look if possible, or else by a search."""
        unclear: list[Loosened] = []
        for one in islice(options, _MOST_OPTIONS):
            if self._alternatives.time_is_over():
                return None
            helps = self._looked_up(one, people)
            if helps:
                return one
            if helps is None:
                unclear.append(one)
        return next((one for one in unclear[:_MOST_SEARCHES] if self._searched(one, people)), None)

    def _looked_up(self, one: Loosened, people: Sequence[LeaderNeeds]) -> bool | None:
        """Tell by moving people on whether a loosening helps; None where that does not show."""
        seating = self._widened(one) or self._anew(one)
        if not seating.add_to_one_of(self._places[leader.id] for leader in people):
            return False
        changed = loosen(self._problem, one)
        return True if not breaches(changed, assignments_of(changed, seating.pairs())) else None

    def _widened(self, one: Loosened) -> Seating | None:
        """Change the seats of the result at hand; None where that is not enough.

        Rules that no seating counts leave the seats as they are.
        """
        seating = self._seating.copied()
        slot = self._slots.get(one.where or "", -1)
        ways: Mapping[str, Callable[[], bool]] = {
            "seat": lambda: seating.add_seat(slot),
            "minimum": lambda: seating.has(slot),
            **dict.fromkeys(_UNSEATED, lambda: True),
            "partner_capacity": lambda: seating.add_partner_day(one.where or ""),
            "exclusion": lambda: seating.allow(self._places[one.leader or ""], slot),
            "forbidden": lambda: seating.allow(self._places[one.leader or ""], slot),
        }
        return seating if one.kind in ways and ways[one.kind]() else None

    def _anew(self, one: Loosened) -> Seating:
        """Seat the result at hand under the loosened rule."""
        if one not in self._seated:
            changed = loosen(self._problem, one)
            candidates = list_candidates(changed) if one.kind in _NEW_PAIRS else self._candidates
            self._seated[one] = Seating(changed, candidates, organisations=True, start=self._pairs)
        return self._seated[one].copied()

    def _searched(self, one: Loosened, people: Sequence[LeaderNeeds]) -> bool:
        """Tell by the best result whether a loosening helps."""
        if one not in self._searches:
            try:
                found = self._alternatives.of(loosen(self._problem, one))
            except NotProven:
                return False
            self._searches[one] = None if found is None else found.pairs
        best, ids = self._searches[one], {leader.id for leader in people}
        more = best is not None and len(best) > len(self._pairs)
        return more and _days_of(ids, best or ()) > _days_of(ids, self._pairs)


def _days_of(leaders: set[str], pairs: Iterable[Pair]) -> int:
    return sum(leader in leaders for leader, _ in pairs)
