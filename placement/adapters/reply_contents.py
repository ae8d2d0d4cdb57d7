"""What a reply says, for a person to look at: its text, plain and bounded, and facts of its calendar part.

Nothing here decides anything. The mail may be written by anybody; what is read of it is shown as text only.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from html import unescape
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from placement.adapters.replies import leaves_of
from placement.domain.text import clean_line, clean_text, shorten

LONGEST_TEXT = 3000
LONGEST_HTML = 50_000
LONGEST_CALENDAR = 64 * 1024
OUTLOOK_FILE = "winmail.dat"

_FOLD = re.compile(r"\r?\n[ \t]")
_TIME = re.compile(r"^(DTSTART|DTEND)((?:;[^:\r\n]*)?):(\d{8}T\d{6})(Z?)\s*$", re.MULTILINE | re.IGNORECASE)
_ZONE = re.compile(r"TZID=\"?([^\";:]+)", re.IGNORECASE)
_DELEGATE = re.compile(r"DELEGATED-TO=\"?mailto:([^\";:,\s]+)", re.IGNORECASE)
_TAG = re.compile(r"/?[A-Za-z0-9]+")
_SPACE = re.compile(r"\s+")
_HIDDEN = frozenset({"script", "style", "head", "title"})
_BREAKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "table", "blockquote"})


@dataclass(frozen=True)
class Proposed:
    """A moment that a calendar part names: `moment` where its zone is known, else as it was `written`."""

    moment: datetime | None
    written: str


@dataclass(frozen=True)
class ReplyContents:
    """What a mail says; everything is empty where it says nothing.

    `outlook_file`: the answer is in a form that only Outlook reads.
    """

    text: str = ""
    starts: Proposed | None = None
    ends: Proposed | None = None
    delegates: tuple[str, ...] = ()
    outlook_file: bool = False
    files: tuple[str, ...] = ()


def read_contents(octets: bytes) -> ReplyContents:
    """What a person needs to see of a reply."""
    leaves = leaves_of(octets)
    event = _event(leaves)
    times = {name.upper(): _proposed(*rest) for name, *rest in reversed(_TIME.findall(event))}
    return ReplyContents(
        text=shorten(_text(leaves), LONGEST_TEXT),
        starts=times.get("DTSTART"),
        ends=times.get("DTEND"),
        delegates=tuple(dict.fromkeys(clean_line(found)[:320] for found in _DELEGATE.findall(event)))[:5],
        outlook_file=any(_is_outlook_file(part) for part in leaves),
        files=tuple(_files(leaves))[:10],
    )


def _text(leaves: Sequence[Message]) -> str:
    """The part for reading: plain text, else what HTML shows of itself."""
    shown = [part for part in leaves if part.get_content_disposition() != "attachment"]
    plain = [_decoded(part) for part in shown if part.get_content_type() == "text/plain"]
    told = clean_text("\n".join(plain))
    if told:
        return told
    html = next((_decoded(part) for part in shown if part.get_content_type() == "text/html"), "")
    return clean_text(_shown_by(html))


def _event(leaves: Sequence[Message]) -> str:
    """The first event of the calendar part, unfolded; empty without one."""
    for part in leaves:
        if part.get_content_type() in {"text/calendar", "application/ics"}:
            unfolded = _FOLD.sub("", _decoded(part)[:LONGEST_CALENDAR])
            return unfolded.partition("BEGIN:VEVENT")[2].partition("END:VEVENT")[0]
    return ""


def _proposed(parameters: str, digits: str, utc: str) -> Proposed:
    zone = _ZONE.search(parameters)
    named = clean_line(zone[1])[:60] if zone else ""
    try:
        moment = datetime.strptime(digits, "%Y%m%dT%H%M%S")  # noqa: DTZ007  # its zone follows
    except ValueError:
        return Proposed(None, digits)
    known = UTC if utc else _zone(named)
    written = f"{moment:%d/%m/%Y %H:%M} {named or 'in the zone of whoever wrote'}"
    return Proposed(moment.replace(tzinfo=known).astimezone(UTC) if known else None, written)


def _zone(name: str) -> ZoneInfo | None:
    """The zone of that name, of the tz database or of Windows."""
    try:
        return ZoneInfo(WINDOWS_TO_OLSON.get(name, name)) if name else None
    except (ValueError, OSError, LookupError):
        return None


def _is_outlook_file(part: Message) -> bool:
    return (
        part.get_content_type() in {"application/ms-tnef", "application/vnd.ms-tnef"}
        or _name(part).lower() == OUTLOOK_FILE
    )


def _files(leaves: Sequence[Message]) -> list[str]:
    return [name for part in leaves if (name := _name(part))]


def _name(part: Message) -> str:
    try:
        return shorten(clean_line(part.get_filename() or ""), 100)
    except (ValueError, LookupError):
        return ""


def _decoded(part: Message) -> str:
    octets = part.get_payload(decode=True)
    charset = str(part.get_param("charset", "") or "utf-8")
    if not isinstance(octets, bytes):
        return ""
    known = charset.lower() in {"us-ascii", "utf-8", "iso-8859-1", "iso-8859-15", "windows-1252"}
    return octets.decode(charset if known else "utf-8", "replace")


def _shown_by(html: str) -> str:
    """The text that a page of HTML shows, near enough: in one pass, whatever it is made of.

    The standard library's parser raises, or takes long, for what is no HTML.
    """
    first, *pieces = html[:LONGEST_HTML].split("<")
    said, hidden, in_comment = [first], "", False
    for piece in pieces:
        in_comment = in_comment or piece.startswith("!--")
        if in_comment:
            _, ended, rest = piece.partition("-->")
            in_comment = not ended
            said.append(rest)
            continue
        tag, _, rest = piece.partition(">")
        found = _TAG.match(tag)
        name = found[0].lower() if found else ""
        if hidden:
            hidden = "" if name == f"/{hidden}" else hidden
            rest = "" if hidden else rest
        elif name in _HIDDEN:
            hidden, rest = name, ""
        said += ["\n" if name.lstrip("/") in _BREAKS else "", _SPACE.sub(" ", rest)]
    lines = [line.strip() for line in unescape("".join(said)).split("\n")]
    return "\n".join(filter(None, lines))
