"""Problems of real size against best results that were found in other ways.

`known.json` holds the values of every stage and, where known, a digest of the one result that the lottery
leaves. They were found by two programs that share nothing with the engine but the JSON: a plain sequence of
HiGHS searches over the whole problem with no gap, and a plain sequence of CP-SAT searches in whole numbers,
which also settles the lottery leader by leader. Both count every result again in whole numbers and check it
by the rules of `oracle`, and they agree; where the digest is missing, CP-SAT was too slow, and the values are
those of HiGHS. The lottery objective was drawn by `oracle`, and where pins ask for foresight by CP-SAT.
"""

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from placement.domain.matching import Problem, Solution, solve
from tests.unit.domain.matching.regression import generated, public

Json = dict[str, Any]
KNOWN: Json = json.loads((Path(__file__).parent / "known.json").read_text(encoding="utf-8"))
absent = pytest.mark.skipif(not public.DATA.is_dir(), reason="the shared public matching data are absent")
CASES = [
    *((made, objective) for made, objectives in generated.INSTANCES for objective in objectives),
    *(
        pytest.param(made, objective, marks=absent)
        for made, objectives in public.INSTANCES
        for objective in objectives
    ),
]


def digest(solution: Solution) -> str:
    lines = "\n".join(f"{one.leader} {one.slot}" for one in solution.assignments)
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def said(solution: Solution, objective: str) -> Json:
    """Give what a solution says in the words of the table: metres for kilometres, a draw by its profile."""
    values: Json = {stage.name: stage.value for stage in solution.stages if stage.name != "lottery"}
    if objective == "lottery":
        values = {"drawn": len(solution.assignments), "drawn profile": solution.profile}
    if "distance" in values:
        values["distance"] = round(1000 * values["distance"])
    return values | {"assignments": digest(solution)}


@pytest.mark.parametrize(("made", "objective"), CASES)
def test_a_problem_of_real_size_gets_its_known_best_result(made: Callable[[], Json], objective: str) -> None:
    known = KNOWN[f"{made.__name__} {objective}"]
    solution = solve(Problem.from_json(made() | {"objective": objective}), clock=time.monotonic)
    assert {name: said(solution, objective)[name] for name in known} == known
    assert (solution.status, solution.gap) == ("optimal", 0)
    assert all(stage.proven for stage in solution.stages)


def test_every_known_result_is_asked_for() -> None:
    instances = [*generated.INSTANCES, *public.INSTANCES]
    asked = {f"{made.__name__} {objective}" for made, objectives in instances for objective in objectives}
    assert asked == set(KNOWN)
