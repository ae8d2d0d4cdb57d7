"""Mails of every kind become plain values or are refused by name; nothing that comes in breaks the reader."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placement.adapters.ics import build
from placement.adapters.replies import LARGEST_MAIL, read_reply
from placement.domain.invites import InviteDetails, Mailbox
from placement.domain.replies import REASONS, HeldInvite, ReplyMail, judge
from placement.domain.states import Partstat
from tests.factories.clock import NOON
from tests.factories.replies import (
    LEADER,
    SEQUENCE,
    SERVER,
    UID,
    answered,
    by_google,
    by_outlook,
    by_thunderbird,
    calendar,
    event,
    mail,
    part,
    parts,
    text,
)
from tests.factories.reply_samples import HOSTILE, SAMPLES, TRUE

INVITE = HeldInvite(live=True, leader=LEADER, sequence=SEQUENCE, stamp=NOON)
NOW = NOON + timedelta(hours=2)


def read(octets: bytes, *, vouched: bool = False, authserv_id: str = SERVER) -> ReplyMail:
    return read_reply(octets, authserv_id=authserv_id, vouched=vouched)


def reason_for(reply: ReplyMail) -> str:
    ours = reply.answer is not None and reply.answer.uid == UID
    return judge(reply, INVITE if ours else None, seen=False, now=NOW).reason


@pytest.mark.parametrize("name", SAMPLES)
def test_each_sample_is_decided_on_as_it_should_be(name: str) -> None:
    sample = SAMPLES[name]
    assert reason_for(read(sample.octets)) == sample.reason
    assert REASONS[sample.reason][0] == sample.action


def test_no_hostile_sample_is_applied() -> None:
    assert [name for name, sample in HOSTILE.items() if sample.action == "applied"] == []


@pytest.mark.parametrize("name", TRUE)
def test_an_answer_of_which_nobody_checked_the_sender_waits_for_a_person(name: str) -> None:
    assert reason_for(read(TRUE[name].octets, authserv_id="")) == "sender_unchecked"


@pytest.mark.parametrize("name", TRUE)
def test_an_answer_that_is_vouched_for_counts(name: str) -> None:
    assert reason_for(read(TRUE[name].octets, authserv_id="", vouched=True)) == TRUE[name].reason


def test_what_our_server_denies_cannot_be_vouched_for() -> None:
    denied = HOSTILE["spoofed, and our server says so"].octets
    assert reason_for(read(denied, vouched=True)) == "sender_failed"


def test_what_our_server_did_not_see_can_be_vouched_for() -> None:
    assert reason_for(read(HOSTILE["no results"].octets, vouched=True)) == "accepted"


def test_everything_that_an_answer_consists_of_is_read() -> None:
    reply = read(by_thunderbird())
    assert (reply.message_id, reply.sender, reply.kind) == ("<answer@trust.example>", LEADER, "mail")
    assert reply.answer is not None
    assert reply.answer.comment == "I am on call, sorry.\nZoë"
    assert reply.answer.stamp == datetime(2027, 1, 12, 13, 0, tzinfo=UTC)
    assert (reply.answer.uid, reply.answer.sequence) == (UID, SEQUENCE)
    assert [(one.address, one.partstat) for one in reply.answer.attendees] == [(LEADER, "DECLINED")]


def test_what_a_calendar_makes_of_our_own_invite_is_read(details: InviteDetails) -> None:
    """The invite given back with the answer in it, with its time zone and alarm."""
    ours = replace(details, uid=UID, sequence=SEQUENCE, attendee=Mailbox('Okafor, "Zed" Zoë', LEADER))
    answer = build(ours).replace(b"METHOD:REQUEST", b"METHOD:REPLY").replace(b"NEEDS-ACTION", b"DECLINED")
    stamped = re.sub(rb"DTSTAMP:\w+", b"DTSTAMP:20270112T130000Z", answer)
    assert reason_for(read(mail(part(stamped)))) == "declined"


def test_folded_lines_and_capitals_are_read() -> None:
    reply = read(by_outlook())
    assert reply.answer is not None
    assert reply.answer.attendees[0].address == LEADER.upper()
    assert reply.answer.comment == ""


def test_an_escaped_address_is_read() -> None:
    escaped = LEADER.replace("@", "%40").replace(".", "%2E")
    reply = read(mail(part(calendar(event(attendees=[f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{escaped}"])))))
    assert reason_for(reply) == "accepted"


def test_an_address_that_is_no_mailto_is_nobody() -> None:
    reply = read(mail(part(calendar(event(attendees=["ATTENDEE;PARTSTAT=ACCEPTED:urn:uuid:1"])))))
    assert reason_for(reply) == "attendee_other"


def test_a_comment_loses_its_controls_and_its_tail() -> None:
    long = ["COMMENT:one\x1b[31m\u202etwo", "COMMENT:" + "word " * 1000]
    reply = read(mail(part(calendar(event(more=long)))))
    assert reply.answer is not None
    assert reply.answer.comment.startswith("one[31mtwo\nword word")
    assert len(reply.answer.comment) <= 2000


def test_an_inline_part_comes_before_a_file() -> None:
    file = part(calendar(answered("DECLINED")), "application/ics", Content_Disposition="attachment")
    assert reason_for(read(mail(parts(file, part(calendar()))))) == "accepted"


@pytest.mark.parametrize(
    "charset", ["utf-16", "utf-16le", "utf-16be", "windows-1252", "UTF-8", "iso-8859-15"]
)
def test_charsets_that_calendars_use_are_read(charset: str) -> None:
    octets = calendar(event(more=["COMMENT:Zoë"])).decode().encode(charset)
    reply = read(mail(part(octets, f"text/calendar; charset={charset}; method=REPLY")))
    assert reply.answer is not None
    assert reply.answer.comment == "Zoë"


def test_the_same_octets_have_the_same_digest_and_others_another() -> None:
    assert read(by_google()).digest == read(by_google()).digest != read(by_outlook()).digest


def test_a_mail_that_is_just_small_enough_is_read() -> None:
    start = mail(b"Content-Type: text/plain\r\n\r\n")
    whole = start + (b"x" * 998 + b"\r\n") * 2000
    assert read(whole[:LARGEST_MAIL]).breach == ""
    assert read(whole[: LARGEST_MAIL + 1]).breach == "message_too_large"


def test_twenty_levels_are_read_and_no_more() -> None:
    def wrapped(levels: int) -> bytes:
        inner = part(calendar())
        for level in range(levels):
            inner = parts(inner, boundary=f"b{level}")
        return mail(inner)

    assert reason_for(read(wrapped(19))) == "accepted"
    assert reason_for(read(wrapped(20))) == "too_deep"


@pytest.mark.parametrize(
    "sender",
    [
        LEADER,
        f"<{LEADER}>",
        f"Zoe Okafor <{LEADER}>",
        f'"Okafor, Zoe" <{LEADER}>',
        f"=?utf-8?q?Zo=C3=AB?= <{LEADER}>",
        f"Zoe (on call) <{LEADER}>",
        f'"her@elsewhere.example \\" <x@y.example>" <{LEADER}>',
    ],
)
def test_one_sender_is_found_in_every_usual_form(sender: str) -> None:
    assert read(mail(text(), sender=sender)).sender == LEADER


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "Zoe Okafor",
        f"{LEADER}, x@y.example",
        f"<{LEADER}> <x@y.example>",
        f"{LEADER} <x@y.example>",
        f"x@y.example, <{LEADER}>",
        f"Friends: {LEADER};",
        f'(") <{LEADER}> (") <x@y.example>',
        f"(never closed <{LEADER}>",
        f"closed) <{LEADER}>",
        f'"never closed <{LEADER}>',
        f"<@y.example:{LEADER}>",
        "zoe okafor@trust.example",
        "zoe.okafor@tr\u00fcst.example",
        "zoe.okafor\0@trust.example",
        "@trust.example",
    ],
)
def test_a_sender_that_could_be_read_in_two_ways_is_nobody(sender: str) -> None:
    octets = mail(text(), sender="SENDER").replace(b"SENDER", sender.encode())
    assert read(octets).sender == ""


@pytest.mark.parametrize(
    "result",
    [
        f"{SERVER}; dmarc=pass",
        f"{SERVER} 1; dmarc=pass header.from=trust.example",
        f"{SERVER.upper()};\r\n\tdkim=pass;\r\n\tdmarc = PASS (p=none) header.from=TRUST.example",
        f"({SERVER}) {SERVER}; dmarc/1=pass policy.dmarc=none",
    ],
)
def test_a_pass_of_our_server_is_found_in_every_usual_form(result: str) -> None:
    assert read(mail(text(), results=[result])).sender_check == "passed"


@pytest.mark.parametrize(
    "result",
    [
        f"{SERVER}; none",
        f"{SERVER};",
        f"{SERVER}; dkim=pass; spf=pass",
        f"{SERVER}; dmarc=bestguesspass",
        f"{SERVER}; dmarc=pass; dmarc=fail",
        f"{SERVER}; dmarc=pass; dmarc=pass",
        f"{SERVER}; (dmarc=pass)",
        f'{SERVER}; "dmarc=pass"',
        f'{SERVER}; spf=pass (") ; dmarc=pass',
        f"{SERVER}; x.dmarc=pass",
        f"{SERVER}.elsewhere.example; dmarc=pass",
        f"elsewhere.example; {SERVER}; dmarc=pass",
        "; dmarc=pass",
    ],
)
def test_anything_else_is_no_pass(result: str) -> None:
    assert read(mail(text(), results=[result])).sender_check == "failed"


VALID = [by_google(), by_outlook(), mail(b"Content-Type: text/calendar; method=REPLY\r\n\r\n" + calendar())]
PIECES = [
    b"\r\n",
    b"\r\n\r\n",
    b"BEGIN:VEVENT\r\n",
    b"END:VEVENT\r\n",
    b"Content-Type: multipart/mixed; boundary*0*=utf-8''a%FF; boundary*1=b\r\n",
    b"Content-Type: text/calendar; charset*=klingon'en'%00\r\n",
    b"charset*=klingon'en'x;",
    b"Content-Transfer-Encoding: x-uuencode\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"name*9999999999=x",
    b'"',
    b"(",
    b"\x00",
    b"\xff\xfe",
    b"=?utf-8?b?////?=",
    b"--between\r\n",
    b"ATTENDEE;PARTSTAT=",
    b"DTSTAMP;VALUE=DATE:20270101\r\n",
    b"SEQUENCE;VALUE=TEXT:x\r\n",
    b"UID;VALUE=DATE-TIME:x\r\n",
]


@settings(deadline=None)
@given(st.data())
def test_a_broken_mail_is_refused_by_name_and_breaks_nothing(data: st.DataObject) -> None:
    octets = data.draw(st.sampled_from(VALID))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(octets)))
        cut = data.draw(st.integers(0, 40))
        octets = octets[:at] + data.draw(st.sampled_from(PIECES) | st.binary(max_size=8)) + octets[at + cut :]
    assert reason_for(read(octets)) in REASONS


@settings(deadline=None)
@given(st.data())
def test_a_broken_calendar_is_refused_by_name_and_breaks_nothing(data: st.DataObject) -> None:
    octets = calendar(event(more=["COMMENT:hello", "RDATE:20270101"]), fold=data.draw(st.booleans()))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(octets)))
        cut = data.draw(st.integers(0, 40))
        octets = octets[:at] + data.draw(st.sampled_from(PIECES) | st.binary(max_size=8)) + octets[at + cut :]
    charset = data.draw(st.sampled_from(["utf-8", "utf-16", "latin-1", "idna", "zip", "\0"]))
    body = part(octets, f"text/calendar; charset={charset}")
    assert reason_for(read(mail(body))) in REASONS


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_octets_are_refused_by_name(octets: bytes) -> None:
    reply = read(octets)
    assert reason_for(reply) in REASONS
    assert "\0" not in reply.sender + reply.message_id


def test_no_answer_of_another_person_is_ever_applied() -> None:
    answers: list[Partstat] = ["ACCEPTED", "DECLINED", "TENTATIVE"]
    for partstat in answers:
        reply = read(mail(part(calendar(answered(partstat)))))
        other = replace(INVITE, leader="other@people.example")
        assert judge(reply, other, seen=False, now=NOW).action == "rejected"
