"""Which leader may be given which slot, and what that would mean."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from placement.domain.matching.parts import Pair
from placement.domain.matching.problem import Problem


class Candidate(NamedTuple):
    """One leader–slot pair that may be in a result. `leader` and `slot` are positions in the problem.

    A cohort of a thousand has hundreds of thousands, which a tuple is made for in a third of the time.
    """

    leader: int
    slot: int
    rank: int
    """The tier, from 1; `Problem.unranked` where the slot is not ranked."""
    if_need_be: bool
    metres: int
    confirmed: bool
    pinned: bool


def list_candidates(problem: Problem) -> list[Candidate]:
    """List every pair that may be in a result by itself, by leader and slot.

    A pin beats `excluded` and `place_unranked`.
    """
    found: list[Candidate] = []
    places = {slot.id: position for position, slot in enumerate(problem.slots)}
    pinned, forbidden, confirmed = (
        _by_leader(pairs) for pairs in (problem.pins, problem.forbidden, problem.confirmed)
    )
    unranked = problem.unranked
    for index, leader in enumerate(problem.leaders):
        ranks = {slot: rank for rank, tier in enumerate(leader.preferences, start=1) for slot in tier}
        kept, stands, name = pinned[leader.id], confirmed[leader.id], leader.id
        barred = (leader.excluded | forbidden[name]) - kept
        found += [
            Candidate(
                index,
                places[slot],
                ranks.get(slot, unranked),
                slot in leader.if_need_be,
                leader.distance_m.get(slot, 0),
                slot in stands,
                slot in kept,
            )
            for slot in _possible(problem, places, ranks, kept)
            if slot not in barred
        ]
    return found


def _by_leader(pairs: Iterable[Pair]) -> defaultdict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for leader, slot in pairs:
        found[leader].add(slot)
    return found


def _possible(
    problem: Problem, places: Mapping[str, int], ranks: Mapping[str, int], pinned: set[str]
) -> Iterable[str]:
    """Give the slots worth a look, in order: with many slots a leader ranks but a few of them."""
    if problem.rules.place_unranked:
        return places
    return sorted((slot for slot in pinned.union(ranks) if slot in places), key=places.__getitem__)
