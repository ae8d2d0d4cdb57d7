"""What has changed in a cohort between a run and now, in sentences for the coordinator."""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from placement.domain.text import day_in_words, time_in_words

Fixed = Literal["standing", "given"]
"""Days are fixed in a run because they stand already, or because the coordinator gave somebody that place."""

Pair = tuple[str, str]
"""A leader's e-mail address and a slot's reference."""

LEADER_WORDS = {
    "preferences": "choices",
    "excluded": "days they cannot be given",
    "if_need_be": "if-need-be dates",
    "distance_km": "distances",
    "days": "number of days",
    "organisation": "organisation",
    "sector": "sector",
    "team": "team",
}
SLOT_WORDS = {"capacity": "capacity", "minimum": "minimum number", "starts_at": "start", "ends_at": "end"}
SHOWN = 12


def input_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """One sentence for each difference between two matching problems (canonical JSON values).

    What a leader said of days that are new or gone is not told again for each leader.
    """
    slots, now = ({slot["id"] for slot in problem["slots"]} for problem in (before, after))
    old, new = before["leaders"], after["leaders"]
    if slots != now:
        old, new = ([_about(row, slots & now) for row in leaders] for leaders in (old, new))
    return [
        *_row_changes("day", SLOT_WORDS, before["slots"], after["slots"]),
        *_row_changes("leader", LEADER_WORDS, old, new),
        *_rule_changes(before, after),
    ]


def standing_changes(before: Sequence[Pair] | None, after: Sequence[Pair]) -> list[str]:
    """Whether placements were confirmed or cancelled, as a sentence; not asked where `before` is None."""
    changed = set() if before is None else set(before) ^ set(after)
    return [_placements_changed(len(changed))] if changed else []


def fixed_changes(
    before: Collection[Pair],
    after: Collection[Pair],
    ruled_out_before: Iterable[Sequence[str]],
    ruled_out_after: Iterable[Sequence[str]],
) -> list[str]:
    """What the coordinator has fixed or ruled out since, or no longer does, a sentence for each leader.

    >>> fixed_changes([], [("ada", "s1")], [["ben", "s2"]], [])
    ['ada is now kept on s1.', 's2 is no longer ruled out for ben.']
    """
    old, new = ({(leader, slot) for leader, slot in pairs} for pairs in (ruled_out_before, ruled_out_after))
    kept, dropped = _by_leader(set(after) - set(before)), _by_leader(set(before) - set(after))
    out, back = _by_leader(new - old), _by_leader(old - new)
    return [
        *(f"{leader} is now kept on {slots}." for leader, slots in kept),
        *(f"{leader} is no longer kept on {slots}." for leader, slots in dropped),
        *(f"{slots} {_is(slots)} now ruled out for {leader}." for leader, slots in out),
        *(f"{slots} {_is(slots)} no longer ruled out for {leader}." for leader, slots in back),
    ]


def _by_leader(pairs: Collection[Pair]) -> list[tuple[str, str]]:
    """Each leader with their slots in one text."""
    leaders = sorted({leader for leader, _ in pairs})
    return [(leader, ", ".join(sorted(slot for one, slot in pairs if one == leader))) for leader in leaders]


def _is(slots: str) -> str:
    return "are" if ", " in slots else "is"


def in_one_line(changes: Sequence[str]) -> str:
    """The first changes as one line; how many more there are is said."""
    more = len(changes) - SHOWN
    said = " ".join(changes[:SHOWN])
    return f"{said} And {more} more." if more > 0 else said


def _about(leader: Mapping[str, Any], slots: Container[str]) -> dict[str, Any]:
    """A leader's row with nothing in it about other slots than `slots`."""
    tiers = ([slot for slot in tier if slot in slots] for tier in leader["preferences"])
    return {
        **leader,
        "preferences": [tier for tier in tiers if tier],
        "excluded": [slot for slot in leader["excluded"] if slot in slots],
        "if_need_be": [slot for slot in leader["if_need_be"] if slot in slots],
        "distance_km": {slot: far for slot, far in leader["distance_km"].items() if slot in slots},
    }


def _row_changes(
    kind: str,
    words: Mapping[str, str],
    before: Sequence[Mapping[str, Any]],
    after: Sequence[Mapping[str, Any]],
) -> Iterator[str]:
    old, new = ({row["id"]: row for row in rows} for rows in (before, after))
    for key in sorted(new.keys() - old.keys()):
        yield f"New {kind}: {key}."
    for key in sorted(old.keys() - new.keys()):
        yield f"The {kind} {key} is gone."
    for key in sorted(old.keys() & new.keys()):
        changed = [field for field in new[key] if new[key][field] != old[key].get(field)]
        if changed:
            yield _row_sentence(kind, key, changed, words, old[key], new[key])


def _row_sentence(
    kind: str,
    key: str,
    changed: Sequence[str],
    words: Mapping[str, str],
    old: Mapping[str, Any],
    new: Mapping[str, Any],
) -> str:
    told = []
    for field in changed:
        name = words.get(field, field)
        plain = all(isinstance(value, int | str) for value in (old.get(field), new[field]))
        told.append(
            f"{name} {_in_words(field, old[field])} is now {_in_words(field, new[field])}"
            if plain
            else f"{name} changed"
        )
    return f"The {kind} {key}: {', '.join(told)}."


def _in_words(field: str, value: object) -> str:
    """A value as people say it: moments in local words, everything else as it is."""
    if field not in {"starts_at", "ends_at"}:
        return str(value)
    moment = datetime.fromisoformat(str(value))
    return f"{day_in_words(moment)}, {time_in_words(moment)}"


def _rule_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for rule in after["rules"]:
        if after["rules"][rule] != before["rules"].get(rule):
            yield f"The rule {rule.replace('_', ' ')} changed."
    for key in ("pins", "confirmed"):
        changed = {tuple(pair) for pair in before.get(key, ())} ^ {tuple(pair) for pair in after.get(key, ())}
        if changed:
            yield _placements_changed(len(changed))


def _placements_changed(number: int) -> str:
    return f"Placements were confirmed or cancelled ({number})."
