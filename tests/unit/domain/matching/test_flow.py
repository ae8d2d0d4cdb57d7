"""The exact flow: certified, and the same whichever way it is reached."""

import random
from itertools import accumulate
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from placement.domain.matching.flow.certificate import proven_value
from placement.domain.matching.flow.exact import Exact
from placement.domain.matching.flow.flow import Flow, solve_flow
from placement.domain.matching.flow.network import NOTHING, ROOT
from placement.domain.matching.flow.prices import Prices
from tests.unit.domain.matching.cohorts import made_up
from tests.unit.domain.matching.networks import network_of, searched_problems

Json = dict[str, Any]
COHORTS = [(100, 40, 5), (150, 20, 10)]


def cohort(leaders: int, slots: int, choices: int, **more: object) -> Exact:
    return network_of(made_up(leaders, slots, choices) | more)


def first_flow(exact: Exact) -> Flow:
    return exact.flow(exact.costs(()))


def keeps_limits(flow: Flow) -> bool:
    """Count everybody at every node from who is where, and hold it against the limits."""
    parent = flow.network.parent
    load = [0] * len(parent)
    for leaf, there in enumerate(flow.members):
        for leader in there:
            node = leaf
            days = flow.idle[leader] if leaf == NOTHING and leader in flow.idle else 1
            while node != ROOT:
                load[node] += days
                node = parent[node]
    within = all(
        low <= number <= most for low, number, most in zip(flow.lower, load, flow.capacity, strict=True)
    )
    return within and load[1:] == flow.load[1:]


@settings(max_examples=150, deadline=None)
@given(searched_problems(6, 5))
def test_prices_prove_each_flow_to_be_the_cheapest(problem: Json) -> None:
    flow = first_flow(network_of(problem))
    assert proven_value(flow) == flow.value
    assert keeps_limits(flow)


@settings(max_examples=100, deadline=None)
@given(searched_problems(6, 5), st.randoms(use_true_random=False))
def test_the_order_in_which_leaders_come_in_changes_no_cost(problem: Json, order: random.Random) -> None:
    exact = network_of(problem)
    flow = first_flow(exact)
    leaders = list(range(len(flow.arcs)))
    order.shuffle(leaders)
    again = solve_flow(exact.network, flow.arcs, leaders)
    assert again.value == flow.value


@settings(max_examples=150, deadline=None)
@given(searched_problems(6, 5), st.randoms(use_true_random=False))
def test_limiting_and_holding_slots_leaves_a_flow_that_is_proven_the_cheapest(
    problem: Json, choose: random.Random
) -> None:
    exact = network_of(problem)
    flow = first_flow(exact)
    nodes = sorted(exact.network.slot_node.values())
    choose.shuffle(nodes)
    for node in nodes[:3]:
        changed = flow.copy()
        number = choose.randint(0, 2)
        if changed.limit(node, number) if choose.random() < 0.5 else changed.hold(node, number):
            flow = changed
            assert proven_value(flow) == flow.value
            assert keeps_limits(flow)


@settings(max_examples=150, deadline=None)
@given(searched_problems(6, 5), st.randoms(use_true_random=False))
def test_keeping_leaders_away_from_slots_costs_what_it_costs_from_the_start(
    problem: Json, choose: random.Random
) -> None:
    exact = network_of(problem)
    flow = first_flow(exact)
    arcs = [list(ways) for ways in flow.arcs]
    nodes = sorted(exact.network.slot_node.values())
    for _ in range(4):
        leader = choose.randrange(len(arcs)) if arcs else 0
        leaves = [leaf for leaf, _ in arcs[leader] if leaf != NOTHING] if arcs else []
        if not leaves:
            return
        leaf = choose.choice(leaves)
        changed = flow.copy()
        changed.hold(choose.choice(nodes), 1)  # A copy that is thrown away must leave nothing behind.
        assert flow.forbid(leader, leaf)
        arcs[leader] = [way for way in arcs[leader] if way[0] != leaf]
        assert leader not in flow.members[leaf]
        assert proven_value(flow) == flow.value == solve_flow(exact.network, arcs).value
        assert keeps_limits(flow)


@pytest.mark.parametrize(("leaders", "slots", "choices"), COHORTS)
@pytest.mark.parametrize("rules", [{}, {"max_same_organisation": 2}])
def test_a_cohort_is_certified_after_every_change(
    leaders: int, slots: int, choices: int, rules: Json
) -> None:
    exact = cohort(leaders, slots, choices, rules=rules)
    flow = first_flow(exact)
    for place, node in enumerate(sorted(exact.network.slot_node.values())[:12]):
        before = flow.value
        assert flow.limit(node, place % 3) if place % 2 else flow.hold(node, flow.capacity[node])
        assert proven_value(flow) == flow.value >= before
        assert keeps_limits(flow)


@pytest.mark.parametrize(("leaders", "slots", "choices"), COHORTS)
def test_the_sum_of_ranks_is_that_of_the_hungarian_method(leaders: int, slots: int, choices: int) -> None:
    problem = made_up(leaders, slots, choices) | {"objective": "total-rank"}
    exact = network_of(problem)
    ends = list(accumulate(slot["capacity"] for slot in problem["slots"]))
    ranks = np.full((leaders, ends[-1] + leaders), 1_000)
    seat = [range(end - slot["capacity"], end) for slot, end in zip(problem["slots"], ends, strict=True)]
    for one in exact.candidates:
        ranks[one.leader, seat[one.slot]] = one.rank
    rows, columns = linear_sum_assignment(ranks)
    found = exact.columns(first_flow(exact))
    given = sum(exact.candidates[column].rank for column in found)
    assert given + 1_000 * (leaders - len(found)) == ranks[rows, columns].sum()


@settings(max_examples=100, deadline=None)
@given(searched_problems(5, 4))
def test_what_a_leader_would_cost_elsewhere_is_read_off_as_it_is_when_done(problem: Json) -> None:
    exact = network_of(problem)
    assume(not exact.network.exclusive)
    flow = first_flow(exact)
    prices = Prices(flow)
    for leader, ways in enumerate(flow.arcs):
        for leaf, _ in ways:
            if exact.network.days[leader]:
                done = flow.with_pair(leader, leaf)
                assert prices.of(leader, leaf) == (None if done is None else done.value - flow.value)
                assert done is None or (
                    proven_value_apart(done, leader, leaf) and leader in done.members[leaf]
                )


def proven_value_apart(flow: Flow, leader: int, leaf: int) -> bool:
    """Tell whether a flow in which a leader must stay is proven: to that leader nothing else is on offer."""
    apart = flow.copy()
    apart.arcs = list(flow.arcs)
    apart.arcs[leader] = [way for way in flow.arcs[leader] if way[0] == leaf]
    return proven_value(apart) == flow.value


def test_a_copy_can_be_changed_apart() -> None:
    exact = cohort(100, 40, 5)
    flow = first_flow(exact)
    kept = (flow.value, flow.load[:], flow.price[:], [dict(there) for there in flow.members])
    twin = flow.copy()
    assert twin.limit(next(node for node in exact.network.slot_node.values() if flow.load[node]), 0)
    assert twin.value != flow.value
    assert kept == (flow.value, flow.load, flow.price, flow.members)
