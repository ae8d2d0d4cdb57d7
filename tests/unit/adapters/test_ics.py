"""The calendar object, as other programs read it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from placement.adapters import ics
from placement.domain.errors import InviteUnsendable
from placement.domain.invites import InviteDetails, Mailbox
from placement.domain.text import clean_line, london_to_utc
from tests.unit.adapters.checklist_calendar import (
    Calendar,
    breaches,
    instants_by_another_reader,
    zone_agrees,
)
from tests.unit.adapters.samples import AWKWARD_TEXTS, make_cancellation, make_details
from tests.unit.adapters.test_checklist import expected_of

FREE_FIELDS = (
    "title",
    "partner",
    "address",
    "postcode",
    "contact_name",
    "contact_phone",
    "what_to_know",
    "choice_sentence",
    "cohort",
    "programme",
    "reason",
)
# Any text; controls, separators, overrides and what the formats use as marks come often.
ANY_TEXT = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\0\x07\t\n\v\f\r\x1b\x1c\x85\u2028\u2029\u202e\u2066\ufeff\\,;:\"'^=?<>&{}%NnBEGIN"),
        st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp"]),
    ),
    max_size=60,
)
SHAPE = [
    "VCALENDAR",
    "VTIMEZONE",
    "STANDARD",
    "DAYLIGHT",
    "VEVENT",
    "VALARM",
]


def shape(calendar: Calendar) -> list[str]:
    return [line.value for line in calendar.lines if line.name == "BEGIN"]


def read(octets: bytes) -> Any:
    """The event as vobject reads it."""
    return vobject.readOne(octets.decode()).vevent


@st.composite
def details_with_any_texts(draw: st.DrawFn) -> InviteDetails:
    """An invite with any text in every free field; title and partner have at least one letter."""
    texts = {name: draw(ANY_TEXT) for name in FREE_FIELDS}
    texts["title"] += "T"
    texts["partner"] += "P"
    return make_details(
        **texts,
        organizer=Mailbox(draw(ANY_TEXT), "placements@placement.example"),
        attendee=Mailbox(draw(ANY_TEXT), "zoe.okafor@trust.example"),
    )


@settings(deadline=None)
@given(details_with_any_texts())
def test_no_text_adds_a_line_or_a_component(details: InviteDetails) -> None:
    plain = Calendar(ics.build(make_details()))
    awkward = Calendar(ics.build(details))
    assert shape(awkward) == shape(plain) == SHAPE
    assert [line.name for line in awkward.lines] == [line.name for line in plain.lines]
    assert [b for b in breaches(awkward, expected_of(details)) if b not in {"C15", "Z4"}] == []


@settings(deadline=None)
@given(details_with_any_texts())
def test_another_reader_gets_every_text_back(details: InviteDetails) -> None:
    event = read(ics.build(details))
    assert event.summary.value == ics.summary(details)
    assert event.description.value == ics.description(details)
    assert event.location.value == ics.place(details)


@pytest.mark.parametrize("text", AWKWARD_TEXTS)
def test_awkward_titles_and_names_keep_every_rule(text: str) -> None:
    details = make_details(
        title=text, partner=text, what_to_know=text, attendee=Mailbox(text, "a.b+c'd@trust.example")
    )
    octets = ics.build(details)
    assert [b for b in breaches(Calendar(octets), expected_of(details)) if b != "C15"] == []
    assert clean_line(text) in read(octets).summary.value


def days_around_the_changes() -> Iterator[date]:
    for change in (date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31)):
        for step in range(-3, 4):
            yield change + timedelta(days=step)


@pytest.mark.parametrize("day", list(days_around_the_changes()))
@pytest.mark.parametrize(
    ("start", "end"), [(time(0, 30), time(9)), (time(9, 30), time(15)), (time(22), time(23, 45))]
)
def test_hours_are_right_on_both_sides_of_each_change_of_the_clocks(
    day: date, start: time, end: time
) -> None:
    details = make_details(starts_at=london_to_utc(day, start), ends_at=london_to_utc(day, end))
    calendar = Calendar(ics.build(details))
    assert breaches(calendar, expected_of(details)) == []
    assert calendar.value("DTSTART") == f"{day:%Y%m%d}T{start:%H%M%S}"
    assert instants_by_another_reader(calendar) == (details.starts_at, details.ends_at)


def test_a_night_over_the_change_of_the_clocks_keeps_its_length() -> None:
    for day, hours in ((date(2027, 3, 27), 9), (date(2027, 10, 30), 11)):
        start, end = london_to_utc(day, time(20)), london_to_utc(day + timedelta(days=1), time(6))
        began, ended = instants_by_another_reader(
            Calendar(ics.build(make_details(starts_at=start, ends_at=end)))
        )
        assert ended - began == timedelta(hours=hours)


def test_the_sent_zone_alone_tells_uk_time_for_years_to_come() -> None:
    for year in range(2026, 2041):
        start = datetime(year, 6, 1, 9, tzinfo=UTC)
        details = make_details(starts_at=start, ends_at=start + timedelta(hours=5))
        assert zone_agrees(Calendar(ics.build(details)), years=1)


@pytest.mark.parametrize("minute", [0, 30, 59])
@pytest.mark.parametrize("hour", [0, 1])
def test_a_start_in_the_hour_that_happens_twice_is_refused(hour: int, minute: int) -> None:
    start = datetime(2027, 10, 31, hour, minute, tzinfo=UTC)
    with pytest.raises(InviteUnsendable, match="happens twice"):
        ics.build(make_details(starts_at=start, ends_at=start + timedelta(hours=5)))


def test_a_move_keeps_the_uid_and_is_newer() -> None:
    first = Calendar(ics.build(make_details()))
    moved_to = datetime(2027, 7, 12, 8, 30, tzinfo=UTC)
    moved = make_details(
        sequence=1,
        revision=1,
        dtstamp=datetime(2026, 12, 2, tzinfo=UTC),
        starts_at=moved_to,
        ends_at=moved_to + timedelta(hours=4),
    )
    second = Calendar(ics.build(moved))
    assert second.value("UID") == first.value("UID")
    assert (first.value("SEQUENCE"), second.value("SEQUENCE")) == ("0", "1")
    assert second.value("DTSTART") == "20270712T093000"
    assert breaches(second, expected_of(moved, ics.build(make_details()))) == []


def test_an_answer_that_is_held_is_sent_as_held_and_never_made_up() -> None:
    assert "PARTSTAT=NEEDS-ACTION" in ics.build(make_details()).decode().replace("\r\n ", "")
    accepted = make_details(partstat="ACCEPTED", revision=1)
    assert "PARTSTAT=ACCEPTED" in ics.build(accepted).decode().replace("\r\n ", "")


def test_a_cancellation_takes_the_entry_out_and_rings_no_alarm() -> None:
    event = read(ics.build(make_cancellation()))
    assert event.status.value == "CANCELLED"
    assert event.transp.value == "TRANSPARENT"
    assert "valarm" not in event.contents
    assert event.description.value.startswith("This day is cancelled.")
    assert "answer No" not in event.description.value


def test_the_entry_holds_what_a_leader_needs_without_network() -> None:
    event = read(ics.build(make_details()))
    for told in (
        "Tuesday 12 January 2027, 9:30am to 3pm (UK time)",
        "Seaport Food Bank, 21 James Road, Seaport, FY1 1PR",
        "Kate Hooper, 01632 960575",
        "Bring a packed lunch; the kettle is always on.",
        "https://placement.example/my-placement",
    ):
        assert told in event.description.value
    assert event.url.value == "https://placement.example/my-placement"
    assert event.geo.value == "53.82052;-3.04316"


def test_what_is_not_known_leaves_no_gap() -> None:
    octets = ics.build(
        make_details(
            contact_name="", contact_phone="", what_to_know="", address="", latitude=None, longitude=None
        )
    )
    event = read(octets)
    assert "geo" not in event.contents
    assert "contact" not in event.description.value.lower()
    assert "\n\n\n" not in event.description.value
    assert event.location.value == "Seaport Food Bank, FY1 1PR"


def test_a_postcode_that_the_address_ends_with_is_not_told_twice() -> None:
    assert ics.street(make_details(address="21 James Road, fy1 1pr")) == "21 James Road, fy1 1pr"


def test_a_double_quote_in_a_name_becomes_a_single_one() -> None:
    octets = ics.build(make_details(attendee=Mailbox('Zoë "Zed" Okafor, OBE', "z@trust.example")))
    (attendee,) = Calendar(octets).all("ATTENDEE")
    assert attendee.params["CN"] == "Zoë 'Zed' Okafor, OBE"


def test_a_person_without_name_is_called_by_the_address() -> None:
    (attendee,) = Calendar(ics.build(make_details(attendee=Mailbox(" ", "z@trust.example")))).all("ATTENDEE")
    assert attendee.params["CN"] == "z@trust.example"


def test_parts_of_a_second_are_not_sent() -> None:
    octets = ics.build(make_details(dtstamp=datetime(2026, 12, 1, 9, 0, 1, 999_999, tzinfo=UTC)))
    assert Calendar(octets).value("DTSTAMP") == "20261201T090001Z"


def test_very_long_notes_end_with_an_ellipsis() -> None:
    event = read(ics.build(make_details(what_to_know="Wear shoes. " * 1000)))
    assert "…" in event.description.value
    assert len(event.description.value) < 2500
