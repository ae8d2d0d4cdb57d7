"""The best result that meets requirements and, of the equally good ones, stays nearest to a given result.

This is the engine beneath `alternatives`, over the face of all results. A forced search of its own for each
question would begin at the first stage every time. But a result that meets a requirement and still has the
best values of the first stages lies in the face that these stages left: so the faces are kept, and a search
begins in the last one in which there is such a result.
"""

from collections.abc import Callable, Iterable, Sequence

from placement.domain.matching.candidates import list_candidates
from placement.domain.matching.check import breaches
from placement.domain.matching.draw import draw
from placement.domain.matching.face import Face
from placement.domain.matching.optimum import any_result, open_face
from placement.domain.matching.outcome import pairs_of
from placement.domain.matching.parts import Pair
from placement.domain.matching.problem import Problem
from placement.domain.matching.requirements import NotProven, Requirements
from placement.domain.matching.solution import assignments_of
from placement.domain.matching.stages import Goal, good_start, least_possible, list_stages


class Nearest:
    """Finds the best results of one problem; of the equally good ones, those nearest to `near`.

    Parameters
    ----------
    problem
        What is to be matched.
    near
        Pairs of which most are to be kept, after all stages before the lottery. They need not keep the rules.
    seconds_left
        How long the question in work may still take.

    """

    def __init__(self, problem: Problem, near: frozenset[Pair], *, seconds_left: Callable[[], float]) -> None:
        self._problem = problem
        self._candidates = list_candidates(problem)
        self._column = {
            (problem.leaders[one.leader].id, problem.slots[one.slot].id): column
            for column, one in enumerate(self._candidates)
        }
        self._near = frozenset(self._column[pair] for pair in near if pair in self._column)
        self._near_is_result = not breaches(problem, assignments_of(problem, near))
        self._seconds_left = seconds_left
        stages = list_stages(problem, self._candidates)
        self._goals: list[Goal] = [goal for stage in stages for goal in stage.goals]
        self._faces: list[Face] | None = None
        """The faces of all results, and of those with the best value of the first goal, the first two, …"""

    def find(self, requirements: Requirements) -> frozenset[Pair] | None:
        """Find the best result that meets `requirements`; None when no result that keeps the rules does.

        Best is by all stages before the lottery, then the most pairs of `near`, then, for the lottery
        objective (which has no stages), the fewest others. Where several are left, always the same is found.

        Raises
        ------
        NotProven
            The time was over before this was certain.

        """
        limits = self._limits(requirements)
        if limits is None:
            return None
        faces = self._opened()
        keep: Goal = dict.fromkeys(sorted(self._near), -1)
        for settled in range(len(faces) - 1, -1, -1):
            face = faces[settled].within(limits, keep)
            if face is not None:
                return self._best_of(face, self._goals[settled:], keep, requirements)
            if faces[settled].ran_out:
                raise NotProven
        return None

    def _limits(self, requirements: Requirements) -> list[tuple[Goal, int]] | None:
        """Write requirements as goals that may not pass a number; None when no candidate can meet one."""
        wanted: list[tuple[list[int], int]] = [
            ([self._column[pair]] if pair in self._column else [], 1) for pair in sorted(requirements.pairs)
        ]
        for leader, slots in requirements.one_of:
            wanted.append((self._columns((leader, slot) for slot in slots), 1))
        for slot, fewest in requirements.at_least:
            wanted.append((self._columns((leader.id, slot) for leader in self._problem.leaders), fewest))
        if any(len(columns) < fewest for columns, fewest in wanted):
            return None
        return [(dict.fromkeys(columns, -1), -fewest) for columns, fewest in wanted if fewest > 0]

    def _columns(self, pairs: Iterable[Pair]) -> list[int]:
        return [self._column[pair] for pair in pairs if pair in self._column]

    def _best_of(
        self, face: Face, goals: Sequence[Goal], keep: Goal, requirements: Requirements
    ) -> frozenset[Pair]:
        for goal in goals:
            self._settle(face, goal)
        self._settle(face, keep)
        if not self._goals:
            self._settle(face, {column: 1 for column in range(len(self._candidates)) if column not in keep})
        self._settle_first(face, requirements)
        return pairs_of(self._problem, self._candidates, face.best)

    def _settle(self, face: Face, goal: Goal) -> None:
        if not face.settle(goal, least_possible(goal, self._problem, self._candidates)).proven:
            raise NotProven

    def _settle_first(self, face: Face, requirements: Requirements) -> None:
        """Of slots of which a leader has one, take the first in the order given, if that costs nothing."""
        for leader, slots in requirements.one_of:
            for column in self._columns((leader, slot) for slot in slots):
                self._settle(face, {column: -1})
                if column in face.best:
                    break

    def _opened(self) -> list[Face]:
        """Settle the stages without requirements, as far as they are proven, and keep each face."""
        if self._faces is not None:
            return self._faces
        first = self._first()
        if first is None:
            self._faces = []
            return self._faces
        face = open_face(self._problem, self._candidates, first, self._seconds_left)
        if not self._near_is_result and self._goals:
            face.improve(good_start(self._problem, self._candidates))
        faces = [face.snapshot()]
        for goal in self._goals:
            if not face.settle(goal, least_possible(goal, self._problem, self._candidates)).proven:
                break
            faces.append(face.snapshot())
        self._faces = faces
        return faces

    def _first(self) -> frozenset[int] | None:
        """Give any result that keeps the rules: `near` itself where it does."""
        if self._near_is_result:
            return self._near
        drawn = draw(self._problem, self._candidates)
        pairs = pairs_of(self._problem, self._candidates, drawn)
        if not breaches(self._problem, assignments_of(self._problem, pairs)):
            return drawn
        return any_result(self._problem, self._candidates)
