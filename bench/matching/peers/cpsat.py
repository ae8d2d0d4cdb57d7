"""OR-tools CP-SAT, stage after stage, each begun from the result of the stage before, on two threads."""

import time
from importlib import import_module
from typing import Any

from bench.matching.arcs import Json
from bench.matching.peers.answer import Answer, OutOfTime, Run
from bench.matching.peers.model import Model

WORKERS = 2


def stages(problem: Json, seconds: float) -> Run:
    """Solve all stages before the lottery within `seconds`."""
    library = import_module("ortools.sat.python.cp_model")
    model = Model.of(problem)
    goals = list(model.goals())
    asked = library.CpModel()
    columns = [asked.new_bool_var("") for _ in range(model.columns)]

    def total(coefficients: dict[int, int]) -> Any:
        chosen = [columns[column] for column in coefficients]
        return library.LinearExpr.weighted_sum(chosen, list(coefficients.values()))

    for coefficients, least, most in model.rows:
        low = library.INT32_MIN if least is None else least
        asked.add_linear_constraint(total(coefficients), low, library.INT32_MAX if most is None else most)

    def run() -> Answer:
        until = time.monotonic() + seconds
        solver = library.CpSolver()
        solver.parameters.num_workers = WORKERS
        for goal in goals:
            solver.parameters.max_time_in_seconds = max(0.1, until - time.monotonic())
            asked.minimize(total(goal))
            if solver.solve(asked) != library.OPTIMAL:
                raise OutOfTime
            asked.add(total(goal) == round(solver.objective_value))
            asked.clear_hints()
            for column in columns:
                asked.add_hint(column, solver.value(column))
        return Answer(model.given(place for place, column in enumerate(columns) if solver.value(column)))

    return run
