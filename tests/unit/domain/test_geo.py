"""Postcodes and distances."""

from math import acos, cos, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement.domain.errors import PostcodeMalformed
from placement.domain.geo import (
    MEAN_EARTH_RADIUS_KM,
    Position,
    area_of,
    distance_km,
    drive_minutes,
    is_near_home,
    parse_postcode,
    whereabouts,
)

POSITIONS = st.builds(Position, st.floats(49, 61), st.floats(-11, 2))


@pytest.mark.parametrize(
    "text", ["FY1 1PR", "fy11pr", " FY1  1PR ", "FY1\u00a01PR", "f y 1 1 p r"], ids=lambda text: text.strip()
)
def test_a_postcode_is_read_whatever_its_case_and_spaces(text: str) -> None:
    postcode = parse_postcode(text)
    assert str(postcode) == "FY1 1PR"
    assert postcode.sector == "FY1 1"


@pytest.mark.parametrize(
    ("text", "sector"),
    [
        ("M1 1AE", "M1 1"),
        ("W1A 0AX", "W1A 0"),
        ("EC1A 1BB", "EC1A 1"),
        ("BT1 1AA", "BT1 1"),
        ("B33 8TH", "B33 8"),
    ],
)
def test_every_shape_of_postcode_is_known(text: str, sector: str) -> None:
    assert parse_postcode(text).sector == sector


@pytest.mark.parametrize("text", ["", "FY1", "FY1 1", "M1 1A", "1AE M1", "FY1 1PRX", "ＦY1 1PR", "FY1-1PR"])
def test_what_is_no_full_postcode_is_refused(text: str) -> None:
    with pytest.raises(PostcodeMalformed, match="Write it in full"):
        parse_postcode(text)


@given(POSITIONS, POSITIONS)
def test_distance_agrees_with_the_law_of_cosines(one: Position, other: Position) -> None:
    south, north = radians(one.latitude), radians(other.latitude)
    turn = radians(other.longitude - one.longitude)
    angle = acos(max(-1.0, min(1.0, sin(south) * sin(north) + cos(south) * cos(north) * cos(turn))))
    assert distance_km(one, other) == pytest.approx(MEAN_EARTH_RADIUS_KM * angle, abs=0.2)


@given(POSITIONS, POSITIONS)
def test_distance_is_the_same_both_ways_and_nought_to_oneself(one: Position, other: Position) -> None:
    assert distance_km(one, other) == pytest.approx(distance_km(other, one))
    assert distance_km(one, one) == 0


def test_a_degree_of_latitude_is_111_km() -> None:
    assert distance_km(Position(53, -3), Position(54, -3)) == pytest.approx(111.195, abs=0.001)


def test_london_and_dublin_are_near_home_and_swapped_coordinates_are_not() -> None:
    assert is_near_home(Position(51.5, -0.12))
    assert is_near_home(Position(53.35, -6.26))
    assert not is_near_home(Position(-0.12, 51.5))
    assert not is_near_home(Position(48.85, 2.35))


CENTRES = {"FY1 1": Position(53.82, -3.05), "FY1 2": Position(53.84, -3.03), "FY2 9": Position(53.9, -3.0)}


def test_a_postcode_lies_in_the_middle_of_its_sector() -> None:
    assert whereabouts(parse_postcode("FY1 2AB"), CENTRES) == (Position(53.84, -3.03), True)


def test_a_sector_newer_than_the_table_lies_in_the_middle_of_its_district() -> None:
    place = whereabouts(parse_postcode("FY1 9AB"), CENTRES)
    assert place is not None
    assert not place.by_sector
    assert place.position == pytest.approx((53.83, -3.04))


def test_a_district_that_nobody_knows_is_nowhere() -> None:
    assert whereabouts(parse_postcode("BT1 1AA"), CENTRES) is None


@pytest.mark.parametrize(
    ("kilometres", "expected"), [(0.0, (5, 5)), (3.0, (5, 10)), (10.0, (15, 30)), (60.0, (80, 160))]
)
def test_a_drive_is_longer_than_the_straight_line_and_told_in_steps_of_five_minutes(
    kilometres: float, expected: tuple[int, int]
) -> None:
    assert drive_minutes(kilometres) == expected


@given(st.floats(0, 500), st.floats(0, 500))
def test_a_longer_way_never_takes_less_time(one: float, other: float) -> None:
    near, far = sorted((one, other))
    assert drive_minutes(near).least <= drive_minutes(far).least
    assert drive_minutes(far).least <= drive_minutes(far).most


@pytest.mark.parametrize(
    ("address", "postcode", "expected"),
    [
        ("4 Tannery Lane, Arrowdale", "WR1 1CM", "Arrowdale"),
        ("Suite 2, 9 Bridge Street, Brookminster, wr10 2cm", "WR10 2CM", "Brookminster"),
        ("The Annexe", "WR10 2KO", "WR10"),
        ("The Annexe, ", "", ""),
        ("1 High Street, FY1 2AB", "FY1 2AB", "FY1"),
    ],
)
def test_an_area_is_the_town_of_the_address_or_the_district_of_the_postcode(
    address: str, postcode: str, expected: str
) -> None:
    assert area_of(address, postcode) == expected
