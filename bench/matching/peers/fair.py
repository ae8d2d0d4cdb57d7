"""The package `fairpyx`: rules of fair division, where a better rank is worth more."""

from importlib import import_module
from typing import Any

from bench.matching.arcs import NOWHERE, Arcs
from bench.matching.peers.answer import Answer, Run


def dictatorship(arcs: Arcs, _objective: str) -> Run:
    """Serial dictatorship: one leader after the other takes the best slot left."""
    return _run(arcs, "picking_sequence", "serial_dictatorship")


def round_robin(arcs: Arcs, _objective: str) -> Run:
    """Round robin; the same as serial dictatorship where each leader has one day."""
    return _run(arcs, "picking_sequence", "round_robin")


def utilitarian(arcs: Arcs, _objective: str) -> Run:
    """The most worth in all."""
    return _run(arcs, "utilitarian_matching", "utilitarian_matching")


def iterated(arcs: Arcs, _objective: str) -> Run:
    """Iterated maximum matching."""
    return _run(arcs, "iterated_maximum_matching", "iterated_maximum_matching")


def _run(arcs: Arcs, module: str, name: str) -> Run:
    library = import_module("fairpyx")
    algorithm = getattr(import_module(f"fairpyx.algorithms.{module}"), name)
    instance = _instance(arcs, library)

    def run() -> Answer:
        shares = library.divide(algorithm, instance=instance)
        given = [NOWHERE] * arcs.leaders
        for leader, slots in shares.items():
            if slots:
                given[int(leader.removeprefix("leader "))] = int(slots[0].removeprefix("slot "))
        return Answer(given)

    return run


def _instance(arcs: Arcs, library: Any) -> Any:
    """Leaders and slots by name; what a leader may not have is a conflict, and worth less than nothing."""
    slots = [f"slot {slot}" for slot in range(arcs.slots)]
    ranks = {
        f"leader {leader}": {slots[slot]: rank for slot, rank in wish}
        for leader, wish in enumerate(arcs.wishes)
    }
    return library.Instance(
        valuations={
            leader: {slot: arcs.worst + 1 - its[slot] if slot in its else -1 for slot in slots}
            for leader, its in ranks.items()
        },
        agent_capacities=dict.fromkeys(ranks, 1),
        item_capacities=dict(zip(slots, arcs.capacity, strict=True)),
        agent_conflicts={leader: set(slots) - set(its) for leader, its in ranks.items()},
    )
