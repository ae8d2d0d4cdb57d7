"""OR-tools `SimpleMinCostFlow`: one flow for the sum of ranks, and for a profile as few as its numbers allow.

Its numbers have 64 bits, and it multiplies costs by the number of nodes. Where the weights of a profile do
not fit, some digits are solved at a time. What they leave open is kept by the prices of the residual graph,
which are found here since the library does not tell its own.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.matching.arcs import NOWHERE, Arcs, base_of, digits_of, weigh
from bench.matching.peers.answer import Answer, Run

Ints = NDArray[np.int64]
_ROOM = 1 << 62


class Network:
    """Leaders, slots and one sink. Arcs: leaders to slots, leaders to the sink, slots to the sink."""

    def __init__(self, arcs: Arcs) -> None:
        leaders, slots = arcs.leaders, arcs.slots
        sink, self.leaders, self.nodes = leaders + slots, leaders, leaders + slots + 1
        ways = [(leader, slot, rank) for leader, wish in enumerate(arcs.wishes) for slot, rank in wish]
        tail, head, rank = (np.array(column, dtype=np.int64) for column in zip(*ways, strict=True))
        self.pairs = len(ways)
        self.rank = np.concatenate([rank, np.zeros(leaders, dtype=np.int64)])
        self.tail = np.concatenate([tail, np.arange(leaders), leaders + np.arange(slots)])
        self.head = np.concatenate([leaders + head, np.full(leaders + slots, sink)])
        self.room = np.concatenate([np.ones_like(self.rank), np.array(arcs.capacity)])
        self.supply = np.zeros(self.nodes, dtype=np.int64)
        self.supply[:leaders], self.supply[sink] = 1, -leaders

    def costs(self, of_rank: Sequence[int]) -> Ints:
        """Each arc's cost by its rank; slots to the sink cost nothing."""
        found = np.zeros_like(self.tail)
        found[: self.rank.size] = np.array(of_rank, dtype=np.int64)[self.rank]
        return found

    def solver(self, costs: Ints) -> Any:
        """A new solver with all arcs in it."""
        solver = import_module("ortools.graph.python.min_cost_flow").SimpleMinCostFlow()
        solver.add_arcs_with_capacity_and_unit_cost(self.tail, self.head, self.room, costs)
        solver.set_nodes_supplies(np.arange(self.nodes), self.supply)
        return solver

    def given(self, flows: Ints, note: str) -> Answer:
        """Where the flows take each leader."""
        given = np.full(self.leaders, NOWHERE)
        used = np.flatnonzero(flows[: self.pairs])
        given[self.tail[used]] = self.head[used] - self.leaders
        return Answer([int(slot) for slot in given], note=note)

    def face(self, costs: Ints, flows: Ints) -> Ints:
        """The sign of each arc's reduced cost: 1 where no best flow passes, -1 where each is full, else 0."""
        onward, back = flows < self.room, flows > 0
        tail = np.concatenate([self.tail[onward], self.head[back]])
        head = np.concatenate([self.head[onward], self.tail[back]])
        length = np.concatenate([costs[onward], -costs[back]])
        price, before = np.zeros(self.nodes, dtype=np.int64), np.ones(self.nodes, dtype=np.int64)
        while (price != before).any():
            before = price.copy()
            np.minimum.at(price, head, before[tail] + length)
        signs: Ints = np.sign(costs + price[self.tail] - price[self.head])
        return signs


def solve(arcs: Arcs, objective: str) -> Run:
    """Least cost by the objective's weights."""
    network = Network(arcs)
    base = base_of(objective, arcs)
    chunks = _chunks(arcs, objective, base, network.nodes)
    first = network.costs(chunks[0])
    solver = network.solver(first)

    def run() -> Answer:
        flows = _flows(network, solver)
        costs = first
        for chunk in chunks[1:]:
            costs = network.costs(chunk) + network.face(costs, flows) * base * max(chunk)
            flows = _flows(network, network.solver(costs))
        return network.given(flows, f"{len(chunks)} flows" if len(chunks) > 1 else "")

    return run


def _flows(network: Network, solver: Any) -> Ints:
    if (status := solver.solve()) != solver.OPTIMAL:
        raise ArithmeticError(f"the flow ended with {status}")
    return np.array(solver.flows(np.arange(network.tail.size)), dtype=np.int64)


def _chunks(arcs: Arcs, objective: str, base: int, nodes: int) -> list[list[int]]:
    """Weights by rank, as many digits in each as fit; later ones need room for what is fixed already."""
    digits = digits_of(objective, arcs.worst)
    chunks: list[list[int]] = []
    while digits:
        room = _ROOM // nodes // (base if chunks else 1)
        count = len(digits)
        while max(weigh(digits[:count], arcs.worst, base)) >= room:
            count -= 1
        chunks.append(weigh(digits[:count], arcs.worst, base))
        digits = digits[count:]
    return chunks
