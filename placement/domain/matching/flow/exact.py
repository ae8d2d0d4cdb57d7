"""The exact way: one flow with all stages in its costs, and a search over what the flow leaves open."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from placement.domain.errors import ResultRefused
from placement.domain.matching.candidates import Candidate
from placement.domain.matching.flow.branch import Search
from placement.domain.matching.flow.certificate import proven_value
from placement.domain.matching.flow.costs import (
    Costs,
    Digit,
    bits,
    followed_by,
    lottery_digits,
    pinned_first,
    stage_costs,
)
from placement.domain.matching.flow.flow import Flow, solve_flow
from placement.domain.matching.flow.loose import Minimum, Together
from placement.domain.matching.flow.lottery import FlowLottery
from placement.domain.matching.flow.network import NOTHING, Network, build_network
from placement.domain.matching.order import drawn
from placement.domain.matching.problem import Problem

WORK = 2_000_000
"""Flows tried, times leaders, before the search is left to whole-number programming: a number, not a time, so
that the way taken never depends on the machine."""
WORK_ON_MIXES = 100_000
"""The same where rules look at who is together, on which whole-number programming does better."""
MOST_TEAMS = 6
"""Teams that the first flow parts, up to which the search keeps them together: with more, flows say little
about the best result, and their search would only take its time."""
LARGEST_LOTTERY = 4_000
"""Bits up to which the whole lottery is written into the costs; beyond, it is settled afterwards."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the exact way ended with: positions in the candidates.

    `best` is None where it found nothing in its limits, `proven` says that no result is better by the stages,
    `drawn` that the lottery is settled too. `bound` is a flow that no result betters by the stages: it may
    break minimum numbers. `root` is that flow, `flow` the one of `best`.
    """

    best: frozenset[int] | None
    proven: bool
    drawn: bool
    bound: frozenset[int]
    root: Flow
    flow: Flow | None


class Exact:
    """A problem written as a network."""

    def __init__(self, problem: Problem, candidates: Sequence[Candidate], network: Network) -> None:
        self.problem = problem
        self.candidates = candidates
        self.network = network

    def solve(self, seconds_left: Callable[[], float]) -> Found:
        """Find the best result; give up on proving it after so much work or when time is over."""
        digits = lottery_digits(self.problem, self.candidates)
        small = bits(digits) <= LARGEST_LOTTERY
        costs = self.costs(digits if small else ())
        root = self.flow(costs)
        bound = self.columns(root)
        if self._parted_teams(root) > MOST_TEAMS:
            return Found(None, proven=False, drawn=False, bound=bound, root=root, flow=None)
        most = self._most_work() // max(1, len(self.problem.leaders))
        search = Search(self.network.loose, seconds_left=seconds_left, most_nodes=most)
        branched = search.run(root)
        if branched.best is None:
            return Found(None, proven=False, drawn=False, bound=bound, root=root, flow=None)
        settled = small or (
            branched.proven and not self.network.loose and self._settle(branched.best, seconds_left)
        )
        return Found(
            self.columns(branched.best),
            branched.proven,
            drawn=branched.proven and settled,
            bound=bound,
            root=root,
            flow=branched.best,
        )

    def _parted_teams(self, flow: Flow) -> int:
        return sum(isinstance(rule, Together) and rule.missing(flow) > 0 for rule in self.network.loose)

    def _most_work(self) -> int:
        return WORK if all(isinstance(rule, Minimum) for rule in self.network.loose) else WORK_ON_MIXES

    def costs(self, digits: Sequence[Digit]) -> Costs:
        """Write pins, then all stages, then `digits` into one cost for each candidate."""
        stages = followed_by(stage_costs(self.problem, self.candidates), digits)
        return pinned_first(stages, self.candidates)

    def flow(self, costs: Costs) -> Flow:
        """Solve the flow without minimum numbers."""
        arcs: list[list[tuple[int, int]]] = [[] for _ in self.problem.leaders]
        for cost, leaf, one in zip(costs, self.network.leaf, self.candidates, strict=True):
            arcs[one.leader].append((leaf, cost))
        flow = solve_flow(self.network, arcs)
        if proven_value(flow) != flow.value:
            raise ResultRefused(breach="certificate of the flow")
        return flow

    def columns(self, flow: Flow) -> frozenset[int]:
        """Name what a flow chose as positions in the candidates."""
        return frozenset(
            column
            for column, (leaf, one) in enumerate(zip(self.network.leaf, self.candidates, strict=True))
            if one.leader in flow.members[leaf]
        )

    def _settle(self, flow: Flow, seconds_left: Callable[[], float]) -> bool:
        """Settle the lottery among flows of equal cost, first everybody's rank and then everybody's slot."""
        if self.network.exclusive:
            return False
        places = {leader.id: place for place, leader in enumerate(self.problem.leaders)}
        order = [places[id_] for id_ in drawn(self.problem.seed, places)]
        slots = {slot.id: place for place, slot in enumerate(self.problem.slots)}
        turns = {slots[id_]: turn for turn, id_ in enumerate(drawn(self.problem.seed, slots))}
        ranks: list[dict[int, int]] = [{NOTHING: self.problem.unranked + 1} for _ in order]
        firsts: list[dict[int, int]] = [{NOTHING: len(turns)} for _ in order]
        for leaf, one in zip(self.network.leaf, self.candidates, strict=True):
            ranks[one.leader][leaf] = one.rank
            firsts[one.leader][leaf] = turns[one.slot]
        lottery = FlowLottery(flow, seconds_left)
        return lottery.settle(order, ranks) and lottery.settle(order, firsts)


def prepare(problem: Problem, candidates: Sequence[Candidate]) -> Exact:
    """Write a problem as a network."""
    return Exact(problem, candidates, build_network(problem, candidates))
