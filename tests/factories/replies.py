"""Mails as they come back to invites: written after what calendar programs, servers and attackers send."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from placement.models import Invite, Reply
from tests.factories.clock import NOON, next_number

UID = "6f1c0b5e-3a52-4c0e-9a54-3f1d2c7b8e90@placement.example"
LEADER = "zoe.okafor@trust.example"
SEQUENCE = 1
"""That of the invite which the samples answer."""
STAMP = "20270112T130000Z"
SERVER = "mx.placement.example"
CONFIRMED = (
    f"{SERVER}; spf=pass (sender is {LEADER}); dkim=pass; dmarc=pass (p=reject) header.from=trust.example"
)
OUTLOOK_ZONE = (
    "BEGIN:VTIMEZONE",
    "TZID:GMT Standard Time",
    "BEGIN:STANDARD",
    "DTSTART:16010101T020000",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0000",
    "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10",
    "END:STANDARD",
    "END:VTIMEZONE",
)


def make_reply(session: Session, *, invite: Invite | None = None, **facts: Any) -> Reply:
    """A reply that was decided on; one without invite waits for a person."""
    number = next_number()
    defaults = {
        "cohort_id": invite.cohort_id if invite else None,
        "invite_id": invite.id if invite else None,
        "message_id": f"<reply-{number}@people.example>",
        "digest": f"{number:064}",
        "received_at": NOON,
        "sender": LEADER,
        "action": "applied" if invite else "review",
        "reason": "accepted" if invite else "no_calendar",
    }
    reply = Reply(**(defaults | facts))
    session.add(reply)
    session.flush()
    return reply


def event(
    *,
    uid: str = UID,
    attendees: Sequence[str] = (f"ATTENDEE;PARTSTAT=ACCEPTED;CN=Zoe Okafor:mailto:{LEADER}",),
    sequence: str = f"SEQUENCE:{SEQUENCE}",
    stamp: str = f"DTSTAMP:{STAMP}",
    more: Sequence[str] = ("ORGANIZER;CN=Placement:mailto:placements@placement.example",),
) -> list[str]:
    """The lines of one VEVENT."""
    times = ("DTSTART:20270203T093000Z", "DTEND:20270203T160000Z", "SUMMARY:Accepted: A morning")
    return ["BEGIN:VEVENT", f"UID:{uid}", sequence, stamp, *attendees, *times, *more, "END:VEVENT"]


def answered(partstat: str) -> list[str]:
    """The lines of one VEVENT in which the leader answers."""
    return event(attendees=[f"ATTENDEE;PARTSTAT={partstat}:mailto:{LEADER}"])


def calendar(
    *events: Sequence[str], method: str = "METHOD:REPLY", before: Sequence[str] = (), fold: bool = False
) -> bytes:
    """A calendar object of these events, one acceptance where none is given."""
    inner = [line for lines in events or (event(),) for line in lines]
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Samples//EN",
        method,
        *before,
        *inner,
        "END:VCALENDAR",
    ]
    if fold:
        lines = [
            "\r\n ".join(line[start : start + 60] for start in range(0, len(line), 60)) for line in lines
        ]
    return "\r\n".join([*filter(None, lines), ""]).encode()


def part(
    content: bytes, content_type: str = "text/calendar; charset=utf-8; method=REPLY", **fields: str
) -> bytes:
    """One part of a mail, in base64."""
    head = [f"Content-Type: {content_type}", "Content-Transfer-Encoding: base64"]
    head += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    coded = b64encode(content)
    body = b"\r\n".join(coded[start : start + 76] for start in range(0, len(coded), 76))
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body + b"\r\n"


def parts(*inner: bytes, kind: str = "mixed", boundary: str = "between", more: str = "") -> bytes:
    """Several parts in one."""
    edge = f"--{boundary}".encode()
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"{more}\r\n\r\n'.encode()
    return head + b"".join(edge + b"\r\n" + one + b"\r\n" for one in inner) + edge + b"--\r\n"


def text(words: str = "Zoe Okafor has accepted.") -> bytes:
    """A part for reading."""
    return f"Content-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n".encode()


def mail(
    body: bytes,
    *,
    sender: str = f"Zoe Okafor <{LEADER}>",
    results: Sequence[str] = (CONFIRMED,),
    message_id: str = "<answer@trust.example>",
    fields: Sequence[str] = (),
) -> bytes:
    """A whole mail around one part, as our mail server hands it over."""
    head = [
        *(f"Authentication-Results: {result}" for result in results),
        f"Message-ID: {message_id}",
        f"From: {sender}",
        "To: placements@placement.example",
        "Subject: Accepted: A morning",
        "MIME-Version: 1.0",
        *fields,
    ]
    return "\r\n".join([*head, ""]).encode() + body


def nested(depth: int, inner: bytes) -> bytes:
    """A part inside so many others."""
    for level in range(depth):
        inner = parts(inner, boundary=f"level{level}")
    return inner


def by_outlook() -> bytes:
    """No ORGANIZER, a time zone of its own, capitals in MAILTO, folded lines."""
    zoned = event(
        attendees=[f'ATTENDEE;PARTSTAT=ACCEPTED;CN="Okafor, Zoe":MAILTO:{LEADER.upper()}'],
        more=["COMMENT;LANGUAGE=en-GB:\\n", "X-MICROSOFT-CDO-BUSYSTATUS:BUSY"],
    )
    answer = part(
        calendar(zoned, before=OUTLOOK_ZONE, fold=True), 'text/calendar; charset="utf-8"; method=REPLY'
    )
    return mail(parts(text(""), answer, kind="alternative"), fields=["X-MS-Exchange-Organization-SCL: -1"])


def by_google() -> bytes:
    """Inline and once more as a file."""
    answer = calendar(event(sequence="SEQUENCE:1"))
    inline = parts(
        text(),
        part(b"<p>Accepted</p>", "text/html; charset=UTF-8"),
        part(answer, "text/calendar; charset=UTF-8; method=REPLY"),
        kind="alternative",
        boundary="inner",
    )
    file = part(
        answer, 'application/ics; name="invite.ics"', Content_Disposition='attachment; filename="invite.ics"'
    )
    return mail(
        parts(inline, file), fields=["Sender: Google Calendar <calendar-notification@google.example>"]
    )


def by_apple() -> bytes:
    """A calendar part that is marked as an attachment, answered with "perhaps"."""
    answer = part(
        calendar(answered("TENTATIVE")),
        "text/calendar; method=REPLY; charset=utf-8",
        Content_Disposition="attachment; filename=iCal-20270112-130000.ics",
    )
    return mail(parts(text("Zoe Okafor has tentatively accepted."), answer))


def by_thunderbird() -> bytes:
    """A decline with a comment."""
    declined = [*answered("DECLINED")[:-1], "COMMENT:I am on call\\, sorry.\\nZoë", "END:VEVENT"]
    return mail(parts(text("Zoe Okafor has declined."), part(calendar(declined))))


def as_a_file() -> bytes:
    """A calendar file of a type that says nothing."""
    file = part(
        calendar(), "application/octet-stream", Content_Disposition='attachment; filename="Reply.ICS"'
    )
    return mail(parts(text(), file))


def forwarded() -> bytes:
    """A true answer inside a mail that somebody else sent on."""
    inner = b"Content-Type: message/rfc822\r\n\r\n" + by_google()
    return mail(parts(text("See below."), inner, boundary="outer"), sender="colleague@trust.example")


def bounce() -> bytes:
    """A mail server could not deliver the invite, and gives it back."""
    status = b"Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; " + LEADER.encode()
    status += b"\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    back = b"Content-Type: message/rfc822\r\n\r\n" + by_google()
    body = parts(
        text("It failed."),
        status,
        back,
        kind="report",
        boundary="outer",
        more="; report-type=delivery-status",
    )
    return mail(body, sender="MAILER-DAEMON@trust.example", fields=["Auto-Submitted: auto-replied"])
