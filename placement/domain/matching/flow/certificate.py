"""The certificate of a flow: what its prices alone say that no result can cost less than."""

from placement.domain.matching.flow.flow import Arcs, Flow
from placement.domain.matching.flow.network import NOTHING, ROOT


def proven_value(flow: Flow) -> int:
    """Work out from the prices alone what no result can cost less than (the dual value).

    It equals `flow.value`: that is the certificate.
    """
    network, price = flow.network, flow.price
    total = sum(network.days) * price[ROOT]
    for node in range(1, len(network.parent)):
        reduced = price[node] - price[network.parent[node]]
        total += reduced * (flow.capacity[node] if reduced < 0 else flow.lower[node])
    for leader, ways in enumerate(flow.arcs):
        total += _cheapest(flow, leader, ways)
    return total


def _cheapest(flow: Flow, leader: int, ways: Arcs) -> int:
    """The least that all days of a leader could cost at the prices of now."""
    days = flow.network.days[leader]
    nothing = -flow.price[NOTHING]
    if leader not in flow.taken:
        return min((cost - flow.price[leaf] for leaf, cost in ways), default=nothing) if days else 0
    best: dict[int, int] = {}
    for leaf, cost in ways:
        if leaf != NOTHING:
            group = flow.network.exclusive[leader][leaf]
            best[group] = min(best.get(group, nothing), cost - flow.price[leaf])
    return sum(sorted([*best.values(), *[nothing] * days])[:days])
