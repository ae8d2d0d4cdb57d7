"""References follow the pattern that is there, and never repeat one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement.domain.references import next_reference

references = st.one_of(st.from_regex(r"(SLOT|slot|OPP|Day-)[0-9]{1,4}", fullmatch=True), st.text(max_size=10))


@given(st.lists(references, max_size=20), st.lists(references, max_size=5))
def test_the_next_reference_is_none_of_those_taken_in_any_case(taken: list[str], own: list[str]) -> None:
    made = next_reference([*taken, *own], own=own, first="SLOT001")
    assert made.casefold() not in {reference.casefold() for reference in taken}


@given(st.sets(st.integers(1, 998), min_size=1))
def test_numbers_go_up_and_keep_their_digits(numbers: set[int]) -> None:
    taken = [f"SLOT{number:03}" for number in numbers]
    assert next_reference(taken, own=[], first="SLOT001") == f"SLOT{max(numbers) + 1:03}"


@pytest.mark.parametrize(
    ("taken", "own", "expected"),
    [
        ([], [], "OPP01"),
        (["north", "south"], ["north"], "OPP01"),
        (["OPP16"], [], "OPP17"),
        (["OPP99"], [], "OPP100"),
        (["OPP02", "OPP03", "OPP16"], ["OPP02", "OPP03"], "OPP17"),
        (["visit 7", "visit 8", "OPP40"], [], "visit 9"),
        (["FOOD-1", "FOOD-2", "CARE-1"], ["CARE-1"], "CARE-2"),
        (["FOOD-1", "CARE-1"], [], "OPP01"),
        (["FOOD-1", "CARE-1", "OPP01"], [], "OPP02"),
        (["OPP1", "opp2"], ["OPP1"], "OPP3"),
        (["41", "42"], [], "43"),
    ],
)
def test_the_pattern_is_the_partners_own_or_the_cohorts(
    taken: list[str], own: list[str], expected: str
) -> None:
    assert next_reference(taken, own=own, first="OPP01") == expected
