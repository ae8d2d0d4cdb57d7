"""The published schema, property by property: what it refuses is refused, with the property's place.

The schema is walked, so that a property added to it is tested without anybody remembering to.
"""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from placement.domain.errors import InvalidProblem
from placement.domain.matching import Problem

Json = dict[str, Any]
Steps = tuple[str | int, ...]
SCHEMA = json.loads(
    (Path(__file__).parents[3] / "contracts" / "match-problem.schema.json").read_text(encoding="utf-8")
)
VALID = Draft202012Validator(SCHEMA)

# Every property of the schema has a value here that is not its default.
FULL: Json = {
    "version": 1,
    "leaders": [
        {
            "id": "ada",
            "days": 2,
            "preferences": [["a"], ["b", "c"]],
            "excluded": ["d"],
            "if_need_be": ["b"],
            "distance_km": {"a": 2.5},
            "organisation": "trust",
            "sector": "NHS",
            "team": "red",
        },
        {"id": "ben", "preferences": []},
    ],
    "slots": [
        {
            "id": "a",
            "partner": "food",
            "capacity": 3,
            "minimum": 2,
            "starts_at": "2027-03-02T09:30:00+00:00",
            "ends_at": "2027-03-02T12:00:00Z",
        },
        *({"id": slot, "capacity": 2} for slot in "bcd"),
    ],
    "rules": {
        "place_unranked": False,
        "max_same_organisation": 2,
        "min_sectors": 2,
        "max_per_partner": 2,
        "partner_capacity": {"food": 5},
        "teams": "spread",
        "gap_minutes": 30,
    },
    "pins": [["ada", "a"]],
    "forbidden": [["ben", "b"]],
    "confirmed": [["ada", "c"]],
    "objective": "total-rank",
    "seed": "cohort-2",
}

PALETTE: list[Any] = [
    *(None, True, False, 0, 1, -1, 1.5, -0.5, float("nan"), float("inf"), float("-inf"), 4, "", "x"),
    *([], ["x"], [1], [None], [[]], [["x"]], [["ada"]], [[1, "a"]], [["ada", None]], [["ada", "a", "a"]]),
    *({}, {"x": "x"}, {"a": -1}, {"a": None}, {"a": True}, {"a": float("nan")}),
]
NOT_NUMBERS = (float("inf"), float("-inf"))


def places(schema: Json, steps: Steps = ()) -> Iterator[tuple[Steps, Json]]:
    """List every value that the schema speaks of, with the steps to it in `FULL`."""
    yield steps, schema
    for name, inner in schema.get("properties", {}).items():
        yield from places(inner, (*steps, name))
    if isinstance(schema.get("items"), dict):
        yield from places(schema["items"], (*steps, 0))
    for number, inner in enumerate(schema.get("prefixItems", [])):
        yield from places(inner, (*steps, number))
    if isinstance(schema.get("additionalProperties"), dict):
        yield from places(schema["additionalProperties"], (*steps, "food" if "rules" in steps else "a"))


PLACES = list(places(SCHEMA))
OBJECTS = [steps for steps, schema in PLACES if schema.get("additionalProperties") is False]


def at(data: Any, steps: Steps) -> Any:
    for step in steps:
        data = data[step]
    return data


def with_value(steps: Steps, value: Any) -> Any:
    """Give `FULL` with one value changed."""
    if not steps:
        return value
    found = copy.deepcopy(FULL)
    at(found, steps[:-1])[steps[-1]] = value
    return found


def written(steps: Steps) -> str:
    """Write a place as the refusals do."""
    text = ""
    for step in steps:
        quoted = f"[{step}]" if isinstance(step, int) else f".{step}"
        keyed = text.endswith(("distance_km", "partner_capacity"))
        text += f'["{step}"]' if keyed else quoted
    return text.removeprefix(".")


def refusal(data: Any) -> str | None:
    try:
        Problem.from_json(data)
    except InvalidProblem as error:
        return str(error)
    return None


def has_no_number(value: Any) -> bool:
    """Tell whether the value holds what JSON has no word for: the schema's reader takes it for a number."""
    held = value.values() if isinstance(value, dict) else [value]
    return any(isinstance(one, float) and (one != one or one in NOT_NUMBERS) for one in held)


def ids(steps: Steps) -> str:
    return written(steps) or "problem"


def test_the_full_problem_is_right_and_says_something_for_every_property() -> None:
    VALID.validate(FULL)
    assert refusal(FULL) is None
    for steps, schema in PLACES:
        assert at(FULL, steps) != schema.get("default", object())


@pytest.mark.parametrize("steps", [steps for steps, _ in PLACES], ids=ids)
def test_what_the_schema_refuses_is_refused_with_its_place(steps: Steps) -> None:
    refused = 0
    for value in PALETTE:
        wrong = with_value(steps, value)
        if VALID.is_valid(wrong) and not has_no_number(value):
            continue
        said = refusal(wrong)
        refused += 1
        assert said is not None, f"{value!r} is taken at {written(steps)}"
        assert said.startswith(written(steps) or "problem"), f"{value!r}: {said}"
        assert len(said.splitlines()) == 1
    assert refused


@pytest.mark.parametrize("steps", OBJECTS, ids=ids)
def test_an_unknown_key_is_refused_at_every_level(steps: Steps) -> None:
    wrong = copy.deepcopy(FULL)
    at(wrong, steps)["Minimum"] = None
    assert refusal(wrong) == f'{written(steps) or "problem"}: unknown key "Minimum"'


@pytest.mark.parametrize(
    ("steps", "key"),
    [
        (steps, key)
        for steps, schema in PLACES
        if schema.get("additionalProperties") is False
        for key in schema["properties"]
    ],
)
def test_a_key_may_be_left_out_only_if_the_schema_has_a_default(steps: Steps, key: str) -> None:
    short = copy.deepcopy(FULL)
    del at(short, steps)[key]
    said = refusal(short)
    if not VALID.is_valid(short):
        assert said == f'{written(steps) or "problem"}: key "{key}" is missing'
    else:
        # Times stand or fall together; everything else has a default of its own.
        assert said is None or (key in ("starts_at", "ends_at") and "is missing, but" in said)


@pytest.mark.parametrize("steps", OBJECTS, ids=ids)
def test_a_key_of_another_kind_than_text_is_refused_at_every_level(steps: Steps) -> None:
    wrong = copy.deepcopy(FULL)
    at(wrong, steps)[1] = 1
    assert refusal(wrong) == f"{written(steps) or 'problem'}: keys must be text"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("excluded", ["a", "zz"]),
        ("if_need_be", ["zz"]),
        ("distance_km", {"a": 1, "zz": 1}),
        ("preferences", [["a", "zz"]]),
    ],
)
def test_an_unknown_slot_is_refused_wherever_a_leader_names_it(key: str, value: Any) -> None:
    said = refusal(with_value(("leaders", 0, key), value))
    assert said is not None
    assert said.startswith(f"leaders[0].{key}")
    assert said.endswith('slot "zz" is unknown')


@pytest.mark.parametrize("key", ["pins", "forbidden"])
@pytest.mark.parametrize(
    ("pair", "saying"), [(["ada", "zz"], 'slot "zz" is unknown'), (["eve", "a"], 'leader "eve" is unknown')]
)
def test_an_unknown_leader_or_slot_of_a_pair_is_refused(key: str, pair: list[str], saying: str) -> None:
    assert refusal(with_value((key,), [["ada", "b"], pair])) == f"{key}[1]: {saying}"


def test_confirmed_pairs_of_a_leader_or_slot_that_is_gone_are_ignored() -> None:
    gone = with_value(("confirmed",), [["ada", "c"], ["eve", "a"], ["ada", "zz"]])
    assert refusal(gone) is None


def test_what_stands_twice_in_a_set_counts_once() -> None:
    twice = copy.deepcopy(FULL)
    for key in ("pins", "forbidden", "confirmed"):
        twice[key] *= 2
    for key in ("excluded", "if_need_be"):
        twice["leaders"][0][key] *= 2
    assert Problem.from_json(twice) == Problem.from_json(FULL)


@pytest.mark.parametrize(
    "text",
    [
        "2027-03-02T09:30:00",  # no offset
        "2027-03-02 09:30:00Z",
        "2027-03-02T09:30Z",
        "20270302T093000Z",
        "2027-W09-2T09:30:00Z",
        "2027-03-02T09:30:00+0000",
        "2027-03-02T09:30:00+00",
        "2027-03-02T09:30:00,5Z",
        "2027-03-02T09:30:00.Z",
        "2027-03-02T24:00:00Z",
        "2027-03-02T09:60:00Z",
        "2027-13-02T09:30:00Z",
        "2027-02-29T09:30:00Z",
        "2027-03-02T09:30:00+24:00",
        "+2027-03-02T09:30:00Z",
        "２027-03-02T09:30:00Z",
        " 2027-03-02T09:30:00Z",
        "2027-03-02T09:30:00Z\n",
        "2 March 2027, 09:30",
        "",
    ],
)
@pytest.mark.parametrize("key", ["starts_at", "ends_at"])
def test_a_moment_is_a_date_and_time_with_an_offset(key: str, text: str) -> None:
    said = refusal(with_value(("slots", 0, key), text))
    assert said is not None
    assert said.startswith(f"slots[0].{key}: ")


def test_a_slot_ends_after_it_starts_whatever_the_offsets() -> None:
    earlier = with_value(("slots", 0, "ends_at"), "2027-03-02T10:00:00+02:00")
    assert refusal(earlier) == "slots[0].ends_at: must be after starts_at"
    assert refusal(with_value(("slots", 0, "ends_at"), "2027-03-02T08:00:00-02:00")) is None
