"""Where people and places are: postcodes, positions, and the distance between two positions."""

import re
from collections.abc import Mapping
from math import asin, ceil, cos, radians, sin, sqrt
from typing import NamedTuple

from placement.domain.errors import PostcodeMalformed

MEAN_EARTH_RADIUS_KM = 6371.0088

ROADS_ARE_LONGER = 1.3
FAST_KM_H, SLOW_KM_H = 60, 30

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


class DriveMinutes(NamedTuple):
    """About how long a drive takes: the least and the most, in minutes."""

    least: int
    most: int


def drive_minutes(kilometres: float) -> DriveMinutes:
    """About how long it takes by car to a place that is `kilometres` away in a straight line.

    Roads are taken to be `ROADS_ARE_LONGER` times as long as the straight line, and driven at `FAST_KM_H` at
    best and `SLOW_KM_H` at worst; both ends are rounded up to five minutes.
    """
    road = kilometres * ROADS_ARE_LONGER
    least, most = (5 * max(1, ceil(road / speed * 60 / 5)) for speed in (FAST_KM_H, SLOW_KM_H))
    return DriveMinutes(least, most)


def area_of(address: str, postcode: str) -> str:
    """The town of a place: the last part of its address that is no postcode; else the postcode's district."""
    parts = [part.strip() for part in address.split(",")]
    towns = [part for part in parts[1:] if part and not _POSTCODE.fullmatch("".join(part.split()).upper())]
    if towns:
        return towns[-1]
    found = _POSTCODE.fullmatch("".join(postcode.split()).upper())
    return found["outward"] if found else ""
