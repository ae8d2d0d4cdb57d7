"""The exact flow: leaders to leaves at the least cost in all, by successive shortest paths in whole numbers.

Each leader-day comes in along the cheapest chain of moves (one leader takes another's place, who takes a
third's, up to a spare seat). Prices of the nodes keep every reduced cost at zero or more, so that Dijkstra's
method finds each chain, and they prove the result. The same search closes a slot or holds it to a minimum
number, starting from a result that is already there. Leaders have no nodes of their own: whoever sits at a
leaf is a way from it to each other leaf that they may have.

References
----------
.. [1] Ahuja, Magnanti, Orlin, Network Flows (1993), sections 9.7 and 9.8.
"""

from collections.abc import Iterable, Sequence
from heapq import heappop, heappush

from placement.domain.matching.flow.network import NOTHING, ROOT, Network

Arcs = Sequence[tuple[int, int]]
"""A leader's leaves, each with its cost."""
Move = tuple[int, int, int]
"""A leader, or -1 where nobody moves but room is used or freed; from this node; to that one."""


class Flow:
    """Who is at which leaf, and the prices that prove it best.

    Prices never rise, so none is above 0. An arc from `u` to `v` of cost `c` has the reduced cost
    `c + price[u] - price[v]`, which is never below 0.
    """

    def __init__(self, network: Network, arcs: Sequence[Arcs]) -> None:
        nodes = len(network.parent)
        self.network = network
        # Cheapest first, so that a look along them can stop early.
        self.arcs = [sorted([*ways, (NOTHING, 0)], key=lambda way: way[1]) for ways in arcs]
        self._all_arcs = self.arcs
        self.value = 0
        self.capacity, self.lower = list(network.capacity), [0] * nodes
        self.load, self.price = [0] * nodes, [0] * nodes
        self.members: list[dict[int, int]] = [{} for _ in range(nodes)]
        """For each leaf who is there, with what that costs."""
        self._place = [-1] * len(arcs)
        """The leaf of each leader with one day."""
        self.idle = dict.fromkeys(network.exclusive, 0)
        self.taken: dict[int, dict[int, int]] = {leader: {} for leader in network.exclusive}
        """For leaders with several days: the leaf taken in each group."""
        self.settled: dict[int, frozenset[int]] = {}
        """For leaves, the leaders who must stay there."""
        self.barred: dict[int, frozenset[int]] = {}
        """For leaves, the leaders who must not come there."""
        self._parent = network.parent
        self._children = network.children()
        self._never = 1 << (64 + 2 * sum(map(_largest, self.arcs)).bit_length())
        self._far = [self._never] * nodes
        self._from, self._who = [0] * nodes, [0] * nodes
        self._heap: list[tuple[int, int]] = []
        self._touched: list[int] = []
        self._wanting: list[list[tuple[int, int]]] = []

    def copy(self) -> "Flow":
        """Give a flow that can be changed apart from this one."""
        twin = object.__new__(Flow)
        twin.__dict__.update(self.__dict__)
        twin.capacity, twin.lower = self.capacity[:], self.lower[:]
        twin.load, twin.price = self.load[:], self.price[:]
        twin.members, twin._place = [there.copy() for there in self.members], self._place[:]
        twin.idle, twin.settled, twin.barred = self.idle.copy(), self.settled.copy(), self.barred.copy()
        twin.taken = {leader: groups.copy() for leader, groups in self.taken.items()}
        return twin

    def add(self, leader: int) -> None:
        """Bring in one day of `leader`; `nothing` takes it where that is best."""
        self._start(leader, NOTHING, ROOT)
        self._settle(ROOT)
        leaf = self._walk(ROOT)
        self._sit(leader, leaf)
        self._forget()

    def _start(self, leader: int, left: int, target: int) -> None:
        """Reach what `leader`, who leaves leaf `left`, could be given."""
        price, one_day = self.price, leader not in self.taken
        bound = self._never
        for leaf, cost in self.arcs[leader]:
            distance = cost - price[leaf]
            if distance < bound and (one_day or self._fits(leader, leaf, left)):
                bound = self._come(leaf, distance, -1, leader, target)

    def limit(self, node: int, most: int, below: int | None = None) -> bool:
        """Let `node` have at most `most` leaders, and move who is too many elsewhere at the least cost.

        False, with the work left half done, where that cannot be or as soon as all costs `below` or more.
        """
        if most < self.lower[node]:
            return False
        self.capacity[node] = min(most, self.capacity[node])
        while self.load[node] > most:
            if not self.send(node, self._parent[node]) or (below is not None and self.value >= below):
                return False
            self.load[node] -= 1
        return True

    def forbid(self, leader: int, leaf: int, below: int | None = None) -> bool:
        """Keep `leader` away from `leaf`, and move everybody as is then best.

        False, with the work left half done, where that cannot be or as soon as all costs `below` or more.
        """
        if leader in self.settled.get(leaf, ()):
            return False
        self.arcs = self.arcs[:]
        self.arcs[leader] = [way for way in self.arcs[leader] if way[0] != leaf]
        self.barred[leaf] = self.barred.get(leaf, frozenset()) | {leader}
        if leader not in self.members[leaf]:
            return True
        self._start(leader, leaf, leaf)
        self._settle(leaf)
        found = self._far[leaf] < self._never
        if found:
            self._leave(leader, leaf)
            self._sit(leader, self._walk(leaf))
        self._forget()
        return found and (below is None or self.value < below)

    def hold(self, node: int, least: int, below: int | None = None) -> bool:
        """Let `node` have `least` leaders or more, at the least cost; False where that cannot be.

        False, with the work left half done, as soon as all costs `below` or more.
        """
        if least > self.capacity[node]:
            return False
        self.lower[node] = least
        while self.load[node] < least:
            if not self._fetch(node) or (below is not None and self.value >= below):
                return False
            self.load[node] += 1
        return True

    def with_pair(self, leader: int, leaf: int) -> "Flow | None":
        """Give the best flow in which `leader` is at `leaf` and stays; None where that cannot be."""
        if leader in self.barred.get(leaf, ()):
            return None
        ways = [self._moved(leader, here, leaf) for here in self._may_leave(leader, leaf)]
        possible = [way for way in ways if way is not None]
        return min(possible, key=lambda way: way.value) if possible else None

    def _moved(self, leader: int, here: int, leaf: int) -> "Flow | None":
        """Move `leader` from `here` to `leaf` for good, and everybody else as is then best."""
        twin = self.copy()
        twin.settled[leaf] = twin.settled.get(leaf, frozenset()) | {leader}
        if here == leaf:
            return twin
        twin.carry_out([(leader, here, leaf)])
        return twin if twin.send(leaf, here) else None

    def _may_leave(self, leader: int, leaf: int) -> list[int]:
        """List the leaves that `leader` could leave to come to `leaf`: only `leaf` when there already."""
        here = self._places(leader)
        if leaf in here:
            return [leaf]
        if leader in self.taken:
            beside = self.taken[leader].get(self.network.exclusive[leader][leaf])
            here = here if beside is None else [beside]
        return [node for node in here if leader not in self.settled.get(node, ())]

    def send(self, start: int, target: int) -> bool:
        """Send one more leader from `start` to `target` the cheapest way; False where there is none."""
        self._reach(start, 0, -1, -1)
        self._settle(target)
        found = self._far[target] < self._never
        if found:
            self._walk(target)
        self._forget()
        return found

    def _settle(self, target: int) -> None:
        """Find the cheapest way to `target` (Dijkstra) and let prices fall by what it says."""
        far, heap, price = self._far, self._heap, self.price
        settled: list[int] = []
        while heap:
            distance, node = heappop(heap)
            if distance >= far[target]:
                break
            if distance == far[node]:
                settled.append(node)
                base = distance + price[node]
                for other in self.steps(node):
                    self._reach(other, base - price[other], node, -1)
                if far[target] > distance:
                    self._swap(node, base, target)
        fall = far[target]
        if fall < self._never:
            for node in settled:
                price[node] += far[node] - fall

    def _fetch(self, target: int) -> bool:
        """Bring one more leader to `target` from wherever that costs least; False where nobody can come.

        Sought from the end: few can come to one slot, but anybody could set out.
        """
        source, far, heap, price = self._parent[target], self._far, self._heap, self.price
        self._reach(target, 0, -1, -1)
        while heap:
            distance, node = heappop(heap)
            if distance >= far[source]:
                break
            if distance == far[node]:
                base = distance - price[node]
                for other in self._steps_to(node):
                    self._reach(other, base + price[other], node, -1)
                if far[source] > distance:
                    self._draw(node, base, source)
        fall = far[source]
        if found := fall < self._never:
            self.price = [least - min(back, fall) for least, back in zip(price, far, strict=True)]
            self._walk_on(source)
        self._forget()
        return found

    def _draw(self, node: int, base: int, source: int) -> None:
        """Reach back to where the leaders are who may come to `node`, and at once on to `source`."""
        far, price = self._far, self.price
        barred = self.barred.get(node, ())
        for leader, cost in self._wanted_by(node):
            if leader in barred:
                continue
            for here in self._places(leader):
                distance = base + cost - self.members[here][leader] + price[here]
                if (
                    distance < far[here]
                    and distance < far[source]
                    and leader not in self.settled.get(here, ())
                    and (leader not in self.taken or self._fits(leader, node, here))
                ):
                    self._reach(here, distance, node, leader)
                    if self._parent[here] == source and self.load[here] > self.lower[here]:
                        self._reach(source, distance + price[source] - price[here], here, -1)

    def _wanted_by(self, leaf: int) -> list[tuple[int, int]]:
        """List who may come to `leaf`, with what that costs."""
        if not self._wanting:  # One list for all copies, whoever is barred in them.
            self._wanting += [[] for _ in self.load]
            for leader, ways in enumerate(self._all_arcs):
                for other, cost in ways:
                    self._wanting[other].append((leader, cost))
        return self._wanting[leaf]

    def _steps_to(self, node: int) -> list[int]:
        """List from where one more may come along the tree."""
        load = self.load
        found = [child for child in self._children[node] if load[child] < self.capacity[child]]
        if load[node] > self.lower[node]:
            found.append(self._parent[node])
        return found

    def _places(self, leader: int) -> list[int]:
        """List the leaves at which a leader is."""
        if leader not in self.taken:
            here = self._place[leader]
            return [here] if here >= 0 else []
        waiting = [NOTHING] if self.idle[leader] else []
        return [*self.taken[leader].values(), *waiting]

    def steps(self, node: int) -> list[int]:
        """List where one more may go along the tree: up where there is room, down to whoever may leave."""
        load = self.load
        found = [child for child in self._children[node] if load[child] > self.lower[child]]
        if load[node] < self.capacity[node]:
            found.append(self._parent[node])
        return found

    def _swap(self, node: int, base: int, target: int) -> None:
        """Reach what the leaders at `node` could be given instead."""
        far, price, arcs, taken = self._far, self.price, self.arcs, self.taken
        bound, settled = far[target], self.settled.get(node, ())
        for leader, here in self.members[node].items():
            if leader in settled:
                continue
            start = base - here
            for leaf, cost in arcs[leader]:
                distance = start + cost
                if distance >= bound:
                    break  # No price is above 0, and what follows costs more.
                distance -= price[leaf]
                if (
                    distance < far[leaf]
                    and distance < bound
                    and (leader not in taken or self._fits(leader, leaf, node))
                ):
                    bound = self._come(leaf, distance, node, leader, target)

    def _come(self, leaf: int, distance: int, node: int, leader: int, target: int) -> int:
        """Note that `leader` may come to `leaf`, and at once the way on to `target`; give the best length."""
        far = self._far
        if far[leaf] == self._never:
            self._touched.append(leaf)
        far[leaf], self._from[leaf], self._who[leaf] = distance, node, leader
        heappush(self._heap, (distance, leaf))
        if self._parent[leaf] == target and self.load[leaf] < self.capacity[leaf]:
            through = distance + self.price[leaf] - self.price[target]
            if through < far[target]:
                if far[target] == self._never:
                    self._touched.append(target)
                far[target], self._from[target], self._who[target] = through, leaf, -1
        return far[target]

    def _reach(self, node: int, distance: int, came_from: int, who: int) -> None:
        far = self._far
        if distance < far[node]:
            if far[node] == self._never:
                self._touched.append(node)
            far[node], self._from[node], self._who[node] = distance, came_from, who
            heappush(self._heap, (distance, node))

    def _fits(self, leader: int, leaf: int, left: int) -> bool:
        """Tell whether a leader with several days who leaves leaf `left` may come to `leaf`."""
        if leaf == NOTHING:
            return True
        group = self.network.exclusive[leader][leaf]
        return self.taken[leader].get(group, left) == left

    def _walk(self, target: int) -> int:
        """Move everybody along the way that was found to `target`; give the node where it begins."""
        steps: list[tuple[int, int]] = []
        node = target
        while self._from[node] >= 0:
            steps.append((self._from[node], node))
            node = self._from[node]
        self.carry_out([(self._who[end], start, end) for start, end in steps])
        return node

    def _walk_on(self, source: int) -> None:
        """Move everybody along the way that was found from `source`."""
        moves: list[Move] = []
        node = source
        while self._from[node] >= 0:
            moves.append((self._who[node], node, self._from[node]))
            node = self._from[node]
        self.carry_out(moves)

    def carry_out(self, moves: Sequence[Move]) -> None:
        """Let leaders move from leaf to leaf; where nobody does (-1), one more goes up or one fewer down."""
        for who, start, end in moves:
            if who >= 0:
                self._leave(who, start)
            elif self._parent[start] == end and start != ROOT:
                self.load[start] += 1
            else:
                self.load[end] -= 1
        for who, _, end in moves:
            if who >= 0:
                self._sit(who, end)

    def _leave(self, leader: int, leaf: int) -> None:
        if leader in self.taken:
            if leaf == NOTHING:
                self.idle[leader] -= 1
                if self.idle[leader]:
                    return
            else:
                del self.taken[leader][self.network.exclusive[leader][leaf]]
        self.value -= self.members[leaf].pop(leader)

    def _sit(self, leader: int, leaf: int) -> None:
        cost = next(cost for other, cost in self.arcs[leader] if other == leaf)
        if leader in self.taken:
            if leaf == NOTHING:
                self.idle[leader] += 1
            else:
                self.taken[leader][self.network.exclusive[leader][leaf]] = leaf
        else:
            self._place[leader] = leaf
        self.members[leaf][leader] = cost
        self.value += cost

    def _forget(self) -> None:
        for node in self._touched:
            self._far[node] = self._never
        self._touched.clear()
        self._heap.clear()


def _largest(ways: Iterable[tuple[int, int]]) -> int:
    return max(abs(cost) for _, cost in ways)


def solve_flow(network: Network, arcs: Sequence[Arcs], order: Iterable[int] | None = None) -> Flow:
    """Bring in all days of all leaders, in `order` (which changes the time it takes, not the cost)."""
    flow = Flow(network, arcs)
    for leader in range(len(arcs)) if order is None else order:
        for _ in range(network.days[leader]):
            flow.add(leader)
    return flow
