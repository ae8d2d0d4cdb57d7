"""Wrong input is refused with the place where it stands."""

import copy
import json
from typing import Any

import pytest

from placement.domain.errors import InvalidProblem, PlacementError
from placement.domain.matching import Problem, parse

Json = dict[str, Any]
TIMES = {"starts_at": "2027-03-02T09:30:00+00:00", "ends_at": "2027-03-02T12:00:00+00:00"}


def problem(**changes: Any) -> Json:
    """Give a problem of two leaders and three slots; the first two slots clash."""
    later = {"starts_at": "2027-03-02T11:00:00Z", "ends_at": "2027-03-02T15:00:00Z"}
    found: Json = {
        "version": 1,
        "leaders": [
            {"id": "ada", "preferences": [["a"], ["b"]], "days": 2, "organisation": "trust", "team": "red"},
            {"id": "ben", "preferences": [["b", "c"]], "organisation": "trust", "team": "red"},
            {"id": "cyd", "preferences": [], "organisation": "council", "team": "red"},
        ],
        "slots": [
            {"id": "a", "capacity": 2, "partner": "food", **TIMES},
            {"id": "b", "capacity": 1, "partner": "food", **later},
            {"id": "c", "capacity": 3, "partner": "food"},
        ],
    }
    return found | changes


def changed(path: list[str | int], value: Any) -> Json:
    """Give the problem with one value changed."""
    found = copy.deepcopy(problem())
    at: Any = found
    for step in path[:-1]:
        at = at.setdefault(step, {}) if isinstance(at, dict) else at[step]
    at[path[-1]] = value
    return found


def refusal(data: object) -> str:
    with pytest.raises(InvalidProblem) as caught:
        Problem.from_json(data)
    text = str(caught.value)
    assert len(text.splitlines()) == 1
    return text


WRONG_VALUES: list[tuple[list[str | int], Any, str]] = [
    (["version"], 2, "version: must be 1"),
    (["version"], True, "version: must be a whole number, not true or false"),
    (["version"], "1", "version: must be a whole number, not text"),
    (["extra"], 1, 'problem: unknown key "extra"'),
    (["leaders"], {}, "leaders: must be a list, not an object"),
    (["leaders", 1], "ben", "leaders[1]: must be an object, not text"),
    (["leaders", 1, "name"], "Ben", 'leaders[1]: unknown key "name"'),
    (["leaders", 1, "id"], "ada", 'leaders[1].id: leader "ada" stands twice'),
    (["leaders", 1, "id"], "", "leaders[1].id: must not be empty"),
    (["leaders", 1, "id"], 7, "leaders[1].id: must be text, not a number"),
    (["leaders", 1, "id"], "\ud800", "leaders[1].id: holds half a character (a lone surrogate)"),
    (["leaders", 1, "days"], 0, "leaders[1].days: must be at least 1"),
    (["leaders", 1, "days"], True, "leaders[1].days: must be a whole number, not true or false"),
    (["leaders", 1, "days"], 1.5, "leaders[1].days: must be a whole number, not 1.5"),
    (["leaders", 1, "days"], None, "leaders[1].days: must be a whole number, not null"),
    (["leaders", 1, "preferences"], None, "leaders[1].preferences: must be a list, not null"),
    (["leaders", 1, "preferences"], ["b"], "leaders[1].preferences[0]: must be a list, not text"),
    (["leaders", 1, "preferences"], [[]], "leaders[1].preferences[0]: an empty tier; leave it out"),
    (["leaders", 1, "preferences"], [["b"], ["b"]], 'leaders[1].preferences[1]: slot "b" stands twice'),
    (["leaders", 1, "preferences"], [["b", "b"]], 'leaders[1].preferences[0]: slot "b" stands twice'),
    (["leaders", 1, "preferences"], [["b", "x"]], 'leaders[1].preferences[0][1]: slot "x" is unknown'),
    (["leaders", 1, "preferences"], [["x\ny"]], 'leaders[1].preferences[0][0]: slot "x\\ny" is unknown'),
    (
        ["leaders", 1, "preferences"],
        [["x\u2028"]],
        r'leaders[1].preferences[0][0]: slot "x\u2028" is unknown',
    ),
    (["leaders", 1, "excluded"], ["x"], 'leaders[1].excluded[0]: slot "x" is unknown'),
    (["leaders", 1, "excluded"], "a", "leaders[1].excluded: must be a list, not text"),
    (["leaders", 1, "if_need_be"], ["a", "x"], 'leaders[1].if_need_be[1]: slot "x" is unknown'),
    (["leaders", 1, "distance_km"], {"x": 1}, 'leaders[1].distance_km: slot "x" is unknown'),
    (["leaders", 1, "distance_km"], [], "leaders[1].distance_km: must be an object, not a list"),
    (["leaders", 1, "distance_km"], {"a": -1}, 'leaders[1].distance_km["a"]: must be at least 0'),
    (["leaders", 1, "distance_km"], {"a": "1"}, 'leaders[1].distance_km["a"]: must be a number, not text'),
    (
        ["leaders", 1, "distance_km"],
        {"a": True},
        'leaders[1].distance_km["a"]: must be a number, not true or',
    ),
    (
        ["leaders", 1, "distance_km"],
        {"a": float("nan")},
        'leaders[1].distance_km["a"]: must be a number, not nan',
    ),
    (
        ["leaders", 1, "distance_km"],
        {"a": float("inf")},
        'leaders[1].distance_km["a"]: must be a number, not inf',
    ),
    (["leaders", 1, "organisation"], 3, "leaders[1].organisation: must be text, not a number"),
    (["leaders", 1, "sector"], [], "leaders[1].sector: must be text, not a list"),
    (["leaders", 1, "team"], {}, "leaders[1].team: must be text, not an object"),
    (["slots", 1, "id"], "a", 'slots[1].id: slot "a" stands twice'),
    (["slots", 1, "place"], "x", 'slots[1]: unknown key "place"'),
    (["slots", 1, "partner"], 1, "slots[1].partner: must be text, not a number"),
    (["slots", 1, "capacity"], -1, "slots[1].capacity: must be at least 0"),
    (["slots", 1, "capacity"], False, "slots[1].capacity: must be a whole number, not true or false"),
    (["slots", 1, "minimum"], -1, "slots[1].minimum: must be at least 0"),
    (["slots", 1, "starts_at"], None, "slots[1].starts_at: is missing, but ends_at is given"),
    (["slots", 1, "ends_at"], None, "slots[1].ends_at: is missing, but starts_at is given"),
    (["slots", 1, "ends_at"], "2027-03-02T11:00:00Z", "slots[1].ends_at: must be after starts_at"),
    (["slots", 1, "starts_at"], "2027-03-02T11:00:00", "slots[1].starts_at: must be a date and time with an"),
    (["slots", 1, "starts_at"], "2027-03-02", "slots[1].starts_at: must be a date and time with an"),
    (
        ["slots", 1, "starts_at"],
        "2027-02-30T11:00:00Z",
        'slots[1].starts_at: "2027-02-30T11:00:00Z" is not a',
    ),
    (
        ["slots", 1, "starts_at"],
        "0001-01-01T00:00:00+14:00",
        'slots[1].starts_at: "0001-01-01T00:00:00+14:00"',
    ),
    (["slots", 1, "starts_at"], 5, "slots[1].starts_at: must be text, not a number"),
    (["rules"], [], "rules: must be an object, not a list"),
    (["rules", "fair"], True, 'rules: unknown key "fair"'),
    (["rules", "place_unranked"], 1, "rules.place_unranked: must be true or false, not a number"),
    (["rules", "max_same_organisation"], 0, "rules.max_same_organisation: must be at least 1"),
    (["rules", "min_sectors"], 1, "rules.min_sectors: must be at least 2"),
    (["rules", "min_sectors"], 4, "rules.min_sectors: must be at most 3"),
    (["rules", "max_per_partner"], 0, "rules.max_per_partner: must be at least 1"),
    (["rules", "partner_capacity"], {"food": -1}, 'rules.partner_capacity["food"]: must be at least 0'),
    (["rules", "teams"], "apart", "rules.teams: must be one of spread, together"),
    (["rules", "gap_minutes"], -1, "rules.gap_minutes: must be at least 0"),
    (["objective"], "best", "objective: must be one of generous, rank-maximal, total-rank, lottery"),
    (["objective"], None, "objective: must be one of generous, rank-maximal, total-rank, lottery"),
    (["seed"], 1, "seed: must be text, not a number"),
    (["pins"], [["ada"]], "pins[0]: must be a leader and a slot, not 1 texts"),
    (["pins"], [["ada", "a", "b"]], "pins[0]: must be a leader and a slot, not 3 texts"),
    (["pins"], [["ada", 1]], "pins[0][1]: must be text, not a number"),
    (["pins"], [["ada", "x"]], 'pins[0]: slot "x" is unknown'),
    (["pins"], [["eve", "a"]], 'pins[0]: leader "eve" is unknown'),
    (["forbidden"], [["ada", "x"]], 'forbidden[0]: slot "x" is unknown'),
    (["forbidden"], [["eve", "a"]], 'forbidden[0]: leader "eve" is unknown'),
    (["confirmed"], [["ada"]], "confirmed[0]: must be a leader and a slot, not 1 texts"),
]


@pytest.mark.parametrize(("path", "value", "message"), WRONG_VALUES)
def test_a_wrong_value_is_refused_with_its_place(path: list[str | int], value: Any, message: str) -> None:
    assert refusal(changed(path, value)).startswith(message)


@pytest.mark.parametrize("key", ["version", "leaders", "slots"])
def test_a_missing_key_is_named(key: str) -> None:
    data = problem()
    del data[key]
    assert refusal(data) == f'problem: key "{key}" is missing'


@pytest.mark.parametrize("data", [None, [], "text", 3, True])
def test_a_problem_that_is_no_object_is_refused(data: object) -> None:
    assert refusal(data).startswith("problem: must be an object, not")


WRONG_PINS: list[tuple[Json, str]] = [
    (
        {"forbidden": [["ada", "a"]], "pins": [["ada", "a"]]},
        'pins[0]: leader "ada" at slot "a" is also forbidden',
    ),
    ({"pins": [["ada", "b"], ["ben", "b"]]}, 'pins[1]: slot "b" has more pins than its capacity of 1'),
    ({"pins": [["ben", "a"], ["ben", "c"]]}, 'pins[1]: leader "ben" has more pins than days (1)'),
    (
        {"slots": [{"id": "a", "capacity": 0}, *problem()["slots"][1:]], "pins": [["ben", "a"]]},
        'pins[0]: slot "a" has more pins than its capacity of 0',
    ),
    (
        {
            "slots": [
                {"id": "a", "capacity": 1, **TIMES},
                {"id": "b", "capacity": 1, "starts_at": TIMES["ends_at"], "ends_at": "2027-03-02T15:00:00Z"},
                {"id": "c", "capacity": 1},
            ],
            "rules": {"gap_minutes": 1},
            "pins": [["ada", "a"], ["ada", "b"]],
        },
        'pins[1]: slots "a" and "b" clash for leader "ada"',
    ),
    (
        {"rules": {"min_sectors": 3}, "pins": [["ada", "c"], ["ben", "c"]]},
        'pins[1]: the pins of slot "c" leave no seats for 3',
    ),
    ({"pins": [["ada", "a"], ["ada", "b"]]}, 'pins[1]: slots "a" and "b" clash for leader "ada"'),
    (
        {"rules": {"max_same_organisation": 1}, "pins": [["cyd", "a"], ["ada", "c"], ["ben", "c"]]},
        'pins[2]: slot "c" has more pins than 1 of one organisation',
    ),
    (
        {"rules": {"min_sectors": 2}, "pins": [["ada", "a"], ["ben", "a"]]},
        'pins[1]: the pins of slot "a" leave no seats for 2',
    ),
    (
        {"rules": {"max_per_partner": 1}, "pins": [["ada", "a"], ["ada", "c"]]},
        'pins[1]: leader "ada" has more pins',
    ),
    (
        {"rules": {"partner_capacity": {"food": 1}}, "pins": [["ada", "a"], ["ben", "c"]]},
        'pins[1]: partner "food" has more pins than its partner_capacity of 1',
    ),
    (
        {"rules": {"teams": "spread"}, "pins": [["ada", "a"], ["ben", "a"]]},
        'pins[1]: slot "a" has two pins of team',
    ),
    (
        {"rules": {"teams": "together"}, "pins": [["ben", "a"], ["cyd", "c"]]},
        'pins[1]: team "red" is to be together',
    ),
]


@pytest.mark.parametrize(("changes", "message"), WRONG_PINS)
def test_pins_that_pass_a_rule_by_themselves_are_refused_by_place(changes: Json, message: str) -> None:
    assert refusal(problem(**changes)).startswith(message)


@pytest.mark.parametrize(
    "changes",
    [
        {"pins": [["ada", "a"], ["ada", "a"]]},
        {"pins": [["ada", "a"], ["ada", "c"]]},
        {"pins": [["cyd", "c"]], "rules": {"place_unranked": False}},
        {"leaders": [{"id": "ada", "preferences": [["a"]], "excluded": ["a"]}], "pins": [["ada", "a"]]},
        {
            "leaders": [
                {"id": "ada", "preferences": [["a"]], "excluded": ["a", "a"], "if_need_be": ["a", "a"]}
            ]
        },
        {"confirmed": [["ada", "a"], ["ada", "b"], ["ada", "a"]]},
        {"pins": [["ada", "a"]], "confirmed": [["ada", "a"]]},
        {"seed": "\n"},
        {"rules": {"teams": "together"}, "pins": [["ada", "a"], ["ben", "c"]]},
        {"rules": {"min_sectors": 2}, "pins": [["ada", "c"], ["ben", "c"]]},
        {"rules": {"partner_capacity": {"gone": 1}}},
        {"confirmed": [["gone", "a"], ["ada", "gone"]]},
        {"leaders": [], "slots": []},
        {"slots": [{"id": slot, "capacity": 10**30, "minimum": 10**31} for slot in "abc"]},
        {"rules": {"max_same_organisation": None, "min_sectors": None, "teams": None, "gap_minutes": 10**40}},
    ],
)
def test_what_the_contract_allows_is_taken(changes: Json) -> None:
    data = problem(**changes)
    assert len(Problem.from_json(data).leaders) == len(data["leaders"])


def test_a_whole_number_may_be_written_with_a_point() -> None:
    assert Problem.from_json(changed(["leaders", 1, "days"], 2.0)) == Problem.from_json(
        changed(["leaders", 1, "days"], 2)
    )


def test_a_fault_is_an_error_of_the_service() -> None:
    assert issubclass(InvalidProblem, PlacementError)
    assert InvalidProblem.code == "invalid_problem"


@pytest.mark.parametrize(
    ("octets", "message"),
    [
        (b"", "line 1 column 1: not JSON: Expecting value"),
        (b'{"version": 1,\n "leaders": [,]}', "line 2 column 14: not JSON: Expecting value"),
        (b'{"version": "\xff"}', "byte 14: not UTF-8; save the file as UTF-8"),
        (b" \n\t ", "line 2 column 3: not JSON: Expecting value"),
        (b"\xef\xbb\xbf", "line 1 column 1: not JSON: Expecting value"),
        (b"\0", "line 1 column 1: not JSON: Expecting value"),
        (b"{} {}", "line 1 column 4: not JSON: Extra data"),
        ("{}".encode("utf-16"), "byte 1: not UTF-8; save the file as UTF-8"),
        (b'{"seed": "\xc3', "byte 11: not UTF-8; save the file as UTF-8"),
        (b'{"seed": "a\nb"}', "line 1 column 12: not JSON: Invalid control character at"),
        (b"{'version': 1}", "line 1 column 2: not JSON: Expecting property name enclosed in double quotes"),
        (b"[" * 100_000, "problem: nested too deeply"),
        (b'{"a":' * 100_000, "problem: nested too deeply"),
        (b"[" + b"9" * 5000 + b"]", "problem: a whole number has too many digits"),
    ],
)
def test_a_file_that_is_no_json_is_refused_with_its_place(octets: bytes, message: str) -> None:
    with pytest.raises(InvalidProblem) as caught:
        parse(octets)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"version": 1, "version": 1, "leaders": [], "slots": []}', 'problem: key "version" stands twice'),
        ('{"version": 1, "leaders": [], "slots": [{"id": "a", "id": "b", "capacity": 1}]}', "slots[0]: key "),
        (
            '{"version": 1, "leaders": [], "slots": [], "rules": {"teams": null, "teams": null}}',
            "rules: key ",
        ),
        ('{"version": 1, "leaders": [], "slots": [{"id": "a", "capacity": NaN}]}', "slots[0].capacity: must"),
        (
            '{"version": 1, "leaders": [], "slots": [{"id": "a", "capacity": -Infinity}]}',
            "slots[0].capacity: must be a whole number, not -inf",
        ),
        ('{"version": 1e999, "leaders": [], "slots": []}', "version: must be a whole number, not inf"),
        (
            '{"version": 1, "leaders": [' + "[" * 900 + "]" * 900 + '], "slots": []}',
            "leaders[0]: must be an ",
        ),
        ('{"\\ud800": 1}', "problem: holds half a character (a lone surrogate)"),
        (
            (
                '{"version": 1, "leaders": [{"id": "ada", "preferences": [], '
                '"distance_km": {"a": 1, "a": 1}}], "slots": [{"id": "a", "capacity": 1}]}'
            ),
            'leaders[0].distance_km: key "a" stands twice',
        ),
        (
            (
                '{"version": 1, "leaders": [], "slots": [], '
                '"rules": {"partner_capacity": {"food": 1, "food": 2}}}'
            ),
            'rules.partner_capacity: key "food" stands twice',
        ),
    ],
)
def test_what_json_readers_let_pass_is_refused_all_the_same(text: str, message: str) -> None:
    assert refusal(parse(text.encode())).startswith(message)


def test_a_byte_order_mark_is_no_fault() -> None:
    assert parse(b"\xef\xbb\xbf" + json.dumps(problem()).encode()) == problem()
