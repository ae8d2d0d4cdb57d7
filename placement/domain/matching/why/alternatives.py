"""What else could be, and at what price: the one door through which explanations and repairs ask.

Every answer is exact. Of the best result that meets what is asked, the first stage that differs from the base
result is the price. The answer is as good by the stages up to that one, and of such results one that keeps
most pairs of the base result; only then do the later stages count. So nobody moves for the sake of what is
less than the price. Where no stage differs, all stages come before the pairs. What is not certain in time
raises `NotProven` and is left out, never guessed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

from placement.domain.matching.parts import Pair
from placement.domain.matching.problem import Problem
from placement.domain.matching.solution import Value
from placement.domain.matching.solver import solve
from placement.domain.matching.why.near import Near
from placement.domain.matching.why.nearest_flow import NearestOfAll
from placement.domain.matching.why.requirements import NotProven, Requirements

__all__ = ["Alternative", "Alternatives", "Move", "NotProven", "Requirements"]

Move = tuple[str, str | None, str | None]
"""A leader, the slot left and the slot taken; None for no slot."""

_SHARE = 0.25
"""How much of the time left one question may take, so that a hard one leaves some for the others."""
_LEAST_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another result of the same people, beside the base result."""

    values: tuple[Value, ...]
    """The value of each stage before the lottery, in order; none for the lottery objective.

    Behind the stage of `change`, keeping pairs came first.
    """
    change: Mapping[str, Value]
    """The first stage that differs from the base result, and by how much; empty when none does.

    The difference is that of the contract's values: a number, of the profile {rank: number}, of distance km.
    """
    moves: tuple[Move, ...]
    """Who moves: the leader asked about first, then by id.

    Of a leader with several days the slots left and the slots taken stand by id (the slot asked about first)
    and are paired in this order.
    """
    pairs: frozenset[Pair]
    goals: tuple[int, ...]
    """The same stages as whole numbers in the order in which they count: the lesser tuple is better.

    Only alternatives of one problem, and of problems that differ from it in slots and rules, compare.
    """
    price: tuple[int, ...]
    """Those of `goals` up to the stage of `change`, all where none differs: the lesser tuple is cheaper."""


class Alternatives:
    """Answers about one base result of one problem.

    Parameters
    ----------
    problem
        The problem that was solved.
    pairs
        The base result's pairs; none where no result keeps every rule.
    clock
        Seconds that only go forward, such as `time.monotonic`.
    time_limit
        Seconds for all answers together.

    """

    def __init__(
        self, problem: Problem, pairs: Iterable[Pair], *, clock: Callable[[], float], time_limit: float
    ) -> None:
        self.problem = problem
        self.pairs = frozenset(pairs)
        self._clock = clock
        self._until = clock() + time_limit
        self._question_until = self._until
        self._engine: NearestOfAll | None = None
        self._known: dict[Requirements, Alternative | None] = {}

    def with_pair(self, leader: str, slot: str) -> Alternative | None:
        """Give the best result in which this leader has this slot; None when no result that keeps the rules.

        Raises
        ------
        NotProven
            Not worked out in time. So do all other questions.

        """
        return self._ask(Requirements(pairs=frozenset({(leader, slot)})), (leader, (slot,)))

    def with_one_of(self, leader: str, slots: Iterable[str]) -> tuple[str, Alternative] | None:
        """Give the cheapest of `slots` for this leader and the best result with it; None when none can be.

        Cheapest is the least price, then the most pairs kept, then the best result by the later stages, then
        the least slot id.
        """
        wanted = tuple(sorted(slots))
        found = self._ask(Requirements(one_of=((leader, wanted),)), (leader, wanted))
        if found is None:
            return None
        return next(slot for slot in wanted if (leader, slot) in found.pairs), found

    def with_at_least(self, slot: str, leaders: int) -> Alternative | None:
        """Give the best result in which the slot takes so many leaders or more; None when there is none."""
        return self._ask(Requirements(at_least=((slot, leaders),)), None)

    def of(self, changed: Problem) -> Alternative | None:
        """Give the best result of a changed problem, near to the base result; None when it has none.

        All stages come before the pairs that are kept: what is asked is how good it could be. For the lottery
        objective, which seeks no best, it is the draw of the changed problem.
        """
        self._start_question()
        if changed.objective == "lottery":
            solution = solve(changed, clock=self._clock, time_limit=self._seconds_left())
            if solution.status == "infeasible":
                return None
            if not all(stage.proven for stage in solution.stages):
                raise NotProven
            pairs = frozenset((one.leader, one.slot) for one in solution.assignments)
            return self._describe(_Measure(Near(changed, pairs, after_all_stages=True), pairs), None)
        near = Near(changed, self.pairs, after_all_stages=True)
        found = NearestOfAll(near, seconds_left=self._seconds_left).find(Requirements())
        return None if found is None else self._describe(_Measure(near, found), None)

    def best(self) -> Alternative | None:
        """Give the best result there is, near to the base result: the same by all stages if that is best."""
        return self.of(self.problem)

    @property
    def base(self) -> Alternative:
        """The base result itself, measured by the stages."""
        return self._describe(self._base, None)

    def time_is_over(self) -> bool:
        """Tell whether nothing more can be asked."""
        return self._clock() >= self._until

    def _ask(self, requirements: Requirements, asked: tuple[str, Sequence[str]] | None) -> Alternative | None:
        if requirements not in self._known:
            self._start_question()
            if self._engine is None:
                self._engine = NearestOfAll(self._near, seconds_left=self._seconds_left)
            found = self._engine.find(requirements)
            self._known[requirements] = (
                None if found is None else self._describe(_Measure(self._near, found), asked)
            )
        return self._known[requirements]

    @cached_property
    def _near(self) -> Near:
        return Near(self.problem, self.pairs, after_all_stages=False)

    @cached_property
    def _base(self) -> "_Measure":
        return _Measure(self._near, self.pairs)

    def _start_question(self) -> None:
        left = self._until - self._clock()
        if left <= 0:
            raise NotProven
        self._question_until = self._clock() + min(left, max(_LEAST_SECONDS, _SHARE * left))

    def _seconds_left(self) -> float:
        return self._question_until - self._clock()

    def _describe(self, measure: "_Measure", asked: tuple[str, Sequence[str]] | None) -> Alternative:
        change = measure.change_from(self._base)
        return Alternative(
            values=measure.values(),
            change=change,
            moves=moves_between(self.pairs, measure.pairs, asked),
            pairs=measure.pairs,
            goals=measure.goals(),
            price=measure.goals(*change),
        )


class _Measure:
    """What each stage of a problem comes to for some pairs, in whole numbers."""

    def __init__(self, near: Near, pairs: frozenset[Pair]) -> None:
        self.pairs = pairs
        self.stages = near.stages
        self.numbers = near.measure(near.columns_of(pairs))

    def goals(self, last: str | None = None) -> tuple[int, ...]:
        """Give the numbers in the order in which they count: all, or up to those of stage `last`."""
        names = [stage.name for stage in self.stages]
        stages = len(names) if last is None else names.index(last) + 1
        return tuple(number for numbers in self.numbers[:stages] for number in numbers)

    def values(self) -> tuple[Value, ...]:
        """Give each stage's value in the contract."""
        return tuple(stage.show(numbers) for stage, numbers in zip(self.stages, self.numbers, strict=True))

    def change_from(self, base: "_Measure") -> dict[str, Value]:
        """Name the first stage of both that differs, with the difference."""
        before = dict(zip((stage.name for stage in base.stages), base.numbers, strict=True))
        shown = dict(zip((stage.name for stage in base.stages), base.values(), strict=True))
        for stage, numbers in zip(self.stages, self.numbers, strict=True):
            old, value = shown.get(stage.name), stage.show(numbers)
            if isinstance(value, Mapping) and isinstance(old, Mapping):
                change = _profile_change(old, value)
                if change:
                    return {stage.name: change}
            elif stage.name in before and numbers != before[stage.name]:
                return {stage.name: stage.show([numbers[0] - before[stage.name][0]])}
        return {}


def _profile_change(old: Mapping[str, int], new: Mapping[str, int]) -> dict[str, int]:
    """Give what each rank gains or loses, the best rank first, "unranked" last."""
    ranks = sorted({*old, *new}, key=lambda rank: (not rank.isdigit(), int(rank) if rank.isdigit() else 0))
    changes = {rank: new.get(rank, 0) - old.get(rank, 0) for rank in ranks}
    return {rank: change for rank, change in changes.items() if change}


def moves_between(
    old: frozenset[Pair], new: frozenset[Pair], asked: tuple[str, Sequence[str]] | None
) -> tuple[Move, ...]:
    """Give who moves from one result to another, in the order of `Alternative.moves`."""
    leader_asked, slots_asked = asked or (None, ())
    leaders = sorted({leader for leader, _ in old ^ new}, key=lambda leader: (leader != leader_asked, leader))
    moves: list[Move] = []
    for leader in leaders:
        left = sorted(slot for one, slot in old - new if one == leader)
        taken = sorted(
            (slot for one, slot in new - old if one == leader),
            key=lambda slot: (leader != leader_asked or slot not in slots_asked, slot),
        )
        moves += [(leader, was, is_) for was, is_ in zip_longest(left, taken)]
    return tuple(moves)
