"""What a repair changes: who moves where, what that does to each stage, and what does not hold without it.

Everything here is about two lists of pairs over one matching problem: what stands, and what a run proposes.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, zip_longest
from typing import Literal

from placement.domain.matching.clashes import clash
from placement.domain.matching.parts import LeaderNeeds, Pair, SlotOffer, kilometres
from placement.domain.matching.problem import Problem
from placement.domain.matching.solution import Value, assignments_of, profile_of

Rule = Literal[
    "impossible",
    "unchosen",
    "days",
    "clash",
    "max_per_partner",
    "partner_capacity",
    "capacity",
    "minimum",
    "max_same_organisation",
    "min_sectors",
    "teams",
]


@dataclass(frozen=True, slots=True)
class Move:
    """One day of one leader that changes; `before` or `after` is None where there is none."""

    leader: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Broken:
    """One rule that a list of pairs does not keep, and where: at a slot, for a leader, for a team."""

    rule: Rule
    leader: str | None = None
    slots: tuple[str, ...] = ()
    team: str | None = None


def moves(before: Iterable[Pair], after: Iterable[Pair]) -> list[Move]:
    """List what changes between two lists of pairs, by leader and slot.

    >>> moves([("ada", "s1"), ("ben", "s1")], [("ada", "s2"), ("cyd", "s1"), ("ben", "s1")])
    [Move(leader='ada', before='s1', after='s2'), Move(leader='cyd', before=None, after='s1')]
    """
    old, new = set(before), set(after)
    lost, gained = _by_leader(old - new), _by_leader(new - old)
    return [
        Move(leader, one, other)
        for leader in sorted(lost.keys() | gained.keys())
        for one, other in zip_longest(lost.get(leader, ()), gained.get(leader, ()))
    ]


def measure(problem: Problem, pairs: Collection[Pair]) -> dict[str, Value]:
    """Say what each stage would be worth for `pairs`; `kept` counts those that are confirmed."""
    leaders = {leader.id: leader for leader in problem.leaders}
    ranks = [one.rank for one in assignments_of(problem, pairs)]
    unranked = problem.unranked  # looks at every leader
    metres = sum(leaders[leader].distance_m.get(slot, 0) for leader, slot in pairs)
    return {
        "placed": len(pairs),
        "kept": len(problem.confirmed & set(pairs)),
        "profile": profile_of(ranks),
        "total-rank": sum(rank or unranked for rank in ranks),
        "if-need-be": sum(slot in leaders[leader].if_need_be for leader, slot in pairs),
        "distance": kilometres(metres),
    }


def difference(before: Value, after: Value) -> Value:
    """Say by how much a stage's value changes: a number, or a number for each rank that changes.

    >>> difference({"1": 4, "2": 1}, {"1": 3, "2": 1, "3": 1})
    {'1': -1, '3': 1}
    """
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        ranks = sorted(before.keys() | after.keys(), key=lambda rank: (not rank.isdigit(), len(rank), rank))
        changes = {rank: after.get(rank, 0) - before.get(rank, 0) for rank in ranks}
        return {rank: change for rank, change in changes.items() if change}
    if isinstance(before, int | float) and isinstance(after, int | float):
        return round(after - before, 3)
    return None


def what_breaks(problem: Problem, pairs: Collection[Pair]) -> list[Broken]:
    """List the rules that `pairs` do not keep; pins are not asked for."""
    leaders = {leader.id: leader for leader in problem.leaders}
    slots = {slot.id: slot for slot in problem.slots}
    at_slot: defaultdict[str, list[LeaderNeeds]] = defaultdict(list)
    of_leader: defaultdict[str, list[SlotOffer]] = defaultdict(list)
    for leader, slot in sorted(pairs):
        at_slot[slot].append(leaders[leader])
        of_leader[leader].append(slots[slot])
    return [
        *(broken for slot in problem.slots for broken in _at_slot(problem, slot, at_slot.get(slot.id, []))),
        *(broken for name, days in of_leader.items() for broken in _of_leader(problem, leaders[name], days)),
        *_at_partners(problem, at_slot),
        *(_apart(at_slot) if problem.rules.teams == "together" else ()),
    ]


def _by_leader(pairs: Iterable[Pair]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for leader, slot in sorted(pairs):
        found[leader].append(slot)
    return found


def _at_slot(problem: Problem, slot: SlotOffer, there: Sequence[LeaderNeeds]) -> Iterator[Broken]:
    rules, where = problem.rules, (slot.id,)
    if len(there) > slot.capacity:
        yield Broken("capacity", slots=where)
    if 0 < len(there) < slot.minimum:
        yield Broken("minimum", slots=where)
    if _most(one.organisation for one in there) > (rules.max_same_organisation or len(there)):
        yield Broken("max_same_organisation", slots=where)
    if len({one.sector for one in there}) < min(len(there), rules.min_sectors or 0):
        yield Broken("min_sectors", slots=where)
    if rules.teams == "spread" and _most(one.team for one in there) > 1:
        yield Broken("teams", slots=where)


def _of_leader(problem: Problem, leader: LeaderNeeds, days: Sequence[SlotOffer]) -> Iterator[Broken]:
    rules = problem.rules
    ranked = {slot for tier in leader.preferences for slot in tier}
    for slot in days:
        if slot.id in leader.excluded or (leader.id, slot.id) in problem.forbidden:
            yield Broken("impossible", leader.id, (slot.id,))
        elif slot.id not in ranked and not rules.place_unranked:
            yield Broken("unchosen", leader.id, (slot.id,))
    if len(days) > leader.days:
        yield Broken("days", leader.id)
    for one, other in combinations(days, 2):
        if clash(one, other, rules.gap_minutes):
            yield Broken("clash", leader.id, (one.id, other.id))
    if _most(slot.partner for slot in days) > (rules.max_per_partner or len(days)):
        yield Broken("max_per_partner", leader.id)


def _at_partners(problem: Problem, at_slot: Mapping[str, Sequence[LeaderNeeds]]) -> Iterator[Broken]:
    """Partners with more people over all their days than they have room for, each with one of its slots."""
    for partner, most in sorted(problem.rules.partner_capacity.items()):
        theirs = [slot.id for slot in problem.slots if slot.partner == partner and at_slot.get(slot.id)]
        if sum(len(at_slot[slot]) for slot in theirs) > most:
            yield Broken("partner_capacity", slots=(theirs[0],))


def _apart(at_slot: Mapping[str, Sequence[LeaderNeeds]]) -> Iterator[Broken]:
    """Teams that are to be together and are not."""
    slots: defaultdict[str, set[str]] = defaultdict(set)
    for slot, there in at_slot.items():
        for one in there:
            if one.team is not None and one.days == 1:
                slots[one.team].add(slot)
    for team, where in sorted(slots.items()):
        if len(where) > 1:
            yield Broken("teams", slots=tuple(sorted(where)), team=team)


def _most(words: Iterable[str | None]) -> int:
    """How often the most frequent of `words` stands, None not counted."""
    return max(Counter(word for word in words if word is not None).values(), default=0)
