"""Read a matching problem's JSON by its contract: what is not allowed is refused with its place.

Decided where the contract is silent:

- a pair or slot that stands twice in a set-like list (pins, forbidden, excluded, …) counts once;
- `minimum` above `capacity` is allowed: the slot can never run;
- `forbidden` with an unknown leader is refused, since a mistyped id would silently lift the rule;
- a partner in `partner_capacity` who has no slot is allowed: a withdrawn partner's limit harms nobody;
- `starts_at` needs `ends_at` and the other way round, and a slot ends after it starts.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, cast, get_args

from placement.domain.matching.parts import LeaderNeeds, Objective, Pair, Rules, SlotOffer, Teams
from placement.domain.matching.pins import refuse_impossible_pins
from placement.domain.matching.reading import (
    inside,
    metres_of,
    quoted,
    read_choice,
    read_flag,
    read_id,
    read_list,
    read_mapping,
    read_metres,
    read_moment,
    read_object,
    read_optional_text,
    read_text,
    read_whole_number,
    refuse,
)

_TOP_KEYS = ("rules", "pins", "forbidden", "confirmed", "objective", "seed")
_LEADER_KEYS = ("days", "excluded", "if_need_be", "distance_km", "organisation", "sector", "team")
_SLOT_KEYS = ("partner", "minimum", "starts_at", "ends_at")
_RULE_KEYS = (
    "place_unranked",
    "max_same_organisation",
    "min_sectors",
    "max_per_partner",
    "partner_capacity",
    "teams",
    "gap_minutes",
)


class ProblemParts(NamedTuple):
    """All that a problem's JSON says, checked, in the order of the file."""

    leaders: tuple[LeaderNeeds, ...]
    slots: tuple[SlotOffer, ...]
    rules: Rules
    pins: frozenset[Pair]
    forbidden: frozenset[Pair]
    confirmed: frozenset[Pair]
    objective: Objective
    seed: str


def read_problem(data: object) -> ProblemParts:
    """Read and check a whole problem.

    Raises
    ------
    InvalidProblem
        One line that names the first place that is wrong.

    """
    found = read_object(data, "", ("version", "leaders", "slots"), _TOP_KEYS)
    if read_whole_number(found["version"], "version", 0) != 1:
        refuse("version", "must be 1")
    slots = tuple(_read_slot(item, place) for item, place in read_list(found["slots"], "slots"))
    _refuse_repeated([slot.id for slot in slots], "slots", "slot")
    slot_ids = frozenset(slot.id for slot in slots)
    leaders = tuple(
        _read_leader(item, place, slot_ids) for item, place in read_list(found["leaders"], "leaders")
    )
    _refuse_repeated([leader.id for leader in leaders], "leaders", "leader")
    rules = _read_rules(found.get("rules", {}))
    forbidden = _read_pairs(found.get("forbidden", []), "forbidden")
    pins = _read_pairs(found.get("pins", []), "pins")
    refuse_wrong_pairs(pins, forbidden, leaders, slots, rules)
    return ProblemParts(
        leaders=leaders,
        slots=slots,
        rules=rules,
        pins=frozenset(pins),
        forbidden=frozenset(forbidden),
        confirmed=frozenset(_read_pairs(found.get("confirmed", []), "confirmed")),
        objective=cast(
            Objective, read_choice(found.get("objective", "generous"), "objective", get_args(Objective))
        ),
        seed=read_text(found.get("seed", ""), "seed"),
    )


def refuse_wrong_pairs(
    pins: Mapping[Pair, str],
    forbidden: Mapping[Pair, str],
    leaders: Sequence[LeaderNeeds],
    slots: Sequence[SlotOffer],
    rules: Rules,
) -> None:
    """Refuse pairs that name nobody, and pins that contradict what is forbidden or a rule, by their places.

    Raises `InvalidProblem` as `read_problem` does.
    """
    leader_ids, slot_ids = {leader.id for leader in leaders}, {slot.id for slot in slots}
    _refuse_unknown(forbidden, leader_ids, slot_ids)
    _refuse_unknown(pins, leader_ids, slot_ids)
    refuse_impossible_pins(pins, forbidden, leaders, slots, rules)


def _read_slot(data: object, place: str) -> SlotOffer:
    found = read_object(data, place, ("id", "capacity"), _SLOT_KEYS)
    starts_at = read_moment(found.get("starts_at"), inside(place, "starts_at"))
    ends_at = read_moment(found.get("ends_at"), inside(place, "ends_at"))
    if (starts_at is None) != (ends_at is None):
        given, missing = ("starts_at", "ends_at") if ends_at is None else ("ends_at", "starts_at")
        refuse(inside(place, missing), f"is missing, but {given} is given")
    if starts_at and ends_at and ends_at <= starts_at:
        refuse(inside(place, "ends_at"), "must be after starts_at")
    return SlotOffer(
        id=read_id(found["id"], inside(place, "id")),
        capacity=read_whole_number(found["capacity"], inside(place, "capacity"), 0),
        minimum=read_whole_number(found.get("minimum", 1), inside(place, "minimum"), 0),
        partner=read_optional_text(found.get("partner"), inside(place, "partner")),
        starts_at=starts_at,
        ends_at=ends_at,
    )


def _read_leader(data: object, place: str, slot_ids: frozenset[str]) -> LeaderNeeds:
    found = read_object(data, place, ("id", "preferences"), _LEADER_KEYS)

    def slots_named(key: str) -> frozenset[str]:
        items = read_list(found.get(key, []), inside(place, key))
        return frozenset(_read_slot_id(item, at, slot_ids) for item, at in items)

    def text_named(key: str) -> str | None:
        return read_optional_text(found.get(key), inside(place, key))

    return LeaderNeeds(
        id=read_id(found["id"], inside(place, "id")),
        preferences=_read_preferences(found["preferences"], inside(place, "preferences"), slot_ids),
        days=read_whole_number(found.get("days", 1), inside(place, "days"), 1),
        excluded=slots_named("excluded"),
        if_need_be=slots_named("if_need_be"),
        distance_m=_read_distances(found.get("distance_km", {}), inside(place, "distance_km"), slot_ids),
        organisation=text_named("organisation"),
        sector=text_named("sector"),
        team=text_named("team"),
    )


def _read_preferences(data: object, place: str, slot_ids: frozenset[str]) -> tuple[tuple[str, ...], ...]:
    seen: set[str] = set()
    tiers = []
    for tier, at in read_list(data, place):
        slots = [_read_slot_id(item, where, slot_ids) for item, where in read_list(tier, at)]
        if not slots:
            refuse(at, "an empty tier; leave it out")
        for slot in slots:
            if slot in seen:
                refuse(at, f"slot {quoted(slot)} stands twice")
            seen.add(slot)
        tiers.append(tuple(sorted(slots)))
    return tuple(tiers)


def _read_distances(data: object, place: str, slot_ids: frozenset[str]) -> dict[str, int]:
    distances = {}
    for slot, kilometres in read_mapping(data, place).items():
        if slot not in slot_ids:
            refuse(place, f"slot {quoted(slot)} is unknown")
        # There are many more distances than all else: only one that needs telling is named.
        metres = metres_of(kilometres)
        distances[slot] = read_metres(kilometres, f"{place}[{quoted(slot)}]") if metres is None else metres
    return {slot: metres for slot, metres in sorted(distances.items()) if metres}


def _read_slot_id(data: object, place: str, slot_ids: frozenset[str]) -> str:
    slot = read_text(data, place)
    if slot not in slot_ids:
        refuse(place, f"slot {quoted(slot)} is unknown")
    return slot


def _read_rules(data: object) -> Rules:
    found = read_object(data, "rules", (), _RULE_KEYS)

    def number_named(key: str, least: int, most: int | None = None) -> int | None:
        number = found.get(key)
        return None if number is None else read_whole_number(number, inside("rules", key), least, most)

    return Rules(
        place_unranked=read_flag(found.get("place_unranked", True), "rules.place_unranked"),
        max_same_organisation=number_named("max_same_organisation", 1),
        min_sectors=number_named("min_sectors", 2, 3),
        max_per_partner=number_named("max_per_partner", 1),
        partner_capacity={
            partner: read_whole_number(most, f"rules.partner_capacity[{quoted(partner)}]", 0)
            for partner, most in read_mapping(
                found.get("partner_capacity", {}), "rules.partner_capacity"
            ).items()
        },
        teams=_read_teams(found.get("teams")),
        gap_minutes=read_whole_number(found.get("gap_minutes", 0), "rules.gap_minutes", 0),
    )


def _read_teams(data: object) -> Teams | None:
    return None if data is None else cast(Teams, read_choice(data, "rules.teams", get_args(Teams)))


def _read_pairs(data: object, place: str) -> dict[Pair, str]:
    """Read [leader, slot] pairs: each with the place where it first stands."""
    pairs: dict[Pair, str] = {}
    for item, at in read_list(data, place):
        texts = [read_text(text, where) for text, where in read_list(item, at)]
        if len(texts) != 2:
            refuse(at, f"must be a leader and a slot, not {len(texts)} texts")
        pairs.setdefault((texts[0], texts[1]), at)
    return pairs


def _refuse_unknown(pairs: Mapping[Pair, str], leaders: Collection[str], slots: Collection[str]) -> None:
    for (leader, slot), place in pairs.items():
        if leader not in leaders:
            refuse(place, f"leader {quoted(leader)} is unknown")
        if slot not in slots:
            refuse(place, f"slot {quoted(slot)} is unknown")


def _refuse_repeated(ids: list[str], place: str, thing: str) -> None:
    seen: set[str] = set()
    for index, id_ in enumerate(ids):
        if id_ in seen:
            refuse(f"{place}[{index}].id", f"{thing} {quoted(id_)} stands twice")
        seen.add(id_)
