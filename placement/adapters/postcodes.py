"""Where the postcode sectors of Great Britain are, from the table that is shipped with the service.

The table has the middle of each sector in metres of the British National Grid. `placement/data/NOTICE.md`
tells where it comes from and what must be said where it is shown.
"""

import csv
import gzip
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

from bng_latlon import OSGB36toWGS84

from placement.domain.geo import Position

NOTICE = (
    "Contains OS data © Crown copyright and database right 2024. "
    "Contains Royal Mail data © Royal Mail copyright and database right 2024. "
    "Contains National Statistics data © Crown copyright and database right 2024."
)


class SectorCentres(Mapping[str, Position]):
    """The middle of each postcode sector by name ("FY1 1"); grid metres become degrees when asked for."""

    def __init__(self, grid: Mapping[str, tuple[int, int]]) -> None:
        self._grid = grid
        self._found: dict[str, Position] = {}

    def __getitem__(self, sector: str) -> Position:
        if sector not in self._found:
            self._found[sector] = Position(*OSGB36toWGS84(*self._grid[sector]))
        return self._found[sector]

    def __iter__(self) -> Iterator[str]:
        return iter(self._grid)

    def __len__(self) -> int:
        return len(self._grid)


def position_of_grid(easting: int, northing: int) -> Position:
    """Where a spot of the British National Grid is, in degrees."""
    return Position(*OSGB36toWGS84(easting, northing))


@cache
def sector_centres() -> SectorCentres:
    """The shipped table, read once."""
    packed = resources.files("placement").joinpath("data/postcode-sectors.csv.gz").read_bytes()
    rows = csv.DictReader(gzip.decompress(packed).decode("ascii").splitlines())
    return SectorCentres({row["sector"]: (int(row["easting"]), int(row["northing"])) for row in rows})
