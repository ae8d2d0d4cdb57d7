"""Who cannot be placed and why: usable before any run, and after one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from placement.domain.matching.candidates import Candidate, list_candidates
from placement.domain.matching.check import breaches
from placement.domain.matching.drawing.bundle import best_bundle
from placement.domain.matching.drawing.draw import draw
from placement.domain.matching.outcome import pairs_of
from placement.domain.matching.parts import LeaderNeeds, Pair
from placement.domain.matching.problem import Problem
from placement.domain.matching.solution import assignments_of, unplaced_of
from placement.domain.matching.why.alternatives import Alternatives, NotProven
from placement.domain.matching.why.findings import Conflict
from placement.domain.matching.why.reasons import Reasons
from placement.domain.matching.why.remedies import Remedies
from placement.domain.matching.why.seating import HallSet, Seating, runs
from placement.domain.matching.why.sentences import Names, conflict_sentence, remedy_sentence

_KINDS = {
    "max_same_organisation": "organisation",
    "partner_capacity": "partner",
    "max_per_partner": "partner",
    "min_sectors": "sectors",
    "teams": "team",
    "gap_minutes": "clash",
    "minimum": "minimum",
}
"""What a conflict without a set of its own is called, by the first rule that mends it."""


def diagnose(
    problem: Problem,
    pairs: frozenset[Pair] | None = None,
    *,
    clock: Callable[[], float],
    time_limit: float,
) -> tuple[Conflict, ...]:
    """Say who cannot be placed and why, with what would mend it; nothing when everybody can be.

    Parameters
    ----------
    problem
        What is to be matched.
    pairs
        The pairs of its result, which gives the most days (but for the lottery objective). Without them the
        diagnosis holds before any run: it finds a result by itself.
    clock, time_limit
        When to stop. What was not worked out by then is left out; what is said is true.

    """
    until = clock() + time_limit

    def seconds_left() -> float:
        return until - clock()

    eased = replace(problem, objective="total-rank") if problem.objective == "lottery" else problem
    given = pairs if pairs is not None and not breaches(problem, assignments_of(problem, pairs)) else None
    try:
        candidates = list_candidates(eased)
        best = _most_days(eased, candidates, given if eased is problem else None, clock, seconds_left)
    except NotProven:
        return _Diagnosis(eased, candidates, None, None).conflicts()
    if best is None:
        return (pins_conflict(problem, seconds_left),)
    found: tuple[Conflict, ...] = ()
    if len(best) < sum(leader.days for leader in problem.leaders):
        alternatives = Alternatives(eased, best, clock=clock, time_limit=seconds_left())
        remedies = Remedies(eased, candidates, alternatives)
        found = _Diagnosis(eased, candidates, best, remedies).conflicts()
    return (*found, *_lottery_conflict(problem, given, best)) if eased is not problem else found


def pins_conflict(problem: Problem, seconds_left: Callable[[], float]) -> Conflict:
    """Find pins that cannot be kept together, each of which is needed for that.

    Pins are left out one after the other, in order, as long as the rest is still impossible; when time runs
    out the set may be larger than need be.
    """
    pins = sorted(problem.pins)
    for pin in list(pins):
        if seconds_left() <= 0:
            break
        fewer = [other for other in pins if other != pin]
        if not possible(replace(problem, pins=frozenset(fewer))):
            pins = fewer
    leaders = tuple(sorted({leader for leader, _ in pins}))
    return _told(Conflict("pins", leaders, tuple(sorted({slot for _, slot in pins}))), Names())


def possible(problem: Problem) -> bool:
    """Tell whether any result keeps every rule."""
    # Loading scipy takes half a second, which a diagnosis of a possible problem can do without.
    from placement.domain.matching.rows.optimum import any_result

    return any_result(problem, list_candidates(problem)) is not None


def _most_days(
    problem: Problem,
    candidates: Sequence[Candidate],
    given: frozenset[Pair] | None,
    clock: Callable[[], float],
    seconds_left: Callable[[], float],
) -> frozenset[Pair] | None:
    """Give a result with the most days: the one at hand, a quick one if that is enough, or the best one."""
    if given is not None:
        return given
    seating = Seating(problem, candidates, organisations=True)
    most = seating.fill()
    for quick in (seating.pairs(), pairs_of(problem, candidates, draw(problem, candidates))):
        if len(quick) == most and not breaches(problem, assignments_of(problem, quick)):
            return quick
    found = Alternatives(problem, (), clock=clock, time_limit=seconds_left()).of(problem)
    return None if found is None else found.pairs


def _lottery_conflict(
    problem: Problem, drawn: frozenset[Pair] | None, best: frozenset[Pair]
) -> Iterator[Conflict]:
    """Say it where the draw gives fewer days than could be given."""
    if drawn is not None and len(drawn) < len(best):
        missing = unplaced_of(problem, drawn)
        yield _told(
            Conflict(
                kind="lottery",
                leaders=tuple(leader for leader, _ in missing),
                slots=(),
                days=sum(days for _, days in missing),
                seats=len(best) - len(drawn),
            ),
            _names(problem),
        )


class _Diagnosis:
    """Finds the conflicts of one problem, beside a result that gives the most days."""

    def __init__(
        self,
        problem: Problem,
        candidates: Sequence[Candidate],
        pairs: frozenset[Pair] | None,
        remedies: Remedies | None,
    ) -> None:
        self._problem = problem
        self._pairs = pairs
        self._remedies = remedies
        self._candidates = candidates
        self._reasons = Reasons(problem, self._candidates)
        self._closed = frozenset() if pairs is None else self._closed_by_minimum(pairs)
        self._nothing: frozenset[int] = frozenset()

    def conflicts(self) -> tuple[Conflict, ...]:
        """List all conflicts: leaders without a slot, sets with too few seats, then what is left."""
        found: list[Conflict] = []
        limited = self._problem.rules.max_same_organisation is not None
        for organisations, shut in dict.fromkeys(
            [(False, frozenset[int]()), (limited, frozenset[int]()), (limited, self._closed)]
        ):
            known = {one.leaders for one in found}
            sets = self._sets(shut, organisations=organisations)
            found += [one for one in sets if one.leaders not in known]
        if self._pairs is not None:
            found += self._clashing(found)
            found += self._rest(found)
        return tuple(_told(self._mended(one), _names(self._problem)) for one in found)

    def _sets(self, shut: frozenset[int], *, organisations: bool) -> Iterator[Conflict]:
        """Find the sets of leaders with too few seats, while the slots in `shut` take nobody."""
        seating = Seating(self._problem, self._candidates, closed=shut, organisations=organisations)
        seating.fill()
        for one in seating.hall_sets():
            if one.slots or shut:
                yield from self._set_conflict(one, shut)
            elif not self._nothing:
                self._nothing = frozenset(one.leaders)
                yield from (self._nothing_for(leader) for leader in one.leaders)

    def _nothing_for(self, place: int) -> Conflict:
        leader, slots = self._problem.leaders[place], (slot.id for slot in self._problem.slots)
        reasons = self._reasons.of_slots(leader.id, slots)
        return Conflict("no slot", (leader.id,), (), seats=0, days=leader.days, reasons=reasons)

    def _set_conflict(self, one: HallSet, shut: frozenset[int]) -> Iterator[Conflict]:
        """Name a set; who can be given nothing at all is spoken of apart."""
        leaders = [place for place in one.leaders if place not in self._nothing]
        if not leaders:
            return
        closed = {other.slot for other in self._candidates if other.leader in leaders and other.slot in shut}
        kind = "organisation" if one.organisation_full else "partner" if one.partner_full else "seats"
        nothing = sum(self._problem.leaders[place].days for place in one.leaders if place in self._nothing)
        yield Conflict(
            kind="minimum" if closed else kind,
            leaders=tuple(self._problem.leaders[place].id for place in leaders),
            slots=tuple(self._problem.slots[place].id for place in sorted({*one.slots, *closed})),
            seats=one.seats,
            days=one.days - nothing,
            closed=tuple(self._problem.slots[place].id for place in sorted(closed)),
        )

    def _missing(self, found: Sequence[Conflict]) -> list[LeaderNeeds]:
        """List who misses days in the result and is in no conflict yet."""
        known = {leader for one in found for leader in one.leaders}
        missing = {leader for leader, _ in unplaced_of(self._problem, self._pairs or ())} - known
        return [leader for leader in self._problem.leaders if leader.id in missing]

    def _clashing(self, found: Sequence[Conflict]) -> Iterator[Conflict]:
        """Find leaders who alone cannot have all their days, since slots clash or are at one partner."""
        for leader in self._missing(found):
            alone = self._days_alone(leader) if leader.days > 1 else 1
            if alone < leader.days:
                yield Conflict(
                    "clash", (leader.id,), self._slots_of({leader.id}), seats=alone, days=leader.days
                )

    def _days_alone(self, leader: LeaderNeeds) -> int:
        place = self._problem.leaders.index(leader)
        equal = [one._replace(rank=1) for one in self._candidates]
        theirs = [column for column, one in enumerate(equal) if one.leader == place and self._runs(one.slot)]
        rules = self._problem.rules

        def room(_: int, partner: str) -> int:
            most = leader.days if rules.max_per_partner is None else rules.max_per_partner
            return min(most, rules.partner_capacity.get(partner, most))

        return len(best_bundle(self._problem, equal, theirs, min(leader.days, len(theirs)), room))

    def _rest(self, found: Sequence[Conflict]) -> Iterator[Conflict]:
        """Name who misses days although each set by itself has seats: the rules together leave none."""
        leaders = {leader.id for leader in self._missing(found)}
        if leaders:
            yield Conflict("rules", tuple(sorted(leaders)), self._slots_of(leaders))

    def _mended(self, one: Conflict) -> Conflict:
        """Add the remedies; a conflict of rules is called by the first that mends it."""
        if self._remedies is None:
            return one
        remedies = self._remedies.for_set(one.leaders, self._may_be_given(set(one.leaders)))
        kind = one.kind
        if kind == "rules":
            kind = next((_KINDS[remedy.kind] for remedy in remedies if remedy.kind in _KINDS), kind)
        return replace(one, kind=kind, remedies=remedies)

    def _slots_of(self, leaders: set[str]) -> tuple[str, ...]:
        """List the slots that one of these leaders may be given and that can run."""
        runs_ = {slot.id for place, slot in enumerate(self._problem.slots) if self._runs(place)}
        return tuple(slot for slot in self._may_be_given(leaders) if slot in runs_)

    def _may_be_given(self, leaders: set[str]) -> tuple[str, ...]:
        places = {place for place, leader in enumerate(self._problem.leaders) if leader.id in leaders}
        slots = {one.slot for one in self._candidates if one.leader in places}
        return tuple(self._problem.slots[place].id for place in sorted(slots))

    def _runs(self, slot: int) -> bool:
        return runs(self._problem, slot, self._reasons.may_be_given(self._problem.slots[slot].id))

    def _closed_by_minimum(self, pairs: frozenset[Pair]) -> frozenset[int]:
        """Find the slots that take nobody and ask for more than one leader."""
        taken = {slot for _, slot in pairs}
        return frozenset(
            place
            for place, slot in enumerate(self._problem.slots)
            if slot.id not in taken and slot.minimum > 1 and self._runs(place)
        )


def _names(problem: Problem) -> Names:
    return Names(several_days=any(leader.days > 1 for leader in problem.leaders))


def _told(one: Conflict, names: Names) -> Conflict:
    return replace(one, sentence=conflict_sentence(one, names), remedy=remedy_sentence(one, names))
