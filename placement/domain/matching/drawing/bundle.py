"""The best days for one leader who takes several at once: the best sorted list of ranks."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from placement.domain.matching.candidates import Candidate
from placement.domain.matching.clashes import clash
from placement.domain.matching.parts import SlotOffer
from placement.domain.matching.problem import Problem

_NEVER = datetime.max.replace(tzinfo=UTC)


def best_bundle(
    problem: Problem,
    candidates: Sequence[Candidate],
    liked: Sequence[int],
    days: int,
    room: Callable[[int, str], int],
) -> list[int]:
    """Choose at most `days` columns of `liked`, which stand best first.

    Best is the best sorted list of ranks, a missing day after every rank; of equals, the columns that stand
    first in `liked`. `room` says how many days the leader may have at a partner.
    """
    return _Search(problem, candidates, days, room).best(list(liked))


class _Search:
    """Go through the sets of columns in the order of liking; leave out what cannot be better."""

    def __init__(
        self,
        problem: Problem,
        candidates: Sequence[Candidate],
        days: int,
        room: Callable[[int, str], int],
    ) -> None:
        self._slots = problem.slots
        self._gap = problem.rules.gap_minutes
        self._missing = problem.unranked + 1
        self._candidates = candidates
        self._days = days
        self._room = room
        self._found: list[int] = []
        self._ranks = [self._missing] * days

    def best(self, liked: list[int]) -> list[int]:
        self._extend([], liked)
        return self._found

    def _extend(self, chosen: list[int], rest: list[int]) -> None:
        """Try every set that begins with `chosen` and goes on with columns of `rest`."""
        for position, column in enumerate(rest):
            if not self._hoped(chosen, rest[position:]) < self._ranks:
                break
            longer = [*chosen, column]
            self._extend(longer, [other for other in rest[position + 1 :] if self._goes_with(other, longer)])
        ranks = self._padded([self._candidates[column].rank for column in chosen])
        if ranks < self._ranks:
            self._found, self._ranks = chosen, ranks

    def _slot(self, column: int) -> SlotOffer:
        return self._slots[self._candidates[column].slot]

    def _padded(self, ranks: list[int]) -> list[int]:
        return ranks + [self._missing] * (self._days - len(ranks))

    def _goes_with(self, column: int, chosen: Sequence[int]) -> bool:
        slot, partner = self._slot(column), self._slot(column).partner
        if len(chosen) >= self._days or clash(slot, self._slot(chosen[-1]), self._gap):
            return False
        there = sum(self._slot(other).partner == partner for other in chosen)
        return partner is None or there < self._room(self._candidates[column].leader, partner)

    def _hoped(self, chosen: Sequence[int], rest: Sequence[int]) -> list[int]:
        """Give ranks that no set of `chosen` and columns of `rest` can better; partners are left aside."""
        ranks = [self._candidates[column].rank for column in chosen]
        disjoint = 0
        for rank in sorted({self._candidates[column].rank for column in rest}):
            slots = [self._slot(column) for column in rest if self._candidates[column].rank <= rank]
            most = self._most_disjoint(slots)
            ranks += [rank] * (most - disjoint)
            disjoint = most
        return self._padded(ranks[: self._days])

    def _most_disjoint(self, slots: Sequence[SlotOffer]) -> int:
        """Count the most slots of which no two clash: always take the one that ends first."""
        last: SlotOffer | None = None
        count = 0
        for slot in sorted(slots, key=lambda one: one.ends_at or _NEVER):
            if last is None or not clash(last, slot, self._gap):
                last = slot
                count += 1
        return count
