"""A calendar feed as a calendar object: many days, read again and again by calendar programs.

Shares its zone, times and texts with the invites of `ics`; `docs/invites.md` tells why each rule is kept.
"""

from collections.abc import Iterable

from icalendar import Event
from icalendar.parser import Contentline, Parameters

from placement.adapters.ics import (
    LONGEST_TEXT,
    TIMEZONE,
    EscapedText,
    add_place,
    add_times,
    one_line,
    place,
)
from placement.domain.feeds import FeedEntry
from placement.domain.text import clean_line, clean_text, day_in_words, hours_in_words, shorten

FORM = "1"
"""To be raised whenever the same facts become other octets, so that programs fetch them again."""

# No METHOD: with one, programs take the feed for a message to be answered. How often to read it is said
# twice, because Apple's programs know the first line and Microsoft's the second.
_HEAD = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Placement//Feeds//EN
CALSCALE:GREGORIAN
REFRESH-INTERVAL;VALUE=DURATION:PT1H
X-PUBLISHED-TTL:PT1H
X-WR-TIMEZONE:Europe/London
"""


def build(name: str, entries: Iterable[FeedEntry]) -> bytes:
    """The feed called `name`: CRLF lines of at most 75 octets, UTF-8, one VEVENT for each of `entries`."""
    return b"".join(
        (
            _octets(_HEAD),
            _named("NAME", name),
            _named("X-WR-CALNAME", name),
            _octets(TIMEZONE),
            *(_event(entry).to_ical() for entry in entries),
            b"END:VCALENDAR\r\n",
        )
    )


def description(entry: FeedEntry) -> str:
    """The text of a day: when and where, what its reader needs, and its page."""
    when = f"{day_in_words(entry.starts_at)}, {hours_in_words(entry.starts_at, entry.ends_at)} (UK time)"
    notes = (shorten(clean_text(note), LONGEST_TEXT) for note in entry.notes)
    return "\n\n".join(filter(None, (f"{when}\n{place(entry)}", *notes, clean_line(entry.page_url))))


def _octets(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


def _named(prop: str, name: str) -> bytes:
    line: bytes = Contentline.from_parts(prop, Parameters(), EscapedText(one_line(name))).to_ical()
    return line + b"\r\n"


def _event(entry: FeedEntry) -> Event:
    """The VEVENT of one day; nobody is asked for an answer, so it names nobody as attendee."""
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    add_times(event, entry)
    event.add("summary", EscapedText(one_line(entry.summary)))
    event.add("description", EscapedText(description(entry)))
    add_place(event, entry)
    event.add("transp", "TRANSPARENT" if entry.cancelled else "OPAQUE")
    return event
