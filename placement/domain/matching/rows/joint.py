"""Several goals settled by one search: each weighed above all later ones, by numbers that a float can hold.

One search over the first two goals is mostly as quick as one over the first alone, whose many equal results
leave it nothing to hold on to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from placement.domain.matching.candidates import Candidate
from placement.domain.matching.outcome import Reached
from placement.domain.matching.problem import Problem
from placement.domain.matching.stages import Goal, least_possible

LARGEST_WEIGHT = 1000
"""The most that one step of a goal may weigh, in steps of the last: a solver's tolerance is far below it."""


@dataclass(frozen=True, slots=True)
class Joint:
    """Goals, first goal first, with the least and the most that each can come to, whatever the result."""

    goals: tuple[Goal, ...]
    limits: tuple[tuple[int, int], ...]

    def goal(self) -> Goal:
        """Write all goals as one, whose least value is the least by the first, then by the second."""
        found: dict[int, int] = {}
        for goal, weight in zip(self.goals, self._weights(), strict=True):
            for column, cost in goal.items():
                found[column] = found.get(column, 0) + cost * weight
        return found

    def weigh(self, values: Iterable[int]) -> int:
        """Give what the one goal comes to where the goals come to `values`."""
        return sum(value * weight for value, weight in zip(values, self._weights(), strict=True))

    def split(self, values: Sequence[int], reached: Reached) -> list[Reached]:
        """Tell of each goal what was reached, up to the first that is not proven.

        `values` are the goals' in the best result, `reached` is the one goal's.
        """
        found: list[Reached] = []
        bound = reached.bound
        weights = self._weights()
        for place, (value, weight) in enumerate(zip(values, weights, strict=True)):
            # All later goals come to no more than their most: the rest of the bound is this goal's.
            later = zip(self.limits[place + 1 :], weights[place + 1 :], strict=True)
            rest = bound - sum(most * lighter for (_, most), lighter in later)
            least = max(self.limits[place][0], -(-rest // weight))
            found.append(Reached(value, min(least, value), proven=least >= value))
            if not found[-1].proven:
                break
            bound -= value * weight
        return found

    def _weights(self) -> list[int]:
        weights = [1]
        for least, most in reversed(self.limits[1:]):
            weights.append(weights[-1] * (most - least + 1))
        return weights[::-1]


def joined(goals: Iterable[Goal], problem: Problem, candidates: Sequence[Candidate]) -> list[Joint]:
    """Join goals that follow each other as long as no weight grows too large."""
    found: list[Joint] = []
    weight = 1
    for goal in goals:
        limits = _limits(goal, problem, candidates)
        weight *= limits[1] - limits[0] + 1
        if found and weight <= LARGEST_WEIGHT:
            found[-1] = Joint((*found[-1].goals, goal), (*found[-1].limits, limits))
        else:
            found.append(Joint((goal,), (limits,)))
            weight = 1
    return found


def _limits(goal: Goal, problem: Problem, candidates: Sequence[Candidate]) -> tuple[int, int]:
    """Give the least and the most that a goal can come to, each leader alone."""
    against = {column: -cost for column, cost in goal.items()}
    return least_possible(goal, problem, candidates), -least_possible(against, problem, candidates)
