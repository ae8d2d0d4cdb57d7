"""A problem with every rule as rows and goals over columns of 0 and 1, written plainly, for solvers of such.

A column for each leader and possible slot, one for each slot that runs, and where teams are kept together one
for each team and slot. It shares nothing with the engine but the problem.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.matching.arcs import NOWHERE, Arcs, worst_rank

Json = dict[str, Any]
Row = tuple[dict[int, int], int | None, int | None]
"""Coefficients by column, least and greatest value; None where there is none."""
Key = Callable[[Json, int], object]
Cost = Callable[[int, int, int], int]
"""What a leader, a slot and its rank cost together."""


@dataclass
class Model:
    """One problem of leaders with one day each."""

    problem: Json
    pairs: list[tuple[int, int, int]] = field(default_factory=list)
    """Leader, slot and rank of each of the first columns."""
    columns: int = 0
    rows: list[Row] = field(default_factory=list)

    @classmethod
    def of(cls, problem: Json) -> "Model":
        """Write down every rule of `problem`."""
        if any(leader.get("days", 1) != 1 for leader in problem["leaders"]):
            raise ValueError("only leaders with one day can be written down")
        arcs = Arcs.of(problem)
        pairs = [(leader, slot, rank) for leader, wish in enumerate(arcs.wishes) for slot, rank in wish]
        model = cls(problem, pairs, len(pairs))
        rules = problem["rules"]
        model.at_most(1, lambda leader, _: leader["id"])
        if most := rules.get("max_same_organisation"):
            model.at_most(
                most, lambda leader, slot: leader["organisation"] and (slot, leader["organisation"])
            )
        if rules.get("teams") == "spread":
            model.at_most(1, _in_slot("team"))
        model.add_slots()
        if rules.get("teams") == "together":
            model.add_homes()
        return model

    def at_most(self, most: int, key: Key) -> None:
        """So many of the pairs with one key."""
        for there in self._groups(key).values():
            self.rows.append((dict.fromkeys(there, 1), 0, most))

    def add_slots(self) -> None:
        """Between minimum number and capacity where a slot runs, else nobody; two sectors where asked for."""
        groups = self._groups(lambda _, slot: slot)
        for place, slot in enumerate(self.problem["slots"]):
            there = groups.get(place, [])
            runs, self.columns = self.columns, self.columns + 1
            taken = dict.fromkeys(there, 1)
            self.rows.append(({**taken, runs: -slot["capacity"]}, None, 0))
            self.rows.append(({**taken, runs: -slot.get("minimum", 1)}, 0, None))
            if self.problem["rules"].get("min_sectors"):
                self._add_sectors(there, slot["capacity"])

    def _add_sectors(self, there: Sequence[int], capacity: int) -> None:
        """More than one of a sector only beside somebody of another; those without one are a sector too."""
        if self.problem["rules"]["min_sectors"] != 2:
            raise ValueError("only two sectors can be written down")
        sectors = [self.problem["leaders"][self.pairs[column][0]]["sector"] for column in there]
        for sector in set(sectors):
            held = {
                column: 1 if its == sector else -capacity for column, its in zip(there, sectors, strict=True)
            }
            self.rows.append((held, None, 1))

    def add_homes(self) -> None:
        """All of a team who are placed are in the one slot that is chosen for it."""
        teams = {leader["team"] for leader in self.problem["leaders"]} - {None}
        for team in sorted(teams):
            groups = self._groups(_of_team(team))
            homes = range(self.columns, self.columns + len(groups))
            self.columns += len(groups)
            self.rows.append((dict.fromkeys(homes, 1), 0, 1))
            for home, there in zip(homes, groups.values(), strict=True):
                self.rows += [({column: 1, home: -1}, None, 0) for column in there]

    def _groups(self, key: Key) -> dict[object, list[int]]:
        """The columns of pairs with the same key; those whose key is None are in none."""
        groups: dict[object, list[int]] = defaultdict(list)
        for column, (leader, slot, _) in enumerate(self.pairs):
            if (name := key(self.problem["leaders"][leader], slot)) is not None:
                groups[name].append(column)
        return groups

    def goals(self) -> Iterator[dict[int, int]]:
        """Every stage before the lottery, each settled before the next: the least is the best."""
        leaders, slots = self.problem["leaders"], [slot["id"] for slot in self.problem["slots"]]
        confirmed = {tuple(pair) for pair in self.problem.get("confirmed", [])}
        yield dict.fromkeys(range(len(self.pairs)), -1)
        if confirmed:
            yield self._goal(lambda leader, slot, _: -int((leaders[leader]["id"], slots[slot]) in confirmed))
        yield from (self._goal(cost) for cost in self._rank_costs())
        yield self._goal(lambda leader, slot, _: int(slots[slot] in leaders[leader].get("if_need_be", ())))
        yield self._goal(lambda leader, slot, _: metres(leaders[leader], slots[slot]))

    def _rank_costs(self) -> Iterable[Cost]:
        ranks = range(1, worst_rank(self.problem) + 1)
        if self.problem["objective"] == "total-rank":
            return [lambda _, __, rank: rank]
        if self.problem["objective"] == "rank-maximal":
            return [_counting(best, -1) for best in ranks]
        return [_counting(bad, 1) for bad in reversed(ranks)]

    def _goal(self, cost: Cost) -> dict[int, int]:
        found = {column: cost(*pair) for column, pair in enumerate(self.pairs)}
        return {column: number for column, number in found.items() if number}

    def given(self, chosen: Iterable[int]) -> list[int]:
        """Each leader's slot, where these columns are chosen."""
        found = [NOWHERE] * len(self.problem["leaders"])
        for column in chosen:
            if column < len(self.pairs):
                leader, slot, _ = self.pairs[column]
                found[leader] = slot
        return found


def _counting(wanted: int, cost: int) -> Cost:
    return lambda _, __, rank: cost if rank == wanted else 0


def _in_slot(trait: str) -> Key:
    """The key of those in one slot who share a trait; of those without it there is none."""
    return lambda leader, slot: (slot, leader[trait]) if leader[trait] else None


def _of_team(team: str) -> Key:
    return lambda leader, slot: slot if leader["team"] == team else None


def metres(leader: Json, slot: str) -> int:
    """The distance between a leader and a slot in whole metres; one not told counts 0."""
    kilometres: float = leader.get("distance_km", {}).get(slot, 0)
    return round(1000 * kilometres)
