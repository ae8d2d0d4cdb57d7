"""The lottery in which each leader in turn takes the best slot left; also a quick first result.

Leaders come in the drawn order. A slot is left for a leader when it breaks no rule beside those who are
already there (the minimum apart). Equally liked slots are taken in the drawn order of slots; a leader with
several days takes them all at once: the best sorted list of ranks, then the slots first in order. After the
draw the slot with fewest leaders among those below their minimum is closed (of equals, the first in the
drawn order) and the draw is repeated without it, until none is below.
"""

from collections import Counter, defaultdict
from collections.abc import Container, Mapping, Sequence
from itertools import islice

from placement.domain.matching.candidates import Candidate
from placement.domain.matching.clashes import clash
from placement.domain.matching.drawing.bundle import best_bundle
from placement.domain.matching.order import drawn
from placement.domain.matching.parts import LeaderNeeds
from placement.domain.matching.problem import Problem


def draw(problem: Problem, candidates: Sequence[Candidate]) -> frozenset[int]:
    """Draw a result: positions in `candidates`.

    Every rule is kept but for slots with a pin, which stay open: they may be left below their minimum or
    with too few sectors, which only a search can mend.
    """
    pinned = {one.slot for one in candidates if one.pinned}
    liked = _liked(problem, candidates)
    closed: set[int] = set()
    while True:
        chosen = _draw_once(problem, candidates, liked, closed)
        load = Counter(candidates[column].slot for column in chosen)
        slot = smallest_below(problem, load, pinned)
        if slot is None:
            return frozenset(chosen)
        closed.add(slot)


def smallest_below(problem: Problem, load: Mapping[int, int], pinned: set[int]) -> int | None:
    """Find the slot to close next: taken by fewest leaders, but by fewer than its minimum, and not pinned."""
    turns = _turns(problem)
    below = [
        (load[position], turns[position], position)
        for position, slot in enumerate(problem.slots)
        if position not in pinned and 0 < load.get(position, 0) < slot.minimum
    ]
    return min(below)[2] if below else None


def _liked(problem: Problem, candidates: Sequence[Candidate]) -> list[list[int]]:
    """The columns that each leader may take, best first; the leaders in the drawn order."""
    turns = _turns(problem)
    wanted: dict[str, list[int]] = defaultdict(list)
    for column, one in enumerate(candidates):
        if not one.pinned:
            wanted[problem.leaders[one.leader].id].append(column)

    def place(column: int) -> tuple[int, int]:
        return candidates[column].rank, turns[candidates[column].slot]

    return [sorted(wanted[leader], key=place) for leader in drawn(problem.seed, wanted)]


def _draw_once(
    problem: Problem, candidates: Sequence[Candidate], liked: Sequence[Sequence[int]], closed: set[int]
) -> list[int]:
    seats = _Seats(problem)
    chosen = [column for column, one in enumerate(candidates) if one.pinned]
    for column in chosen:
        seats.take(candidates[column])
    for columns in liked:
        for column in seats.best(candidates, columns, closed):
            seats.take(candidates[column])
            chosen.append(column)
    return chosen


def _turns(problem: Problem) -> list[int]:
    """When each slot comes in the drawn order, by its position in the problem."""
    turns = {id_: turn for turn, id_ in enumerate(drawn(problem.seed, (slot.id for slot in problem.slots)))}
    return [turns[slot.id] for slot in problem.slots]


class _Seats:
    """Who sits where so far, and who may still sit down."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._at_slot: dict[int, list[LeaderNeeds]] = defaultdict(list)
        self._of_leader: dict[int, list[int]] = defaultdict(list)
        self._at_partner: Counter[str | None] = Counter()
        self._slot_of_team: dict[str, int] = {}

    def take(self, one: Candidate) -> None:
        """Sit a leader down."""
        leader = self._problem.leaders[one.leader]
        self._at_slot[one.slot].append(leader)
        self._of_leader[one.leader].append(one.slot)
        self._at_partner[self._problem.slots[one.slot].partner] += 1
        if leader.team is not None and leader.days == 1:
            self._slot_of_team.setdefault(leader.team, one.slot)

    def best(
        self, candidates: Sequence[Candidate], liked: Sequence[int], closed: Container[int]
    ) -> list[int]:
        """Choose among `liked`, best first, as many as the leader has days left; no slot in `closed`."""
        if not liked:
            return []
        leader = candidates[liked[0]].leader
        days = self._problem.leaders[leader].days - len(self._of_leader[leader])
        if days <= 0:
            return []
        fitting = (
            column
            for column in liked
            if candidates[column].slot not in closed and self._fits(candidates[column])
        )
        if days == 1:
            return list(islice(fitting, 1))
        left = list(fitting)
        return best_bundle(self._problem, candidates, left, min(days, len(left)), self._room)

    def _fits(self, one: Candidate) -> bool:
        slot = self._problem.slots[one.slot]
        gap = self._problem.rules.gap_minutes
        theirs = self._of_leader[one.leader]
        return (
            len(self._at_slot[one.slot]) < slot.capacity
            and not any(clash(slot, self._problem.slots[other], gap) for other in theirs)
            and (slot.partner is None or self._room(one.leader, slot.partner) > 0)
            and self._mixes(one)
        )

    def _room(self, leader: int, partner: str) -> int:
        """Count the days that the leader may still have at the partner."""
        rules, slots = self._problem.rules, self._problem.slots
        room = self._problem.leaders[leader].days
        if partner in rules.partner_capacity:
            room = min(room, rules.partner_capacity[partner] - self._at_partner[partner])
        if rules.max_per_partner is not None:
            theirs = sum(slots[other].partner == partner for other in self._of_leader[leader])
            room = min(room, rules.max_per_partner - theirs)
        return room

    def _mixes(self, one: Candidate) -> bool:
        rules, leader, there = self._problem.rules, self._problem.leaders[one.leader], self._at_slot[one.slot]
        same = sum(other.organisation == leader.organisation for other in there)
        most = rules.max_same_organisation
        if most is not None and leader.organisation is not None and same >= most:
            return False
        wanted = rules.min_sectors or 0
        if _sectors_missing([*there, leader], wanted) > _sectors_missing(there, wanted):
            return False
        return self._suits_team(one, leader, there)

    def _suits_team(self, one: Candidate, leader: LeaderNeeds, there: Sequence[LeaderNeeds]) -> bool:
        kind = self._problem.rules.teams
        if kind is None or leader.team is None:
            return True
        if kind == "spread":
            return all(other.team != leader.team for other in there)
        return leader.days > 1 or self._slot_of_team.get(leader.team, one.slot) == one.slot


def _sectors_missing(there: Sequence[LeaderNeeds], wanted: int) -> int:
    return max(0, min(len(there), wanted) - len({leader.sector for leader in there}))
