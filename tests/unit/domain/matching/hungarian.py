"""The Hungarian method in whole numbers of any size: one cost holds all stages and the whole lottery."""

from typing import Any

from tests.unit.domain.matching.oracle import drawn, may_have, rank, unranked

Json = dict[str, Any]
_BASE = 10**8
"""More than any stage's value can differ between two results, such as metres in all."""

_NEVER = _BASE**1000


def best_of_one_day(problem: Json) -> set[tuple[str, str]]:
    """Find the one best result for leaders with a day each, where capacity is the only rule."""
    leaders = problem["leaders"]
    seats = [slot["id"] for slot in problem["slots"] for _ in range(slot["capacity"])]
    turns = drawn(problem["seed"], [leader["id"] for leader in leaders])
    slot_turns = drawn(problem["seed"], [slot["id"] for slot in problem["slots"]])
    costs = []
    for leader in leaders:
        turn = turns.index(leader["id"])
        of_slot = {slot: _cost(problem, leader, slot, turn, slot_turns) for slot in slot_turns}
        nothing = _number(_lottery(problem, turn, unranked(problem) + 1, len(slot_turns)))
        costs.append([of_slot[seat] for seat in seats] + [nothing] * len(leaders))
    return {
        (leaders[row]["id"], seats[column]) for row, column in enumerate(assign(costs)) if column < len(seats)
    }


def _cost(problem: Json, leader: Json, slot: str, turn: int, slot_turns: list[str]) -> int:
    if not may_have(problem, leader, slot):
        return _NEVER
    found = rank(leader, slot)
    place = unranked(problem) if found is None else found
    profile = [int(place == one) for one in range(unranked(problem), 0, -1)]
    if problem["objective"] == "rank-maximal":
        profile = [-one for one in reversed(profile)]
    if problem["objective"] == "total-rank":
        profile = [place]
    need = int(slot in leader["if_need_be"])
    metres = round(1000 * leader["distance_km"].get(slot, 0))
    lottery = _lottery(problem, turn, place, slot_turns.index(slot))
    return _number([-1, *profile, need, metres, *lottery])


def _lottery(problem: Json, turn: int, place: int, slot_turn: int) -> list[int]:
    """Give one digit for each leader's rank, then one for each leader's slot."""
    people = len(problem["leaders"])
    ranks, slots = [0] * people, [0] * people
    ranks[turn], slots[turn] = place, slot_turn
    return [*ranks, *slots]


def _number(digits: list[int]) -> int:
    number = 0
    for digit in digits:
        number = number * _BASE + digit
    return number


def assign(costs: list[list[int]]) -> list[int]:
    """Give each row a column of its own at the least cost in all (Kuhn 1955, with prices)."""
    work = _Assigned(costs)
    for row in range(len(costs)):
        work.add(row)
    return [work.row_at.index(row) for row in range(len(costs))]


class _Assigned:
    """Rows added so far, each at a column, and the prices that prove it the cheapest."""

    def __init__(self, costs: list[list[int]]) -> None:
        self.costs = costs
        self.of_row = [0] * len(costs)
        self.of_column = [0] * len(costs[0])
        self.row_at = [-1] * len(costs[0])

    def add(self, row: int) -> None:
        """Find the cheapest chain of moves from the new row to a free column, and move along it."""
        reached: dict[int, tuple[int, int]] = {}
        known: dict[int, tuple[int, int]] = {}
        column, at, far = -1, row, 0
        while at >= 0:
            for other in range(len(self.of_column)):
                reduced = far + self.costs[at][other] - self.of_row[at] - self.of_column[other]
                if other not in reached and (other not in known or reduced < known[other][0]):
                    known[other] = (reduced, column)
            column = min(known, key=lambda one: known[one][0])
            reached[column] = known.pop(column)
            far, at = reached[column][0], self.row_at[column]
        self._change_prices(row, reached, far)
        while column >= 0:
            before = reached[column][1]
            self.row_at[column] = self.row_at[before] if before >= 0 else row
            column = before

    def _change_prices(self, row: int, reached: dict[int, tuple[int, int]], far: int) -> None:
        self.of_row[row] += far
        for column, (distance, _) in reached.items():
            self.of_column[column] -= far - distance
            if self.row_at[column] >= 0:
                self.of_row[self.row_at[column]] += far - distance
