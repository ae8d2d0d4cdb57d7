"""All stages of an objective in one whole number for each candidate, so that one flow decides them all.

A result's cost is the sum of its candidates' costs, and less is better. The number is written in digits, one
for each goal, first goal first; a digit's place is worth more than all later digits together can ever differ
between two results. So the sum compares results exactly as the stages do, one after the other, whatever
slots run: Python's whole numbers have no size at which this fails, as floats have.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from placement.domain.matching.candidates import Candidate
from placement.domain.matching.order import drawn
from placement.domain.matching.problem import Problem

Costs = list[int]
"""One cost for each candidate, in their order; not to be given anything costs 0."""


@dataclass(frozen=True, slots=True)
class Digit:
    """One goal: what candidates add to it (those left out: nothing), and how far results can differ."""

    adds: Mapping[int, int]
    span: int


_NO_DIGIT = Digit({}, 0)


def followed_by(costs: Sequence[int], digits: Sequence[Digit]) -> Costs:
    """Write `digits`, first goal first, behind `costs`: they decide where `costs` are equal."""
    found = [0] * len(costs)
    weight = 1
    for digit in reversed(digits):
        for column, add in digit.adds.items():
            found[column] += add * weight
        weight *= digit.span + 1
    return [cost * weight + low for cost, low in zip(costs, found, strict=True)]


def stage_costs(
    problem: Problem, candidates: Sequence[Candidate], among: Digit = _NO_DIGIT, after: int = 0
) -> Costs:
    """Combine the stages before the lottery: what `stages.list_stages` lists, goal by goal.

    `among` is one more digit, behind the first `after` stages and before the others. Ranks are many and
    candidates more, so the weight of ranks is looked up.
    """
    days = days_in_all(problem, candidates)
    ranks = _rank_weights(problem, days)
    kept = bool(problem.confirmed)
    spans = [days, *([days] if kept else []), ranks.room - 1, days, _span_of_metres(problem, candidates)]
    weights = _weights([*spans[:after], among.span, *spans[after:]])
    extra = weights.pop(after)
    placing, *keeping, ranking, needing, travelling = weights
    confirming = keeping[0] if kept else 0
    by_rank = [weight * ranking - placing for weight in ranks.weights]
    costs = [
        by_rank[one.rank]
        - (confirming if one.confirmed else 0)
        + (needing if one.if_need_be else 0)
        + one.metres * travelling
        for one in candidates
    ]
    for column, add in among.adds.items():
        costs[column] += add * extra
    return costs


def lottery_digits(problem: Problem, candidates: Sequence[Candidate]) -> list[Digit]:
    """Give the digits of the last stage: each leader's ranks in the drawn order, then each leader's slots."""
    slots = {slot.id: place for place, slot in enumerate(problem.slots)}
    turns = {slots[id_]: turn for turn, id_ in enumerate(drawn(problem.seed, slots))}
    by_leader: dict[str, list[int]] = defaultdict(list)
    for column, one in enumerate(candidates):
        by_leader[problem.leaders[one.leader].id].append(column)
    order = [by_leader[id_] for id_ in drawn(problem.seed, by_leader)]
    found: list[Digit] = []
    for liking in (lambda one: one.rank, lambda one: turns[one.slot]):
        for columns in order:
            days = problem.leaders[candidates[columns[0]].leader].days
            found += _wishes({column: liking(candidates[column]) for column in columns}, days)
    return found


def pinned_first(costs: Sequence[int], candidates: Sequence[Candidate]) -> Costs:
    """Let a pin be worth more than everything else together: a result without it is no result."""
    if not any(one.pinned for one in candidates):
        return list(costs)
    room = 2 * sum(map(abs, costs)) + 1
    return [cost - room if one.pinned else cost for cost, one in zip(costs, candidates, strict=True)]


def days_in_all(problem: Problem, candidates: Sequence[Candidate]) -> int:
    """Count the days that could be given at most: no leader has more than possible slots."""
    possible = [0] * len(problem.leaders)
    for one in candidates:
        possible[one.leader] += 1
    return sum(min(count, leader.days) for count, leader in zip(possible, problem.leaders, strict=True))


def bits(digits: Iterable[Digit]) -> int:
    """Count the bits that `digits` need."""
    return prod(digit.span + 1 for digit in digits).bit_length()


def _weights(spans: Sequence[int]) -> list[int]:
    """Give each digit's place in the number: above all that the later ones, of these spans, come to."""
    found = [1]
    for span in reversed(spans[1:]):
        found.append(found[-1] * (span + 1))
    return found[::-1]


@dataclass(frozen=True, slots=True)
class _RankWeights:
    """The weight of each rank, and a number above every difference that ranks can make."""

    weights: list[int]
    room: int


def _rank_weights(problem: Problem, days: int) -> _RankWeights:
    worst = problem.unranked
    if problem.objective == "total-rank":
        return _RankWeights(list(range(worst + 1)), worst * days + 1)
    base = days + 1
    if problem.objective == "rank-maximal":
        weights = [0, *(-(base ** (worst - rank)) for rank in range(1, worst + 1))]
    else:
        weights = [0, *(base ** (rank - 1) for rank in range(1, worst + 1))]
    return _RankWeights(weights, base**worst)


def _span_of_metres(problem: Problem, candidates: Sequence[Candidate]) -> int:
    furthest = [0] * len(problem.leaders)
    possible = [0] * len(problem.leaders)
    for one in candidates:
        possible[one.leader] += 1
        furthest[one.leader] = max(furthest[one.leader], one.metres)
    return sum(
        far * min(count, leader.days)
        for far, count, leader in zip(furthest, possible, problem.leaders, strict=True)
    )


def _wishes(liking: Mapping[int, int], days: int) -> list[Digit]:
    """Give one leader's digits from each column's liking: the first in liking, then the next; none is last.

    With one day the place in liking is one digit; with several each place has its own, since days at a better
    place count before any number at a worse one.
    """
    by_place: dict[int, list[int]] = defaultdict(list)
    for column, like in liking.items():
        by_place[like].append(column)
    classes = [by_place[like] for like in sorted(by_place)]
    if days == 1:
        adds = {column: place - len(classes) for place, there in enumerate(classes) for column in there}
        return [Digit(adds, len(classes))]
    return [Digit(dict.fromkeys(there, -1), min(days, len(there))) for there in classes]
