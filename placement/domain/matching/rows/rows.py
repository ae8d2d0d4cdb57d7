"""The rules of a problem as rows of whole numbers: what a result keeps, written for a solver.

Columns hold 0 or 1. The first are the candidates: is this leader given this slot? The others, where a rule
needs them, say for a slot whether it runs, whether it takes at least two or three, whether a sector is
there, and for a team that one, two or more of it are in a slot. Each row is
`coefficients · columns <= limit`, or `==`.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil
from typing import TypeVar

from placement.domain.matching.candidates import Candidate
from placement.domain.matching.clashes import clash_sets
from placement.domain.matching.problem import Problem

Row = tuple[Mapping[int, int], int]
"""Column to coefficient, and the limit."""
Levels = list[int]
"""Columns that say of a team and a slot: at least one of them is there, at least two, and so on."""


@dataclass
class Rows:
    """All rows of a problem, and how many columns they speak of."""

    columns: int
    at_most: list[Row] = field(default_factory=list)
    exactly: list[Row] = field(default_factory=list)

    def new_column(self) -> int:
        """Add a column that is 0 or 1."""
        self.columns += 1
        return self.columns - 1

    def add(self, coefficients: Mapping[int, int], limit: int) -> None:
        """Add a row unless every choice of its columns keeps it."""
        if sum(max(0, coefficient) for coefficient in coefficients.values()) > limit:
            self.at_most.append((coefficients, limit))


def build_rows(problem: Problem, candidates: list[Candidate]) -> Rows:
    """Write every rule of `problem` over `candidates`."""
    rows = Rows(columns=len(candidates))
    _add_pins(rows, candidates)
    _add_days(rows, problem, candidates)
    _add_partners(rows, problem, candidates)
    teams = _add_together(rows, problem, candidates)
    by_slot = _grouped((one.slot, column) for column, one in enumerate(candidates))
    for position, columns in sorted(by_slot.items()):
        runs = _add_slot(rows, problem, candidates, position, columns)
        _add_team_limits(rows, teams[position], problem.slots[position].capacity, runs)
    return rows


def _add_pins(rows: Rows, candidates: list[Candidate]) -> None:
    for column, one in enumerate(candidates):
        if one.pinned:
            rows.exactly.append(({column: 1}, 1))


def _add_days(rows: Rows, problem: Problem, candidates: list[Candidate]) -> None:
    """At most a leader's days, no two slots that clash, not too many at one partner."""
    conflicts = [frozenset(one) for one in clash_sets(problem.slots, problem.rules.gap_minutes)]
    by_leader = _grouped((one.leader, column) for column, one in enumerate(candidates))
    for leader, columns in sorted(by_leader.items()):
        days = problem.leaders[leader].days
        rows.add(dict.fromkeys(columns, 1), days)
        if days == 1:
            continue
        for conflict in conflicts:
            rows.add({column: 1 for column in columns if candidates[column].slot in conflict}, 1)
        most = problem.rules.max_per_partner
        for partner, theirs in _by_partner(problem, candidates, columns).items():
            if most is not None and partner is not None:
                rows.add(dict.fromkeys(theirs, 1), most)


def _by_partner(
    problem: Problem, candidates: list[Candidate], columns: Iterable[int]
) -> dict[str | None, list[int]]:
    return _grouped((problem.slots[candidates[column].slot].partner, column) for column in columns)


def _add_partners(rows: Rows, problem: Problem, candidates: list[Candidate]) -> None:
    for partner, columns in _by_partner(problem, candidates, range(len(candidates))).items():
        if partner is not None and partner in problem.rules.partner_capacity:
            rows.add(dict.fromkeys(columns, 1), problem.rules.partner_capacity[partner])


def _add_together(rows: Rows, problem: Problem, candidates: list[Candidate]) -> dict[int, list[Levels]]:
    """Let each team have one slot at most; give for each slot how many of each team are there."""
    found: dict[int, list[Levels]] = defaultdict(list)
    if problem.rules.teams != "together":
        return found
    members = _grouped(
        (team, column)
        for column, one in enumerate(candidates)
        if problem.leaders[one.leader].days == 1 and (team := problem.leaders[one.leader].team) is not None
    )
    for columns in members.values():
        if len({candidates[column].leader for column in columns}) < 2:
            continue
        by_slot = _grouped(
            (slot, column) for column in columns if problem.slots[slot := candidates[column].slot].capacity
        )
        for slot, there in by_slot.items():
            most = min(problem.slots[slot].capacity, len(there))
            found[slot].append([rows.new_column() for _ in range(most)])
        rows.add({found[slot][-1][0]: 1 for slot in by_slot}, 1)
        for slot, there in by_slot.items():
            _count_members(rows, there, found[slot][-1])
    return found


def _count_members(rows: Rows, there: list[int], levels: Levels) -> None:
    """Let `levels[k]` be 1 where more than k of a team are in a slot."""
    for column in there:
        rows.add({column: 1, levels[0]: -1}, 0)
    for fewer, more in pairwise(levels):
        rows.add({more: 1, fewer: -1}, 0)
    rows.exactly.append(({**dict.fromkeys(there, 1), **dict.fromkeys(levels, -1)}, 0))


def _add_team_limits(rows: Rows, teams: list[Levels], capacity: int, runs: int | None) -> None:
    """Say what follows for whole teams from a slot's capacity: they come in whole numbers, fractions do not.

    At most capacity / k teams are there with k members. And each team's first member apart, no more are there
    than when the seats are filled with as few teams as can be.
    """
    beyond: list[int] = []
    for number in range(1, max(map(len, teams), default=0)):
        with_more = [levels[number] for levels in teams if len(levels) > number]
        rows.add(dict.fromkeys(with_more, 1), capacity // (number + 1))
        beyond += with_more
    if beyond:
        largest = max(map(len, teams))
        rows.add(dict.fromkeys(beyond, 1), capacity - ceil(capacity / largest))
    if runs is not None:
        for levels in teams:
            rows.add({levels[0]: 1, runs: -1}, 0)


def _add_slot(
    rows: Rows, problem: Problem, candidates: list[Candidate], position: int, columns: list[int]
) -> int | None:
    """Capacity, minimum, organisations, spread teams and sectors of one slot; give what says that it runs."""
    slot, rules = problem.slots[position], problem.rules
    most = min(slot.capacity, len(columns))
    if slot.minimum > most:
        rows.exactly.append((dict.fromkeys(columns, 1), 0))
        return None
    levels = min(rules.min_sectors or 1, most)
    runs = rows.new_column() if slot.minimum > 1 or levels > 1 else None
    _add_at_most(rows, columns, most, runs)
    if runs is not None:
        for column in columns:
            rows.add({column: 1, runs: -1}, 0)
        rows.add({**dict.fromkeys(columns, -1), runs: slot.minimum}, 0)
    limits = {
        "organisation": rules.max_same_organisation,
        "team": 1 if rules.teams == "spread" else None,
    }
    for trait, limit in limits.items():
        for group in _by_trait(problem, candidates, columns, trait):
            _add_at_most(rows, group, len(group) if limit is None else limit, runs)
    if runs is not None and levels > 1:
        by_sector = _grouped(
            (problem.leaders[candidates[column].leader].sector, column) for column in columns
        )
        _add_sectors(rows, list(by_sector.values()), runs, levels, (slot.minimum, most))
    return runs


def _add_at_most(rows: Rows, columns: list[int], most: int, runs: int | None) -> None:
    """At most `most` of `columns`, and none unless the slot runs (the tight form for the solver)."""
    if most >= len(columns):
        return
    if runs is None:
        rows.add(dict.fromkeys(columns, 1), most)
    else:
        rows.add({**dict.fromkeys(columns, 1), runs: -most}, 0)


def _by_trait(
    problem: Problem, candidates: list[Candidate], columns: list[int], trait: str
) -> list[list[int]]:
    """Sort columns by their leader's organisation or team, leaving out leaders without one."""
    found = _grouped(
        (getattr(problem.leaders[candidates[column].leader], trait), column) for column in columns
    )
    return [group for name, group in found.items() if name is not None]


def _add_sectors(
    rows: Rows, sectors: list[list[int]], runs: int, levels: int, loads: tuple[int, int]
) -> None:
    """At least min(n, levels) sectors among the n leaders of a slot.

    `takes[k]` is 1 when the slot takes more than k leaders; a sector's column can be 1 only when one of its
    leaders is there; as many sectors must be there as there are `takes`. `loads` are the fewest and the most
    leaders of a slot that runs.
    """
    fewest, most = loads
    takes = [runs]
    for level in range(1, levels):
        if fewest > level:
            takes.append(runs)
            continue
        takes.append(rows.new_column())
        rows.add({takes[level]: 1, takes[level - 1]: -1}, 0)
    load: dict[int, int] = dict.fromkeys((column for group in sectors for column in group), 1)
    need: dict[int, int] = defaultdict(int)
    for level, column in enumerate(takes):
        load[column] = load.get(column, 0) - (1 if level < levels - 1 else most - levels + 1)
        need[column] += 1
    rows.add(load, 0)
    for group in sectors:
        present = rows.new_column()
        need[present] = -1
        rows.add({present: 1, runs: -1}, 0)
        rows.add({present: 1, **dict.fromkeys(group, -1)}, 0)
    rows.add(need, 0)


_Key = TypeVar("_Key", bound=Hashable)


def _grouped(pairs: Iterable[tuple[_Key, int]]) -> dict[_Key, list[int]]:
    groups: dict[_Key, list[int]] = defaultdict(list)
    for key, column in pairs:
        groups[key].append(column)
    return dict(groups)
