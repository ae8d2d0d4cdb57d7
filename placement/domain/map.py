"""A map without tiles: places as numbered markers that keep their distance, drawn from positions alone.

The earth is flattened by an equal-distance projection around the middle of the places: east and north in
kilometres, each at the same scale. A marker whose place is taken moves aside, with a line to its true point.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, cos, hypot, pi, radians, sin

from placement.domain.geo import MEAN_EARTH_RADIUS_KM, Position

WIDTH = 340.0
LEAST_HEIGHT = 320.0
MARGIN = 20.0
FOOT = 36.0
"""What the bar with its words takes below the places."""
APART = 32.0
"""Markers are never nearer to each other, in pixels."""
BAR_KM = 10
WIDEST_BAR = 150.0
ROOM = 2.0
"""How many times the room that the markers would fill the picture has at least."""
STEP = 8.0
KM_PER_DEGREE = MEAN_EARTH_RADIUS_KM * pi / 180


@dataclass(frozen=True)
class Point:
    """A point of the picture in pixels, from its top left corner."""

    x: float
    y: float

    def far(self, other: "Point") -> float:
        """How many pixels away another point is."""
        return hypot(self.x - other.x, self.y - other.y)


@dataclass(frozen=True)
class Marker:
    """One place: `at` is its true point, `shown` where its marker stands."""

    at: Point
    shown: Point

    @property
    def moved(self) -> bool:
        """Whether it stands beside its point, so that a line is needed."""
        return self.at.far(self.shown) > 1


@dataclass(frozen=True)
class PlacedMap:
    """A picture of places: `markers` in the order that was given, and `bar` pixels for ten kilometres."""

    width: float
    height: float
    markers: tuple[Marker, ...]
    bar: float


def place_markers(places: Sequence[Position]) -> PlacedMap:
    """Place a marker for each of `places`, all inside the picture and no two nearer than `APART`.

    The first places keep to their points, later ones give way; the same order gives the same picture.
    """
    height = _height(len(places))
    points, bar = _flat(places, height)
    shown: list[Point] = []
    for point in points:
        shown.append(next(spot for spot in _spots(point, height) if _is_free(spot, shown)))
    markers = tuple(Marker(at, stands) for at, stands in zip(points, shown, strict=True))
    return PlacedMap(WIDTH, height, markers, bar)


def _height(number: int) -> float:
    """High enough for `number` markers wherever they want to be: each keeps a circle from all others."""
    room = ROOM * number * pi * APART**2
    return max(LEAST_HEIGHT, float(ceil(room / (WIDTH - 2 * MARGIN) + 2 * MARGIN + FOOT)))


def _flat(places: Sequence[Position], height: float) -> tuple[list[Point], float]:
    """The true points in pixels, and the length of the bar."""
    if not places:
        return [], WIDEST_BAR
    souths, wests = [one.latitude for one in places], [one.longitude for one in places]
    middle_north, middle_east = (min(souths) + max(souths)) / 2, (min(wests) + max(wests)) / 2
    narrower = cos(radians(middle_north))
    east = [(one.longitude - middle_east) * KM_PER_DEGREE * narrower for one in places]
    north = [(one.latitude - middle_north) * KM_PER_DEGREE for one in places]
    wide, high = WIDTH - 2 * MARGIN, height - 2 * MARGIN - FOOT
    scale = min(
        WIDEST_BAR / BAR_KM,
        wide / max(2 * max(map(abs, east)), 0.001),
        high / max(2 * max(map(abs, north)), 0.001),
    )
    across, down = WIDTH / 2, MARGIN + high / 2
    points = [
        _inside(Point(across + scale * x, down - scale * y), height) for x, y in zip(east, north, strict=True)
    ]
    return points, scale * BAR_KM


def _inside(point: Point, height: float) -> Point:
    """The point itself, or the nearest that is inside: what rounding has put a hair outside."""
    return Point(min(max(point.x, MARGIN), WIDTH - MARGIN), min(max(point.y, MARGIN), height - MARGIN - FOOT))


def _spots(point: Point, height: float) -> Iterator[Point]:
    """Where a marker may stand, nearest first: its point, rings around it, at last a fine grid."""
    yield point
    for ring in range(1, ceil(hypot(WIDTH, height) / STEP)):
        far = ring * STEP
        steps = ceil(2 * pi * far / STEP)
        for step in range(steps):
            turn = 2 * pi * step / steps
            spot = Point(point.x + far * sin(turn), point.y - far * cos(turn))
            if spot == _inside(spot, height):
                yield spot
    for row in range(int(height - 2 * MARGIN - FOOT) + 1):
        for column in range(int(WIDTH - 2 * MARGIN) + 1):
            yield Point(MARGIN + column, MARGIN + row)


def _is_free(spot: Point, taken: Sequence[Point]) -> bool:
    return all(spot.far(other) >= APART for other in taken)
