"""The map: every marker inside, none too near to another, the same picture for the same order."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placement.domain.geo import Position, distance_km
from placement.domain.map import APART, BAR_KM, FOOT, MARGIN, WIDTH, place_markers

near = st.builds(Position, st.floats(53.6, 53.9, allow_nan=False), st.floats(-3.1, -2.7, allow_nan=False))
anywhere = st.builds(Position, st.floats(49.8, 61.0), st.floats(-10.8, 1.9))
PLACES = st.lists(near | anywhere | st.just(Position(53.8, -3.0)), max_size=21)


@given(PLACES)
@settings(deadline=None, max_examples=60)
def test_no_two_markers_are_nearer_than_allowed_and_all_are_inside(places: list[Position]) -> None:
    picture = place_markers(places)
    assert len(picture.markers) == len(places)
    for one, other in combinations(picture.markers, 2):
        assert one.shown.far(other.shown) >= APART
    for marker in picture.markers:
        for point in (marker.at, marker.shown):
            assert MARGIN <= point.x <= WIDTH - MARGIN
            assert MARGIN <= point.y <= picture.height - MARGIN - FOOT


@given(PLACES)
@settings(deadline=None, max_examples=30)
def test_the_same_order_gives_the_same_picture_and_the_first_marker_keeps_its_point(
    places: list[Position],
) -> None:
    picture = place_markers(places)
    assert picture == place_markers(list(places))
    assert not any(marker.moved for marker in picture.markers[:1])


def test_a_hundred_and_sixty_places_at_one_point_all_find_room() -> None:
    picture = place_markers([Position(53.8, -3.0)] * 160)
    assert all(one.shown.far(other.shown) >= APART for one, other in combinations(picture.markers, 2))


def test_distances_in_the_picture_are_true_to_the_bar() -> None:
    places = [Position(53.8, -3.0), Position(53.85, -2.9), Position(53.7, -3.05)]
    picture = place_markers(places)
    for (one, at), (other, beside) in pairwise(zip(places, picture.markers, strict=True)):
        shown = at.at.far(beside.at) / picture.bar * BAR_KM
        assert shown == pytest.approx(distance_km(one, other), rel=0.01)


def test_north_is_up_and_east_is_right() -> None:
    south_west, north_east = place_markers([Position(53.7, -3.1), Position(53.9, -2.8)]).markers
    assert north_east.at.y < south_west.at.y
    assert north_east.at.x > south_west.at.x


def test_places_close_together_are_not_blown_up_beyond_a_bar_that_fits() -> None:
    picture = place_markers([Position(53.8, -3.0), Position(53.8001, -3.0)])
    assert picture.bar <= WIDTH - 2 * MARGIN
    assert place_markers([]).markers == ()
