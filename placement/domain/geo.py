"""Where people and places are: postcodes, positions, and the distance between two positions."""

import re
from collections.abc import Mapping
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

from placement.domain.errors import PostcodeMalformed

MEAN_EARTH_RADIUS_KM = 6371.0088

# Great Britain, Ireland and the islands around them; anything outside is a slip of the keyboard.
SOUTHERNMOST, NORTHERNMOST = 49.8, 61.0
WESTERNMOST, EASTERNMOST = -10.8, 1.9

_POSTCODE = re.compile(r"(?P<outward>[A-Z]{1,2}[0-9][A-Z0-9]?)(?P<inward>[0-9][A-Z]{2})")


class Position(NamedTuple):
    """A place on the earth in WGS84 degrees."""

    latitude: float
    longitude: float


class Whereabouts(NamedTuple):
    """About where a postcode is, and whether by its sector or only by its district."""

    position: Position
    by_sector: bool


class Postcode(NamedTuple):
    """A full postcode of the United Kingdom in its two halves."""

    outward: str
    inward: str

    def __str__(self) -> str:
        return f"{self.outward} {self.inward}"

    @property
    def sector(self) -> str:
        """The sector it lies in: "FY1 1" for "FY1 1PR"."""
        return f"{self.outward} {self.inward[0]}"


def parse_postcode(text: str) -> Postcode:
    """Read a full postcode, whatever its case and spaces; anything else raises `PostcodeMalformed`."""
    found = _POSTCODE.fullmatch("".join(text.split()).upper())
    if found is None:
        raise PostcodeMalformed(text=text)
    return Postcode(found["outward"], found["inward"])


def whereabouts(postcode: Postcode, centres: Mapping[str, Position]) -> Whereabouts | None:
    """Where `postcode` is: in the middle of its sector or, where that is unknown, of its district.

    `centres` are the middles of sectors by name ("FY1 1"). A sector newer than that table is in a district
    that the table knows; None where it does not.
    """
    middle = centres.get(postcode.sector)
    if middle is not None:
        return Whereabouts(middle, by_sector=True)
    sectors = (centres.get(f"{postcode.outward} {digit}") for digit in range(10))
    known = [position for position in sectors if position is not None]
    if not known:
        return None
    latitude = sum(position.latitude for position in known) / len(known)
    longitude = sum(position.longitude for position in known) / len(known)
    return Whereabouts(Position(latitude, longitude), by_sector=False)


def is_near_home(position: Position) -> bool:
    """Whether `position` lies in Great Britain, Ireland or the islands around them."""
    return (
        SOUTHERNMOST <= position.latitude <= NORTHERNMOST and WESTERNMOST <= position.longitude <= EASTERNMOST
    )


def distance_km(one: Position, other: Position) -> float:
    """Great-circle distance in km by the haversine formula on a sphere of the mean earth radius.

    References
    ----------
    .. [1] R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68 (1984), 159.

    """
    south, north = radians(one.latitude), radians(other.latitude)
    half_rise = (north - south) / 2
    half_turn = radians(other.longitude - one.longitude) / 2
    chord = sin(half_rise) ** 2 + cos(south) * cos(north) * sin(half_turn) ** 2
    return 2 * MEAN_EARTH_RADIUS_KM * asin(sqrt(min(1.0, chord)))
