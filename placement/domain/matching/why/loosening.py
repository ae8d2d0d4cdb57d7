"""Each rule loosened by one: what there is to loosen, and the problem that it makes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from placement.domain.matching.parts import LeaderNeeds, Rules, SlotOffer
from placement.domain.matching.problem import Problem
from placement.domain.matching.why.findings import Loosened

_MINUTE = timedelta(minutes=1)

LIMITS = (
    *("partner_capacity", "place_unranked", "max_per_partner", "max_same_organisation"),
    *("min_sectors", "gap_minutes", "teams"),
)
"""The rules that hold for the whole problem or for a partner."""


def loosen(problem: Problem, one: Loosened) -> Problem:
    """Give the problem with one rule loosened."""
    changes: Mapping[str, Callable[[], Problem]] = {
        "seat": lambda: _with_slot(problem, one, lambda slot, to: replace(slot, capacity=to)),
        "minimum": lambda: _with_slot(problem, one, lambda slot, to: replace(slot, minimum=to)),
        "exclusion": lambda: _without_exclusion(problem, one),
        "forbidden": lambda: replace(problem, forbidden=problem.forbidden - {(one.leader, one.where)}),
    }
    if one.kind in changes:
        return changes[one.kind]()
    return replace(problem, rules=_loosened_rules(problem.rules, one))


def more_seats(slots: Iterable[SlotOffer]) -> list[Loosened]:
    """One more seat in each slot."""
    return [Loosened("seat", slot.id, slot.capacity + 1) for slot in slots]


def lower_minimums(slots: Iterable[SlotOffer]) -> list[Loosened]:
    """One fewer for the minimum number of each slot that asks for more than one."""
    return [Loosened("minimum", slot.id, slot.minimum - 1) for slot in slots if slot.minimum > 1]


def looser_limits(problem: Problem, kind: str) -> list[Loosened]:
    """List the ways to loosen one rule of `LIMITS`: none where the problem does not have it.

    Rules about several days of one leader count only where a leader has several.
    """
    return list(_WAYS[kind](problem))


def lifted_exclusions(leaders: Iterable[LeaderNeeds], problem: Problem) -> list[Loosened]:
    """List each slot that a leader could be given but for being excluded: the best ranked first.

    Not those that are pinned, which are given all the same.
    """
    fixed = problem.forbidden | problem.pins
    found = []
    for leader in leaders:
        ranks = {slot: rank for rank, tier in enumerate(leader.preferences) for slot in tier}
        for slot in leader.excluded:
            if (slot in ranks or problem.rules.place_unranked) and (leader.id, slot) not in fixed:
                place = (ranks.get(slot, problem.unranked), slot, leader.id)
                found.append((place, Loosened("exclusion", slot, None, leader.id)))
    return [one for _, one in sorted(found, key=lambda item: item[0])]


def lifted_bans(leaders: Iterable[LeaderNeeds], problem: Problem) -> list[Loosened]:
    """List the forbidden pairs of leaders, without those that are excluded as well."""
    excluded = {leader.id: leader.excluded for leader in leaders}
    return [
        Loosened("forbidden", slot, None, leader)
        for leader, slot in sorted(problem.forbidden)
        if leader in excluded and slot not in excluded[leader]
    ]


def _with_slot(problem: Problem, one: Loosened, change: Callable[[SlotOffer, int], SlotOffer]) -> Problem:
    to = one.to or 0
    return replace(
        problem, slots=tuple(change(slot, to) if slot.id == one.where else slot for slot in problem.slots)
    )


def _without_exclusion(problem: Problem, one: Loosened) -> Problem:
    return replace(
        problem,
        leaders=tuple(
            replace(leader, excluded=leader.excluded - {one.where}) if leader.id == one.leader else leader
            for leader in problem.leaders
        ),
    )


def _loosened_rules(rules: Rules, one: Loosened) -> Rules:
    if one.kind == "partner_capacity":
        return replace(rules, partner_capacity={**rules.partner_capacity, one.where or "": one.to or 0})
    values: Mapping[str, object] = {"place_unranked": True, "gap_minutes": one.to or 0}
    return replace(rules, **{one.kind: values.get(one.kind, one.to)})  # type: ignore[arg-type]


def _partners(problem: Problem) -> Iterator[Loosened]:
    partners = {slot.partner for slot in problem.slots}
    for partner, most in sorted(problem.rules.partner_capacity.items()):
        if partner in partners:
            yield Loosened("partner_capacity", partner, most + 1)


def _unranked(problem: Problem) -> Iterator[Loosened]:
    if not problem.rules.place_unranked:
        yield Loosened("place_unranked")


def _per_partner(problem: Problem) -> Iterator[Loosened]:
    most = problem.rules.max_per_partner
    if most is not None and any(leader.days > most for leader in problem.leaders):
        yield Loosened("max_per_partner", None, most + 1)


def _organisation(problem: Problem) -> Iterator[Loosened]:
    most = problem.rules.max_same_organisation
    if most is not None:
        yield Loosened("max_same_organisation", None, most + 1)


def _sectors(problem: Problem) -> Iterator[Loosened]:
    fewest = problem.rules.min_sectors
    if fewest is not None:
        yield Loosened("min_sectors", None, fewest - 1 if fewest > 2 else None)


def _gap(problem: Problem) -> Iterator[Loosened]:
    """Shorten the gap so far that two slots more go together, at least."""
    gap = problem.rules.gap_minutes
    if gap == 0 or all(leader.days == 1 for leader in problem.leaders):
        return
    times = [(slot.starts_at, slot.ends_at) for slot in problem.slots if slot.starts_at and slot.ends_at]
    between = [(start - end) // _MINUTE for start, _ in times for _, end in times]
    shorter = [minutes for minutes in between if 0 <= minutes < gap]
    if shorter:
        yield Loosened("gap_minutes", None, max(shorter))


def _teams(problem: Problem) -> Iterator[Loosened]:
    if problem.rules.teams is not None:
        yield Loosened("teams")


_WAYS: Mapping[str, Callable[[Problem], Iterator[Loosened]]] = {
    "partner_capacity": _partners,
    "place_unranked": _unranked,
    "max_per_partner": _per_partner,
    "max_same_organisation": _organisation,
    "min_sectors": _sectors,
    "gap_minutes": _gap,
    "teams": _teams,
}
