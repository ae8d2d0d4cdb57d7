"""Exhaustive search over a problem's JSON: too simple to be wrong, too slow for more than a few leaders.

It shares nothing with the engine but the JSON: rules, order of stages, lottery are written again, plainly.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import combinations
from typing import Any

Json = dict[str, Any]
Result = frozenset[tuple[str, str]]
Wish = Callable[[Result], bool]
NEVER = 10**6


def drawn(seed: str, ids: list[str]) -> list[str]:
    return sorted(ids, key=lambda one: hashlib.sha256(f"{seed}|{one}".encode()).hexdigest())


def rank(leader: Json, slot: str) -> int | None:
    return next((place for place, tier in enumerate(leader["preferences"], 1) if slot in tier), None)


def unranked(problem: Json) -> int:
    return 1 + max((len(leader["preferences"]) for leader in problem["leaders"]), default=0)


def cost(problem: Json, leader: Json, slot: str) -> int:
    found = rank(leader, slot)
    return unranked(problem) if found is None else found


def rule(problem: Json, name: str) -> Any:
    return problem.get("rules", {}).get(name)


def may_have(problem: Json, leader: Json, slot: str) -> bool:
    pair = [leader["id"], slot]
    if pair in problem.get("pins", []):
        return True
    if pair in problem.get("forbidden", []) or slot in leader.get("excluded", []):
        return False
    return rank(leader, slot) is not None or rule(problem, "place_unranked") is not False


def clash(problem: Json, one: Json, other: Json) -> bool:
    if not one.get("starts_at") or not other.get("starts_at"):
        return False
    first, second = sorted((one, other), key=lambda slot: datetime.fromisoformat(slot["starts_at"]))
    between = datetime.fromisoformat(second["starts_at"]) - datetime.fromisoformat(first["ends_at"])
    return between < timedelta(0) or between < timedelta(minutes=rule(problem, "gap_minutes") or 0)


def bundles(problem: Json, leader: Json) -> list[tuple[str, ...]]:
    """List every set of slots that the leader alone may have."""
    slots = {slot["id"]: slot for slot in problem["slots"]}
    allowed = [slot for slot in slots if may_have(problem, leader, slot)]
    pinned = {slot for one, slot in problem.get("pins", []) if one == leader["id"]}
    most = rule(problem, "max_per_partner")

    def fits(bundle: tuple[str, ...]) -> bool:
        partners = [slots[slot].get("partner") for slot in bundle if slots[slot].get("partner") is not None]
        return (
            pinned <= set(bundle)
            and not any(clash(problem, slots[one], slots[other]) for one, other in combinations(bundle, 2))
            and (most is None or all(partners.count(partner) <= most for partner in partners))
        )

    days = min(leader.get("days", 1), len(allowed))
    return [bundle for size in range(days + 1) for bundle in combinations(allowed, size) if fits(bundle)]


def sectors_missing(problem: Json, there: list[Json]) -> int:
    wanted = rule(problem, "min_sectors") or 0
    return max(0, min(len(there), wanted) - len({leader.get("sector") for leader in there}))


def keeps_upper_limits(problem: Json, result: Result) -> bool:
    """Tell whether the rules hold that more leaders can only break."""
    slots = {slot["id"]: slot for slot in problem["slots"]}
    leaders = {leader["id"]: leader for leader in problem["leaders"]}
    for slot_id, slot in slots.items():
        there = [leaders[leader] for leader, where in result if where == slot_id]
        organisations = [leader["organisation"] for leader in there if leader.get("organisation") is not None]
        teams = [leader["team"] for leader in there if leader.get("team") is not None]
        most = rule(problem, "max_same_organisation")
        if len(there) > slot["capacity"]:
            return False
        if most is not None and any(organisations.count(one) > most for one in organisations):
            return False
        if rule(problem, "teams") == "spread" and len(teams) != len(set(teams)):
            return False
    for partner, most in (rule(problem, "partner_capacity") or {}).items():
        if sum(slots[slot].get("partner") == partner for _, slot in result) > most:
            return False
    if rule(problem, "teams") == "together":
        one_day = [(leaders[leader], slot) for leader, slot in result if leaders[leader].get("days", 1) == 1]
        together = [(leader["team"], slot) for leader, slot in one_day if leader.get("team") is not None]
        return all(slot == other for team, slot in together for same, other in together if team == same)
    return True


def keeps_lower_limits(problem: Json, result: Result, slot_ids: list[str] | None = None) -> bool:
    """Tell whether minimum numbers and sectors are kept; minimum numbers only at `slot_ids` if given."""
    leaders = {leader["id"]: leader for leader in problem["leaders"]}
    for slot in problem["slots"]:
        there = [leaders[leader] for leader, where in result if where == slot["id"]]
        minimum = slot.get("minimum", 1) if slot_ids is None or slot["id"] in slot_ids else 0
        if (there and len(there) < minimum) or sectors_missing(problem, there):
            return False
    return True


def all_results(problem: Json) -> Iterator[Result]:
    """Try every choice that keeps the upper limits; what breaks one is not added to."""

    def extended(so_far: Result, rest: list[Json]) -> Iterator[Result]:
        if not rest:
            yield so_far
            return
        for bundle in bundles(problem, rest[0]):
            longer = so_far | {(rest[0]["id"], slot) for slot in bundle}
            if keeps_upper_limits(problem, longer):
                yield from extended(longer, rest[1:])

    return extended(frozenset(), problem["leaders"])


def kept_results(problem: Json) -> list[Result]:
    """List all results that keep every rule; pins are in each of them."""
    return [result for result in all_results(problem) if keeps_lower_limits(problem, result)]


def gives(*pairs: tuple[str, str]) -> Wish:
    """Wish that a result holds all of `pairs`."""
    return lambda result: result.issuperset(pairs)


def gives_one_of(leader: str, slots: Iterable[str]) -> Wish:
    """Wish that a leader has one slot at least of `slots`, such as those of a tier."""
    pairs = frozenset((leader, slot) for slot in slots)
    return lambda result: bool(result & pairs)


def takes_at_least(slot: str, leaders: int) -> Wish:
    """Wish that a slot takes so many leaders or more."""
    return lambda result: sum(where == slot for _, where in result) >= leaders


def ranks_of(problem: Json, leader: Json, result: Result) -> list[int]:
    ranks = sorted(cost(problem, leader, slot) for one, slot in result if one == leader["id"])
    return ranks + [NEVER] * (leader.get("days", 1) - len(ranks))


def stage_values(problem: Json, result: Result) -> tuple[Any, ...]:
    """Give what the stages before the lottery compare: less is better."""
    leaders = {leader["id"]: leader for leader in problem["leaders"]}
    ranks = [cost(problem, leaders[leader], slot) for leader, slot in result]
    worst = unranked(problem)
    objective = problem.get("objective", "generous")
    profile: tuple[int, ...] = (sum(ranks),)
    if objective == "generous":
        profile = tuple(ranks.count(one) for one in range(worst, 0, -1))
    if objective == "rank-maximal":
        profile = tuple(-ranks.count(one) for one in range(1, worst + 1))
    return (
        -len(result),
        -sum([leader, slot] in problem.get("confirmed", []) for leader, slot in result),
        profile,
        sum(slot in leaders[leader].get("if_need_be", []) for leader, slot in result),
        sum(round(1000 * leaders[leader].get("distance_km", {}).get(slot, 0)) for leader, slot in result),
    )


def lottery_values(problem: Json, result: Result) -> tuple[Any, ...]:
    """Give what the last stage compares: all ranks in the drawn order, then all slots."""
    leaders = {leader["id"]: leader for leader in problem["leaders"]}
    seed = problem.get("seed", "")
    order = [leaders[one] for one in drawn(seed, list(leaders))]
    turns = drawn(seed, [slot["id"] for slot in problem["slots"]])
    return (
        [ranks_of(problem, leader, result) for leader in order],
        [sorted(turns.index(slot) for one, slot in result if one == leader["id"]) for leader in order],
    )


def best(problem: Json, *wishes: Wish) -> Result | None:
    """Find the one best result, or None when no result keeps every rule.

    With wishes: the best of the results that fulfil them all. The lottery objective, which seeks no best,
    has none.
    """
    if problem.get("objective") == "lottery":
        if wishes:
            raise ValueError("the lottery objective has no best result among several")
        return lottery(problem)
    return best_of(problem, kept_results(problem), *wishes)


def best_of(problem: Json, kept: Iterable[Result], *wishes: Wish) -> Result | None:
    """Find the best of results that keep every rule, as `kept_results` lists them once for many wishes."""
    wished = (result for result in kept if all(wish(result) for wish in wishes))
    return min(
        wished, key=lambda one: (stage_values(problem, one), lottery_values(problem, one)), default=None
    )


def named_values(problem: Json, result: Result) -> dict[str, Any]:
    """Give the values of the stages before the lottery, by their names in the contract and in its writing.

    The lottery objective has none; `kept` stands where something is confirmed. Of the profile all ranks.
    """
    if problem.get("objective") == "lottery":
        return {}
    worst = unranked(problem)
    leaders = {leader["id"]: leader for leader in problem["leaders"]}
    ranks = [cost(problem, leaders[leader], slot) for leader, slot in result]
    placed, kept, _, need, metres = stage_values(problem, result)
    by_rank = {str(one): ranks.count(one) for one in range(1, worst)} | {"unranked": ranks.count(worst)}
    total = problem.get("objective") == "total-rank"
    return {
        "placed": -placed,
        **({"kept": -kept} if problem.get("confirmed") else {}),
        **({"total-rank": sum(ranks)} if total else {"profile": by_rank}),
        "if-need-be": need,
        "distance": Fraction(metres, 1000),
    }


def price(problem: Json, kept: list[Result], *wishes: Wish) -> Json:
    """Say what wishes would change, as the contract's `cost` does: the first stage that changes, exactly.

    {} when nothing before the lottery would; {"possible": False} when no result in `kept` fulfils the wishes.
    """
    now, then = best_of(problem, kept), best_of(problem, kept, *wishes)
    if now is None or then is None:
        return {"possible": False}
    before, after = named_values(problem, now), named_values(problem, then)
    for name, value in before.items():
        if name == "profile" and after[name] != value:
            return {
                name: {
                    rank: after[name][rank] - value[rank]
                    for rank in value
                    if after[name][rank] != value[rank]
                }
            }
        if after[name] != value:
            return {name: after[name] - value}
    return {}


def lottery(problem: Json) -> Result | None:
    """Draw leader by leader; with foresight only where a pinned slot could not be served otherwise."""
    results = list(all_results(problem))
    if not any(keeps_lower_limits(problem, result) for result in results):
        return None
    found = draw(problem, results, foresight=False)
    return found if keeps_lower_limits(problem, found) else draw(problem, results, foresight=True)


def draw(problem: Json, results: list[Result], *, foresight: bool) -> Result:
    pinned = [slot for _, slot in problem.get("pins", [])]
    closed: set[str] = set()
    turns = drawn(problem.get("seed", ""), [slot["id"] for slot in problem["slots"]])
    while True:
        found = draw_with_foresight(problem, results, closed) if foresight else draw_once(problem, closed)
        load = {slot["id"]: sum(where == slot["id"] for _, where in found) for slot in problem["slots"]}
        below = [
            (load[slot["id"]], turns.index(slot["id"]), slot["id"])
            for slot in problem["slots"]
            if slot["id"] not in pinned and 0 < load[slot["id"]] < slot.get("minimum", 1)
        ]
        if not below:
            return found
        closed.add(min(below)[2])


def draw_with_foresight(problem: Json, results: list[Result], closed: set[str]) -> Result:
    """Narrow all results that pins allow to those that each leader in turn likes best."""
    pinned = [slot for _, slot in problem.get("pins", [])]
    left = [
        result
        for result in results
        if not any(slot in closed for _, slot in result) and keeps_lower_limits(problem, result, pinned)
    ]
    for leader in turns_of_leaders(problem):
        tastes = [taste(problem, leader, result) for result in left]
        left = [result for result, one in zip(left, tastes, strict=True) if one == min(tastes)]
    return left[0]


def draw_once(problem: Json, closed: set[str]) -> Result:
    """Let each leader in turn take the best that breaks no rule beside those who are already there."""
    leaders = {leader["id"]: leader for leader in problem["leaders"]}
    so_far: Result = frozenset((leader, slot) for leader, slot in problem.get("pins", []))
    for leader in turns_of_leaders(problem):
        choices = [
            so_far | {(leader["id"], slot) for slot in bundle}
            for bundle in bundles(problem, leader)
            if not closed & set(bundle)
        ]
        missing = missing_by_slot(problem, so_far, leaders)
        fitting = [
            choice
            for choice in choices
            if keeps_upper_limits(problem, choice)
            and all(
                now <= before
                for now, before in zip(missing_by_slot(problem, choice, leaders), missing, strict=True)
            )
        ]
        so_far = min(fitting, key=lambda choice: taste(problem, leader, choice))
    return so_far


def missing_by_slot(problem: Json, result: Result, leaders: dict[str, Json]) -> list[int]:
    return [
        sectors_missing(problem, [leaders[leader] for leader, where in result if where == slot["id"]])
        for slot in problem["slots"]
    ]


def turns_of_leaders(problem: Json) -> list[Json]:
    leaders = {leader["id"]: leader for leader in problem["leaders"]}
    return [leaders[one] for one in drawn(problem.get("seed", ""), list(leaders))]


def taste(problem: Json, leader: Json, result: Result) -> tuple[list[int], list[tuple[int, int]]]:
    """Give what a leader compares in the draw: ranks first, then the slots that are drawn first."""
    turns = drawn(problem.get("seed", ""), [slot["id"] for slot in problem["slots"]])
    theirs = [slot for one, slot in result if one == leader["id"]]
    return (
        ranks_of(problem, leader, result),
        sorted((cost(problem, leader, slot), turns.index(slot)) for slot in theirs),
    )
