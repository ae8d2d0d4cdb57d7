"""The writer of calendar lines, against readers and a writer that others made."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from placement.adapters import ics
from placement.adapters.content_lines import LONGEST, degrees, octets, quoted, text
from placement.domain.invites import InviteDetails, Mailbox, ascii_address
from placement.domain.text import clean_line, clean_text, to_london
from tests.unit.adapters.samples import make_cancellation, make_details
from tests.unit.adapters.test_ics import ANY_TEXT, details_with_any_texts

CHARACTERS = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("aé€🥕\u0301")))


@given(st.lists(CHARACTERS.map(clean_line), min_size=1, max_size=3))
def test_folded_lines_are_short_whole_and_unfold_to_what_they_were(lines: list[str]) -> None:
    folded = octets(lines)
    assert folded.endswith(b"\r\n")
    for line in folded.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(line) <= LONGEST
        line.decode()  # a fold never cuts a character
    assert folded.decode().replace("\r\n ", "") == "".join(f"{line}\r\n" for line in lines)


@pytest.mark.parametrize("length", [74, 75, 76, 149, 150, 223, 224, 1000])
def test_no_line_is_folded_before_it_is_full(length: int) -> None:
    for letter in "aé€🥕":
        line = letter * length
        pieces = octets([line]).decode().removesuffix("\r\n").split("\r\n")
        size = len(letter.encode())
        assert all(len(piece.encode()) > LONGEST - size for piece in pieces[:-1])
        assert "".join(piece.removeprefix(" ") for piece in pieces) == line


@given(ANY_TEXT.map(clean_text))
def test_escaped_text_is_read_back_by_the_library(said: str) -> None:
    event = Event.from_ical(f"BEGIN:VEVENT\r\nDESCRIPTION:{text(said)}\r\nEND:VEVENT\r\n")
    assert str(event["DESCRIPTION"]) == said.strip("\r\n")


@given(ANY_TEXT.map(clean_line))
def test_a_quoted_parameter_is_read_back_by_the_library(said: str) -> None:
    event = Event.from_ical(
        f"BEGIN:VEVENT\r\nATTENDEE;CN={quoted(said)};RSVP=TRUE:mailto:a@b.example\r\nEND:VEVENT\r\n"
    )
    assert event["ATTENDEE"].params.get("CN", "") == said.replace('"', "'")
    assert event["ATTENDEE"].params["RSVP"] == "TRUE"


@pytest.mark.parametrize(
    ("value", "written"),
    [(53.82052, "53.82052"), (-3.0, "-3"), (0.00001, "0.00001"), (1e-9, "0"), (51.4778999, "51.4779")],
)
def test_degrees_are_written_without_powers_of_ten(value: float, written: str) -> None:
    assert degrees(value) == written


class _Exact(vText):
    """The library's own escaping turns a backslash before an N into a line break."""

    def to_ical(self) -> bytes:
        return text(self).encode()


def built_with_the_library(details: InviteDetails) -> Event:
    """The same event, put together from the library's own properties."""
    event, cancelled = Event(), details.method == "CANCEL"
    stamps = {"dtstamp": details.dtstamp, "created": details.created_at, "last-modified": details.dtstamp}
    times = {"dtstart": to_london(details.starts_at), "dtend": to_london(details.ends_at)}
    texts = {
        "summary": ics.summary(details),
        "description": ics.description(details),
        "location": ics.place(details),
    }
    words = {
        "uid": details.uid,
        "sequence": details.sequence,
        "status": "CANCELLED" if cancelled else "CONFIRMED",
        "transp": "TRANSPARENT" if cancelled else "OPAQUE",
        "class": "PUBLIC",
        "url": clean_line(details.page_url),
    }
    for name, value in (stamps | times | words).items():
        event.add(name, value)
    for name, said in texts.items():
        event.add(name, _Exact(said))
    if details.latitude is not None:
        event.add("geo", (details.latitude, details.longitude))
    asked = {"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": details.partstat, "RSVP": "TRUE"}
    for name, who, params in (("organizer", details.organizer, {}), ("attendee", details.attendee, asked)):
        person = vCalAddress(f"mailto:{ascii_address(who.address)}")
        person.params["CN"] = ics.one_line(who.name).replace('"', "'") or who.address
        person.params.update(params)
        # Without quotes, the library's own reader takes a backslash at the end for an escape.
        person.params.quote_also = {"CN": " '\\"}
        event.add(name, person)
    if not cancelled:
        event.add("x-microsoft-cdo-busystatus", "BUSY")
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", _Exact(ics.summary(details)))
        alarm.add("trigger", timedelta(days=-1))
        event.add_component(alarm)
    return event


def facts(component: Any) -> list[tuple[str, str, bytes, dict[str, str]]]:
    """Every property of a component and of those within: name, value and parameters, in one order."""
    return sorted(
        (inner.name, name, value.to_ical() if hasattr(value, "to_ical") else value, dict(value.params))
        for inner in component.walk()
        for name, value in inner.property_items(recursive=False, sorted=True)
        if name not in {"BEGIN", "END"}
    )


def assert_as_the_library_would(details: InviteDetails) -> None:
    """Read both with the library: the same properties, values and parameters."""
    (ours,) = Calendar.from_ical(ics.build(details)).events
    assert ours.errors == []
    theirs = Event.from_ical(built_with_the_library(details).to_ical())
    assert facts(ours) == facts(theirs)


@settings(deadline=None, max_examples=60)
@given(details_with_any_texts())
@example(make_details(attendee=Mailbox("\\", "zoe.okafor@trust.example")))
def test_an_invite_says_the_same_as_one_that_the_library_writes(details: InviteDetails) -> None:
    assert_as_the_library_would(details)


def test_a_cancellation_says_the_same_too() -> None:
    stamp = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
    assert_as_the_library_would(make_cancellation(dtstamp=stamp, reason="Ill; sorry, \\n all."))
    assert_as_the_library_would(make_details(latitude=None, longitude=None, partstat="TENTATIVE"))
