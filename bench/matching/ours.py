"""The project's own engine, as it is measured: whole, and its flow alone."""

import time

from bench.matching.arcs import NOWHERE, Arcs, Json, base_of, digits_of, weigh
from bench.matching.peers.answer import Answer, Run
from placement.domain.matching import Problem, Solution, solve
from placement.domain.matching.flow.certificate import proven_value
from placement.domain.matching.flow.flow import Flow
from placement.domain.matching.flow.network import NOTHING, ROOT, Network
from placement.domain.matching.flow.prices import Prices
from placement.domain.matching.why.alternatives import Alternatives
from placement.domain.matching.why.diagnosis import diagnose
from placement.domain.matching.why.telling import with_explanations
from placement.domain.matching.why.what_if import what_if

_FIRST = NOTHING + 1
"""The first slot's node."""


def whole(values: Json, seconds: float) -> Run:
    """Every stage and the lottery, checked, as `placement solve` does it; reading the problem is building."""
    problem = Problem.from_json(values)

    def run() -> Answer:
        solution = solve(problem, clock=time.monotonic, time_limit=seconds)
        return Answer(
            _given(values, solution),
            proven=solution.status == "optimal",
            gap=solution.gap,
            note=solution.status,
        )

    return run


def _given(values: Json, solution: Solution) -> list[int]:
    slots = {slot["id"]: place for place, slot in enumerate(values["slots"])}
    places = {one.leader: slots[one.slot] for one in solution.assignments}
    return [places.get(leader["id"], NOWHERE) for leader in values["leaders"]]


def core(arcs: Arcs, objective: str) -> Run:
    """The flow core on the weights that peers are given too; its prices prove the result in whole numbers."""
    flow = _flow(arcs, objective)

    def run() -> Answer:
        for leader in range(arcs.leaders):
            flow.add(leader)
        return Answer(_places(flow, arcs), proven=proven_value(flow) == flow.value)

    return run


def _flow(arcs: Arcs, objective: str) -> Flow:
    network = Network(days=[1] * arcs.leaders)
    network.capacity[NOTHING] = network.capacity[ROOT] = arcs.leaders
    for room in arcs.capacity:
        network.add_node(ROOT, room)
    costs = weigh(digits_of(objective, arcs.worst), arcs.worst, base_of(objective, arcs))
    # To stay out costs nothing in the core: count from there.
    below = [cost - costs[0] for cost in costs]
    return Flow(network, [[(_FIRST + slot, below[rank]) for slot, rank in wish] for wish in arcs.wishes])


def _places(flow: Flow, arcs: Arcs) -> list[int]:
    found = [NOWHERE] * arcs.leaders
    for node, there in enumerate(flow.members[_FIRST:]):
        for leader in there:
            found[leader] = node
    return found


def explained(values: Json, seconds: float) -> Run:
    """Explain a result that is there already: leaders without a first choice, slots, partners."""
    problem, solution = _solved(values, seconds)

    def run() -> Answer:
        told = with_explanations(problem, solution, clock=time.monotonic, time_limit=seconds).explanations
        return Answer((), proven=told is not None and told.complete)

    return run


def what_ifs(values: Json, seconds: float) -> Run:
    """Rank what one more seat, or one rule loosened by one, would bring to a result that is there already."""
    problem, solution = _solved(values, seconds)
    pairs = frozenset((one.leader, one.slot) for one in solution.assignments)

    def run() -> Answer:
        what_if(Alternatives(problem, pairs, clock=time.monotonic, time_limit=seconds))
        return Answer(())

    return run


def readiness(values: Json, seconds: float) -> Run:
    """Say before any run who cannot be placed, and why."""
    problem = Problem.from_json(values)

    def run() -> Answer:
        diagnose(problem, clock=time.monotonic, time_limit=seconds)
        return Answer(())

    return run


def _solved(values: Json, seconds: float) -> tuple[Problem, Solution]:
    problem = Problem.from_json(values)
    return problem, solve(problem, clock=time.monotonic, time_limit=seconds)


def prices(arcs: Arcs, objective: str) -> Run:
    """Work out for every leader, from a flow that is there already, what each better slot would cost."""
    flow = _flow(arcs, objective)
    for leader in range(arcs.leaders):
        flow.add(leader)
    places = _places(flow, arcs)

    def run() -> Answer:
        told = Prices(flow)
        for leader, wish in enumerate(arcs.wishes):
            held = next((rank for slot, rank in wish if slot == places[leader]), arcs.worst + 1)
            for slot, rank in wish:
                if rank < held:
                    told.of(leader, _FIRST + slot)
        return Answer(())

    return run
