"""The checklist sees each single fault, and a good invite has none."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from placement.adapters import ics
from placement.adapters.messages import render_invite
from placement.domain.invites import InviteDetails
from tests.unit.adapters.checklist import ALL_RULES, Wire, breaches
from tests.unit.adapters.checklist_calendar import Calendar, Expected
from tests.unit.adapters.samples import DOMAIN, make_cancellation, make_details

NOW = datetime(2026, 12, 1, 9, 1, tzinfo=UTC)
GOOD = make_details(title="Sorting, packing")
EARLIER = ics.build(make_details(dtstamp=datetime(2026, 11, 1, tzinfo=UTC)))
HTML = b'Content-Type: text/html; charset="utf-8"\r\n'
CALENDAR = b'Content-Type: text/calendar; charset="utf-8"; method=REQUEST\r\n'
ENCODING = b"Content-Transfer-Encoding: quoted-printable\r\n"

Fault = Callable[[bytes], bytes]


def expected_of(details: InviteDetails, older: bytes | None = None) -> Expected:
    """What a mail for `details` is meant to say."""
    return Expected(
        method=details.method,
        recipient=details.attendee.address,
        title=details.title,
        link=details.page_url,
        starts_at=details.starts_at,
        ends_at=details.ends_at,
        older=None if older is None else Calendar(older),
    )


def change(old: bytes | str, new: bytes | str, times: int = 1) -> Fault:
    """A fault in the mail's own octets."""
    before, after = (text.encode() if isinstance(text, str) else text for text in (old, new))

    def fault(octets: bytes) -> bytes:
        assert before in octets
        return octets.replace(before, after, times)

    return fault


def in_calendar(old: str, new: str, times: int = 1, *, everywhere: bool = True) -> Fault:
    """A fault in the calendar object, in the part and in the file, or in the part alone."""

    def fault(octets: bytes) -> bytes:
        right = Wire(octets, expected_of(GOOD), DOMAIN).calendar.octets
        assert old.encode() in right
        wrong = right.replace(old.encode(), new.encode("utf-8", "surrogateescape"), times)
        return octets.replace(in_base64(right), in_base64(wrong), -1 if everywhere else 1)

    return fault


def in_base64(octets: bytes) -> bytes:
    return base64.encodebytes(octets).replace(b"\n", b"\r\n")


def swapped_texts(octets: bytes) -> bytes:
    """The HTML before the plain text."""
    boundary = octets.split(b'boundary="')[2].split(b'"')[0]
    head, plain, html, *rest = octets.split(b"--" + boundary)
    return (b"--" + boundary).join([head, html, plain, *rest])


def without_mixed(octets: bytes) -> bytes:
    """Everything in one flat multipart/alternative."""
    return octets.replace(b"multipart/mixed", b"multipart/alternative", 1)


def without_end(octets: bytes) -> bytes:
    """The closing boundary is missing."""
    return octets[: octets.rindex(b"\r\n--")]


FAULTS: list[tuple[str, Fault]] = [
    ("M1", change("\r\nSubject:", "\nSubject:")),
    ("M1", change("Hello Zoe", "Hello\0Zoe")),
    ("M1", change("Hello", "Hello" * 200)),
    ("M2", change("To: Zoe", "To: Zoë")),
    ("M3", without_end),
    ("M4", swapped_texts),
    ("M5", without_mixed),
    ("M6", change('application/ics; name="invite.ics"', 'text/calendar; charset="utf-8"; method=REQUEST')),
    ("M7", change("method=REQUEST", "method=PUBLISH")),
    ("M7", change("; method=REQUEST", "")),
    ("M8", change(CALENDAR, CALENDAR.replace(b"utf-8", b"us-ascii"))),
    ("M9", change(CALENDAR, CALENDAR + b'Content-Disposition: attachment; filename="invite.ics"\r\n')),
    ("M10", change(ENCODING, ENCODING.replace(b"quoted-printable", b"8bit"))),
    ("M11", change("Hello Zoe", "Hello Zoë")),
    ("M12", in_calendar("Seaport", "Airport", everywhere=False)),
    ("M12", change("application/ics", "application/octet-stream")),
    ("M12", change('filename="invite.ics"', 'filename="meeting.ics"')),
    ("M13", change(HTML, HTML + b"X-Long: " + b"\r\n abcdefghijk" * 8000 + b"\r\n")),
    ("M14", change("Tuesday 12 January 2027", "soon", 4)),
    ("M14", change("9:30am", "early", 4)),
    ("M15", change("<h1", "<script>1</script><h1")),
    ("M15", change("<h1", "<form></form><h1")),
    ("M15", change("<h1", '<img src=3D"https://t.example/p.gif"><h1')),
    ("H1", change("\r\nDate:", "\r\nSubject: again\r\nDate:")),
    ("H1", change("\r\nMessage-ID:", "\r\nX-Message-ID:")),
    ("H2", change("\r\nDate:", "\r\nBcc: else@trust.example\r\nDate:")),
    ("H3", change("<placements@", "<a@b.example>, <placements@")),
    ("H4", change("<zoe.", "<a@b.example>, <zoe.")),
    ("H4", change("<zoe.okafor@", "<joe.okafor@")),
    ("H5", change("@placement.example>\r\nAuto", "@host.internal>\r\nAuto")),
    ("H6", change(" +0000", "")),
    ("H7", change("Auto-Submitted: auto-generated", "Auto-Submitted: no")),
    ("H7", change("X-Auto-Response-Suppress: OOF, AutoReply", "X-Other: 1")),
    ("H8", change("Subject: Your day on", "Subject:\r\nX-Other: Your day on")),
    ("H9", change("<placements@placement.example>", "<noreply@placement.example>")),
    ("H10", change("\r\nDate:", "\r\nReply-To: a@elsewhere.example\r\nDate:")),
    ("C1", in_calendar("\r\nCLASS", "\nCLASS")),
    ("C2", in_calendar("CLASS:PUBLIC", "CLASS:PUBLIC" + "X" * 70)),
    ("C3", in_calendar("SUMMARY:Placement", "SUMMARY:\udcc3\r\n \udca9Placement")),
    ("C4", in_calendar("SUMMARY:Placement", "SUMMARY:Pl\x07acement")),
    ("C4", in_calendar("BEGIN:VCALENDAR", "\ufeffBEGIN:VCALENDAR")),
    ("C5", in_calendar("CLASS:PUBLIC", "CLASS PUBLIC")),
    ("C5", in_calendar('CN="Zoe', 'CN="Zoe"s')),
    ("C5", in_calendar("END:VEVENT\r\n", "")),
    ("C6", in_calendar("VERSION:2.0\r\n", "")),
    ("C6", in_calendar("PRODID:-//Placement//Invites//EN\r\n", "")),
    ("C7", in_calendar("CALSCALE:GREGORIAN\r\n", "")),
    ("C8", in_calendar("METHOD:REQUEST\r\n", "")),
    ("C8", in_calendar("METHOD:REQUEST", "METHOD:PUBLISH")),
    ("C9", in_calendar("END:VEVENT\r\n", "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nEND:VEVENT\r\n")),
    ("C10", in_calendar("UID:01234567-", "UID:1-")),
    ("C11", in_calendar("DTSTAMP:20261201T090000Z", "DTSTAMP:20261201T090000")),
    ("C11", in_calendar("DTSTAMP:20261201T090000Z", "DTSTAMP:20261101T000000Z")),
    ("C12", in_calendar("SEQUENCE:0\r\n", "")),
    ("C13", in_calendar("DTSTART;TZID=Europe/London:20270112T093000", "DTSTART:20270112T093000")),
    ("C13", in_calendar("DTSTART;TZID=Europe/London:20270112T093000", "DTSTART:20270112T093000Z")),
    ("C13", in_calendar("London:20270112T093000", "London:20270112T093000Z")),
    ("C14", in_calendar("DTEND;TZID=Europe/London:20270112T150000\r\n", "")),
    ("C15", in_calendar("SUMMARY:", "COMMENT:")),
    ("C15", in_calendar("Sorting\\,", "Sorting\\\\\\,")),
    ("C16", in_calendar("Sorting\\,", "Sorting,")),
    ("C17", in_calendar("STATUS:CONFIRMED", "STATUS:TENTATIVE")),
    ("C19", in_calendar("CREATED:20261201T090000Z\r\n", "")),
    ("C19", in_calendar("LAST-MODIFIED:20261201T090000Z", "LAST-MODIFIED:20261201T090000")),
    ("C20", in_calendar('ORGANIZER;CN="100 System Leaders":', "ORGANIZER:")),
    ("C20", in_calendar(":mailto:placements", ":MAILTO:placements")),
    ("C21", in_calendar("TRUE:mailto:zoe", "TRUE:zoe")),
    ("C21", in_calendar("STATUS:", "ATTENDEE:mailto:joe@trust.example\r\nSTATUS:")),
    ("C22", in_calendar("RSVP=TRUE", "RSVP=FALSE")),
    ("C22", in_calendar("PARTSTAT=NEEDS-ACTION", "PARTSTAT=MAYBE")),
    ("C23", in_calendar("mailto:zoe.okafor", "mailto:joe.okafor")),
    ("C24", in_calendar("STATUS:", "ATTENDEE:mailto:placements@placement.example\r\nSTATUS:")),
    ("C26", in_calendar("TRANSP:OPAQUE\r\n", "")),
    ("C26", in_calendar("CLASS:PUBLIC\r\n", "")),
    ("C27", in_calendar("DESCRIPTION:", "DESCRIPTION:Short\r\nCOMMENT:")),
    ("C28", in_calendar("CLASS:", "METHOD:REQUEST\r\nCLASS:")),
    ("C29", in_calendar("ACTION:DISPLAY\r\n", "")),
    ("C29", in_calendar("TRIGGER:-P1D\r\n", "")),
    ("C30", in_calendar("DTEND;TZID=Europe/London", "DTEND;TZID=Europe/Paris")),
    ("Z1", in_calendar("RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "RRULE:FREQ=YEARLY;BYMONTH=10")),
    ("Z1", in_calendar("RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "RDATE:20271031T020000")),
    ("Z2", in_calendar("Europe/London", "GMT Standard Time", 3)),
    ("Z4", in_calendar("TZOFFSETTO:+0100", "TZOFFSETTO:+0200")),
    ("Z4", in_calendar("BYMONTH=3;BYDAY=-1SU", "BYMONTH=3;BYDAY=2SU")),
]


def test_a_good_invite_keeps_every_rule() -> None:
    assert breaches(render_invite(GOOD, now=NOW), expected_of(GOOD, EARLIER), DOMAIN) == []


def test_a_good_cancellation_keeps_every_rule() -> None:
    details = make_cancellation()
    octets = render_invite(details, now=NOW)
    assert breaches(octets, expected_of(details, ics.build(make_details())), DOMAIN) == []


@pytest.mark.parametrize(("rule", "fault"), FAULTS, ids=[f"{rule}-{n}" for n, (rule, _) in enumerate(FAULTS)])
def test_each_single_fault_is_seen(rule: str, fault: Fault) -> None:
    octets = fault(render_invite(GOOD, now=NOW))
    assert rule in breaches(octets, expected_of(GOOD, EARLIER), DOMAIN)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("SEQUENCE:1", "SEQUENCE:0"),
        ("DTSTART;TZID=Europe/London:20270112T093000", "DTSTART;TZID=Europe/London:20270113T093000"),
        ("UID:01234567", "UID:11234567"),
    ],
)
def test_a_cancellation_that_cannot_reach_its_entry_is_seen(right: str, wrong: str) -> None:
    details = make_cancellation()
    octets = in_calendar(right, wrong)(render_invite(details, now=NOW))
    assert "C18" in breaches(octets, expected_of(details, ics.build(make_details())), DOMAIN)


def test_every_rule_has_a_fault_to_prove_it() -> None:
    assert {rule for rule, _ in FAULTS} | {"C18"} == set(ALL_RULES)
