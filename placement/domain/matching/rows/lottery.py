"""The last stage: what all earlier stages leave open is decided by the published lottery order.

Each leader in turn gets the best rank still possible; then, in the same order, the slot that the order of
slots puts first. With several days a leader's ranks are compared as sorted lists, a missing day after every
rank: so first the most days at rank 1, then at rank 2, and so on.

To solve one search per leader and rank would be slow, and is not needed: most questions are answered by the
best result so far, which already gives the leader what nobody could better. The others are asked in groups,
each question weighed above all later ones, with weights so small that no solver tolerance can mix them.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from placement.domain.matching.candidates import Candidate
from placement.domain.matching.order import drawn
from placement.domain.matching.problem import Problem
from placement.domain.matching.rows.face import Face
from placement.domain.matching.rows.joint import LARGEST_WEIGHT, Joint
from placement.domain.matching.rows.region import Goal

_Classes = list[list[int]]
_Order = Callable[[int], tuple[int, ...]]
"""A candidate's column to its place in a leader's liking; equal places are equally liked."""


@dataclass(frozen=True, slots=True)
class _Question:
    """One wish of one leader: make `goal` least. It has `size` values at most and is never below `least`.

    `parts` say together all that the answer fixes.
    """

    goal: Goal
    least: int
    size: int
    parts: tuple[Goal, ...]


@dataclass(frozen=True, slots=True)
class _Wish:
    """What to ask for a leader when the turn comes, about the candidates that are then still open."""

    leader: int
    ask: Callable[[list[int]], _Question | None]


class Lottery:
    """Settle a face leader by leader, in the drawn order."""

    def __init__(self, problem: Problem, candidates: Sequence[Candidate], face: Face) -> None:
        self._candidates = candidates
        self._face = face
        self._days = [leader.days for leader in problem.leaders]
        leader_at = {leader.id: position for position, leader in enumerate(problem.leaders)}
        slot_at = {slot.id: position for position, slot in enumerate(problem.slots)}
        self._leaders = [leader_at[id_] for id_ in drawn(problem.seed, leader_at)]
        self._turn = {slot_at[id_]: turn for turn, id_ in enumerate(drawn(problem.seed, slot_at))}

    def settle_ranks(self) -> bool:
        """Give each leader in turn the best ranks; False if that was not proven in time."""
        return self._settle([self._by_rank])

    def settle_slots(self) -> bool:
        """Give each leader in turn the slots that are first in order; False if not proven in time."""
        return self._settle([self._by_turn])

    def settle_draw(self) -> bool:
        """Give each leader in turn the best ranks and at once the slots; False if not proven in time."""
        return self._settle([self._by_rank, self._by_rank_and_turn])

    def _by_rank(self, column: int) -> tuple[int, ...]:
        return (self._candidates[column].rank,)

    def _by_turn(self, column: int) -> tuple[int, ...]:
        return (self._turn[self._candidates[column].slot],)

    def _by_rank_and_turn(self, column: int) -> tuple[int, ...]:
        return (*self._by_rank(column), *self._by_turn(column))

    def _settle(self, orders: Sequence[_Order]) -> bool:
        wishes = deque(self._wishes(orders))
        while wishes:
            questions = self._take(wishes)
            if questions and not self._settle_together(questions):
                return False
        return True

    def _wishes(self, orders: Sequence[_Order]) -> Iterator[_Wish]:
        columns: dict[int, list[int]] = {leader: [] for leader in self._leaders}
        for column, one in enumerate(self._candidates):
            columns[one.leader].append(column)
        for leader in self._leaders:
            for order in orders:
                if self._days[leader] == 1:
                    yield _Wish(leader, lambda open_, order=order: _one_of(_classes(open_, order)))  # type: ignore[misc]
                    continue
                for wanted in _classes(columns[leader], order):
                    most = self._days[leader]
                    yield _Wish(leader, lambda open_, wanted=wanted, most=most: _many_of(open_, wanted, most))  # type: ignore[misc]

    def _take(self, wishes: deque[_Wish]) -> list[_Question]:
        """Take the next questions off `wishes`: all that are already answered, or else one group to ask."""
        open_columns: dict[int, list[int]] = {}
        for column in self._face.open_candidates():
            open_columns.setdefault(self._candidates[column].leader, []).append(column)
        answered: list[_Question] = []
        group: list[_Question] = []
        weight = 1
        while wishes:
            question = wishes[0].ask(open_columns.get(wishes[0].leader, []))
            if question is None:
                wishes.popleft()
                continue
            weight *= question.size
            if not group and self._face.value(question.goal) <= question.least:
                answered.append(question)
                weight = 1
            elif answered or (group and weight > LARGEST_WEIGHT):
                break
            else:
                group.append(question)
            wishes.popleft()
        return answered or group

    def _settle_together(self, questions: Sequence[_Question]) -> bool:
        parts = [part for question in questions for part in question.parts]
        if all(self._face.value(question.goal) <= question.least for question in questions):
            self._face.accept(parts)
            return True
        joint = Joint(
            tuple(question.goal for question in questions),
            tuple((question.least, question.least + question.size - 1) for question in questions),
        )
        least = joint.weigh(question.least for question in questions)
        return self._face.settle(joint.goal(), least, parts).proven


def _classes(columns: Sequence[int], order: _Order) -> _Classes:
    """Sort columns into classes of equal liking, best first."""
    return [list(group) for _, group in groupby(sorted(columns, key=order), key=order)]


def _one_of(classes: _Classes) -> _Question | None:
    """Ask for a slot of the best class that can be, or for none at the worst."""
    if not classes:
        return None
    none = len(classes)
    return _Question(
        goal={column: place - none for place, group in enumerate(classes) for column in group},
        least=-none,
        size=none + 1,
        parts=tuple(dict.fromkeys(group, 1) for group in classes),
    )


def _many_of(open_columns: Sequence[int], wanted: Sequence[int], days: int) -> _Question | None:
    """Ask for as many of the `wanted` slots as can be."""
    columns = [column for column in wanted if column in open_columns]
    if not columns:
        return None
    most = min(days, len(columns))
    return _Question(
        goal=dict.fromkeys(columns, -1), least=-most, size=most + 1, parts=(dict.fromkeys(columns, 1),)
    )
