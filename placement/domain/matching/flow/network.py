"""The rules as a network: leaders are joined to leaves, and every leaf leads up a tree of limits.

A leaf is a slot, or a gate of a slot that only some leaders pass (those of one sector, of one organisation,
of one team that is to be spread). A gate leads to its slot, a slot to its partner or straight to the root, a
partner to the root. Every node passes only so many leaders. One more leaf, `nothing`, takes everybody at no
cost.

Rules keep this form when the groups that a rule limits are nested or apart (Biró, Fleiner, Irving and
Manlove, Theor. Comput. Sci. 411, 2010). What has not that form is listed in `loose`: minimum numbers, at
least so many sectors, teams that stay together, groups that cross. The search sees to these.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from placement.domain.matching.candidates import Candidate
from placement.domain.matching.clashes import clash, clash_sets
from placement.domain.matching.flow.loose import LooseRule, Minimum, Mixed, SeatLimit, Together
from placement.domain.matching.problem import Problem

ROOT = 0
NOTHING = 1


@dataclass
class Network:
    """Nodes are numbers; `ROOT` and `NOTHING` are the first two.

    A leader's `day` groups say which of a leader's leaves exclude each other; None where all do, because the
    leader has one day.
    """

    parent: list[int] = field(default_factory=lambda: [ROOT, ROOT])
    capacity: list[int] = field(default_factory=lambda: [0, 0])
    slot_node: dict[int, int] = field(default_factory=dict)
    """A slot's position in the problem to its node; only slots with candidates have one."""
    loose: list[LooseRule] = field(default_factory=list)
    """The rules that the tree does not hold."""
    leaf: list[int] = field(default_factory=list)
    """Each candidate's leaf."""
    days: list[int] = field(default_factory=list)
    """Each leader's days, no more than possible slots."""
    exclusive: dict[int, dict[int, int]] = field(default_factory=dict)
    """Leaders with several days: each leaf's group, of which the leader may have one."""

    def add_node(self, parent: int, capacity: int) -> int:
        """Add a node that passes at most `capacity` leaders on to `parent`."""
        self.parent.append(parent)
        self.capacity.append(capacity)
        return len(self.parent) - 1

    def children(self) -> list[list[int]]:
        """List each node's children."""
        found: list[list[int]] = [[] for _ in self.parent]
        for node, parent in enumerate(self.parent[1:], start=1):
            found[parent].append(node)
        return found


def build_network(problem: Problem, candidates: Sequence[Candidate]) -> Network:
    """Write the rules as a network, with what has not its form in `loose`."""
    by_slot: dict[int, list[int]] = defaultdict(list)
    by_leader: dict[int, list[int]] = defaultdict(list)
    for column, one in enumerate(candidates):
        by_slot[one.slot].append(column)
        by_leader[one.leader].append(column)
    network = Network(leaf=[NOTHING] * len(candidates))
    network.days = [min(leader.days, len(by_leader[at])) for at, leader in enumerate(problem.leaders)]
    network.capacity[NOTHING] = network.capacity[ROOT] = len(candidates) + sum(network.days)
    partners: dict[str, int] = {}
    for position in sorted(by_slot):
        node = _add_slot(network, problem, position, by_slot[position], partners)
        _add_gates(network, problem, candidates, by_slot[position], node)
    for place, leader in enumerate(problem.leaders):
        if leader.days > 1 and by_leader[place]:
            _add_days(network, problem, candidates, place, by_leader[place])
    if problem.rules.teams == "together":
        _add_together(network, problem, candidates)
    return network


def _add_slot(
    network: Network, problem: Problem, position: int, columns: Sequence[int], partners: dict[str, int]
) -> int:
    slot = problem.slots[position]
    parent = ROOT
    if slot.partner is not None and slot.partner in problem.rules.partner_capacity:
        if slot.partner not in partners:
            most = problem.rules.partner_capacity[slot.partner]
            partners[slot.partner] = network.add_node(ROOT, most)
        parent = partners[slot.partner]
    possible = min(slot.capacity, len(columns))
    node = network.add_node(parent, 0 if slot.minimum > possible else possible)
    network.slot_node[position] = node
    if 1 < slot.minimum <= possible:
        network.loose.append(Minimum(node, slot.minimum))
    for column in columns:
        network.leaf[column] = node
    return node


def _add_gates(
    network: Network, problem: Problem, candidates: Sequence[Candidate], columns: Sequence[int], node: int
) -> None:
    """Add the gates of one slot: its sectors', within them its organisations', within those its teams'."""
    rules = problem.rules
    if rules.min_sectors is not None and network.capacity[node] > 1:
        sectors = _sorted_by(problem, candidates, columns, "sector")
        gates = [_add_gate(network, node, there, len(there)) for _, there in sorted(sectors, key=_name_first)]
        network.loose.append(Mixed(node, tuple(gates), rules.min_sectors))
    crossing: list[tuple[list[int], int]] = []
    limits = (("organisation", rules.max_same_organisation), ("team", 1 if rules.teams == "spread" else None))
    for trait, most in limits:
        for name, there in _sorted_by(problem, candidates, columns, trait):
            if most is not None and name is not None and len(there) > most:
                above = {network.leaf[column] for column in there}
                if len(above) == 1:
                    _add_gate(network, above.pop(), there, most)
                else:
                    crossing.append((there, most))
    # Only now is every leaf known.
    network.loose += [SeatLimit(_seats(network, candidates, there), most) for there, most in crossing]


def _add_gate(network: Network, parent: int, columns: Sequence[int], most: int) -> int:
    gate = network.add_node(parent, most)
    for column in columns:
        network.leaf[column] = gate
    return gate


def _seats(
    network: Network, candidates: Sequence[Candidate], columns: Iterable[int]
) -> tuple[tuple[int, int], ...]:
    return tuple((candidates[column].leader, network.leaf[column]) for column in columns)


def _name_first(group: tuple[str | None, list[int]]) -> tuple[bool, str]:
    return group[0] is not None, group[0] or ""


def _sorted_by(
    problem: Problem, candidates: Sequence[Candidate], columns: Iterable[int], trait: str
) -> list[tuple[str | None, list[int]]]:
    """Sort columns by their leaders' sector, organisation or team."""
    groups: dict[str | None, list[int]] = defaultdict(list)
    for column in columns:
        groups[getattr(problem.leaders[candidates[column].leader], trait)].append(column)
    return list(groups.items())


def _add_together(network: Network, problem: Problem, candidates: Sequence[Candidate]) -> None:
    """Let each team's leaders with one day stay together."""
    teams: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for column, one in enumerate(candidates):
        leader = problem.leaders[one.leader]
        if leader.team is not None and leader.days == 1:
            teams[leader.team][one.slot].append(column)
    for by_slot in teams.values():
        seats = {slot: _seats(network, candidates, columns) for slot, columns in by_slot.items()}
        if len({leader for there in seats.values() for leader, _ in there}) > 1:
            network.loose.append(Together(seats))


def _add_days(
    network: Network, problem: Problem, candidates: Sequence[Candidate], place: int, columns: Sequence[int]
) -> None:
    """Group the slots of a leader with several days, of which each group gives one.

    Slots that exclude each other are a group where that parts them clearly; elsewhere each is its own group
    and what excludes what is left to loose rules.
    """
    at = {candidates[column].slot: network.leaf[column] for column in sorted(columns)}
    slots = sorted(at)
    groups = _parted(problem, slots)
    if groups is None:
        groups = [[slot] for slot in slots]
        for conflict in clash_sets([problem.slots[slot] for slot in slots], problem.rules.gap_minutes):
            seats = tuple((place, at[slots[index]]) for index in conflict)
            network.loose.append(SeatLimit(seats, 1))
    network.exclusive[place] = {at[slot]: number for number, group in enumerate(groups) for slot in group}
    _add_partner_limits(network, problem, place, at)


def _parted(problem: Problem, slots: Sequence[int]) -> list[list[int]] | None:
    """Part slots into groups within which all exclude each other, and across which none do."""
    groups: list[list[int]] = []
    for slot in slots:
        beside = [group for group in groups if any(_excludes(problem, slot, other) for other in group)]
        if not beside:
            groups.append([slot])
        elif len(beside) == 1 and all(_excludes(problem, slot, other) for other in beside[0]):
            beside[0].append(slot)
        else:
            return None
    return groups


def _excludes(problem: Problem, slot: int, other: int) -> bool:
    return clash(problem.slots[slot], problem.slots[other], problem.rules.gap_minutes)


def _add_partner_limits(network: Network, problem: Problem, place: int, at: Mapping[int, int]) -> None:
    most = problem.rules.max_per_partner
    theirs: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for slot, leaf in sorted(at.items()):
        partner = problem.slots[slot].partner
        if partner is not None:
            theirs[partner].append((place, leaf))
    for seats in theirs.values():
        if most is not None and len(seats) > most:
            network.loose.append(SeatLimit(tuple(seats), most))
