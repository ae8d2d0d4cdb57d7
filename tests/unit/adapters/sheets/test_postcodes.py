"""The shipped table of postcode sectors."""

import re
from importlib import resources

import pytest

from placement.adapters.postcodes import NOTICE, sector_centres
from placement.domain.geo import Position, distance_km, is_near_home


def test_the_table_holds_every_sector_once_and_is_read_once() -> None:
    centres = sector_centres()
    assert len(centres) == len(set(centres)) == 10_848
    assert sector_centres() is centres
    assert "BT1 1" not in centres


@pytest.mark.parametrize(
    ("sector", "place"),
    [
        ("FY1 1", Position(53.8196, -3.0534)),
        ("SW1A 1", Position(51.5020, -0.1360)),
        ("EH1 1", Position(55.9510, -3.1890)),
        ("TR1 1", Position(50.2630, -5.0530)),
    ],
)
def test_a_sector_lies_where_it_lies(sector: str, place: Position) -> None:
    assert distance_km(sector_centres()[sector], place) < 1.5


def test_every_sector_has_its_name_and_lies_in_great_britain() -> None:
    centres = sector_centres()
    for sector in list(centres)[::97]:
        assert re.fullmatch(r"[A-Z]{1,2}[0-9][A-Z0-9]? [0-9]", sector)
        assert is_near_home(centres[sector])


def test_the_notice_of_the_licence_is_shipped_with_the_table() -> None:
    assert NOTICE in resources.files("placement").joinpath("data/NOTICE.md").read_text("utf-8")
