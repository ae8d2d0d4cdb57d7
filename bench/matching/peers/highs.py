"""One whole-number program after another with HiGHS through `scipy.optimize.milp`: the plain reference.

After each stage a row holds its value, and the next stage is solved from the beginning. A slot's leaders are
tied to its running by one row with the capacity, which proved faster here than one row for each leader.
"""

import time
from collections.abc import Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from bench.matching.arcs import Json
from bench.matching.peers.answer import Answer, OutOfTime, Run
from bench.matching.peers.model import Model, Row


def stages(problem: Json, seconds: float) -> Run:
    """Solve all stages before the lottery within `seconds`."""
    model = Model.of(problem)
    goals = list(model.goals())

    def run() -> Answer:
        until = time.monotonic() + seconds
        rows, chosen = list(model.rows), []
        for goal in goals:
            chosen = _least(model.columns, rows, goal, until)
            value = sum(goal.get(column, 0) for column in chosen)
            rows.append((goal, value, value))
        return Answer(model.given(chosen))

    return run


def _least(columns: int, rows: Sequence[Row], goal: dict[int, int], until: float) -> list[int]:
    """The columns chosen where `goal` is least."""
    costs = np.zeros(columns)
    costs[list(goal)] = list(goal.values())
    result = milp(
        costs,
        integrality=np.ones(columns, dtype=int),
        bounds=Bounds(0, 1),
        constraints=_constraints(columns, rows),
        options={"mip_rel_gap": 0, "time_limit": max(0.1, until - time.monotonic())},
    )
    if result.status != 0:
        raise OutOfTime
    return [int(column) for column in np.flatnonzero(result.x > 0.5)]


def _constraints(columns: int, rows: Sequence[Row]) -> LinearConstraint:
    cells = [
        (row, column, number)
        for row, (coefficients, _, _) in enumerate(rows)
        for column, number in coefficients.items()
    ]
    places, where, numbers = zip(*cells, strict=True)
    matrix = csr_array((np.array(numbers, dtype=float), (places, where)), shape=(len(rows), columns))
    least = [-np.inf if low is None else low for _, low, _ in rows]
    most = [np.inf if high is None else high for _, _, high in rows]
    return LinearConstraint(matrix, least, most)
