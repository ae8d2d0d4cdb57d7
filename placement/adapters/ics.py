"""An invite as a calendar object (RFC 5545, RFC 5546): the octets that calendars read.

The order and form of everything here was chosen for what calendar programs do with it; `docs/invites.md`
tells why, rule by rule.
"""

from datetime import datetime, timedelta
from typing import Protocol

from icalendar import Alarm, Event, vCalAddress, vText

from placement.domain.invites import InviteDetails, Mailbox, ascii_address, check_details
from placement.domain.text import (
    clean_line,
    clean_text,
    day_in_words,
    hours_in_words,
    shorten,
    to_london,
)

LONGEST_LINE = 500  # characters of one field; a title of 300 passes whole
LONGEST_TEXT = 2000  # characters of what to know; the page that is linked shows all of it
REMINDER = timedelta(days=-1)

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


class EscapedText(vText):
    """TEXT escaped once and exactly; the library would turn a backslash before N into a line break."""

    def to_ical(self) -> bytes:
        """The text as a calendar object holds it."""
        escaped = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
        return escaped.encode()


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
    event: bytes = _event(details).to_ical()
    return head + event + b"END:VCALENDAR\r\n"


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


def _event(details: InviteDetails) -> Event:
    """The VEVENT with everything that a REQUEST and its CANCEL need."""
    cancelled = details.method == "CANCEL"
    event = Event()
    event.add("uid", details.uid)
    event.add("sequence", details.sequence)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    add_times(event, details)
    _add_texts(event, details)
    _add_people(event, details)
    event.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    event.add("class", "PUBLIC")
    if not cancelled:
        event.add("x-microsoft-cdo-busystatus", "BUSY")
        event.add_component(_alarm(details))
    return event


def add_times(event: Event, details: _Day) -> None:
    """Stamps in UTC, the day itself in local time with its zone named."""
    for name, moment in (
        ("dtstamp", details.dtstamp),
        ("created", details.created_at),
        ("last-modified", details.dtstamp),
    ):
        event.add(name, _whole_second(moment))
    event.add("dtstart", to_london(_whole_second(details.starts_at)))
    event.add("dtend", to_london(_whole_second(details.ends_at)))


def _whole_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _add_texts(event: Event, details: InviteDetails) -> None:
    """What it is, for readers."""
    event.add("summary", EscapedText(summary(details)))
    event.add("description", EscapedText(description(details)))
    add_place(event, details)


def add_place(event: Event, details: _Day) -> None:
    """Where it is, and the link, which stands in the text too, where each program shows it."""
    event.add("location", EscapedText(place(details)))
    event.add("url", clean_line(details.page_url))
    if details.latitude is not None and details.longitude is not None:
        event.add("geo", (details.latitude, details.longitude))


def _add_people(event: Event, details: InviteDetails) -> None:
    """The organizer who reads answers, and the one attendee: the person this message goes to."""
    event.add("organizer", _person(details.organizer))
    attendee = _person(details.attendee)
    attendee.params.update(
        {"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": details.partstat, "RSVP": "TRUE"}
    )
    event.add("attendee", attendee)


def _person(mailbox: Mailbox) -> vCalAddress:
    """A bare ``mailto:`` with the name beside it; double quotes would be shown as ``^'`` by some programs."""
    person = vCalAddress(f"mailto:{ascii_address(mailbox.address)}")
    person.params["CN"] = one_line(mailbox.name).replace('"', "'") or mailbox.address
    return person


def _alarm(details: InviteDetails) -> Alarm:
    """A reminder on the day before, which calendar programs may drop."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", EscapedText(summary(details)))
    alarm.add("trigger", REMINDER)
    return alarm
