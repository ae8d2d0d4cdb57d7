"""Mails that are made to cost: each as large as the limits let it be, or just larger."""

from base64 import b64encode
from collections.abc import Callable, Mapping

from tests.factories.bounces import framed, report, returned
from tests.factories.replies import CONFIRMED, LEADER, calendar, event, mail, part, parts, text

MEGABYTE = 1024 * 1024
ROOM = MEGABYTE - 4096
"""What a body may have beside the header of the samples."""
PLAIN = b"Content-Type: text/plain\r\n\r\n"
FAILED = "X-Failed-Recipients: a@b.example"
CALENDAR = "text/calendar; charset=utf-8; method=REPLY"


def _filled(start: bytes, piece: bytes, end: bytes = b"", *, room: int = ROOM) -> bytes:
    return start + piece * ((room - len(start) - len(end)) // len(piece)) + end


def _calendar_of(*lines: str) -> bytes:
    return mail(part(calendar(list(lines)), CALENDAR))


def _events() -> bytes:
    return _calendar_of(*["BEGIN:VEVENT", "END:VEVENT"] * 10_000)


def _deep_boundaries() -> bytes:
    """Each line is held against every boundary that is open."""
    head = b"".join(
        f'--b{level - 1}\r\nContent-Type: multipart/mixed; boundary="b{level}"\r\n\r\n'.encode()
        for level in range(1, 99)
    )
    start = b'Content-Type: multipart/mixed; boundary="b0"\r\n\r\n' + head
    return mail(start + b"--b98\r\n\r\n" + b"--bx\r\n" * 39_000)


def _long_parameters() -> bytes:
    pieces = ";".join(f"x*{number}*=utf-8''%41" for number in range(95))
    return mail(parts(*[f"Content-Type: text/plain; {pieces}\r\n\r\nx".encode()] * 90))


def _fields(name: str, value: str) -> bytes:
    return mail(text(), fields=[f"{name}: {value}"] * (ROOM // (len(value) + len(name) + 4)))


def _one_field(name: str, value: str) -> bytes:
    return mail(text(), fields=[f"{name}: {value[:60_000]}"])


def _sender(value: str) -> bytes:
    return mail(part(calendar()), sender=value[:60_000])


def _results(value: str) -> bytes:
    return mail(part(calendar()), results=[value[:60_000]])


def _quoted_printable(body: bytes) -> bytes:
    head = f"Content-Type: {CALENDAR}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n".encode()
    return mail(head + body)


def _encoded(name: str, body: bytes) -> bytes:
    head = f"Content-Type: {CALENDAR}\r\nContent-Transfer-Encoding: {name}\r\n\r\n".encode()
    return mail(head + body[:ROOM])


def _plain(body: bytes) -> bytes:
    return mail(f"Content-Type: {CALENDAR}\r\n\r\n".encode() + body[:ROOM])


def _many_files() -> bytes:
    file = part(calendar(), "application/octet-stream", Content_Disposition='attachment; filename="a.ics"')
    return mail(parts(*[file] * 95))


def _of_groups(name: str) -> bytes:
    groups = [line for number in range(9000) for line in ("", f"{name}: rfc822; {number}@e.example")]
    inner = (text("No."), report(*groups), returned("<a@placement.example>"))
    return framed(parts(*inner, kind="report", more="; report-type=delivery-status"))


WORST: Mapping[str, Callable[[], bytes]] = {
    "10 MB": lambda: mail(
        _filled(b"Content-Type: text/plain\r\n\r\n", b"x" * 76 + b"\r\n", room=10 * MEGABYTE)
    ),
    "10,000 events": _events,
    "1 MB on one line": lambda: _plain(b"BEGIN:VCALENDAR" + b"x" * ROOM),
    "1 MB of NULs": lambda: _plain(b"\0" * ROOM),
    "NULs in a calendar": lambda: mail(part(calendar().replace(b"DT", b"\0DT"), CALENDAR)),
    "98 boundaries against 39,000 lines": _deep_boundaries,
    "parameters in 95 pieces each": _long_parameters,
    "12,000 senders": lambda: _fields("From", LEADER),
    "9,000 results": lambda: _fields("Authentication-Results", CONFIRMED),
    "a sender of brackets": lambda: _sender("(" * 60_000),
    "a sender of quotes": lambda: _sender('"\\' * 30_000),
    "a sender of angles": lambda: _sender("<" * 60_000),
    "a sender of words in code": lambda: _sender("=?utf-8?q?a?= " * 4000 + f"<{LEADER}>"),
    "results of brackets": lambda: _results("mx.placement.example; " + "(" * 60_000),
    "results of many results": lambda: _results("mx.placement.example" + "; dmarc=pass" * 5000),
    "a receipt of quotes": lambda: _one_field("Auto-Submitted", '"' * 60_000),
    "quoted-printable of soft breaks": lambda: _quoted_printable(b"=\r\n" * 39_000),
    "quoted-printable that grows no smaller": lambda: _quoted_printable(b"=" * ROOM),
    "quoted-printable of letters": lambda: _quoted_printable((b"=41" * 25 + b"=\r\n") * 12_000),
    "base64 of nothing": lambda: _encoded("base64", b"!" * ROOM),
    "base64 on one line": lambda: _encoded("base64", b64encode(b"BEGIN:VCALENDAR\r\n" * 60_000)),
    "uuencode": lambda: _encoded("x-uuencode", b"begin 644 a\n" + (b"M" + b"A" * 60 + b"\n") * 16_000),
    "folded lines": lambda: mail(part(b"BEGIN:VCALENDAR" + b"\r\n " * 80_000, CALENDAR)),
    "one attendee of 250 kB": lambda: _calendar_of(*event(attendees=["ATTENDEE;X=" + "a" * 250_000 + ":b"])),
    "parameters of an attendee": lambda: _calendar_of(
        *event(attendees=["ATTENDEE" + ";X=a" * 60_000 + f":mailto:{LEADER}"])
    ),
    "quotes of an attendee": lambda: _calendar_of(
        *event(attendees=['ATTENDEE;CN="' + '^"' * 100_000 + f'":mailto:{LEADER}'])
    ),
    "a comment of backslashes": lambda: _calendar_of(*event(more=["COMMENT:" + "\\" * 250_000])),
    "a comment of commas": lambda: _calendar_of(*event(more=["COMMENT:" + "\\," * 120_000])),
    "199 comments": lambda: _calendar_of(*event(more=["COMMENT:" + "x" * 1200] * 190)),
    "a UID of 250 kB": lambda: _calendar_of(*event(uid="x" * 250_000)),
    "a SEQUENCE of 4,000 digits": lambda: _calendar_of(*event(sequence="SEQUENCE:" + "9" * 4000)),
    "a SEQUENCE of 200,000 digits": lambda: _calendar_of(*event(sequence="SEQUENCE:" + "9" * 200_000)),
    "a stamp of digits": lambda: _calendar_of(*event(stamp="DTSTAMP:" + "2" * 200_000)),
    "a stamp in a zone of its own": lambda: _calendar_of(
        *event(stamp="DTSTAMP;TZID=../../etc/passwd:20270112T130000")
    ),
    "a charset that unpacks": lambda: mail(part(calendar(), "text/calendar; charset=zlib_codec")),
    "a charset of escapes": lambda: mail(part(b"\\x41" * 60_000, "text/calendar; charset=unicode_escape")),
    "a charset of 255 letters": lambda: mail(part(calendar(), "text/calendar; charset=" + "x" * 255)),
    "UTF-7": lambda: mail(part(b"+AEIA" * 50_000, "text/calendar; charset=utf-7")),
    "UTF-16 of half letters": lambda: mail(part(b"\x00\xd8" * 100_000, "text/calendar; charset=utf-16le")),
    "95 calendar files": _many_files,
    "a report of 9,000 people": lambda: _of_groups("Final-Recipient"),
    "a report of 9,000 groups of nothing": lambda: _of_groups("X-Nobody"),
    "a report with 1 MB of Message-IDs": lambda: framed(
        _filled(b"Content-Type: text/plain\r\n\r\n", b"Message-ID: <a@b>\r\n"),
        "X-Failed-Recipients: a@b.example",
    ),
    "a report with 1 MB of spaces": lambda: framed(PLAIN + b" " * ROOM, FAILED),
    "failed recipients of 60 kB": lambda: framed(text(), "X-Failed-Recipients: " + "," * 60_000),
    "mails in mails": lambda: framed(
        _filled(b"", b"Content-Type: message/rfc822\r\n\r\n", room=99 * 32),
        "X-Failed-Recipients: a@b.example",
    ),
}
"""Each by what it tries; made when it is asked for."""
