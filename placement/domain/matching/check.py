"""Check a match result against every rule, independently of the solver.

Nothing here is shared with the modules that build a result: the same rules are written a second time, from
the contract, in whole numbers only. A mistake in one of the two is then found by the other.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations

from placement.domain.matching.parts import LeaderNeeds, SlotOffer
from placement.domain.matching.problem import Problem
from placement.domain.matching.solution import Assignment, Solution


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule that a result breaks: the rule's name in the contract, and where."""

    rule: str
    where: str

    def __str__(self) -> str:
        return f"{self.rule} ({self.where})"


@dataclass(frozen=True)
class _Result:
    """A result to check, sorted by slot and by leader."""

    problem: Problem
    at_slot: Mapping[str, list[LeaderNeeds]]
    of_leader: Mapping[str, list[SlotOffer]]


def breaches(problem: Problem, assignments: Sequence[Assignment]) -> list[Breach]:
    """List every rule that `assignments` break; an empty list means that the result may leave."""
    leaders = {leader.id: leader for leader in problem.leaders}
    slots = {slot.id: slot for slot in problem.slots}
    unknown = [
        Breach("unknown", f"{one.leader} at {one.slot}")
        for one in assignments
        if one.leader not in leaders or one.slot not in slots
    ]
    if unknown:
        return unknown
    at_slot: dict[str, list[LeaderNeeds]] = defaultdict(list)
    of_leader: dict[str, list[SlotOffer]] = defaultdict(list)
    for one in assignments:
        at_slot[one.slot].append(leaders[one.leader])
        of_leader[one.leader].append(slots[one.slot])
    result = _Result(problem, at_slot, of_leader)
    return [
        *_pair_breaches(problem, assignments, leaders),
        *_slot_breaches(result),
        *_leader_breaches(result),
        *_partner_breaches(result),
        *_team_breaches(result),
    ]


def report_breaches(problem: Problem, solution: Solution) -> list[Breach]:
    """List what a solution says about its own assignments that is not so."""
    given = Counter(one.leader for one in solution.assignments)
    taken = {one.slot for one in solution.assignments}
    missing = {one.id: one.days - given[one.id] for one in problem.leaders if one.days > given[one.id]}
    closed = [slot.id for slot in problem.slots if slot.id not in taken]
    profile = Counter("unranked" if one.rank is None else str(one.rank) for one in solution.assignments)
    said = [
        ("unplaced", dict(solution.unplaced) == missing and len(solution.unplaced) == len(missing)),
        ("closed_slots", sorted(solution.closed_slots) == closed),
        ("profile", dict(solution.profile) == dict(profile)),
    ]
    stages = _stage_values(problem, solution.assignments, dict(profile))
    said += [(f"stage {one.name}", one.value == stages[one.name]) for one in solution.stages]
    return [Breach(name, "what is reported is not what is assigned") for name, true in said if not true]


def _stage_values(
    problem: Problem, assignments: Sequence[Assignment], profile: dict[str, int]
) -> dict[str, object]:
    leaders = {leader.id: leader for leader in problem.leaders}
    longest = max((len(leader.preferences) for leader in problem.leaders), default=0)
    metres = sum(leaders[one.leader].distance_m.get(one.slot, 0) for one in assignments)
    return {
        "placed": len(assignments),
        "kept": sum((one.leader, one.slot) in problem.confirmed for one in assignments),
        "profile": profile,
        "total-rank": sum(longest + 1 if one.rank is None else one.rank for one in assignments),
        "if-need-be": sum(one.slot in leaders[one.leader].if_need_be for one in assignments),
        "distance": metres // 1000 if metres % 1000 == 0 or metres >= 2**53 else metres / 1000,
        "lottery": None,
    }


def _pair_breaches(
    problem: Problem, assignments: Sequence[Assignment], leaders: Mapping[str, LeaderNeeds]
) -> Iterator[Breach]:
    times = Counter((one.leader, one.slot) for one in assignments)
    for one in assignments:
        leader, pair = leaders[one.leader], (one.leader, one.slot)
        where = f"{one.leader} at {one.slot}"
        tiers = [number for number, tier in enumerate(leader.preferences, 1) if one.slot in tier]
        pinned = pair in problem.pins
        if times[pair] > 1:
            yield Breach("given twice", where)
        if one.rank != (tiers[0] if tiers else None):
            yield Breach("rank", where)
        if pair in problem.forbidden:
            yield Breach("forbidden", where)
        if one.slot in leader.excluded and not pinned:
            yield Breach("excluded", where)
        if not tiers and not problem.rules.place_unranked and not pinned:
            yield Breach("place_unranked", where)
    yield from (Breach("pins", f"{leader} at {slot}") for leader, slot in sorted(problem.pins - set(times)))


def _slot_breaches(result: _Result) -> Iterator[Breach]:
    rules = result.problem.rules
    for slot in result.problem.slots:
        there = result.at_slot.get(slot.id, [])
        if len(there) > slot.capacity:
            yield Breach("capacity", slot.id)
        if 0 < len(there) < slot.minimum:
            yield Breach("minimum", slot.id)
        organisations = Counter(one.organisation for one in there if one.organisation is not None)
        most = rules.max_same_organisation
        if most is not None and any(count > most for count in organisations.values()):
            yield Breach("max_same_organisation", slot.id)
        sectors = {one.sector for one in there}
        if rules.min_sectors is not None and len(sectors) < min(len(there), rules.min_sectors):
            yield Breach("min_sectors", slot.id)


def _leader_breaches(result: _Result) -> Iterator[Breach]:
    rules = result.problem.rules
    gap = timedelta(minutes=1) * min(rules.gap_minutes, 10**10)
    for leader in result.problem.leaders:
        given = result.of_leader.get(leader.id, [])
        if len(given) > leader.days:
            yield Breach("days", leader.id)
        for one, other in combinations(given, 2):
            if _too_close(one, other, gap):
                yield Breach("clash", f"{leader.id} at {one.id} and {other.id}")
        partners = Counter(slot.partner for slot in given if slot.partner is not None)
        most = rules.max_per_partner
        if most is not None and any(count > most for count in partners.values()):
            yield Breach("max_per_partner", leader.id)


def _too_close(one: SlotOffer, other: SlotOffer, gap: timedelta) -> bool:
    if one.starts_at is None or one.ends_at is None or other.starts_at is None or other.ends_at is None:
        return False
    if one.ends_at <= other.starts_at:
        return other.starts_at - one.ends_at < gap
    if other.ends_at <= one.starts_at:
        return one.starts_at - other.ends_at < gap
    return True


def _partner_breaches(result: _Result) -> Iterator[Breach]:
    load: Counter[str] = Counter()
    for slot in result.problem.slots:
        if slot.partner is not None:
            load[slot.partner] += len(result.at_slot.get(slot.id, []))
    for partner, most in sorted(result.problem.rules.partner_capacity.items()):
        if load[partner] > most:
            yield Breach("partner_capacity", partner)


def _team_breaches(result: _Result) -> Iterator[Breach]:
    kind = result.problem.rules.teams
    if kind == "spread":
        for slot, there in sorted(result.at_slot.items()):
            teams = Counter(one.team for one in there if one.team is not None)
            if any(count > 1 for count in teams.values()):
                yield Breach("teams spread", slot)
    if kind == "together":
        slots_of_team: dict[str, set[str]] = defaultdict(set)
        for slot, there in result.at_slot.items():
            for one in there:
                if one.team is not None and one.days == 1:
                    slots_of_team[one.team].add(slot)
        yield from (
            Breach("teams together", team) for team, slots in sorted(slots_of_team.items()) if len(slots) > 1
        )
