"""The plain core of a problem that every solver can read: slots with room, and who may go where."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]
NOWHERE = -1
"""Where a leader is who has no slot."""


@dataclass(frozen=True)
class Arcs:
    """Leaders and slots by their places in the problem; each leader has one day.

    `wishes` holds for each leader the slots they may have, each with its rank; `worst` is the worst rank.
    """

    capacity: Sequence[int]
    minimum: Sequence[int]
    wishes: Sequence[Sequence[tuple[int, int]]]
    worst: int

    @property
    def slots(self) -> int:
        """How many slots there are."""
        return len(self.capacity)

    @property
    def leaders(self) -> int:
        """How many leaders there are."""
        return len(self.wishes)

    @classmethod
    def of(cls, problem: Json) -> "Arcs":
        """Take from a problem what the arcs can say; its other rules are left out."""
        places = {slot["id"]: place for place, slot in enumerate(problem["slots"])}
        wishes = [list(_wishes(problem, leader, places)) for leader in problem["leaders"]]
        return cls(
            [slot["capacity"] for slot in problem["slots"]],
            [slot.get("minimum", 1) for slot in problem["slots"]],
            wishes,
            max(rank for wish in wishes for _, rank in wish),
        )

    def write(self, file: Path) -> Path:
        """Write one line for all capacities, one for all minimum numbers, one for each leader."""
        lines = [" ".join(map(str, self.capacity)), " ".join(map(str, self.minimum))]
        lines += [" ".join(f"{slot}:{rank}" for slot, rank in wish) for wish in self.wishes]
        file.write_text("\n".join([str(self.worst), *lines, ""]), encoding="utf-8")
        return file

    @classmethod
    def read(cls, file: Path) -> "Arcs":
        """Read what `write` wrote, line by line: the file's text never stands in memory as a whole."""
        with file.open(encoding="utf-8") as lines:
            worst = int(next(lines))
            capacity, minimum = ([int(word) for word in next(lines).split()] for _ in range(2))
            return cls(capacity, minimum, [_wish(line) for line in lines], worst)


def _wish(line: str) -> list[tuple[int, int]]:
    return [(int(slot), int(rank)) for slot, rank in (word.split(":") for word in line.split())]


def _wishes(problem: Json, leader: Json, places: dict[str, int]) -> Iterator[tuple[int, int]]:
    ranks = {slot: rank for rank, tier in enumerate(leader["preferences"], start=1) for slot in tier}
    never = set(leader.get("excluded", []))
    if problem["rules"].get("place_unranked", True):
        unranked = worst_rank(problem)
        yield from ((place, ranks.get(slot, unranked)) for slot, place in places.items() if slot not in never)
    else:
        yield from ((places[slot], rank) for slot, rank in ranks.items() if slot not in never)


def worst_rank(problem: Json) -> int:
    """The rank of a slot that a leader has not ranked."""
    return 1 + max(len(leader["preferences"]) for leader in problem["leaders"])


Digit = Callable[[int], int]
"""What somebody with a rank adds to one count."""


def digits_of(objective: str, worst: int) -> list[Digit]:
    """What an objective counts, first things first: the least is the best. Rank 0 is to have no slot."""
    unplaced: list[Digit] = [lambda rank: int(rank == 0)]
    if objective == "total-rank":
        return [*unplaced, lambda rank: rank]
    if objective == "rank-maximal":
        # How many get the worst rank follows from the others.
        return unplaced + [_counting(best, -1) for best in range(1, worst)]
    return unplaced + [_counting(bad, 1) for bad in range(worst, 1, -1)]


def _counting(wanted: int, cost: int) -> Digit:
    return lambda rank: cost if rank == wanted else 0


def base_of(objective: str, arcs: Arcs) -> int:
    """The base in which digits cannot disturb each other.

    Two best flows differ by chains that meet each slot once, so a digit differs by no more than the number of
    slots and one; the sum of ranks differs by so many times the worst rank.
    """
    return (2 * arcs.slots + 3) * (arcs.worst if objective == "total-rank" else 1)


def weigh(digits: Sequence[Digit], worst: int, base: int) -> list[int]:
    """One whole number for each rank, none below 0, whose least sum has the least digits, the first first."""
    found = []
    for rank in range(worst + 1):
        number = 0
        for digit in digits:
            number = number * base + digit(rank)
        found.append(number)
    return [number - min(found) for number in found]
