"""Small random problems in which all rules are mixed."""

from typing import Any

from hypothesis import strategies as st

from placement.domain.errors import InvalidProblem
from placement.domain.matching import Problem

Json = dict[str, Any]
OBJECTIVES = ["generous", "rank-maximal", "total-rank", "lottery"]
HOURS = [("2027-03-02T09:00", "2027-03-02T12:00"), ("2027-03-02T11:00", "2027-03-02T15:00")]
HOURS += [("2027-03-02T12:30", "2027-03-02T15:00"), ("2027-03-03T09:00", "2027-03-03T12:00")]


@st.composite
def leaders(draw: st.DrawFn, name: str, slot_ids: list[str]) -> Json:
    """Draw a leader: mostly one day, some tiers with ties, some slots excluded."""
    liked = draw(st.permutations(slot_ids))[: draw(st.integers(0, len(slot_ids)))]
    tiers: list[list[str]] = []
    for slot in liked:
        if tiers and draw(st.integers(0, 2)) == 0:
            tiers[-1].append(slot)
        else:
            tiers.append([slot])
    some = st.lists(st.sampled_from(slot_ids), unique=True, max_size=2) if slot_ids else st.just([])
    distances = st.sampled_from([0, 1, 2.5, 2.4996, 12.3456])
    return {
        "id": name,
        "days": draw(st.sampled_from([1, 1, 1, 2, 3])),
        "preferences": tiers,
        "excluded": draw(some) if draw(st.booleans()) else [],
        "if_need_be": draw(some),
        "distance_km": draw(st.dictionaries(st.sampled_from(slot_ids), distances)) if slot_ids else {},
        "organisation": draw(st.sampled_from([None, "trust", "council"])),
        "sector": draw(st.sampled_from([None, "health", "care", "police"])),
        "team": draw(st.sampled_from([None, "red", "blue"])),
    }


@st.composite
def slots(draw: st.DrawFn, name: str) -> Json:
    """Draw a slot; slots of one problem often clash."""
    starts_at, ends_at = draw(st.sampled_from([*HOURS, (None, None)]))
    return {
        "id": name,
        "partner": draw(st.sampled_from([None, "food", "cafe"])),
        "capacity": draw(st.integers(0, 3)),
        "minimum": draw(st.sampled_from([0, 1, 1, 2, 3])),
        "starts_at": starts_at and f"{starts_at}:00+00:00",
        "ends_at": ends_at and f"{ends_at}:00+00:00",
    }


@st.composite
def rules(draw: st.DrawFn) -> Json:
    """Draw rules, each of them absent half of the time."""
    found = {
        "place_unranked": draw(st.booleans()),
        "max_same_organisation": draw(st.sampled_from([None, None, 1, 2])),
        "min_sectors": draw(st.sampled_from([None, None, 2, 3])),
        "max_per_partner": draw(st.sampled_from([None, None, 1, 2])),
        "partner_capacity": draw(st.dictionaries(st.sampled_from(["food", "cafe"]), st.integers(0, 3))),
        "teams": draw(st.sampled_from([None, "spread", "together"])),
        "gap_minutes": draw(st.sampled_from([0, 30, 60])),
    }
    return {name: value for name, value in found.items() if draw(st.booleans())}


@st.composite
def problems(draw: st.DrawFn, most_leaders: int = 4, most_slots: int = 4) -> Json:
    """Draw a problem that keeps its contract; its pins are possible by themselves."""
    slot_ids = [f"slot-{number}" for number in range(draw(st.integers(0, most_slots)))]
    leader_ids = [f"leader-{number}" for number in range(draw(st.integers(0, most_leaders)))]
    problem: Json = {
        "version": 1,
        "leaders": [draw(leaders(name, slot_ids)) for name in leader_ids],
        "slots": [draw(slots(name)) for name in slot_ids],
        "rules": draw(rules()),
        "objective": draw(st.sampled_from(OBJECTIVES)),
        "seed": draw(st.sampled_from(["", "a", "cohort-2", "é"])),
    }
    if not slot_ids or not leader_ids:
        return problem
    pairs = st.lists(
        st.tuples(st.sampled_from(leader_ids), st.sampled_from(slot_ids)).map(list),
        unique_by=tuple,
        max_size=3,
    )
    problem["forbidden"] = draw(pairs) if draw(st.booleans()) else []
    problem["confirmed"] = draw(pairs) if draw(st.booleans()) else []
    wanted = draw(pairs) if draw(st.booleans()) else []
    return problem | {"pins": possible_pins(problem, wanted)}


def possible_pins(problem: Json, wanted: list[list[str]]) -> list[list[str]]:
    """Keep of the wanted pins those that the contract does not refuse."""
    pins: list[list[str]] = []
    for pin in wanted:
        try:
            Problem.from_json(problem | {"pins": [*pins, pin]})
        except InvalidProblem:
            continue
        pins.append(pin)
    return pins
