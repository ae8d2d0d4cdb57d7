"""What a result is worth, worked out from the problem and each leader's slot alone."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bench.matching.arcs import NOWHERE, Arcs, Json
from bench.matching.peers.model import metres


@dataclass(frozen=True)
class Worth:
    """The values of every stage before the lottery, and what a result breaks.

    `profile` counts leaders at each rank from 1 to the worst; `broken` counts slots over their capacity or
    below their minimum number.
    """

    placed: int
    kept: int
    profile: tuple[int, ...]
    if_need_be: int
    metres: int
    broken: int

    def ranks(self, objective: str) -> tuple[int, ...]:
        """What the objective says of it, first things first: the least is the best."""
        if objective == "total-rank":
            return -self.placed, sum(rank * count for rank, count in enumerate(self.profile, start=1))
        if objective == "rank-maximal":
            return -self.placed, *(-count for count in self.profile)
        return -self.placed, *reversed(self.profile)

    def stages(self, objective: str) -> tuple[int, ...]:
        """The value of every stage before the lottery."""
        placed, *ranks = self.ranks(objective)
        return placed, -self.kept, *ranks, self.if_need_be, self.metres

    def shown(self) -> str:
        """The profile as one word."""
        return "/".join(map(str, self.profile))


def worth_of(problem: Json, given: Sequence[int]) -> Worth:
    """Work out what a result is worth; who has a slot that they may not have counts as not placed."""
    arcs = Arcs.of(problem)
    slots = [slot["id"] for slot in problem["slots"]]
    confirmed = {tuple(pair) for pair in problem.get("confirmed", [])}
    counts: Counter[int] = Counter()
    kept = need = length = 0
    for leader, wish, slot in zip(problem["leaders"], arcs.wishes, given, strict=True):
        rank = dict(wish).get(slot, 0) if slot != NOWHERE else 0
        counts[rank] += 1
        if rank:
            kept += (leader["id"], slots[slot]) in confirmed
            need += slots[slot] in leader.get("if_need_be", ())
            length += metres(leader, slots[slot])
    profile = tuple(counts[rank] for rank in range(1, arcs.worst + 1))
    return Worth(sum(profile), kept, profile, need, length, _broken(arcs, given))


def _broken(arcs: Arcs, given: Sequence[int]) -> int:
    there = Counter(slot for slot in given if slot != NOWHERE)
    return sum(not arcs.minimum[slot] <= count <= arcs.capacity[slot] for slot, count in there.items())
