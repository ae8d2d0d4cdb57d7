"""The rules of a problem as rows of whole numbers: what a result keeps, written for a solver.

Columns hold 0 or 1. The first are the candidates: is this leader given this slot? The others, where a rule
needs them, say for a slot whether it runs, whether it takes at least two or three, whether a sector is
there, and for a team which slot is theirs. Each row is `coefficients · columns <= limit`, or `==`.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from placement.domain.matching.candidates import Candidate
from placement.domain.matching.clashes import clash_sets
from placement.domain.matching.problem import Problem

Row = tuple[Mapping[int, int], int]
"""Column to coefficient, and the limit."""


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
    _add_together(rows, problem, candidates)
    by_slot = _grouped((one.slot, column) for column, one in enumerate(candidates))
    for position, columns in sorted(by_slot.items()):
        _add_slot(rows, problem, candidates, position, columns)
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


def _add_together(rows: Rows, problem: Problem, candidates: list[Candidate]) -> None:
    """One column per team and slot: is this slot the team's? A team has one at most."""
    if problem.rules.teams != "together":
        return
    members = _grouped(
        (team, column)
        for column, one in enumerate(candidates)
        if problem.leaders[one.leader].days == 1 and (team := problem.leaders[one.leader].team) is not None
    )
    for columns in members.values():
        if len({candidates[column].leader for column in columns}) < 2:
            continue
        by_slot = _grouped((candidates[column].slot, column) for column in columns)
        theirs = {slot: rows.new_column() for slot in by_slot}
        rows.add(dict.fromkeys(theirs.values(), 1), 1)
        for slot, there in by_slot.items():
            _add_at_most(rows, there, problem.slots[slot].capacity, theirs[slot])
            for column in there:
                rows.add({column: 1, theirs[slot]: -1}, 0)


def _add_slot(
    rows: Rows, problem: Problem, candidates: list[Candidate], position: int, columns: list[int]
) -> None:
    """Capacity, minimum, organisations, spread teams and sectors of one slot."""
    slot, rules = problem.slots[position], problem.rules
    most = min(slot.capacity, len(columns))
    if slot.minimum > most:
        rows.exactly.append((dict.fromkeys(columns, 1), 0))
        return
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
