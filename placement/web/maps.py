"""Maps for pages: numbered places, and where somebody starts from."""

from collections.abc import Sequence
from dataclasses import dataclass

from placement.domain.geo import Position
from placement.domain.map import Marker, place_markers


@dataclass(frozen=True)
class Place:
    """A place with its number in the list beside the map; `position` is None where that is not known."""

    number: int
    name: str
    position: Position | None


@dataclass(frozen=True)
class Map:
    """What `components/map.html` draws: markers with their numbers, the starting point, the bar of 10 km.

    `missing` are the places whose position is not known.
    """

    width: float
    height: float
    markers: tuple[tuple[Place, Marker], ...]
    start: Marker | None
    bar: float
    missing: tuple[Place, ...]


def map_of(places: Sequence[Place], *, start: Position | None = None) -> Map | None:
    """The map of `places`; None where the position of none is known."""
    known = [(place, place.position) for place in places if place.position is not None]
    if not known:
        return None
    positions = [*([start] if start else []), *(position for _, position in known)]
    picture = place_markers(positions)
    markers = picture.markers[1:] if start else picture.markers
    return Map(
        width=picture.width,
        height=picture.height,
        markers=tuple(zip((place for place, _ in known), markers, strict=True)),
        start=picture.markers[0] if start else None,
        bar=picture.bar,
        missing=tuple(place for place in places if place.position is None),
    )
