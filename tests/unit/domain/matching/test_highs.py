"""What HiGHS prints of its own accord stays off stdout."""

import os
import subprocess
import sys
from pathlib import Path

NOISY = """
import ctypes, os, sys
import numpy as np
from scipy import sparse
from placement.domain.matching.rows import highs

quiet_milp = highs.milp

def noisy_milp(*words, **options):
    ctypes.CDLL(None).puts(b"noise of the solver")
    return quiet_milp(*words, **options)

highs.milp = noisy_milp
empty = np.zeros(0, dtype=np.int64)
rows = sparse.csr_array((0, 1), dtype=np.int64)
sys.stdout.write("before ")
searched = highs.search(np.array([-1]), highs.Polytope(rows, empty, rows, empty), 10.0)
print("after", searched.columns)
"""


def test_what_the_solver_prints_does_not_reach_stdout() -> None:
    done = subprocess.run(
        [sys.executable, "-c", NOISY],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[4])},
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("before after [1.]\n", "")
