"""The result that is asked about and that an answer stays near to, and the stages that come before that."""

from collections.abc import Iterable, Sequence

from placement.domain.matching.candidates import list_candidates
from placement.domain.matching.parts import Pair
from placement.domain.matching.problem import Problem
from placement.domain.matching.stages import list_stages, value_of


class Near:
    """A problem, and pairs of which an answer keeps as many as it can.

    Parameters
    ----------
    problem
        What is to be matched.
    pairs
        The result that is asked about. It need not keep the rules, nor be the best.
    after_all_stages
        Whether every stage comes before keeping pairs. Else only those up to the first in which the answer
        differs from `pairs`, the price: people should not move about for what is far less than that, such as
        some metres where the price is a first choice.

    """

    def __init__(self, problem: Problem, pairs: frozenset[Pair], *, after_all_stages: bool) -> None:
        self.problem = problem
        self.pairs = pairs
        self.after_all_stages = after_all_stages
        self.candidates = list_candidates(problem)
        self.stages = list_stages(problem, self.candidates)
        self.column = {
            (problem.leaders[one.leader].id, problem.slots[one.slot].id): column
            for column, one in enumerate(self.candidates)
        }
        self.columns = self.columns_of(pairs)
        self._values = self.measure(self.columns)

    def columns_of(self, pairs: Iterable[Pair]) -> frozenset[int]:
        """Give the positions of those pairs that are candidates."""
        return frozenset(self.column[pair] for pair in pairs if pair in self.column)

    def measure(self, columns: Iterable[int]) -> list[list[int]]:
        """Give what each stage's goals come to for the chosen candidates."""
        chosen = tuple(columns)
        return [[value_of(goal, chosen) for goal in stage.goals] for stage in self.stages]

    def stages_before(self, values: Sequence[Sequence[int]]) -> int:
        """Count the stages before keeping pairs, of an answer whose first stages have `values`.

        All stages where none of these differs from the result that is asked about.
        """
        if not self.after_all_stages:
            for place, (old, new) in enumerate(zip(self._values, values, strict=False)):
                if list(old) != list(new):
                    return place + 1
        return len(self.stages)
