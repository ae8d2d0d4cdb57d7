"""How many days the seats allow, and who competes for too few: a maximum flow and its least cut.

Minimum numbers, sectors, teams and clashes are left aside, so no result gives more days than this. Where the
flow cannot give all days, whoever can be reached by moving people on from a leader who misses one is in a set
of leaders who can be given only certain slots, with too few seats for all of them (Hall, J. London Math. Soc.
10, 1935).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass

from placement.domain.matching.candidates import Candidate
from placement.domain.matching.parts import Pair
from placement.domain.matching.problem import Problem

_ROOT = 0


@dataclass(frozen=True, slots=True)
class HallSet:
    """Leaders who together need more days than can be given to them. Positions in the problem."""

    leaders: tuple[int, ...]
    slots: tuple[int, ...]
    """All slots that they may be given, without those that were said to be closed."""
    days: int
    """The days that they need."""
    seats: int
    """The most days that they can be given together, fewer than `days`."""
    partner_full: bool
    """Whether a partner's limit over all its slots is among what binds."""
    organisation_full: bool
    """Whether the limit on leaders of one organisation is among what binds."""


class Seating:
    """A flow of leader-days to seats, and from slots on to partners with a limit.

    Parameters
    ----------
    problem, candidates
        What is to be matched, and which pairs may be.
    closed
        Positions of slots that are to take nobody.
    organisations
        Whether the limit on leaders of one organisation in a slot counts.
    start
        Pairs to begin with.

    """

    def __init__(
        self,
        problem: Problem,
        candidates: Sequence[Candidate],
        *,
        closed: frozenset[int] = frozenset(),
        organisations: bool = False,
        start: Iterable[Pair] = (),
    ) -> None:
        self._problem = problem
        self._closed = closed
        tree = _Tree(problem, candidates, closed, organisations=organisations)
        self._parent, self._room, self._children = tree.parent, tree.room, tree.children()
        self._tree = tree
        self._partner_nodes = frozenset(tree.partners.values())
        self._gates = frozenset(tree.gates.values())
        self._load = [0] * len(self._parent)
        self._members: list[dict[int, None]] = [{} for _ in self._parent]
        self._leaves: list[dict[int, int]] = [{} for _ in problem.leaders]
        """For each leader the leaves that may be given, and each leaf's slot."""
        self._given: list[dict[int, None]] = [{} for _ in problem.leaders]
        self._pinned = Counter(one.leader for one in candidates if one.pinned)
        self._slots_of: dict[int, set[int]] = defaultdict(set)
        self._dead: set[int] = set()
        for one, leaf in zip(candidates, tree.leaf, strict=True):
            if leaf != _ROOT:
                self._slots_of[one.leader].add(one.slot)
                if not one.pinned:
                    self._leaves[one.leader][leaf] = one.slot
        self._begin(start)

    def fill(self) -> int:
        """Give as many days as seats allow; give how many that are, pins among them."""
        for leader in range(len(self._leaves)):
            while self._wants(leader) and self._add(leader):
                pass
        return self.value()

    def add_to_one_of(self, leaders: Iterable[int]) -> bool:
        """Give one more day to one of these leaders, whoever has to move; False where nobody can."""
        return any(self._wants(leader) and self._add(leader) for leader in leaders)

    def copied(self) -> "Seating":
        """Give a seating that can be changed apart from this one."""
        twin = copy(self)
        twin.__dict__.update(
            _load=list(self._load),
            _dead=set(),
            _room=list(self._room),
            _leaves=list(self._leaves),
            _members=[dict(there) for there in self._members],
            _given=[dict(theirs) for theirs in self._given],
        )
        return twin

    def has(self, slot: int) -> bool:
        """Tell whether a slot is in the flow, because it can run as it is."""
        return slot in self._tree.slots

    def add_seat(self, slot: int) -> bool:
        """Let a slot take one more; False where it is not in the flow, because it cannot run as it is."""
        return self._widen(self._tree.slots.get(slot, _ROOT))

    def add_partner_day(self, partner: str) -> bool:
        """Let a partner take one more day in all; False where its limit is not in the flow."""
        return self._widen(self._tree.partners.get(partner, _ROOT))

    def allow(self, leader: int, slot: int) -> bool:
        """Let a leader be given a slot too; False where the slot is not in the flow."""
        organisation = self._problem.leaders[leader].organisation
        leaf = self._tree.gates.get((slot, organisation), self._tree.slots.get(slot, _ROOT))
        self._leaves[leader] = {**self._leaves[leader], leaf: slot}
        return leaf != _ROOT

    def _widen(self, node: int) -> bool:
        self._room[node] += 1
        return node != _ROOT

    def value(self) -> int:
        """Count the days given."""
        return self._pinned.total() + sum(len(leaves) for leaves in self._given)

    def pairs(self) -> frozenset[Pair]:
        """Name the pairs given."""
        leaders, slots = self._problem.leaders, self._problem.slots
        return self._problem.pins | {
            (leaders[leader].id, slots[self._leaves[leader][leaf]].id)
            for leader, given in enumerate(self._given)
            for leaf in given
        }

    def hall_sets(self) -> list[HallSet]:
        """List the sets of leaders who cannot all be given their days, once the seating is filled.

        Those who compete for the same seats are in one set; the smallest set comes first.
        """
        found: dict[frozenset[int], set[int]] = {}
        for leader in range(len(self._leaves)):
            if self._misses(leader):
                reached = self._reached(leader)
                nodes = frozenset(node for node in reached if node >= 0)
                found.setdefault(nodes, set()).update(~one for one in reached if one < 0)
        sets = [self._hall_set(sorted(leaders), nodes) for nodes, leaders in found.items()]
        return sorted(sets, key=lambda one: (len(one.leaders), one.leaders))

    def _begin(self, start: Iterable[Pair]) -> None:
        """Seat the pairs to begin with, as far as there is room."""
        leaders = {leader.id: place for place, leader in enumerate(self._problem.leaders)}
        leaf_of = [
            {self._problem.slots[slot].id: leaf for leaf, slot in leaves.items()} for leaves in self._leaves
        ]
        for leader_id, slot_id in sorted(start):
            leader = leaders.get(leader_id, -1)
            leaf = leaf_of[leader].get(slot_id) if leader >= 0 else None
            if leaf is None or not self._wants(leader):
                continue
            way = [leaf]
            while self._parent[way[-1]] != _ROOT:
                way.append(self._parent[way[-1]])
            if all(self._load[node] < self._room[node] for node in way):
                self._follow([~leader, *way])

    def _wants(self, leader: int) -> bool:
        """Tell whether the leader may be given one more day, as far as the number of slots goes."""
        return self._misses(leader) and len(self._given[leader]) < len(self._leaves[leader])

    def _misses(self, leader: int) -> bool:
        return self._days(leader) < self._problem.leaders[leader].days

    def _days(self, leader: int) -> int:
        return len(self._given[leader]) + self._pinned[leader]

    def _add(self, leader: int) -> bool:
        """Give the leader one more day, whoever has to move for it; False where nobody can."""
        way = self._free_way(leader)
        if way:
            self._follow([~leader, *way])
            return True
        came: dict[int, int] = {}
        end = self._explore(leader, came)
        if end is None:
            self._dead.update(came)
            return False
        way = [end]
        while way[-1] != ~leader:
            way.append(came[way[-1]])
        self._follow(way[::-1])
        return True

    def _free_way(self, leader: int) -> list[int]:
        """Find a way of one or two nodes that takes the leader without moving anybody; mostly there is one.

        It is the one that `_explore` would find.
        """
        given, parent = self._given[leader], self._parent
        free = [leaf for leaf in self._leaves[leader] if self._takes(leaf) and leaf not in given]
        for leaf in free:
            if parent[leaf] == _ROOT:
                return [leaf]
        for leaf in free:
            if parent[parent[leaf]] == _ROOT and self._takes(parent[leaf]):
                return [leaf, parent[leaf]]
        return []

    def _takes(self, node: int) -> bool:
        """Tell whether a node has room for one more and is not known to lead nowhere."""
        return self._load[node] < self._room[node] and node not in self._dead

    def _reached(self, leader: int) -> set[int]:
        """Give all that moving people on from a leader can reach: nodes, and leaders as `~leader`."""
        came: dict[int, int] = {}
        self._dead.clear()
        self._explore(leader, came)
        return {~leader, *came}

    def _explore(self, leader: int, came: dict[int, int]) -> int | None:
        """Look from a leader for a node with room to the root; `came` says how each thing was reached."""
        queue = [~leader]
        seen = {~leader, *self._dead}
        for item in queue:
            if item >= 0 and self._parent[item] == _ROOT and self._load[item] < self._room[item]:
                return item
            fresh = self._next(item, seen)
            seen.update(fresh)
            queue += fresh
            came.update(dict.fromkeys(fresh, item))
        return None

    def _next(self, item: int, seen: set[int]) -> list[int]:
        """List what one more at `item` can push on to and has not been `seen`."""
        if item < 0:
            given = self._given[~item]
            return [leaf for leaf in self._leaves[~item] if leaf not in seen and leaf not in given]
        found = [child for child in self._children[item] if self._load[child] and child not in seen]
        found += [~member for member in self._members[item] if ~member not in seen]
        up = self._parent[item]
        if up != _ROOT and up not in seen and self._load[item] < self._room[item]:
            return [up, *found]
        return found

    def _follow(self, way: Sequence[int]) -> None:
        """Move people along a way that begins with a leader and ends below the root."""
        for start, end in zip(way, [*way[1:], _ROOT], strict=True):
            if start < 0:
                self._members[end][~start] = self._given[~start][end] = None
            elif end < 0:
                del self._members[start][~end], self._given[~end][start]
            elif self._parent[start] == end:
                self._load[start] += 1
            else:
                self._load[end] -= 1

    def _hall_set(self, leaders: Sequence[int], nodes: frozenset[int]) -> HallSet:
        slots = set().union(*(self._slots_of[leader] for leader in leaders))
        return HallSet(
            leaders=tuple(leaders),
            slots=tuple(sorted(slots)),
            days=sum(self._problem.leaders[leader].days for leader in leaders),
            seats=sum(self._days(leader) for leader in leaders),
            partner_full=bool(nodes & self._partner_nodes),
            organisation_full=bool(nodes & self._gates),
        )


class _Tree:
    """Nodes with room: leaves, slots, partners; each leads to its parent, at last to the root."""

    def __init__(
        self,
        problem: Problem,
        candidates: Sequence[Candidate],
        closed: frozenset[int],
        *,
        organisations: bool,
    ) -> None:
        self.parent, self.room = [_ROOT], [0]
        self.partners: dict[str, int] = {}
        self.slots: dict[int, int] = {}
        self.gates: dict[tuple[int, str | None], int] = {}
        self.leaf = [_ROOT] * len(candidates)
        """Each candidate's leaf; the root where its slot can take nobody."""
        by_slot: dict[int, list[int]] = defaultdict(list)
        for column, one in enumerate(candidates):
            by_slot[one.slot].append(column)
        for slot, columns in sorted(by_slot.items()):
            if slot not in closed and runs(problem, slot, len(columns)):
                self._add_slot(problem, candidates, slot, columns, organisations=organisations)
        for one, leaf in zip(candidates, self.leaf, strict=True):
            node = leaf if one.pinned else _ROOT
            while node != _ROOT:
                self.room[node] -= 1
                node = self.parent[node]

    def children(self) -> list[list[int]]:
        """List each node's children."""
        found: list[list[int]] = [[] for _ in self.parent]
        for node, parent in enumerate(self.parent[1:], start=1):
            found[parent].append(node)
        return found

    def _add_slot(
        self,
        problem: Problem,
        candidates: Sequence[Candidate],
        slot: int,
        columns: Sequence[int],
        *,
        organisations: bool,
    ) -> None:
        partner, limits = problem.slots[slot].partner, problem.rules.partner_capacity
        above = _ROOT
        if partner is not None and partner in limits:
            if partner not in self.partners:
                self.partners[partner] = self._add(_ROOT, limits[partner])
            above = self.partners[partner]
        node = self._add(above, problem.slots[slot].capacity)
        most = problem.rules.max_same_organisation
        self.slots[slot] = node
        if organisations and most is not None:
            people = Counter(problem.leaders[candidates[column].leader].organisation for column in columns)
            for name in sorted(name for name, much in people.items() if name is not None and much > most):
                self.gates[slot, name] = self._add(node, most)
        for column in columns:
            organisation = problem.leaders[candidates[column].leader].organisation
            self.leaf[column] = self.gates.get((slot, organisation), node)

    def _add(self, parent: int, room: int) -> int:
        self.parent.append(parent)
        self.room.append(room)
        return len(self.parent) - 1


def runs(problem: Problem, slot: int, may: int) -> bool:
    """Tell whether a slot that `may` leaders may be given can run, as far as it shows by itself."""
    offer = problem.slots[slot]
    needed = max(1, offer.minimum)
    most = min(offer.capacity, may)
    if offer.partner is not None:
        most = min(most, problem.rules.partner_capacity.get(offer.partner, most))
    return most >= needed
