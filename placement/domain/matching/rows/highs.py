"""The two questions put to HiGHS, through scipy: a relaxation with prices, and a whole-number search."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_OPTIMAL, _LIMIT, _INFEASIBLE = 0, 1, 2


@dataclass(frozen=True)
class Polytope:
    """Columns in 0..1 with `at_most · columns <= most` and `exactly · columns == exact`; whole numbers."""

    at_most: Any
    most: Ints
    exactly: Any
    exact: Ints


@dataclass(frozen=True)
class Relaxed:
    """A vertex of the relaxation and the prices of its rows: >= 0 for `at_most`, any sign for `exactly`."""

    columns: Floats
    most_prices: Floats
    exact_prices: Floats


@dataclass(frozen=True)
class Searched:
    """What a search ended with: `columns` is None when it found no result; `bound` is HiGHS's own."""

    columns: Floats | None
    bound: float
    finished: bool
    infeasible: bool


def relax(costs: Ints, polytope: Polytope, seconds: float) -> Relaxed | None:
    """Find the least cost over the polytope with fractions allowed; None if that was not found in time."""
    with _quiet():
        result = linprog(
            costs.astype(np.float64),
            A_ub=polytope.at_most if polytope.most.size else None,
            b_ub=polytope.most if polytope.most.size else None,
            A_eq=polytope.exactly if polytope.exact.size else None,
            b_eq=polytope.exact if polytope.exact.size else None,
            bounds=(0, 1),
            method="highs",
            options={"time_limit": max(seconds, 0.0)},
        )
    if result.status != _OPTIMAL:
        return None
    return Relaxed(
        columns=np.asarray(result.x),
        most_prices=-np.asarray(result.ineqlin.marginals, dtype=np.float64),
        exact_prices=-np.asarray(result.eqlin.marginals, dtype=np.float64),
    )


def search(costs: Ints, polytope: Polytope, seconds: float) -> Searched:
    """Find the least cost over the polytope's whole points, with no gap left, within `seconds`."""
    rows = (
        [LinearConstraint(polytope.at_most, -np.inf, polytope.most.astype(np.float64))]
        if polytope.most.size
        else []
    )
    if polytope.exact.size:
        exact = polytope.exact.astype(np.float64)
        rows.append(LinearConstraint(polytope.exactly, exact, exact))
    with _quiet():
        result = milp(
            costs.astype(np.float64),
            integrality=np.ones(costs.size, dtype=np.int64),
            bounds=Bounds(0, 1),
            constraints=rows,
            # The default gap of 0.01 % would let a cohort of 150 end one place short, as a "success".
            options={"time_limit": max(seconds, 0.0), "mip_rel_gap": 0.0},
        )
    bound = getattr(result, "mip_dual_bound", None)
    return Searched(
        columns=None if result.x is None else np.asarray(result.x),
        bound=-np.inf if bound is None else float(bound),
        finished=result.status == _OPTIMAL,
        infeasible=result.status == _INFEASIBLE,
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep off stdout what HiGHS prints there: 1.12 has a line of debugging that no option turns off.

    It would stand in the middle of a solution printed as JSON. The C library's buffer is emptied before
    stdout is given back, or the line would come out later.
    """
    try:
        sys.stdout.flush()
        stdout = os.dup(1)
    except (AttributeError, OSError, ValueError):  # no stdout, as in a service without a console
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        _empty_buffers()
        os.dup2(nowhere, 1)
        yield
    finally:
        _empty_buffers()
        os.dup2(stdout, 1)
        os.close(stdout)
        os.close(nowhere)


def _empty_buffers() -> None:
    if os.name == "posix":
        ctypes.CDLL(None).fflush(None)
