"""Spots on the map as people write them: an Ordnance Survey grid reference, or latitude and longitude."""

import re

from placement.domain.geo import Position

# The squares of the National Grid are lettered from the north-west, five by five, without the letter I.
_LETTERS = "ABCDEFGHJKLMNOPQRSTUVWXYZ"
_SQUARE = 100_000
_GRID = re.compile(r"([A-HJ-Z]{2})([0-9]{4,10})")
_DEGREES = re.compile(r"([+-]?[0-9]{1,3}\.[0-9]+)[,; ]+([+-]?[0-9]{1,3}\.[0-9]+)")

Metres = tuple[int, int]
"""Easting and northing on the National Grid."""


def grid_metres(text: str) -> Metres | None:
    """The middle of the square that a grid reference names ("SD 307 361"); None for anything else."""
    found = _GRID.fullmatch("".join(text.split()).upper())
    if found is None or len(found[2]) % 2:
        return None
    half = len(found[2]) // 2
    unit = 10 ** (5 - half)
    east, north = _corner(found[1])
    if not (0 <= east < 7 * _SQUARE and 0 <= north < 13 * _SQUARE):
        return None
    return (
        east + int(found[2][:half]) * unit + unit // 2,
        north + int(found[2][half:]) * unit + unit // 2,
    )


def degrees(text: str) -> Position | None:
    """Latitude and longitude as two decimal numbers ("53.817, -3.055"); None for anything else."""
    found = _DEGREES.fullmatch(text.strip())
    return None if found is None else Position(float(found[1]), float(found[2]))


def degrees_in_words(position: Position) -> str:
    """A position as `degrees` reads it, to about a metre."""
    return f"{position.latitude:.5f}, {position.longitude:.5f}"


def _corner(letters: str) -> Metres:
    """The south-west corner of a lettered square."""
    first, second = (_LETTERS.index(letter) for letter in letters)
    east = ((first - 2) % 5) * 5 + second % 5
    north = 19 - first // 5 * 5 - second // 5
    return east * _SQUARE, north * _SQUARE
