"""Cohorts of real size made by a stated rule: nothing is drawn but from the hash of names.

Slots lie on dates of one spring; some dates have several. A leader likes what a hash says, popular slots
more often, and often two slots equally; cannot do some dates; would do others if need be.
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.unit.domain.matching.cohorts import number

Json = dict[str, Any]
_FIRST_DAY = datetime(2027, 2, 22, 9, 30, tzinfo=UTC)
_MIXED = {"max_same_organisation": 2, "min_sectors": 2}


def cohort(name: str, leaders: int, slots: int, *, percent: int = 120, **rules: Any) -> Json:
    """Make up a cohort in which all soft wishes count: ties, dates, if need be, distance, minimum numbers.

    `percent` says how many seats there are, of what all leaders with one day need.
    """
    offers = [_slot(name, place, -(-leaders * percent // (slots * 100))) for place in range(slots)]
    return {
        "version": 1,
        "leaders": [_leader(name, place, offers) for place in range(leaders)],
        "slots": offers,
        "rules": rules,
        "seed": name,
    }


def _slot(name: str, place: int, seats: int) -> Json:
    day = _FIRST_DAY + timedelta(days=number(name, "date", place) % 40)
    begin = day + timedelta(minutes=[0, 0, 150, 210][number(name, "hour", place) % 4])
    capacity = max(1, seats - 1 + number(name, "seats", place) % 3)
    return {
        "id": f"slot-{place:02}",
        "partner": f"partner-{place // 3}",
        "capacity": capacity,
        "minimum": 1 + number(name, "minimum", place) % capacity,
        "starts_at": begin.isoformat(),
        "ends_at": (begin + timedelta(minutes=180)).isoformat(),
    }


def _leader(name: str, place: int, offers: list[Json]) -> Json:
    me = f"leader-{place:03}"
    slots = [slot["id"] for slot in offers]
    liked = sorted(slots, key=lambda slot: number(name, me, slot) * (2 + slots.index(slot)))[:7]
    dates = sorted({slot["starts_at"][:10] for slot in offers})
    cannot = [date for date in dates if number(name, me, "cannot", date) % 6 == 0]
    need = [date for date in dates if number(name, me, "need", date) % 5 == 0]
    return {
        "id": me,
        "preferences": _tied(name, me, liked) if number(name, me, "answers") % 10 else [],
        "excluded": [slot["id"] for slot in offers if slot["starts_at"][:10] in cannot],
        "if_need_be": [slot["id"] for slot in offers if slot["starts_at"][:10] in need],
        "distance_km": {slot: number(name, me, "km", slot) % 40000 / 1000 for slot in slots},
        "organisation": f"organisation-{number(name, me, 'organisation') % 12}",
        "sector": [None, "NHS", "NHS", "NHS", "council", "care"][number(name, me, "sector") % 6],
        "team": f"team-{place // 5}" if place % 7 else None,
    }


def _tied(name: str, me: str, liked: list[str]) -> list[list[str]]:
    """Join a slot to the tier before it where a hash says so: a third of the time."""
    tiers: list[list[str]] = []
    for slot in liked:
        if tiers and number(name, me, "tie", slot) % 3 == 0:
            tiers[-1].append(slot)
        else:
            tiers.append([slot])
    return tiers


def all_rules() -> Json:
    """Make up 100 leaders and 40 slots with an organisation cap and two sectors."""
    return cohort("all-rules", 100, 40, **_MIXED)


def plain() -> Json:
    """Make up 100 leaders and 40 slots with minimum numbers and no other rule."""
    return cohort("plain", 100, 40)


def few_large_slots() -> Json:
    """Make up 100 leaders and 14 slots that need six in ten of their seats taken."""
    made = cohort("few-large-slots", 100, 14, percent=150)
    for slot in made["slots"]:
        slot["minimum"] = -(-slot["capacity"] * 6 // 10)
    return made


def scarce_seats() -> Json:
    """Make up 100 leaders for fewer seats, of which minimum numbers and mix rules close some more."""
    return cohort("scarce-seats", 100, 26, percent=85, max_same_organisation=2, min_sectors=3)


def several_days() -> Json:
    """Make up 45 leaders with one to three days, slots that clash, an hour between two, one a partner."""
    made = cohort("several-days", 45, 36, gap_minutes=60, max_per_partner=1)
    for leader in made["leaders"]:
        leader["days"] = 1 + number("days", leader["id"]) % 3
    for slot in made["slots"]:
        slot["capacity"] += 1
    return made


def crowded_days() -> Json:
    """Make up 40 leaders with two days on few dates, so that clashes bind; two days a partner."""
    made = cohort("crowded-days", 40, 30, gap_minutes=90, max_per_partner=2, max_same_organisation=2)
    for place, slot in enumerate(made["slots"]):
        begin = _FIRST_DAY + timedelta(days=place % 3, minutes=[0, 120, 240, 330][place % 4])
        slot |= {"starts_at": begin.isoformat(), "ends_at": (begin + timedelta(minutes=180)).isoformat()}
        slot["capacity"] += 2
    for leader in made["leaders"]:
        leader |= {"days": 2, "excluded": [], "if_need_be": leader["if_need_be"][:5]}
    return made


def repair() -> Json:
    """Confirm what a simple hand would give, then take away three leaders and two of the taken slots."""
    made = all_rules()
    pairs = by_hand(made)
    taken = Counter(slot for _, slot in pairs)
    gone = sorted(taken, key=lambda slot: (-taken[slot], slot))[:2]
    return without(made, gone, made["leaders"][10:40:10]) | {"confirmed": pairs}


def repair_several_days() -> Json:
    """Confirm what a simple hand would give to leaders with several days, then take away two slots."""
    made = several_days()
    return without(made, ["slot-00", "slot-03"], []) | {"confirmed": by_hand(made)}


def pinned() -> Json:
    """Pin twelve leaders, one where a date is impossible, and forbid thirty pairs that are liked."""
    made = all_rules()
    pins = by_hand(made)[::9][:11]
    leader = next(one for one in made["leaders"] if one["excluded"] and one["id"] not in dict(pins))
    pins.append([leader["id"], leader["excluded"][0]])
    liked = [[one["id"], one["preferences"][0][0]] for one in made["leaders"] if one["preferences"]]
    return made | {"pins": pins, "forbidden": [pair for pair in liked if pair not in pins][::3]}


def capped_partners() -> Json:
    """Let each partner take a few leaders fewer than its slots have seats, and some none at all."""
    made = cohort("capped-partners", 100, 40, max_same_organisation=3)
    seats: Counter[str] = Counter()
    for slot in made["slots"]:
        slot["capacity"] += 2
        seats[slot["partner"]] += slot["capacity"]
    caps = {partner: max(0, room - 2 - place % 3 * 2) for place, (partner, room) in enumerate(seats.items())}
    made["rules"]["partner_capacity"] = caps | {"partner-5": 0, "partner-nobody-knows": 1}
    return made


def three_sectors() -> Json:
    """Ask for three sectors wherever three meet, with five sectors of which one has nearly everybody."""
    made = cohort("three-sectors", 80, 24, min_sectors=3)
    for leader in made["leaders"]:
        turn = number("sector", leader["id"]) % 10
        leader["sector"] = "NHS" if turn < 5 else [None, "council", "care", "police", "council"][turn - 5]
    return made


def teams_spread() -> Json:
    """Let no two of a team of five meet."""
    return cohort("teams-spread", 100, 40, teams="spread", max_same_organisation=3)


def teams_together() -> Json:
    """Place teams of three together; some leaders have two days, so are free."""
    made = cohort("teams-together", 60, 20, teams="together", gap_minutes=30)
    for place, leader in enumerate(made["leaders"]):
        leader["team"] = f"team-{place // 3}" if place % 4 else None
        leader["days"] = 2 if place % 11 == 0 else 1
        leader["excluded"] = leader["excluded"][:2]
    for slot in made["slots"]:
        slot["capacity"] += 1
    return made


def pinned_few() -> Json:
    """Pin leaders to slots that the plain draw would leave below their minimum number."""
    made = cohort("pinned-few", 36, 18, **_MIXED)
    made["pins"] = by_hand(made)[::6]
    return made


def only_ranked() -> Json:
    """Give nobody what they did not rank, with fewer seats than leaders: some end without a day."""
    made = cohort("only-ranked", 100, 30, place_unranked=False, **_MIXED)
    for place, slot in enumerate(made["slots"]):
        slot["capacity"] = max(slot["minimum"], slot["capacity"] - place % 2)
    return made


def by_hand(made: Json) -> list[list[str]]:
    """Give each leader in the order of rows the first liked slots with a seat that clash with none before."""
    slots = {slot["id"]: slot for slot in made["slots"]}
    seats = {id_: slot["capacity"] for id_, slot in slots.items()}
    pairs: list[list[str]] = []
    for leader in made["leaders"]:
        dates: list[str] = []
        for slot in (slot for tier in leader["preferences"] for slot in tier):
            date = slots[slot]["starts_at"][:10]
            free = seats[slot] and date not in dates and len(dates) < leader.get("days", 1)
            if free and slot not in leader["excluded"]:
                seats[slot] -= 1
                dates.append(date)
                pairs.append([leader["id"], slot])
    return pairs


def without(made: Json, slots: list[str], leaders: list[Json]) -> Json:
    """Take slots and leaders out of a problem, wherever they are named."""

    def left(ids: list[str]) -> list[str]:
        return [one for one in ids if one not in slots]

    kept = [
        leader
        | {
            "preferences": [tier for tier in map(left, leader["preferences"]) if tier],
            "excluded": left(leader["excluded"]),
            "if_need_be": left(leader["if_need_be"]),
            "distance_km": {slot: km for slot, km in leader["distance_km"].items() if slot not in slots},
        }
        for leader in made["leaders"]
        if leader not in leaders
    ]
    return made | {"leaders": kept, "slots": [slot for slot in made["slots"] if slot["id"] not in slots]}


G, R, T, D = "generous", "rank-maximal", "total-rank", "lottery"
INSTANCES: list[tuple[Callable[[], Json], tuple[str, ...]]] = [
    (all_rules, (G, R, T, D)),
    (plain, (G, R, D)),
    (few_large_slots, (G, R, T, D)),
    (scarce_seats, (G, R, D)),
    (several_days, (G, R, T, D)),
    (crowded_days, (G, R, T, D)),
    (repair, (G, T)),
    (repair_several_days, (G, R)),
    (pinned, (G, R)),
    (pinned_few, (G, D)),
    (capped_partners, (G, R, D)),
    (three_sectors, (G, R, D)),
    (teams_spread, (G, T, D)),
    (teams_together, (G, R, D)),
    (only_ranked, (G, R, T, D)),
]
"""Instances and the objectives whose best results are known."""
