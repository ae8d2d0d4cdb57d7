"""Presenters: dates, numbers and bars as a reader expects them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement.web.presenters import (
    BarRow,
    bars,
    choice,
    count,
    day,
    listed,
    moment,
    ordinal,
    percent,
    profile_bars,
    span,
)

START = datetime(2027, 1, 12, 9, 30, tzinfo=UTC)


def test_a_moment_is_told_in_words_in_local_time() -> None:
    assert moment(START) == "Tuesday 12 January 2027, 9:30am"
    assert moment(datetime(2027, 7, 12, 9, 30, tzinfo=UTC)) == "Monday 12 July 2027, 10:30am"
    assert span(START, START.replace(hour=15, minute=0)) == "Tuesday 12 January 2027, 9:30am to 3pm"


def test_a_day_is_told_in_words_be_it_a_moment_or_a_date() -> None:
    assert day(START) == day(date(2027, 1, 12)) == "Tuesday 12 January 2027"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (112, "112th"),
    ],
)
def test_ordinals_end_as_they_are_spoken(number: int, words: str) -> None:
    assert ordinal(number) == words


def test_a_rank_is_a_choice_and_no_rank_is_said_too() -> None:
    assert (choice(2), choice(None)) == ("2nd choice", "not on the list")


def test_numbers_agree_with_their_nouns() -> None:
    assert [count(n, "leader") for n in (0, 1, 2)] == ["no leaders", "1 leader", "2 leaders"]
    assert count(3, "person", "people") == "3 people"


def test_lists_end_with_and() -> None:
    assert [listed(["Ada", "Ben", "Cyd"][:n]) for n in range(4)] == [
        "",
        "Ada",
        "Ada and Ben",
        "Ada, Ben and Cyd",
    ]


@given(st.integers(-5, 500), st.integers(-5, 500))
def test_a_percentage_always_fits_its_bar(part: int, whole: int) -> None:
    assert 0 <= percent(part, whole) <= 100


def test_the_longest_bar_is_full_unless_a_whole_is_given() -> None:
    numbers = [("NHS", 30), ("Council", 15)]
    assert [row.percent for row in bars(numbers)] == [100, 50]
    assert [row.percent for row in bars(numbers, whole=60)] == [50, 25]
    assert bars([]) == []


def test_a_profile_shows_every_choice_down_to_the_last_one_used_then_who_has_none() -> None:
    rows = profile_bars({"1": 6, "3": 1, "4": 0, "unranked": 2}, unplaced=1)
    assert rows == [
        BarRow("1st choice", 6, 60.0),
        BarRow("2nd choice", 0, 0.0),
        BarRow("3rd choice", 1, 10.0),
        BarRow("Not on the list", 2, 20.0, "quiet"),
        BarRow("Without a place", 1, 10.0, "warning"),
    ]


@given(
    st.dictionaries(st.integers(1, 9).map(str) | st.just("unranked"), st.integers(0, 99)), st.integers(0, 99)
)
def test_no_place_is_lost_between_a_profile_and_its_bars(profile: dict[str, int], unplaced: int) -> None:
    assert (
        sum(row.number for row in profile_bars(profile, unplaced=unplaced))
        == sum(profile.values()) + unplaced
    )
