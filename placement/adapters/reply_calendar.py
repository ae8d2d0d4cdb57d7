"""The calendar part of a reply (RFC 5545, RFC 5546), read from octets that anybody may have written.

Only the few lines that an answer consists of reach the calendar library: everything that could be costly to
read, such as time zones with rules of their own, is left out before.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from urllib.parse import unquote

from icalendar import Calendar, Component

from placement.domain.replies import Answer, Attendee, LimitBroken
from placement.domain.text import clean_line, clean_text, shorten

LARGEST = 256 * 1024
"""Octets of a calendar part; a true one has one or two thousand."""
MOST_COMPONENTS = 50
MOST_LINES = 200
"""Lines of the answer itself, as far as they are read."""
LONGEST_COMMENT = 2000

_FOLD = re.compile(r"(?:\r\n|[\r\n])[ \t]")
_LINE_END = re.compile(r"\r\n|[\r\n]")
_NAME = re.compile(r"[A-Za-z0-9-]+")
# A short list: some codecs that Python knows are slow by design, or read other things than text.
_CODECS: Mapping[str, str] = MappingProxyType(
    {
        "": "utf-8-sig",
        "us-ascii": "utf-8-sig",
        "utf-8": "utf-8-sig",
        "utf8": "utf-8-sig",
        "utf-16": "utf-16",
        "utf-16le": "utf-16-le",
        "utf-16be": "utf-16-be",
        "iso-8859-1": "latin-1",
        "iso-8859-15": "iso8859-15",
        "windows-1252": "cp1252",
    }
)
_EVENT = ["VCALENDAR", "VEVENT"]
_READ = frozenset({"UID", "SEQUENCE", "DTSTAMP", "ATTENDEE", "COMMENT"})
_REPEATING = frozenset({"RRULE", "RDATE", "EXRULE", "EXDATE", "RECURRENCE-ID"})
_UNREADABLE = Answer(readable=False)
# What the library raises for lines that break the grammar.
_BROKEN_GRAMMAR = (ValueError, TypeError, KeyError, IndexError)


@dataclass
class _Sifted:
    """The lines of a calendar that are read, and what was seen of the rest."""

    lines: list[str] = field(default_factory=list)
    repeats: bool = False
    whole: bool = True


def read_calendar(octets: bytes, *, charset: str = "", mime_method: str = "") -> Answer:
    """What a calendar part says; one that breaks the grammar of calendars is not `readable`.

    Raises
    ------
    LimitBroken
        It is larger than any true reply, or holds more components or lines.

    """
    if len(octets) > LARGEST:
        raise LimitBroken("calendar_too_large")
    text = _decoded(octets, charset)
    sifted = _sifted(text) if text is not None else _Sifted(whole=False)
    if not sifted.whole:
        return _UNREADABLE
    try:
        calendar = Calendar.from_ical("\r\n".join([*sifted.lines, ""]))
    except _BROKEN_GRAMMAR:
        return _UNREADABLE
    return _answer(calendar, repeats=sifted.repeats, mime_method=mime_method)


def _decoded(octets: bytes, charset: str) -> str | None:
    """The text of a calendar part; None where it is not what its charset says."""
    try:
        return octets.decode(_CODECS.get(charset.strip().lower(), "utf-8-sig"))
    except UnicodeDecodeError:
        return None


def _sifted(text: str) -> _Sifted:
    """Keep the lines of calendar and events that are read; see that components open and close in turn."""
    lines = _LINE_END.split(_FOLD.sub("", text))
    if sum(line[:6].upper() == "BEGIN:" for line in lines) > MOST_COMPONENTS:
        raise LimitBroken("too_many_components")
    found, open_now = _Sifted(), list[str]()
    for line in lines:
        _sift(line, found, open_now)
    if len(found.lines) > MOST_LINES:
        raise LimitBroken("calendar_too_large")
    found.whole = found.whole and not open_now and bool(found.lines)
    return found


def _sift(line: str, found: _Sifted, open_now: list[str]) -> None:
    """Look at one line, and keep track of the components that are open."""
    name = _name(line)
    if name == "BEGIN":
        open_now.append(line[6:].strip().upper())
    if _is_read(name, open_now):
        found.lines.append(f"{name}:{open_now[-1]}" if name in {"BEGIN", "END"} else line)
    if open_now == _EVENT and name in _REPEATING:
        found.repeats = True
    if name == "END" and (not open_now or open_now.pop() != line[4:].strip().upper()):
        found.whole = False


def _name(line: str) -> str:
    match = _NAME.match(line)
    return match[0].upper() if match else ""


def _is_read(name: str, open_now: list[str]) -> bool:
    """Whether a line of that name in these components is one that an answer consists of."""
    if open_now not in (_EVENT[:1], _EVENT):
        return False
    return name in {"BEGIN", "END"} or name in (_READ if open_now == _EVENT else {"METHOD"})


def _answer(calendar: Component, *, repeats: bool, mime_method: str) -> Answer:
    """What the components say. The library goes on over broken values and lists them: that is looked at."""
    events = calendar.walk("VEVENT")
    event = events[0] if events else Component()
    sequence = event.get("SEQUENCE", 0)
    single = all(not isinstance(event.get(name), list) for name in ("UID", "SEQUENCE", "DTSTAMP"))
    if calendar.errors or event.errors or not single or not isinstance(sequence, int):
        return _UNREADABLE
    return Answer(
        method=clean_line(str(calendar.get("METHOD", ""))).upper(),
        mime_method=mime_method.strip().upper(),
        events=len(events),
        repeats=repeats,
        uid=clean_line(str(event.get("UID", ""))),
        attendees=tuple(_attendees(event)),
        sequence=int(sequence),
        stamp=_stamp(event),
        comment=shorten(clean_text("\n".join(map(str, _all(event, "COMMENT")))), LONGEST_COMMENT),
    )


def _attendees(event: Component) -> Iterator[Attendee]:
    for value in _all(event, "ATTENDEE"):
        told = {name: clean_line(str(text)).upper() for name, text in getattr(value, "params", {}).items()}
        partstat = told.get("PARTSTAT", "NEEDS-ACTION")
        yield Attendee(
            address=_address(str(value)),
            partstat=partstat,
            delegates=partstat == "DELEGATED" or "DELEGATED-TO" in told,
        )


def _address(uri: str) -> str:
    """The address of a ``mailto:`` in whatever case and with whatever escapes a program writes it."""
    scheme, _, rest = uri.strip().partition(":")
    return clean_line(unquote(rest)) if scheme.lower() == "mailto" else ""


def _stamp(event: Component) -> datetime | None:
    moment = getattr(event.get("DTSTAMP"), "dt", None)
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        return None
    return moment.astimezone(UTC)


def _all(event: Component, name: str) -> list[object]:
    value = event.get(name, [])
    return list(value) if isinstance(value, list) else [value]
