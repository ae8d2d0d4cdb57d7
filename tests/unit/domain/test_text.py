"""Text that leaves the service, and local time in words."""

import unicodedata
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placement.domain.errors import LocalTimeMissing, LocalTimeTwice
from placement.domain.text import (
    clean_line,
    clean_text,
    day_in_words,
    hours_in_words,
    is_told_twice,
    london_to_utc,
    shorten,
    time_in_words,
    to_london,
)

ANY_TEXT = st.text(
    st.one_of(
        st.characters(), st.characters(categories=["Cc", "Cs", "Zl", "Zp", "Zs"]), st.sampled_from("ab\t\r\n")
    )
)
UNWANTED = {"Cc", "Cs", "Zl", "Zp"}


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]  # year, month, day, hour, minute


@settings(deadline=None)
@given(ANY_TEXT)
def test_a_clean_line_is_one_line_without_controls_that_utf8_can_carry(text: str) -> None:
    line = clean_line(text)
    assert len(line.splitlines()) <= 1
    assert not {unicodedata.category(letter) for letter in line} & UNWANTED
    assert line == line.strip()
    assert "  " not in line
    assert line.encode("utf-8").decode("utf-8") == line
    assert clean_line(line) == line


@settings(deadline=None)
@given(ANY_TEXT)
def test_clean_text_breaks_lines_only_by_line_feeds(text: str) -> None:
    clean = clean_text(text)
    assert clean.split("\n") == (clean.splitlines() or [""])
    assert not {unicodedata.category(letter) for letter in clean.replace("\n", "")} & UNWANTED
    assert clean_text(clean) == clean


@settings(deadline=None)
@given(st.text(st.characters(categories=["L", "N", "P", "S", "M"])))
def test_letters_signs_and_emoji_pass_unchanged(text: str) -> None:
    assert clean_line(text) == clean_text(text) == text


@pytest.mark.parametrize(
    ("given_text", "line"),
    [
        ("  two   words\t here ", "two words here"),
        ("a\r\nb\rc\nd", "a b c d"),
        ("a\u2028b\u2029c\x85d\x0be\x0cf", "a b c d e f"),
        ("nu\0ll be\x07ll del\x7f", "null bell del"),
        ("\ufeffmark", "mark"),
        ("pay\u202eexe.txt\u202c", "payexe.txt"),
        ("no\u00a0break\u2003space", "no break space"),
        ("family 👩‍👧 and flag 🏴󠁧󠁢󠁥󠁮󠁧󠁿", "family 👩‍👧 and flag 🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
        ("lone \ud83d surrogate", "lone surrogate"),
        ("", ""),
    ],
)
def test_what_breaks_or_disguises_a_line_is_taken_out(given_text: str, line: str) -> None:
    assert clean_line(given_text) == line


def test_clean_text_keeps_paragraphs() -> None:
    assert clean_text(" one\r\n\r\ntwo\tthree\x0bfour \n") == "one\n\ntwo three\nfour"


def test_a_long_text_is_cut_between_words_and_says_so() -> None:
    assert shorten("short enough", 12) == "short enough"
    assert shorten("one two three four", 12) == "one two…"
    assert shorten("x" * 20, 5) == "xxxx…"


@pytest.mark.parametrize(
    ("moment", "day", "hour"),
    [
        (utc(2027, 1, 12, 9, 30), "Tuesday 12 January 2027", "9:30am"),
        (utc(2027, 7, 1, 14, 0), "Thursday 1 July 2027", "3pm"),
        (utc(2027, 6, 30, 23, 5), "Thursday 1 July 2027", "12:05am"),
        (utc(2027, 1, 1, 12, 0), "Friday 1 January 2027", "12pm (midday)"),
        (utc(2027, 1, 1, 0, 0), "Friday 1 January 2027", "12am (midnight)"),
        (utc(2028, 2, 29, 12, 30), "Tuesday 29 February 2028", "12:30pm"),
        (utc(2027, 3, 28, 0, 59), "Sunday 28 March 2027", "12:59am"),
        (utc(2027, 3, 28, 1, 0), "Sunday 28 March 2027", "2am"),
        (utc(2027, 10, 31, 0, 59), "Sunday 31 October 2027", "1:59am"),
        (utc(2027, 10, 31, 2, 0), "Sunday 31 October 2027", "2am"),
    ],
)
def test_days_and_times_are_told_as_people_in_the_uk_say_them(moment: datetime, day: str, hour: str) -> None:
    assert (day_in_words(moment), time_in_words(moment)) == (day, hour)


def test_hours_name_the_day_only_where_it_is_another() -> None:
    start = utc(2027, 7, 12, 21)
    assert hours_in_words(utc(2027, 1, 12, 9, 30), utc(2027, 1, 12, 15)) == "9:30am to 3pm"
    assert hours_in_words(start, start + timedelta(hours=8)) == "10pm to 6am the next day"
    assert hours_in_words(start, start + timedelta(days=2)) == "10pm to 10pm on Wednesday 14 July 2027"


def test_a_time_without_zone_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="without zone"):
        day_in_words(datetime(2027, 1, 12))  # noqa: DTZ001


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2027, 3, 28)])
def test_the_hour_that_spring_leaves_out_is_refused(day: date) -> None:
    for minute in (0, 30, 59):
        with pytest.raises(LocalTimeMissing, match=f"01:{minute:02} on Sunday"):
            london_to_utc(day, time(1, minute))
    assert london_to_utc(day, time(0, 59)) == datetime.combine(day, time(0, 59), UTC)
    assert london_to_utc(day, time(2, 0)) == datetime.combine(day, time(1, 0), UTC)


@pytest.mark.parametrize("day", [date(2026, 10, 25), date(2027, 10, 31)])
def test_the_hour_that_autumn_repeats_is_refused(day: date) -> None:
    for minute in (0, 30, 59):
        with pytest.raises(LocalTimeTwice, match=f"01:{minute:02} happens twice"):
            london_to_utc(day, time(1, minute))
    assert london_to_utc(day, time(0, 59)) == datetime.combine(day - timedelta(days=1), time(23, 59), UTC)
    assert london_to_utc(day, time(2, 0)) == datetime.combine(day, time(2, 0), UTC)


@settings(deadline=None)
@given(
    st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
)
def test_every_instant_with_one_local_time_comes_back_from_it(moment: datetime) -> None:
    local = to_london(moment)
    if is_told_twice(moment):
        with pytest.raises(LocalTimeTwice):
            london_to_utc(local.date(), local.time())
    else:
        assert london_to_utc(local.date(), local.time()) == moment


def test_only_the_repeated_hour_is_told_twice() -> None:
    told = [is_told_twice(utc(2027, 10, 31, 0) + timedelta(minutes=30 * step)) for step in range(-1, 6)]
    assert told == [False, True, True, True, True, False, False]
    assert not any(is_told_twice(utc(2027, 3, 28, 0) + timedelta(minutes=30 * step)) for step in range(-1, 6))
