"""A calendar feed as a calendar object: many days, read again and again by calendar programs.

Shares its zone, times and texts with the invites of `ics`; `docs/invites.md` tells why each rule is kept.
"""

from collections.abc import Iterable

from placement.adapters.content_lines import octets, text
from placement.adapters.ics import (
    LONGEST_TEXT,
    TIMEZONE,
    name_lines,
    one_line,
    place,
    place_lines,
    time_lines,
)
from placement.domain.feeds import FeedEntry
from placement.domain.text import clean_line, clean_text, day_in_words, hours_in_words, shorten

FORM = "2"
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
    called = text(one_line(name))
    names = octets((f"NAME:{called}", f"X-WR-CALNAME:{called}"))
    days = octets(line for entry in entries for line in _event(entry))
    return b"".join((_constant(_HEAD), names, _constant(TIMEZONE), days, b"END:VCALENDAR\r\n"))


def description(entry: FeedEntry) -> str:
    """The text of a day: when and where, what its reader needs, and its page."""
    when = f"{day_in_words(entry.starts_at)}, {hours_in_words(entry.starts_at, entry.ends_at)} (UK time)"
    notes = (shorten(clean_text(note), LONGEST_TEXT) for note in entry.notes)
    return "\n\n".join(filter(None, (f"{when}\n{place(entry)}", *notes, clean_line(entry.page_url))))


def _constant(lines: str) -> bytes:
    return lines.replace("\n", "\r\n").encode()


def _event(entry: FeedEntry) -> Iterable[str]:
    """The VEVENT of one day; nobody is asked for an answer, so it names nobody as attendee."""
    return (
        "BEGIN:VEVENT",
        *name_lines(entry, cancelled=entry.cancelled),
        *time_lines(entry),
        f"SUMMARY:{text(one_line(entry.summary))}",
        f"DESCRIPTION:{text(description(entry))}",
        *place_lines(entry),
        "END:VEVENT",
    )
