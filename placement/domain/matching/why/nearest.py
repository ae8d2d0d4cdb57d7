"""The best result that meets requirements and stays near to a given result.

This is the engine beneath `alternatives`, over the face of all results. A forced search of its own for each
question would begin at the first stage every time. But a result that meets a requirement and still has the
best values of the first stages lies in the face that these stages left: so the faces are kept, and a search
begins in the last one in which there is such a result.
"""

from collections.abc import Callable, Iterable

from placement.domain.matching.check import breaches
from placement.domain.matching.drawing.draw import draw
from placement.domain.matching.outcome import pairs_of
from placement.domain.matching.parts import Pair
from placement.domain.matching.rows.face import Face
from placement.domain.matching.rows.optimum import any_result, open_face
from placement.domain.matching.solution import assignments_of
from placement.domain.matching.stages import Goal, good_start, least_possible
from placement.domain.matching.why.near import Near
from placement.domain.matching.why.requirements import NotProven, Requirements


class Nearest:
    """Finds the best results of one problem that stay near to a given one.

    Parameters
    ----------
    near
        What is to be matched, the pairs of which most are to be kept, and behind which stages.
    seconds_left
        How long the question in work may still take.

    """

    def __init__(self, near: Near, *, seconds_left: Callable[[], float]) -> None:
        self._near = near
        self._problem = near.problem
        self._candidates = near.candidates
        self._keep: Goal = dict.fromkeys(sorted(near.columns), -1)
        self._near_is_result = not breaches(near.problem, assignments_of(near.problem, near.pairs))
        self._seconds_left = seconds_left
        self._faces: list[Face] | None = None
        """The faces of all results, and of those with the best value of the first goal, the first two, …"""

    def find(self, requirements: Requirements) -> frozenset[Pair] | None:
        """Find the best result that meets `requirements`; None when no result that keeps the rules does.

        Best is by the stages before the lottery up to the first in which the best differs from `near` (by all
        of them where `near` says so, or where none differs), then the most pairs of `near`, then by the other
        stages, then, for the lottery objective (which has no stages), the fewest other pairs, then the first
        slot of those of which one is asked for. Where several are left, always the same is found.

        Raises
        ------
        NotProven
            The time was over before this was certain.

        """
        limits = self._limits(requirements)
        if limits is None:
            return None
        faces = self._opened()
        for settled in range(len(faces) - 1, -1, -1):
            face = faces[settled].within(limits, self._keep)
            if face is not None:
                self._settle_goals(face, settled)
                self._settle_first(face, requirements)
                return pairs_of(self._problem, self._candidates, face.best)
            if faces[settled].ran_out:
                raise NotProven
        return None

    def _limits(self, requirements: Requirements) -> list[tuple[Goal, int]] | None:
        """Write requirements as goals that may not pass a number; None when no candidate can meet one."""
        wanted: list[tuple[list[int], int]] = [
            (self._columns([pair]), 1) for pair in sorted(requirements.pairs)
        ]
        for leader, slots in requirements.one_of:
            wanted.append((self._columns((leader, slot) for slot in slots), 1))
        for slot, fewest in requirements.at_least:
            wanted.append((self._columns((leader.id, slot) for leader in self._problem.leaders), fewest))
        if any(len(columns) < fewest for columns, fewest in wanted):
            return None
        return [(dict.fromkeys(columns, -1), -fewest) for columns, fewest in wanted if fewest > 0]

    def _columns(self, pairs: Iterable[Pair]) -> list[int]:
        return [self._near.column[pair] for pair in pairs if pair in self._near.column]

    def _settle_goals(self, face: Face, settled: int) -> None:
        """Settle the goals behind those `settled` already, and the keeping of pairs in its place."""
        kept = False
        goals = 0
        for stages, stage in enumerate(self._near.stages, start=1):
            for goal in stage.goals:
                goals += 1
                if goals > settled:
                    self._settle(face, goal)
            if not kept and self._keeping_comes(face, stages):
                self._settle(face, self._keep)
                kept = True
        if not self._near.stages:
            self._settle(face, self._keep)
            others = [column for column in range(len(self._candidates)) if column not in self._keep]
            self._settle(face, dict.fromkeys(others, 1))

    def _keeping_comes(self, face: Face, stages: int) -> bool:
        """Tell whether the keeping of pairs comes behind the first `stages`, all settled."""
        return self._near.stages_before(self._near.measure(face.best)[:stages]) == stages

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
        """Settle the stages before keeping pairs, without requirements, as far as proven; keep each face."""
        if self._faces is not None:
            return self._faces
        first = self._first()
        if first is None:
            self._faces = []
            return self._faces
        face = open_face(self._problem, self._candidates, first, self._seconds_left)
        if not self._near_is_result and self._near.stages:
            face.improve(good_start(self._problem, self._candidates))
        self._faces = [face.snapshot()]
        for stages, stage in enumerate(self._near.stages, start=1):
            for goal in stage.goals:
                if not face.settle(goal, least_possible(goal, self._problem, self._candidates)).proven:
                    return self._faces
                self._faces.append(face.snapshot())
            if self._keeping_comes(face, stages):
                break  # What comes next narrows otherwise.
        return self._faces

    def _first(self) -> frozenset[int] | None:
        """Give any result that keeps the rules: `near` itself where it does."""
        if self._near_is_result:
            return self._near.columns
        drawn = draw(self._problem, self._candidates)
        pairs = pairs_of(self._problem, self._candidates, drawn)
        if not breaches(self._problem, assignments_of(self._problem, pairs)):
            return drawn
        return any_result(self._problem, self._candidates)
