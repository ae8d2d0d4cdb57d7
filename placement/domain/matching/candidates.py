"""Which leader may be given which slot, and what that would mean."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from placement.domain.matching.parts import LeaderNeeds, Pair
from placement.domain.matching.problem import Problem


@dataclass(frozen=True, slots=True)
class Candidate:
    """One leader–slot pair that may be in a result. `leader` and `slot` are positions in the problem."""

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
    found = []
    unranked = problem.unranked
    places = {slot.id: position for position, slot in enumerate(problem.slots)}
    pinned: dict[str, set[int]] = defaultdict(set)
    for leader_id, slot_id in problem.pins:
        if slot_id in places:
            pinned[leader_id].add(places[slot_id])
    for index, leader in enumerate(problem.leaders):
        ranks = {
            places[slot]: rank
            for rank, tier in enumerate(leader.preferences, start=1)
            for slot in tier
            if slot in places
        }
        for position in _possible(problem, ranks, pinned.get(leader.id, set())):
            slot = problem.slots[position]
            pair = (leader.id, slot.id)
            if _allowed(problem, leader, pair):
                found.append(
                    Candidate(
                        leader=index,
                        slot=position,
                        rank=ranks.get(position, unranked),
                        if_need_be=slot.id in leader.if_need_be,
                        metres=leader.distance_m.get(slot.id, 0),
                        confirmed=pair in problem.confirmed,
                        pinned=pair in problem.pins,
                    )
                )
    return found


def _possible(problem: Problem, ranks: Mapping[int, int], pinned: set[int]) -> Iterable[int]:
    """Give the positions of slots worth a look: with many slots a leader ranks but a few of them."""
    return range(len(problem.slots)) if problem.rules.place_unranked else sorted(pinned.union(ranks))


def _allowed(problem: Problem, leader: LeaderNeeds, pair: Pair) -> bool:
    if pair in problem.pins:
        return True
    return pair not in problem.forbidden and pair[1] not in leader.excluded
