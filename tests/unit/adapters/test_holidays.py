"""Bank holidays come from the list that travels with the library, for England and Wales."""

from datetime import date

import pytest

from placement.adapters.holidays import bank_holiday, known_until


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2027, 3, 26), "Good Friday"),
        (date(2026, 12, 25), "Christmas Day"),
        (date(2027, 1, 4), None),
        (date(2027, 2, 3), None),
        (date(2099, 12, 25), None),
    ],
)
def test_a_day_is_known_by_the_name_of_its_bank_holiday(day: date, name: str | None) -> None:
    assert bank_holiday(day) == name


def test_holidays_are_known_a_season_ahead() -> None:
    assert known_until() >= date(2028, 12, 25)
