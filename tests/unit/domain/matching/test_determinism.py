"""The same problem gives the same octets, whatever the writing, the hash seed and the number of threads.

Asked of the program itself: a fresh process for each, as a cohort's run has it.
"""

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.domain.matching.cohorts import made_up
from tests.unit.domain.matching.regression import generated
from tests.unit.domain.matching.test_problem import shuffled

Json = dict[str, Any]
ROOT = Path(__file__).parents[4]
PROGRAM = (sys.executable, "-m", "placement", "solve")
SECONDS = re.compile(rb'"seconds": [0-9.e-]+')
"""The one value that may differ."""


def solution_octets(
    problem: Json, folder: Path, *words: str, hash_seed: str = "1", threads: str = "1"
) -> bytes:
    """Solve in a process of its own and give the file it wrote, apart from the seconds it took."""
    (folder / "problem.json").write_text(json.dumps(problem))
    done = subprocess.run(
        [*PROGRAM, "problem.json", "-o", "solution.json", *words],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONHASHSEED": hash_seed,
            "OMP_NUM_THREADS": threads,
            "OPENBLAS_NUM_THREADS": threads,
        },
        cwd=folder,
        capture_output=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    octets, changed = SECONDS.subn(b'"seconds": 0', (folder / "solution.json").read_bytes())
    assert changed == 1
    return octets


MIXED = {"max_same_organisation": 2, "min_sectors": 2}


def cohorts() -> dict[str, Json]:
    """Give a cohort for the flow, ones that need a search, and one in which everything is a tie."""
    equal = made_up(18, 6, 0) | {"rules": MIXED}
    for leader in equal["leaders"]:
        leader |= {"if_need_be": [], "distance_km": {}, "excluded": []}
    return {
        "minimum numbers alone": made_up(60, 15, 5, minimum=4),
        "mix rules": made_up(30, 10, 5, minimum=3) | {"rules": MIXED},
        "few, with mix rules": made_up(10, 5, 3, minimum=2) | {"rules": MIXED | {"place_unranked": False}},
        "confirmed pairs and several days": generated.repair_several_days(),
        "pins": generated.pinned_few(),
        "nothing but ties": equal,
    }


def writings(name: str, objective: str, folder: Path, *words: str) -> set[bytes]:
    """Solve a cohort three times, each time written and run in another way."""
    problem = cohorts()[name] | {"objective": objective}
    return {
        solution_octets(
            shuffled(problem, random.Random(turn)),
            folder,
            *words,
            hash_seed=hash_seed,
            threads=threads,
        )
        for turn, (hash_seed, threads) in enumerate([("1", "1"), ("2", "2"), ("random", "1")])
    }


@pytest.mark.parametrize(
    ("name", "objective"),
    [
        ("minimum numbers alone", "generous"),
        ("minimum numbers alone", "lottery"),
        ("mix rules", "rank-maximal"),
        ("mix rules", "lottery"),
        ("confirmed pairs and several days", "total-rank"),
        ("pins", "generous"),
        ("pins", "lottery"),
        ("nothing but ties", "rank-maximal"),
    ],
)
def test_a_solution_is_the_same_octet_by_octet(name: str, objective: str, tmp_path: Path) -> None:
    found = writings(name, objective, tmp_path)
    assert len(found) == 1
    assert json.loads(found.pop())["status"] == "optimal"


@pytest.mark.parametrize(
    ("name", "objective"), [("minimum numbers alone", "generous"), ("few, with mix rules", "rank-maximal")]
)
def test_explanations_and_diagnosis_are_the_same_octet_by_octet(
    name: str, objective: str, tmp_path: Path
) -> None:
    # With time enough: what there is no time to explain is left out.
    found = writings(name, objective, tmp_path, "--explain", "--diagnose", "--time-limit", "600")
    assert len(found) == 1
    assert json.loads(found.pop())["explanations"]


def test_another_seed_gives_another_solution(tmp_path: Path) -> None:
    problem = cohorts()["nothing but ties"]
    one, other = (solution_octets(problem | {"seed": seed}, tmp_path) for seed in "ab")
    assert json.loads(one)["assignments"] != json.loads(other)["assignments"]
