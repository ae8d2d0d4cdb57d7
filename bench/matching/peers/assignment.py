"""scipy's two solvers of the assignment problem, with a column for each seat and for each leader to stay out.

Costs are floats there: weights above 2^53 are refused.
"""

from collections.abc import Iterator

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from bench.matching.arcs import NOWHERE, Arcs, base_of, digits_of, weigh
from bench.matching.peers.answer import Answer, Run, Unfit

_EXACT = 1 << 53


def dense(arcs: Arcs, objective: str) -> Run:
    """`linear_sum_assignment` on a full matrix; who is given a seat that they may not have is given none."""
    costs = _weights(arcs, objective)
    seats = _seats(arcs)
    matrix = np.full((arcs.leaders, max(len(seats), arcs.leaders)), float(costs[0]))
    firsts = np.cumsum([0, *arcs.capacity])
    for leader, wish in enumerate(arcs.wishes):
        for slot, rank in wish:
            matrix[leader, firsts[slot] : firsts[slot + 1]] = costs[rank]

    def run() -> Answer:
        rows, columns = linear_sum_assignment(matrix)
        real = matrix[rows, columns] < costs[0]
        return Answer(
            [seats[column] if used else NOWHERE for column, used in zip(columns, real, strict=True)]
        )

    return run


def sparse(arcs: Arcs, objective: str) -> Run:
    """`min_weight_full_bipartite_matching`; all costs are 1 more, as a cost of 0 would be no edge there."""
    costs = [cost + 1 for cost in _weights(arcs, objective)]
    seats = _seats(arcs)
    firsts = np.cumsum([0, *arcs.capacity])
    cells = list(_cells(arcs, firsts, costs))
    rows, columns, numbers = (np.array(part) for part in zip(*cells, strict=True))
    shape = (arcs.leaders, len(seats) + arcs.leaders)
    matrix = csr_array((numbers.astype(float), (rows, columns)), shape=shape)

    def run() -> Answer:
        _, chosen = min_weight_full_bipartite_matching(matrix)
        return Answer([seats[column] if column < len(seats) else NOWHERE for column in chosen])

    return run


def _cells(arcs: Arcs, firsts: np.ndarray, costs: list[int]) -> Iterator[tuple[int, int, int]]:
    for leader, wish in enumerate(arcs.wishes):
        for slot, rank in wish:
            for seat in range(firsts[slot], firsts[slot + 1]):
                yield leader, seat, costs[rank]
        yield leader, int(firsts[-1]) + leader, costs[0]


def _seats(arcs: Arcs) -> list[int]:
    """The slot of each seat."""
    return [slot for slot, room in enumerate(arcs.capacity) for _ in range(room)]


def _weights(arcs: Arcs, objective: str) -> list[int]:
    found = weigh(digits_of(objective, arcs.worst), arcs.worst, base_of(objective, arcs))
    if max(found) * arcs.slots >= _EXACT:
        raise Unfit("weights do not fit floats")
    return found
