"""The calendar object of a feed, as other programs read it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from placement.adapters import feed, ics
from placement.domain.feeds import FeedEntry
from placement.domain.text import clean_line, london_to_utc
from tests.unit.adapters.checklist_calendar import (
    Calendar,
    instants_by_another_reader,
    zone_agrees,
)
from tests.unit.adapters.samples import AWKWARD_TEXTS
from tests.unit.adapters.test_ics import ANY_TEXT

PLAIN: dict[str, Any] = {
    "uid": "day-1@placement.example",
    "sequence": 3,
    "dtstamp": datetime(2026, 12, 2, 9, 0, 30, 999, tzinfo=UTC),
    "created_at": datetime(2026, 12, 1, 9, 0, tzinfo=UTC),
    "starts_at": datetime(2027, 7, 12, 8, 30, tzinfo=UTC),
    "ends_at": datetime(2027, 7, 12, 14, 0, tzinfo=UTC),
    "cancelled": False,
    "summary": "Placement: Food parcels (2 coming)",
    "notes": ("Who is coming:\nAda Field, Bay Trust\nBen Hill",),
    "partner": "Seaport Food Bank",
    "address": "21 James Road, Seaport",
    "postcode": "FY1 1PR",
    "latitude": 53.82052,
    "longitude": -3.04316,
    "page_url": "https://placement.example/partner/1/days/1",
}
TEXTS = ("summary", "partner", "address", "postcode")


def make_entry(**changes: Any) -> FeedEntry:
    return FeedEntry(**(PLAIN | changes))


def unfolded(octets: bytes) -> list[str]:
    return octets.decode().replace("\r\n ", "").split("\r\n")


def read(octets: bytes) -> Any:
    """The calendar as vobject reads it."""
    return vobject.readOne(octets.decode())


def test_the_feed_has_its_name_and_says_how_often_to_look() -> None:
    lines = unfolded(feed.build("Food bank: visitors; spring, 2027", [make_entry()]))
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for line in (
        "NAME:Food bank: visitors\\; spring\\, 2027",
        "X-WR-CALNAME:Food bank: visitors\\; spring\\, 2027",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ):
        assert lines.count(line) == 1
    assert read(feed.build("Föhn, 🥕", [])).x_wr_calname.value == "Föhn, 🥕"


def test_a_feed_is_no_message_and_asks_nobody_for_an_answer() -> None:
    octets = feed.build("Days", [make_entry(), make_entry(uid="day-2@placement.example", cancelled=True)])
    names = [line.name for line in Calendar(octets).lines]
    assert not {"METHOD", "ATTENDEE", "ORGANIZER"} & set(names)
    assert b"mailto:" not in octets
    assert b"VALARM" not in octets


def test_another_reader_finds_each_day_with_all_its_facts() -> None:
    days = [
        make_entry(
            uid=f"day-{number}@placement.example", starts_at=PLAIN["starts_at"] - timedelta(hours=number)
        )
        for number in range(5)
    ]
    events = read(feed.build("Days", days)).vevent_list
    assert [event.uid.value for event in events] == [day.uid for day in days]
    for event, day in zip(events, days, strict=True):
        assert event.sequence.value == "3"
        assert event.status.value == "CONFIRMED"
        assert event.transp.value == "OPAQUE"
        assert event.summary.value == day.summary
        assert event.description.value == feed.description(day)
        assert event.location.value == ics.place(day)
        assert event.url.value == day.page_url
        assert event.dtstart.value == day.starts_at
        assert event.dtend.value == day.ends_at
        assert event.dtstamp.value == day.dtstamp.replace(microsecond=0)
        assert event.created.value == day.created_at


def test_the_text_tells_the_day_in_local_time_who_comes_and_the_page() -> None:
    assert feed.description(make_entry()).split("\n") == [
        "Monday 12 July 2027, 9:30am to 3pm (UK time)",
        "Seaport Food Bank, 21 James Road, Seaport, FY1 1PR",
        "",
        "Who is coming:",
        "Ada Field, Bay Trust",
        "Ben Hill",
        "",
        "https://placement.example/partner/1/days/1",
    ]


def test_a_cancelled_day_keeps_its_hours_and_blocks_no_time() -> None:
    event = read(feed.build("Days", [make_entry(cancelled=True)])).vevent
    assert (event.status.value, event.transp.value) == ("CANCELLED", "TRANSPARENT")
    assert event.dtstart.value == PLAIN["starts_at"]


def test_the_zone_is_the_one_of_the_invites_and_stands_once() -> None:
    calendar = Calendar(feed.build("Days", [make_entry(), make_entry(uid="day-2@placement.example")]))
    assert calendar.zone == ics.TIMEZONE.replace("\n", "\r\n")
    assert calendar.octets.count(b"BEGIN:VTIMEZONE") == 1
    assert zone_agrees(Calendar(feed.build("Days", [make_entry()])), years=1)


@pytest.mark.parametrize(
    "day", [date(2027, 3, 27), date(2027, 3, 28), date(2027, 10, 30), date(2027, 10, 31), date(2028, 1, 3)]
)
def test_hours_are_right_on_both_sides_of_each_change_of_the_clocks(day: date) -> None:
    start, end = london_to_utc(day, time(9, 30)), london_to_utc(day, time(15))
    calendar = Calendar(feed.build("Days", [make_entry(starts_at=start, ends_at=end)]))
    assert instants_by_another_reader(calendar) == (start, end)


def test_every_line_is_short_and_ends_as_the_format_wants() -> None:
    octets = feed.build("é" * 300, [make_entry(summary=text, notes=(text,)) for text in AWKWARD_TEXTS])
    assert octets.count(b"\n") == octets.count(b"\r\n")
    assert max(map(len, octets.split(b"\r\n"))) <= 75
    assert octets.endswith(b"END:VCALENDAR\r\n")
    for line in octets.split(b"\r\n"):
        line.decode()  # a fold never cuts a character


@st.composite
def entries_with_any_texts(draw: st.DrawFn) -> FeedEntry:
    """A day with any text wherever people write one."""
    texts = {name: draw(ANY_TEXT) for name in TEXTS}
    return make_entry(notes=tuple(draw(st.lists(ANY_TEXT, max_size=3))), **texts)


@settings(deadline=None)
@given(ANY_TEXT, entries_with_any_texts())
def test_no_text_adds_a_line_or_a_component_and_all_come_back(name: str, entry: FeedEntry) -> None:
    octets = feed.build(name, [entry])
    plain, awkward = Calendar(feed.build("Days", [make_entry()])), Calendar(octets)
    assert awkward.broken == []
    assert [line.name for line in awkward.lines] == [line.name for line in plain.lines]
    calendar = read(octets)
    assert calendar.contents["name"][0].value == calendar.x_wr_calname.value == ics.one_line(name)
    assert calendar.vevent.summary.value == clean_line(entry.summary)
    assert calendar.vevent.description.value == feed.description(entry)
    assert calendar.vevent.location.value == ics.place(entry)


def test_equal_days_give_equal_octets() -> None:
    assert feed.build("Days", [make_entry()]) == feed.build("Days", [make_entry()])
