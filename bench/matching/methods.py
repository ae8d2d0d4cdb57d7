"""Every solver that is measured: where its code is, what it reads, and which Python runs it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

from bench.matching.peers.answer import Run

Build = Callable[[Any, str], Run]


@dataclass(frozen=True)
class Method:
    """One solver. `reads` tells whether it knows all rules or the plain core of a problem alone."""

    label: str
    module: str
    function: str
    reads: Literal["problem", "arcs"]
    own: bool = False
    """Whether it runs with the project's packages; the others have an environment of their own."""

    def build(self) -> Build:
        """Import it, which needs its packages."""
        found: Build = getattr(import_module(f"bench.matching.{self.module}"), self.function)
        return found


METHODS: Mapping[str, Method] = {
    "ours": Method("**placement**, all stages and the lottery", "ours", "whole", "problem", own=True),
    "core": Method("**placement**, its flow alone", "ours", "core", "arcs", own=True),
    "explained": Method("**placement**, explaining every leader", "ours", "explained", "problem", own=True),
    "what-if": Method("**placement**, what would help", "ours", "what_ifs", "problem", own=True),
    "readiness": Method("**placement**, readiness diagnosis", "ours", "readiness", "problem", own=True),
    "prices": Method("**placement**, all leaders' prices", "ours", "prices", "arcs", own=True),
    "highs": Method(
        "HiGHS, one MILP for each stage (`scipy.milp`)", "peers.highs", "stages", "problem", own=True
    ),
    "cpsat": Method("OR-tools CP-SAT, one model for each stage", "peers.cpsat", "stages", "problem"),
    "flow": Method("OR-tools SimpleMinCostFlow", "peers.flow", "solve", "arcs"),
    "sparse": Method(
        "scipy min_weight_full_bipartite_matching", "peers.assignment", "sparse", "arcs", own=True
    ),
    "dense": Method("scipy linear_sum_assignment", "peers.assignment", "dense", "arcs", own=True),
    "residents": Method("matching, HospitalResident", "peers.stable", "residents", "arcs"),
    "students": Method("matching, StudentAllocation", "peers.stable", "students", "arcs"),
    "dictatorship": Method("fairpyx, serial dictatorship", "peers.fair", "dictatorship", "arcs"),
    "round robin": Method("fairpyx, round robin", "peers.fair", "round_robin", "arcs"),
    "utilitarian": Method("fairpyx, utilitarian", "peers.fair", "utilitarian", "arcs"),
    "iterated": Method("fairpyx, iterated maximum matching", "peers.fair", "iterated", "arcs"),
}
