"""Which leader may be given which slot, and what that would mean."""

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
    for index, leader in enumerate(problem.leaders):
        ranks = {slot: rank for rank, tier in enumerate(leader.preferences, start=1) for slot in tier}
        for position, slot in enumerate(problem.slots):
            pair = (leader.id, slot.id)
            if _allowed(problem, leader, pair, slot.id in ranks):
                found.append(
                    Candidate(
                        leader=index,
                        slot=position,
                        rank=ranks.get(slot.id, problem.unranked),
                        if_need_be=slot.id in leader.if_need_be,
                        metres=leader.distance_m.get(slot.id, 0),
                        confirmed=pair in problem.confirmed,
                        pinned=pair in problem.pins,
                    )
                )
    return found


def _allowed(problem: Problem, leader: LeaderNeeds, pair: Pair, ranked: bool) -> bool:
    if pair in problem.pins:
        return True
    if pair in problem.forbidden or pair[1] in leader.excluded:
        return False
    return ranked or problem.rules.place_unranked
