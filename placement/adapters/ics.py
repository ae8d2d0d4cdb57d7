"""An invite as a calendar object (RFC 5545, RFC 5546): the octets that calendars read.

The order and form of everything here was chosen for what calendar programs do with it; `docs/invites.md`
tells why, rule by rule.
"""

from datetime import datetime
from typing import Protocol

from placement.adapters.content_lines import degrees, local, octets, quoted, text, utc
from placement.domain.invites import InviteDetails, Mailbox, ascii_address, check_details
from placement.domain.text import clean_line, clean_text, day_in_words, hours_in_words, shorten

LONGEST_LINE = 500  # characters of one field; a title of 300 passes whole
LONGEST_TEXT = 2000  # characters of what to know; the page that is linked shows all of it
REMINDER = "-P1D"

# One rule a year for each side, by month and weekday: lists of dates (RDATE) are misread by an hour in
# some calendar programs. True from October 1996, when the United Kingdom took the European rule.
TIMEZONE = """\
BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:STANDARD
DTSTART:19961027T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:GMT
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19970330T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:BST
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
END:DAYLIGHT
END:VTIMEZONE
"""

_HEAD = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Placement//Invites//EN
CALSCALE:GREGORIAN
METHOD:{method}
"""

_ASKED = ";CUTYPE=INDIVIDUAL;PARTSTAT={partstat};ROLE=REQ-PARTICIPANT;RSVP=TRUE"


class _Whereabouts(Protocol):
    """Where a day takes place, as invites and feeds hold it."""

    @property
    def partner(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def postcode(self) -> str: ...
    @property
    def joining_link(self) -> str: ...


class _Named(Protocol):
    """Which entry of a calendar is meant, and how often it has changed."""

    @property
    def uid(self) -> str: ...
    @property
    def sequence(self) -> int: ...


class _Day(_Whereabouts, Protocol):
    """When and where a day takes place, and since when that is known."""

    @property
    def dtstamp(self) -> datetime: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def latitude(self) -> float | None: ...
    @property
    def longitude(self) -> float | None: ...
    @property
    def page_url(self) -> str: ...


def build(details: InviteDetails) -> bytes:
    """The calendar object for `details`: CRLF lines of at most 75 octets, UTF-8, one VEVENT.

    Raises
    ------
    AddressUnusable, InviteUnsendable
        The facts would break a rule that calendar programs depend on.

    """
    check_details(details)
    head = (_HEAD.format(method=details.method) + TIMEZONE).replace("\n", "\r\n").encode()
    return head + octets(_event(details)) + b"END:VCALENDAR\r\n"


def summary(details: InviteDetails) -> str:
    """The one line that a calendar shows in its grid."""
    if details.event:
        return f"{details.event}: {one_line(details.title)}"
    return f"Placement: {one_line(details.title)}, {one_line(details.partner)}"


def place(details: _Whereabouts) -> str:
    """Where to go, on one line: partner, address, postcode; the link to join where people meet online."""
    if details.joining_link:
        return f"Online: {clean_line(details.joining_link)}"
    return ", ".join(filter(None, (one_line(details.partner), street(details))))


def street(details: _Whereabouts) -> str:
    """The address with its postcode, once, on one line."""
    address, postcode = one_line(details.address), one_line(details.postcode)
    if address.casefold().endswith(postcode.casefold()):
        return address
    return ", ".join(filter(None, (address, postcode)))


def description(details: InviteDetails) -> str:
    """The text of the entry: all that a leader without network needs on the day."""
    contact = ", ".join(filter(None, (one_line(details.contact_name), one_line(details.contact_phone))))
    what_to_know = shorten(clean_text(details.what_to_know), LONGEST_TEXT)
    hours = hours_in_words(details.starts_at, details.ends_at)
    paragraphs = [
        f"{day_in_words(details.starts_at)}, {hours} (UK time)\n{place(details)}",
        contact and f"Your contact on the day: {contact}",
        what_to_know and f"Good to know:\n{what_to_know}",
        f"If you cannot come, tell us as soon as you can: answer No, or go to {clean_line(details.page_url)}",
        ", ".join(filter(None, (one_line(details.programme), one_line(details.cohort)))),
    ]
    if details.method == "CANCEL":
        paragraphs = [
            "This day is cancelled. You do not need to go.",
            one_line(details.reason),
            paragraphs[0],
            paragraphs[-1],
        ]
    return "\n\n".join(filter(None, paragraphs))


def one_line(text: str) -> str:
    """`text` on one line, without controls, and no longer than a calendar shows."""
    return shorten(clean_line(text), LONGEST_LINE)


def _event(details: InviteDetails) -> list[str]:
    """The VEVENT with everything that a REQUEST and its CANCEL need."""
    cancelled = details.method == "CANCEL"
    return [
        "BEGIN:VEVENT",
        *name_lines(details, cancelled=cancelled),
        *time_lines(details),
        f"SUMMARY:{text(summary(details))}",
        f"DESCRIPTION:{text(description(details))}",
        *place_lines(details),
        f"ORGANIZER{_person(details.organizer)}",
        f"ATTENDEE{_person(details.attendee, _ASKED.format(partstat=details.partstat))}",
        "CLASS:PUBLIC",
        *([] if cancelled else ["X-MICROSOFT-CDO-BUSYSTATUS:BUSY", *_alarm(details)]),
        "END:VEVENT",
    ]


def name_lines(details: _Named, *, cancelled: bool) -> list[str]:
    """Which entry it is and how it stands; a cancelled one blocks no time."""
    return [
        f"UID:{text(details.uid)}",
        f"SEQUENCE:{details.sequence}",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        f"TRANSP:{'TRANSPARENT' if cancelled else 'OPAQUE'}",
    ]


def time_lines(details: _Day) -> list[str]:
    """Stamps in UTC, the day itself in local time with its zone named."""
    stamp = utc(details.dtstamp)
    return [
        f"DTSTAMP:{stamp}",
        f"CREATED:{utc(details.created_at)}",
        f"LAST-MODIFIED:{stamp}",
        f"DTSTART;TZID=Europe/London:{local(details.starts_at)}",
        f"DTEND;TZID=Europe/London:{local(details.ends_at)}",
    ]


def place_lines(details: _Day) -> list[str]:
    """Where it is, and the link, which stands in the text too, where each program shows it."""
    lines = [f"LOCATION:{text(place(details))}", f"URL:{clean_line(details.page_url)}"]
    if details.latitude is not None and details.longitude is not None:
        lines.append(f"GEO:{degrees(details.latitude)};{degrees(details.longitude)}")
    return lines


def _person(mailbox: Mailbox, parameters: str = "") -> str:
    """The name and more `parameters`, then a bare ``mailto:``."""
    name = one_line(mailbox.name) or mailbox.address
    return f";CN={quoted(name)}{parameters}:mailto:{ascii_address(mailbox.address)}"


def _alarm(details: InviteDetails) -> list[str]:
    """A reminder on the day before, which calendar programs may drop."""
    return [
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{text(summary(details))}",
        f"TRIGGER:{REMINDER}",
        "END:VALARM",
    ]
