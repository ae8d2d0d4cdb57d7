"""Matching problems made up by stated rules, as the values of their contract: the same on every machine.

`cohort` has the shape of a real one, with all that a coordinator may ask for. `scale` is of any size, with
ranked slots alone. Each draw comes from `random.Random.random`, whose numbers Python promises to keep.
"""

from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest
from itertools import accumulate
from math import isqrt, log
from random import Random
from typing import Any

Json = dict[str, Any]

OBJECTIVES = ("generous", "rank-maximal", "total-rank", "lottery")
VARIANTS: Mapping[str, Json] = {
    "plain": {},
    "sectors": {"min_sectors": 2},
    "spread": {"teams": "spread"},
    "together": {"teams": "together"},
}
SIZES = ((1_000, 120), (10_000, 1_200), (100_000, 12_000))

_ORGANISATIONS = 12
_OPPORTUNITIES = 16
_DATES = 13
_CHOICES = 5
_REACH_KM = (8, 12, 20, 30)
_PLACE_TEAMS = 9
_CAPACITIES = ((2, 1), (2, 1), (3, 2), (3, 2), (3, 2), (4, 2), (4, 3), (5, 2), (5, 3))
"""Capacity and minimum number, as often as the spreadsheets of a real cohort have them."""


def cohort(
    seed: int,
    *,
    objective: str = "generous",
    variant: str = "plain",
    leaders: int = 100,
    slots: int = 40,
) -> Json:
    """Make up a cohort of real shape.

    16 opportunities of 14 partners on 13 dates; capacities 2 to 5, minimum numbers 1 to 3, and for each
    100 leaders 115 to 150 seats. One leader in eleven never answered; the others rank five opportunities,
    popular ones more often, all dates of one in one tier; an opportunity without a slot is in no tier. Each
    leader cannot do up to five dates, and does up to three only if need be. Criminal-record checks,
    step-free access and distance exclude slots. 12 organisations, the k-th with a share of 1/k, at most two
    or three of one in a slot; some leaders have no sector. `variant` adds a rule of `VARIANTS`; teams are
    nine places, or of two or three people where they are to be kept together.
    """
    random = Random(f"cohort|{seed}")
    offers = _offers(random, slots)
    _spread_seats(random, offers, leaders * (115 + _below(random, 36)) // 100)
    rules = {"max_same_organisation": 2 + _below(random, 2), **VARIANTS[variant]}
    together = variant == "together"
    people = [
        _person(Random(f"cohort|{seed}|{who}"), who, offers, together=together) for who in range(leaders)
    ]
    kept = ("id", "partner", "capacity", "minimum", "starts_at", "ends_at")
    return {
        "version": 1,
        "leaders": people,
        "slots": [{key: offer[key] for key in kept} for offer in offers],
        "rules": rules,
        "objective": objective,
        "seed": f"cohort {seed}",
    }


def scale(leaders: int, slots: int, seed: int, *, minima: bool = False, objective: str = "generous") -> Json:
    """Make up a problem of any size in which only ranked slots can be given.

    Slots stand in a ring; their popularity is Zipf's: the k-th in a drawn order weighs 1/k. Each leader sees
    the 60 slots around their own place and ranks 6 of them, drawn by weight. Seats are 1.05 × leaders, or
    1.5 × with `minima`: then each slot's minimum number is 60 % of its capacity, rounded down.
    """
    random = Random(f"scale|{leaders}|{slots}|{seed}")
    weights = [1.0 / place for place in _drawn_order(random, slots)]
    seats = leaders * (150 if minima else 105) // 100
    ids = [f"s{slot:05}" for slot in range(slots)]
    reach = min(60, slots)
    people = []
    for leader in range(leaders):
        first = leader * slots // leaders - reach // 2
        seen = [(first + step) % slots for step in range(reach)]
        wanted = _by_weight(random, seen, weights, 6)
        people.append({"id": f"l{leader:06}", "preferences": [[ids[slot]] for slot in wanted]})
    offers = []
    for slot in range(slots):
        capacity = seats * (slot + 1) // slots - seats * slot // slots
        offers.append({"id": ids[slot], "capacity": capacity, "minimum": capacity * 6 // 10 if minima else 0})
    return {
        "version": 1,
        "leaders": people,
        "slots": offers,
        "rules": {"place_unranked": False},
        "objective": objective,
        "seed": f"scale {seed}",
    }


def after_dropout(problem: Json, pairs: Iterable[Sequence[str]]) -> Json:
    """Give the problem that remains when a placed leader drops out: the others' pairs are confirmed.

    Who drops out is drawn by the problem's seed.
    """
    placed = sorted((leader, slot) for leader, slot in pairs)
    gone = placed[_below(Random(f"dropout|{problem['seed']}"), len(placed))][0]
    left = [leader for leader in problem["leaders"] if leader["id"] != gone]
    confirmed = [[leader, slot] for leader, slot in placed if leader != gone]
    return {**problem, "leaders": left, "confirmed": confirmed}


def _below(random: Random, limit: int) -> int:
    return int(random.random() * limit)


def _drawn_order(random: Random, count: int) -> list[int]:
    """Give each of `count` things its place, from 1, in a drawn order."""
    keys = [random.random() for _ in range(count)]
    places = [0] * count
    for place, which in enumerate(sorted(range(count), key=keys.__getitem__), start=1):
        places[which] = place
    return places


def _by_weight(random: Random, among: Sequence[int], weights: Sequence[float], count: int) -> list[int]:
    """Draw `count` different ones, heavier ones more likely to come early."""
    # The one whose clock rings first is drawn with a chance proportional to how fast its clock runs.
    rings = [(-log(1.0 - random.random()) / weights[one], one) for one in among]
    return [one for _, one in nsmallest(count, rings)]


def _offers(random: Random, slots: int) -> list[Json]:
    """Slots with what they need of a leader, some keys of which are not in the contract."""
    opportunities = [_opportunity(random, which) for which in range(_OPPORTUNITIES)]
    dates = [_drawn_order(random, _DATES) for _ in range(_OPPORTUNITIES)]
    offers = []
    for slot in range(slots):
        which, turn = slot % _OPPORTUNITIES, slot // _OPPORTUNITIES
        date = dates[which][turn % _DATES]
        capacity, minimum = _CAPACITIES[_below(random, len(_CAPACITIES))]
        offers.append(
            {
                "id": f"slot-{slot:03}",
                **opportunities[which],
                "capacity": capacity,
                "minimum": minimum,
                "date": date,
                "starts_at": f"2031-03-{2 * date:02}T09:30:00+00:00",
                "ends_at": f"2031-03-{2 * date:02}T15:00:00+00:00",
            }
        )
    return offers


def _opportunity(random: Random, which: int) -> Json:
    return {
        "opportunity": which,
        "partner": f"partner-{which % 14:02}",
        "check": (0, 0, 0, 1, 1, 2)[_below(random, 6)],
        "step_free": random.random() < 0.7,
        "place": _somewhere(random),
    }


def _spread_seats(random: Random, offers: Sequence[Json], seats: int) -> None:
    """Change capacities by one at a time until there are so many seats; none leaves 2 to 5."""
    missing = seats - sum(offer["capacity"] for offer in offers)
    step = 1 if missing > 0 else -1
    while missing and any(2 <= offer["capacity"] + step <= 5 for offer in offers):
        offer = offers[_below(random, len(offers))]
        if 2 <= offer["capacity"] + step <= 5:
            offer["capacity"] += step
            offer["minimum"] = min(offer["minimum"], offer["capacity"])
            missing -= step


def _somewhere(random: Random) -> tuple[int, int]:
    """A place in metres on a strip of land of 12 by 30 km."""
    return _below(random, 12_000), _below(random, 30_000)


def _person(random: Random, who: int, offers: Sequence[Json], *, together: bool) -> Json:
    organisation = _share(random, [1.0 / size for size in range(1, _ORGANISATIONS + 1)])
    home, reach = _somewhere(random), _REACH_KM[_below(random, 4)]
    check, step_free = (0, 1, 2, 2)[_below(random, 4)], random.random() < 0.15
    metres = {offer["id"]: _metres(home, offer["place"]) for offer in offers}
    answered = _below(random, 11) > 0
    dates = _drawn_order(random, _DATES)
    cannot, need = _below(random, 6) * answered, _below(random, 4) * answered
    reluctant = {date for date in range(1, _DATES + 1) if cannot < dates[date - 1] <= cannot + need}
    wanted = _by_weight(
        random, range(_OPPORTUNITIES), [1 / (2 + one) for one in range(_OPPORTUNITIES)], _CHOICES
    )
    tiers = [[offer["id"] for offer in offers if offer["opportunity"] == one] for one in wanted]
    return {
        "id": f"leader-{who:03}",
        "preferences": [tier for tier in tiers if tier] if answered else [],
        "excluded": [
            offer["id"]
            for offer in offers
            if dates[offer["date"] - 1] <= cannot
            or metres[offer["id"]] > reach * 1000
            or check < offer["check"]
            or (step_free and not offer["step_free"])
        ],
        "if_need_be": [offer["id"] for offer in offers if offer["date"] in reluctant],
        "distance_km": {slot: length / 1000 for slot, length in metres.items()},
        "organisation": f"organisation-{organisation:02}",
        "sector": f"sector-{organisation % 7}" if random.random() < 0.95 else None,
        "team": _team(random, who, together=together),
    }


def _team(random: Random, who: int, *, together: bool) -> str | None:
    """One of nine places; where teams stay together, one of two or three people, or none."""
    if not together:
        return f"place-{_below(random, _PLACE_TEAMS)}"
    return f"group-{who // 5}" if who % 5 < 2 + who // 5 % 2 else None


def _share(random: Random, weights: Sequence[float]) -> int:
    sums = list(accumulate(weights))
    point = random.random() * sums[-1]
    return next(which for which, total in enumerate(sums) if point < total)


def _metres(one: tuple[int, int], other: tuple[int, int]) -> int:
    return isqrt((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2)
