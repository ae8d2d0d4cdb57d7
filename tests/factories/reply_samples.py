"""The collection of replies that the service is tested with, each with what must become of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.factories.replies import (
    CONFIRMED,
    LEADER,
    SERVER,
    answered,
    as_a_file,
    bounce,
    by_apple,
    by_google,
    by_outlook,
    by_thunderbird,
    calendar,
    event,
    forwarded,
    mail,
    nested,
    part,
    parts,
    text,
)

MEGABYTE = 1024 * 1024
STRANGER = "mallory@elsewhere.example"


@dataclass(frozen=True)
class Sample:
    """A mail and its verdict."""

    octets: bytes
    action: str
    reason: str


def _attended(*attendees: str) -> bytes:
    return mail(part(calendar(event(attendees=attendees))))


def _sent(sender: str, results: Sequence[str] = (CONFIRMED,)) -> bytes:
    return mail(part(calendar()), sender=sender, results=results)


TRUE: Mapping[str, Sample] = {
    "Outlook, without ORGANIZER": Sample(by_outlook(), "applied", "accepted"),
    "Google": Sample(by_google(), "applied", "accepted"),
    "Apple": Sample(by_apple(), "applied", "tentative"),
    "Thunderbird": Sample(by_thunderbird(), "applied", "declined"),
    "a file": Sample(as_a_file(), "applied", "accepted"),
    "without a method beside the part": Sample(
        mail(part(calendar(), "text/calendar; charset=utf-8")), "applied", "accepted"
    ),
    "Latin letters of one octet": Sample(
        mail(
            part(
                calendar(event(more=["COMMENT:Zo\u00eb"])).decode().encode("latin-1"),
                "text/calendar; charset=iso-8859-1",
            )
        ),
        "applied",
        "accepted",
    ),
}

ORDINARY: Mapping[str, Sample] = {
    "forwarded": Sample(forwarded(), "review", "no_calendar"),
    "bounce": Sample(bounce(), "review", "bounce"),
    "read receipt": Sample(
        mail(parts(text("Read."), kind="report", more="; report-type=disposition-notification")),
        "ignored",
        "receipt",
    ),
    "out of office": Sample(
        mail(text("I am away."), fields=["Auto-Submitted: auto-replied (vacation)"]), "ignored", "automatic"
    ),
    "winmail.dat": Sample(
        mail(parts(text(""), part(b"\x78\x9f\x3e\x22", 'application/ms-tnef; name="winmail.dat"'))),
        "review",
        "no_calendar",
    ),
    "plain text": Sample(mail(text("Yes, I will be there.")), "review", "no_calendar"),
    "stale": Sample(mail(part(calendar(event(sequence="SEQUENCE:0")))), "ignored", "stale"),
    "stale, without SEQUENCE": Sample(
        mail(part(calendar(event(sequence="CLASS:PUBLIC")))), "ignored", "stale"
    ),
    "another time": Sample(
        mail(part(calendar(method="METHOD:COUNTER"), "text/calendar; method=COUNTER")), "review", "counter"
    ),
    "somebody else instead": Sample(
        _attended(
            f'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:other@trust.example":mailto:{LEADER}',
            f'ATTENDEE;PARTSTAT=NEEDS-ACTION;DELEGATED-FROM="mailto:{LEADER}":mailto:other@trust.example',
        ),
        "review",
        "delegated",
    ),
    "another address of hers": Sample(_sent("zoe@trust.example"), "review", "sender_colleague"),
    "no answer": Sample(mail(part(calendar(answered("NEEDS-ACTION")))), "review", "no_answer"),
    "an answer of no calendar": Sample(mail(part(calendar(answered("COMPLETED")))), "review", "no_answer"),
    "without a stamp": Sample(mail(part(calendar(event(stamp="CLASS:PUBLIC")))), "review", "stamp_missing"),
    "a stamp without zone": Sample(
        mail(part(calendar(event(stamp="DTSTAMP:20270112T130000")))), "review", "stamp_missing"
    ),
    "an unknown charset, not UTF-8": Sample(
        mail(part(b"\xff\xfe" + calendar(), "text/calendar; charset=klingon")),
        "review",
        "calendar_unreadable",
    ),
    "not its charset": Sample(
        mail(part(calendar()[:-30] + b"\xe9", "text/calendar; charset=utf-8")),
        "review",
        "calendar_unreadable",
    ),
    "a broken SEQUENCE": Sample(
        mail(part(calendar(event(sequence="SEQUENCE:one")))), "review", "calendar_unreadable"
    ),
    "a broken DTSTAMP": Sample(
        mail(part(calendar(event(stamp="DTSTAMP:yesterday")))), "review", "calendar_unreadable"
    ),
    "two UIDs": Sample(mail(part(calendar(event(more=["UID:other"])))), "review", "calendar_unreadable"),
    "cut off": Sample(mail(part(calendar()[:-20])), "review", "calendar_unreadable"),
}

HOSTILE: Mapping[str, Sample] = {
    "spoofed, and our server says so": Sample(
        _sent(LEADER, [f"{SERVER}; dmarc=fail header.from=trust.example"]), "rejected", "sender_failed"
    ),
    "spoofed, with results of their own": Sample(
        _sent(LEADER, ["mx.elsewhere.example; dmarc=pass header.from=trust.example"]),
        "rejected",
        "sender_failed",
    ),
    "spoofed, with our results below": Sample(
        _sent(LEADER, [f"{SERVER}; dmarc=none", CONFIRMED]), "rejected", "sender_failed"
    ),
    "spoofed, with results inside the results": Sample(
        _sent(
            LEADER, [f'{SERVER}; spf=pass smtp.mailfrom="; dmarc=pass"@e.example (; dmarc=pass); dmarc=fail']
        ),
        "rejected",
        "sender_failed",
    ),
    "confirmed for another domain": Sample(
        _sent(LEADER, [f"{SERVER}; dmarc=pass header.from=elsewhere.example"]), "rejected", "sender_failed"
    ),
    "no results": Sample(_sent(LEADER, []), "rejected", "sender_failed"),
    "two senders": Sample(_sent(f"{LEADER}, {STRANGER}"), "rejected", "sender_unclear"),
    "two From fields": Sample(
        mail(part(calendar()), fields=[f"From: {STRANGER}"]), "rejected", "sender_unclear"
    ),
    "her address as a name": Sample(
        _sent(f'"{LEADER}" <{STRANGER}>', [f"{SERVER}; dmarc=pass header.from=elsewhere.example"]),
        "rejected",
        "sender_other",
    ),
    "UID of nobody": Sample(
        mail(part(calendar(event(uid="other@placement.example")))), "rejected", "invite_unknown"
    ),
    "no UID": Sample(mail(part(calendar(event(uid="")))), "rejected", "invite_unknown"),
    "a UID with a NUL": Sample(mail(part(calendar(event(uid="a\0b")))), "rejected", "invite_unknown"),
    "for somebody else": Sample(
        _attended("ATTENDEE;PARTSTAT=DECLINED:mailto:other@trust.example"), "rejected", "attendee_other"
    ),
    "for two": Sample(
        _attended(
            f"ATTENDEE;PARTSTAT=DECLINED:mailto:{LEADER}", f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{STRANGER}"
        ),
        "rejected",
        "attendee_other",
    ),
    "for nobody": Sample(_attended(), "rejected", "attendee_other"),
    "future SEQUENCE": Sample(
        mail(part(calendar(event(sequence="SEQUENCE:2")))), "rejected", "sequence_ahead"
    ),
    "a stamp of the next century": Sample(
        mail(part(calendar(event(stamp="DTSTAMP:21270112T130000Z")))), "review", "stamp_ahead"
    ),
    "an invite to us": Sample(
        mail(part(calendar(method="METHOD:REQUEST"), "text/calendar; method=REQUEST")),
        "rejected",
        "not_a_reply",
    ),
    "a cancellation": Sample(
        mail(part(calendar(method="METHOD:CANCEL"), "text/calendar; method=REPLY")),
        "rejected",
        "method_differs",
    ),
    "no method": Sample(mail(part(calendar(method=""), "text/calendar")), "rejected", "not_a_reply"),
    "two events": Sample(mail(part(calendar(event(), event()))), "rejected", "not_one_event"),
    "no event": Sample(mail(part(calendar(["X-NOTHING:1"]))), "rejected", "not_one_event"),
    "every day": Sample(mail(part(calendar(event(more=["RRULE:FREQ=DAILY"])))), "rejected", "repeats"),
    "one of many": Sample(
        mail(part(calendar(event(more=["RECURRENCE-ID:20270203T093000Z"])))), "rejected", "repeats"
    ),
    "2 MB": Sample(mail(text("x" * 76 + "\r\n") * (2 * MEGABYTE // 100)), "rejected", "message_too_large"),
    "a calendar of 300 kB": Sample(
        mail(part(calendar(event(more=["COMMENT:" + "x" * 300_000])))), "rejected", "calendar_too_large"
    ),
    "nested 50 deep": Sample(mail(nested(50, part(calendar()))), "rejected", "too_deep"),
    "nested 2,000 deep": Sample(mail(nested(2000, b"")), "rejected", "too_many_parts"),
    "mails in mails, 5,000 deep": Sample(
        mail(b"Content-Type: message/rfc822\r\n\r\n" * 5000), "rejected", "too_many_parts"
    ),
    "a thousand parts": Sample(mail(parts(*[text()] * 1000)), "rejected", "too_many_parts"),
    "half a million lines": Sample(mail(text("\n" * 500_000)), "rejected", "too_many_lines"),
    "20,000 BEGIN lines": Sample(
        mail(part(calendar(["BEGIN:A"] * 20_000), "text/calendar")), "rejected", "too_many_components"
    ),
    "6,000 attendees": Sample(
        _attended(*[f"ATTENDEE:mailto:{number}@e.example" for number in range(6000)]),
        "rejected",
        "calendar_too_large",
    ),
    "a field of 100 kB": Sample(
        mail(text(), fields=["Subject: " + "x" * 100_000]), "rejected", "header_too_long"
    ),
    "a Content-Type of 50 kB": Sample(
        mail(b"Content-Type: text/calendar; " + b'";' * 25_000 + b"\r\n\r\n"), "rejected", "header_too_long"
    ),
    "a parameter in a charset that is none": Sample(
        mail(b"Content-Type: multipart/mixed; boundary*=idna'en'%e2%84%ab\r\n\r\n"),
        "rejected",
        "message_unreadable",
    ),
    "a charset in pieces": Sample(
        mail(b"Content-Type: text/plain; charset*=klingon'en'x\r\n\r\n\xff\r\n"), "review", "no_calendar"
    ),
    "a time zone that never ends": Sample(
        mail(
            part(
                calendar(
                    event(uid="other@placement.example"),
                    before=[
                        "BEGIN:VTIMEZONE",
                        "TZID:Europe/London",
                        "BEGIN:STANDARD",
                        "DTSTART:16010101T000000",
                        "RRULE:FREQ=SECONDLY",
                        "TZOFFSETFROM:+0000",
                        "TZOFFSETTO:+0100",
                        "END:STANDARD",
                        "END:VTIMEZONE",
                    ],
                )
            )
        ),
        "rejected",
        "invite_unknown",
    ),
    "nothing": Sample(b"", "rejected", "sender_unclear"),
    "no mail": Sample(b"\x00\xff\r\n" * 100, "rejected", "sender_unclear"),
}

SAMPLES: Mapping[str, Sample] = {**TRUE, **ORDINARY, **HOSTILE}
