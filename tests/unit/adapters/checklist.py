"""What a whole invite mail must keep (M and H, and C and Z within), checked on the octets alone."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime, unquote
from functools import cached_property

from tests.unit.adapters import checklist_calendar
from tests.unit.adapters.checklist_calendar import LONDON, Calendar, Expected

ONCE = ("From", "To", "Subject", "Date", "Message-ID")
FORBIDDEN_IN_HTML = re.compile(r"<\s*(script|form|iframe|object|embed)|<img[^>]+src\s*=|url\(|<link", re.I)


@dataclass(frozen=True)
class Wire:
    """A mail as octets, and as the standard library reads it."""

    octets: bytes
    expected: Expected
    domain: str

    @cached_property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.octets, policy=policy.default)

    @cached_property
    def head(self) -> bytes:
        return self.octets.replace(b"\r\n", b"\n").split(b"\n\n", 1)[0]

    @cached_property
    def leaves(self) -> list[EmailMessage]:
        return [part for part in self.mail.walk() if not part.is_multipart()]

    def of_type(self, content_type: str) -> list[EmailMessage]:
        return [part for part in self.leaves if part.get_content_type() == content_type]

    def text(self, content_type: str) -> str:
        """The decoded text of the only part of `content_type`."""
        parts = self.of_type(content_type)
        return decoded(parts[0]).decode("utf-8", "replace") if len(parts) == 1 else ""

    @cached_property
    def calendar(self) -> Calendar:
        parts = self.of_type("text/calendar")
        return Calendar(decoded(parts[0]) if parts else b"")

    def addresses(self, header: str) -> list[str]:
        values = [str(value) for value in self.mail.get_all(header, [])]
        return [address.casefold() for _, address in getaddresses(values)]

    def words(self) -> tuple[str, str]:
        """The day and the hour at which it starts, in words, by other means than the writer's."""
        local = self.expected.starts_at.astimezone(LONDON)
        minutes = f":{local:%M}" if local.minute else ""
        hour = f"{int(f'{local:%I}')}{minutes}{f'{local:%p}'.lower()}"
        return f"{local:%A} {local.day} {local:%B} {local.year}", hour


def decoded(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def display_name(octets: bytes, header: str) -> str:
    """The name in an address header, read by RFC 2047 (the new parser adds spaces between encoded words)."""
    value = str(message_from_bytes(octets, policy=policy.compat32)[header]).replace("\r\n", "")
    phrase = value.rpartition("<")[0].strip()
    return unquote(phrase) if phrase.startswith('"') else str(make_header(decode_header(phrase)))


def shape(mail: EmailMessage) -> list[str]:
    """The types of a multipart's own parts, in order."""
    return [part.get_content_type() for part in mail.iter_parts()]


def all_defects(mail: EmailMessage) -> list[object]:
    """Faults that the library met, in any part or header."""
    parts = list(mail.walk())
    headers = [value for part in parts for value in part.values()]
    return [defect for thing in [*parts, *headers] for defect in getattr(thing, "defects", [])]


def _alternative(wire: Wire) -> EmailMessage:
    parts = [part for part in wire.mail.walk() if part.get_content_type() == "multipart/alternative"]
    return parts[0] if parts else wire.mail


def _files_are_right(wire: Wire) -> bool:
    files = [part for part in wire.leaves if part.get_filename() or part.is_attachment()]
    names = [(file.get_content_type(), file.get_filename()) for file in files]
    if names != [("application/ics", "invite.ics")]:
        return False
    return files[0].is_attachment() and decoded(files[0]) == wire.calendar.octets


def _method(part: EmailMessage) -> object:
    return part.get_param("method")


def _encoding(part: EmailMessage) -> str:
    return str(part["Content-Transfer-Encoding"] or "7bit")


def _from_is_organizer(wire: Wire) -> bool:
    return [f"mailto:{a}" for a in wire.addresses("From")] == [wire.calendar.value("ORGANIZER").casefold()]


def _tells_when(wire: Wire) -> bool:
    texts = [wire.text("text/plain"), wire.text("text/html")]
    return all(word in text for text in texts for word in wire.words())


def _has_offset(wire: Wire) -> bool:
    found = re.search(rb"^Date: (.*)$", wire.head, re.MULTILINE)  # as sent: the library would mend it
    date = found[1].decode() if found else ""
    return bool(re.search(r" [+-]\d{4}$", date)) and isinstance(parsedate_to_datetime(date), datetime)


def _for_calendar(wire: Wire, kept: Callable[[EmailMessage], bool]) -> bool:
    return all(kept(part) for part in wire.of_type("text/calendar"))


Rule = Callable[[Wire], bool]

RULES: dict[str, Rule] = {
    "M1": lambda w: (
        not re.search(rb"(?<!\r)\n|\r(?!\n)|\0", w.octets)
        and all(len(line) <= 998 for line in w.octets.split(b"\r\n"))
    ),
    "M2": lambda w: w.head.isascii(),
    "M3": lambda w: not all_defects(w.mail),
    "M4": lambda w: (
        shape(_alternative(w)) == ["text/plain", "text/html", "text/calendar"]
        and sum(p.get_content_type() == "multipart/alternative" for p in w.mail.walk()) == 1
    ),
    "M5": lambda w: (
        w.mail.get_content_type() == "multipart/mixed" and shape(w.mail)[:1] == ["multipart/alternative"]
    ),
    "M6": lambda w: len(w.of_type("text/calendar")) == 1,
    "M7": lambda w: _for_calendar(w, lambda p: _method(p) == w.calendar.value("METHOD", "VCALENDAR")),
    "M8": lambda w: {p.get_content_charset() for p in w.leaves[:-1]} == {"utf-8"},
    "M9": lambda w: _for_calendar(w, lambda p: not p.is_attachment() and p.get_filename() is None),
    "M10": lambda w: {_encoding(p) for p in w.leaves} <= {"7bit", "quoted-printable", "base64"},
    "M11": lambda w: w.octets.isascii(),
    "M12": _files_are_right,
    "M13": lambda w: len(w.octets) <= 100_000,
    "M14": _tells_when,
    "M15": lambda w: not FORBIDDEN_IN_HTML.search(w.text("text/html")),
    "H1": lambda w: all(len(w.mail.get_all(name, [])) == 1 for name in ONCE),
    "H2": lambda w: "Bcc" not in w.mail and "Cc" not in w.mail,
    "H3": lambda w: len(w.addresses("From")) == 1,
    "H4": lambda w: w.addresses("To") == [w.expected.recipient.casefold()],
    "H5": lambda w: bool(re.fullmatch(rf"<[^<>@\s]+@{re.escape(w.domain)}>", str(w.mail["Message-ID"]))),
    "H6": _has_offset,
    "H7": lambda w: (
        w.mail["Auto-Submitted"] == "auto-generated"
        and w.mail["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    ),
    "H8": lambda w: bool(str(w.mail["Subject"] or "").strip()),
    "H9": _from_is_organizer,
    "H10": lambda w: all(a.endswith(f"@{w.domain}") for a in w.addresses("Reply-To")),
}

ALL_RULES = (*RULES, *checklist_calendar.RULES)


def breaches(octets: bytes, expected: Expected, domain: str) -> list[str]:
    """The rules of the whole checklist that the mail breaks, by name."""
    wire = Wire(octets, expected, domain)
    broken = [name for name, kept in RULES.items() if not kept(wire)]
    return broken + checklist_calendar.breaches(wire.calendar, expected)
